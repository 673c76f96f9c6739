CREATE TABLE reference_counters (
  name text NOT NULL,
  year integer NOT NULL,
  value bigint NOT NULL,
  PRIMARY KEY (name, year)
);

-- The skeleton: survives the erasure of the content.
CREATE TABLE incidents (
  id uuid PRIMARY KEY,
  reference text NOT NULL UNIQUE,
  organisation_id uuid,
  status text NOT NULL CHECK (status IN ('reported', 'triaged', 'in_progress', 'contained', 'closed')),
  close_reason text,
  class text,
  category text,
  impact text,
  spread text,
  priority integer,
  tlp text NOT NULL,
  assignee_id uuid,
  holder_id uuid,
  follow_up_at timestamptz,
  deadline_at timestamptz,
  deadline_kind text,
  -- What the queue sorts by: the follow-up of a waiting case, otherwise the deadline; without either, behind all of
  -- them by the time of the report.
  queue_at timestamptz NOT NULL,
  is_open boolean NOT NULL,
  is_restricted boolean NOT NULL,
  is_unconfirmed boolean NOT NULL,
  is_drill boolean NOT NULL,
  occurred_at timestamptz,
  detected_at timestamptz,
  aware_at timestamptz,
  reported_at timestamptz NOT NULL,
  closed_at timestamptz,
  created_by uuid,
  version integer NOT NULL,
  updated_at timestamptz NOT NULL
);
CREATE INDEX incidents_queue ON incidents (is_open, queue_at, id);
CREATE INDEX incidents_organisation ON incidents (organisation_id, id);
CREATE INDEX incidents_assignee ON incidents (assignee_id, is_open, queue_at);

CREATE TABLE incident_contents (
  incident_id uuid PRIMARY KEY REFERENCES incidents (id),
  title text NOT NULL,
  -- The title, folded: what a search looks in, alike on both engines.
  search text NOT NULL,
  -- Why the priority is another than impact and spread give, and for whom or what the case waits: the team's words.
  priority_reason text,
  waiting_on text
);

-- What an organisation stated at one moment.
CREATE TABLE reports (
  id uuid PRIMARY KEY,
  incident_id uuid NOT NULL REFERENCES incidents (id),
  organisation_id uuid,
  account_id uuid,
  kind text NOT NULL CHECK (kind IN ('initial', 'follow_up', 'final')),
  observed text NOT NULL,
  inform text NOT NULL CHECK (inform IN ('by_name', 'anonymous', 'nobody')),
  personal_data boolean NOT NULL,
  malicious boolean NOT NULL,
  beyond_house boolean NOT NULL,
  critical_service boolean NOT NULL,
  stated_at timestamptz NOT NULL
);
CREATE INDEX reports_incident ON reports (incident_id);

CREATE TABLE report_contents (
  report_id uuid PRIMARY KEY REFERENCES reports (id),
  title text NOT NULL,
  description text NOT NULL,
  measures text NOT NULL,
  contact_name text NOT NULL,
  contact_phone text NOT NULL
);

CREATE TABLE involvements (
  id uuid PRIMARY KEY,
  incident_id uuid NOT NULL REFERENCES incidents (id),
  organisation_id uuid NOT NULL,
  part text NOT NULL CHECK (part IN ('reporter', 'affected', 'handler', 'informed')),
  affectedness text NOT NULL CHECK (affectedness IN ('affected', 'not_affected', 'unclear')),
  aware_at timestamptz,
  added_at timestamptz NOT NULL,
  ended_at timestamptz,
  UNIQUE (incident_id, organisation_id, part)
);
CREATE INDEX involvements_organisation ON involvements (organisation_id, incident_id);

CREATE TABLE timeline_entries (
  id uuid PRIMARY KEY,
  incident_id uuid NOT NULL REFERENCES incidents (id),
  at timestamptz NOT NULL,
  account_id uuid,
  author text NOT NULL,
  kind text NOT NULL,
  audience text NOT NULL CHECK (audience IN ('team', 'organisation', 'involved')),
  audience_id uuid,
  -- Facts without case content, as JSON: from, to, reasons by code.
  facts text NOT NULL
);
CREATE INDEX timeline_entries_incident ON timeline_entries (incident_id, id);

CREATE TABLE entry_contents (
  entry_id uuid PRIMARY KEY REFERENCES timeline_entries (id),
  body text NOT NULL
);

CREATE TABLE incident_named (
  incident_id uuid NOT NULL REFERENCES incidents (id),
  account_id uuid NOT NULL,
  added_at timestamptz NOT NULL,
  PRIMARY KEY (incident_id, account_id)
);
CREATE INDEX incident_named_account ON incident_named (account_id);
