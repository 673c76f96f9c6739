-- The fields of life that an organisation serves: they decide which rule sets bind it.
CREATE TABLE organisation_sectors (
  organisation_id uuid NOT NULL REFERENCES organisations (id),
  sector text NOT NULL,
  PRIMARY KEY (organisation_id, sector)
);

-- What a person said of a rule set: that it binds an organisation, or that it does not, and why.
CREATE TABLE organisation_rules (
  organisation_id uuid NOT NULL REFERENCES organisations (id),
  rule_set text NOT NULL,
  binds boolean NOT NULL,
  why text NOT NULL,
  account_id uuid,
  said_at timestamptz NOT NULL,
  PRIMARY KEY (organisation_id, rule_set)
);

-- What happened between an organisation and the recipient of its reports: by hand, as nothing is sent by itself.
CREATE TABLE duty_marks (
  id uuid PRIMARY KEY,
  incident_id uuid NOT NULL REFERENCES incidents (id),
  organisation_id uuid NOT NULL REFERENCES organisations (id),
  rule_set text NOT NULL,
  stage text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('sent', 'asked')),
  at timestamptz NOT NULL,
  account_id uuid,
  noted_at timestamptz NOT NULL,
  UNIQUE (incident_id, organisation_id, rule_set, stage, kind)
);

-- Who noted it and the receipt's number, until they are erased.
CREATE TABLE duty_mark_contents (
  mark_id uuid PRIMARY KEY REFERENCES duty_marks (id) ON DELETE CASCADE,
  author text NOT NULL,
  receipt text NOT NULL
);

-- The draft of a report: each version stays as it was saved, until it is erased.
CREATE TABLE duty_drafts (
  id uuid PRIMARY KEY,
  incident_id uuid NOT NULL REFERENCES incidents (id),
  organisation_id uuid NOT NULL REFERENCES organisations (id),
  rule_set text NOT NULL,
  stage text NOT NULL,
  version integer NOT NULL,
  UNIQUE (incident_id, organisation_id, rule_set, stage)
);

CREATE TABLE duty_draft_contents (
  draft_id uuid NOT NULL REFERENCES duty_drafts (id),
  version integer NOT NULL,
  account_id uuid,
  author text NOT NULL,
  saved_at timestamptz NOT NULL,
  -- The parts by name, as JSON.
  parts text NOT NULL,
  PRIMARY KEY (draft_id, version)
);

-- What was told of a clock: each once, of each date.
CREATE TABLE duty_reminders (
  incident_id uuid NOT NULL REFERENCES incidents (id),
  organisation_id uuid NOT NULL REFERENCES organisations (id),
  rule_set TEXT NOT NULL,
  stage TEXT NOT NULL,
  reminder TEXT NOT NULL CHECK (reminder IN ('open', 'before', 'over')),
  due_at timestamptz NOT NULL,
  told_at timestamptz NOT NULL,
  PRIMARY KEY (incident_id, organisation_id, rule_set, stage, reminder, due_at)
);

-- The rules that ever held, by their digest: with other ones the clocks of all open cases are looked at.
CREATE TABLE duty_rule_digests (
  digest TEXT PRIMARY KEY,
  since timestamptz NOT NULL
);
