-- Reports that are being written: what was typed, as it was typed, until it is sent or forgotten.
CREATE TABLE report_drafts (
  id BLOB PRIMARY KEY,
  account_id BLOB NOT NULL,
  is_drill INTEGER NOT NULL,
  -- JSON; empty when sent, for then the report says it.
  answers TEXT NOT NULL,
  version INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  filed_incident_id BLOB
) STRICT;
CREATE INDEX report_drafts_account ON report_drafts (account_id, updated_at);
CREATE INDEX report_drafts_updated ON report_drafts (updated_at);

-- What the answers suggest for triage; none where nobody was asked.
ALTER TABLE reports ADD COLUMN suggested_class TEXT;
ALTER TABLE reports ADD COLUMN suggested_category TEXT;
ALTER TABLE reports ADD COLUMN suggested_impact TEXT;
ALTER TABLE reports ADD COLUMN suggested_spread TEXT;
