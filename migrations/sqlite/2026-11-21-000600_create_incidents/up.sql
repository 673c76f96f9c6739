CREATE TABLE reference_counters (
  name TEXT NOT NULL,
  year INTEGER NOT NULL,
  value INTEGER NOT NULL,
  PRIMARY KEY (name, year)
) STRICT;

-- The skeleton: survives the erasure of the content.
CREATE TABLE incidents (
  id BLOB PRIMARY KEY,
  reference TEXT NOT NULL UNIQUE,
  organisation_id BLOB,
  status TEXT NOT NULL CHECK (status IN ('reported', 'triaged', 'in_progress', 'contained', 'closed')),
  close_reason TEXT,
  class TEXT,
  category TEXT,
  impact TEXT,
  spread TEXT,
  priority INTEGER,
  tlp TEXT NOT NULL,
  assignee_id BLOB,
  holder_id BLOB,
  follow_up_at INTEGER,
  deadline_at INTEGER,
  deadline_kind TEXT,
  -- What the queue sorts by: the follow-up of a waiting case, otherwise the deadline; without either, behind all of
  -- them by the time of the report.
  queue_at INTEGER NOT NULL,
  is_open INTEGER NOT NULL,
  is_restricted INTEGER NOT NULL,
  is_unconfirmed INTEGER NOT NULL,
  is_drill INTEGER NOT NULL,
  occurred_at INTEGER,
  detected_at INTEGER,
  aware_at INTEGER,
  reported_at INTEGER NOT NULL,
  closed_at INTEGER,
  created_by BLOB,
  version INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX incidents_queue ON incidents (is_open, queue_at, id);
CREATE INDEX incidents_organisation ON incidents (organisation_id, id);
CREATE INDEX incidents_assignee ON incidents (assignee_id, is_open, queue_at);

CREATE TABLE incident_contents (
  incident_id BLOB PRIMARY KEY REFERENCES incidents (id),
  title TEXT NOT NULL,
  -- The title, folded: what a search looks in, alike on both engines.
  search TEXT NOT NULL,
  -- Why the priority is another than impact and spread give, and for whom or what the case waits: the team's words.
  priority_reason TEXT,
  waiting_on TEXT
) STRICT, WITHOUT ROWID;

-- What an organisation stated at one moment.
CREATE TABLE reports (
  id BLOB PRIMARY KEY,
  incident_id BLOB NOT NULL REFERENCES incidents (id),
  organisation_id BLOB,
  account_id BLOB,
  kind TEXT NOT NULL CHECK (kind IN ('initial', 'follow_up', 'final')),
  observed TEXT NOT NULL,
  inform TEXT NOT NULL CHECK (inform IN ('by_name', 'anonymous', 'nobody')),
  personal_data INTEGER NOT NULL,
  malicious INTEGER NOT NULL,
  beyond_house INTEGER NOT NULL,
  critical_service INTEGER NOT NULL,
  stated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX reports_incident ON reports (incident_id);

CREATE TABLE report_contents (
  report_id BLOB PRIMARY KEY REFERENCES reports (id),
  title TEXT NOT NULL,
  description TEXT NOT NULL,
  measures TEXT NOT NULL,
  contact_name TEXT NOT NULL,
  contact_phone TEXT NOT NULL
) STRICT;

CREATE TABLE involvements (
  id BLOB PRIMARY KEY,
  incident_id BLOB NOT NULL REFERENCES incidents (id),
  organisation_id BLOB NOT NULL,
  part TEXT NOT NULL CHECK (part IN ('reporter', 'affected', 'handler', 'informed')),
  affectedness TEXT NOT NULL CHECK (affectedness IN ('affected', 'not_affected', 'unclear')),
  aware_at INTEGER,
  added_at INTEGER NOT NULL,
  ended_at INTEGER,
  UNIQUE (incident_id, organisation_id, part)
) STRICT;
CREATE INDEX involvements_organisation ON involvements (organisation_id, incident_id);

CREATE TABLE timeline_entries (
  id BLOB PRIMARY KEY,
  incident_id BLOB NOT NULL REFERENCES incidents (id),
  at INTEGER NOT NULL,
  account_id BLOB,
  author TEXT NOT NULL,
  kind TEXT NOT NULL,
  audience TEXT NOT NULL CHECK (audience IN ('team', 'organisation', 'involved')),
  audience_id BLOB,
  -- Facts without case content, as JSON: from, to, reasons by code.
  facts TEXT NOT NULL
) STRICT;
CREATE INDEX timeline_entries_incident ON timeline_entries (incident_id, id);

CREATE TABLE entry_contents (
  entry_id BLOB PRIMARY KEY REFERENCES timeline_entries (id),
  body TEXT NOT NULL
) STRICT;

CREATE TABLE incident_named (
  incident_id BLOB NOT NULL REFERENCES incidents (id),
  account_id BLOB NOT NULL,
  added_at INTEGER NOT NULL,
  PRIMARY KEY (incident_id, account_id)
) STRICT;
CREATE INDEX incident_named_account ON incident_named (account_id);
