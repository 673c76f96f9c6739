-- The fields of life that an organisation serves: they decide which rule sets bind it.
CREATE TABLE organisation_sectors (
  organisation_id BLOB NOT NULL REFERENCES organisations (id),
  sector TEXT NOT NULL,
  PRIMARY KEY (organisation_id, sector)
) STRICT, WITHOUT ROWID;

-- What a person said of a rule set: that it binds an organisation, or that it does not, and why.
CREATE TABLE organisation_rules (
  organisation_id BLOB NOT NULL REFERENCES organisations (id),
  rule_set TEXT NOT NULL,
  binds INTEGER NOT NULL CHECK (binds IN (0, 1)),
  why TEXT NOT NULL,
  account_id BLOB,
  said_at INTEGER NOT NULL,
  PRIMARY KEY (organisation_id, rule_set)
) STRICT, WITHOUT ROWID;

-- What happened between an organisation and the recipient of its reports: by hand, as nothing is sent by itself.
CREATE TABLE duty_marks (
  id BLOB PRIMARY KEY,
  incident_id BLOB NOT NULL REFERENCES incidents (id),
  organisation_id BLOB NOT NULL REFERENCES organisations (id),
  rule_set TEXT NOT NULL,
  stage TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('sent', 'asked')),
  at INTEGER NOT NULL,
  account_id BLOB,
  noted_at INTEGER NOT NULL,
  UNIQUE (incident_id, organisation_id, rule_set, stage, kind)
) STRICT;

-- Who noted it and the receipt's number, until they are erased.
CREATE TABLE duty_mark_contents (
  mark_id BLOB PRIMARY KEY REFERENCES duty_marks (id) ON DELETE CASCADE,
  author TEXT NOT NULL,
  receipt TEXT NOT NULL
) STRICT;

-- The draft of a report: each version stays as it was saved, until it is erased.
CREATE TABLE duty_drafts (
  id BLOB PRIMARY KEY,
  incident_id BLOB NOT NULL REFERENCES incidents (id),
  organisation_id BLOB NOT NULL REFERENCES organisations (id),
  rule_set TEXT NOT NULL,
  stage TEXT NOT NULL,
  version INTEGER NOT NULL,
  UNIQUE (incident_id, organisation_id, rule_set, stage)
) STRICT;

CREATE TABLE duty_draft_contents (
  draft_id BLOB NOT NULL REFERENCES duty_drafts (id),
  version INTEGER NOT NULL,
  account_id BLOB,
  author TEXT NOT NULL,
  saved_at INTEGER NOT NULL,
  -- The parts by name, as JSON.
  parts TEXT NOT NULL,
  PRIMARY KEY (draft_id, version)
) STRICT, WITHOUT ROWID;

-- What was told of a clock: each once, of each date.
CREATE TABLE duty_reminders (
  incident_id BLOB NOT NULL REFERENCES incidents (id),
  organisation_id BLOB NOT NULL REFERENCES organisations (id),
  rule_set TEXT NOT NULL,
  stage TEXT NOT NULL,
  reminder TEXT NOT NULL CHECK (reminder IN ('open', 'before', 'over')),
  due_at INTEGER NOT NULL,
  told_at INTEGER NOT NULL,
  PRIMARY KEY (incident_id, organisation_id, rule_set, stage, reminder, due_at)
) STRICT, WITHOUT ROWID;

-- The rules that ever held, by their digest: with other ones the clocks of all open cases are looked at.
CREATE TABLE duty_rule_digests (
  digest TEXT PRIMARY KEY,
  since INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
