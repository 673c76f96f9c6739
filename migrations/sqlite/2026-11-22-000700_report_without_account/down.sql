DELETE FROM report_drafts WHERE account_id IS NULL;
CREATE TABLE drafts_old (
  id BLOB PRIMARY KEY,
  account_id BLOB NOT NULL,
  is_drill INTEGER NOT NULL,
  answers TEXT NOT NULL,
  version INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  filed_incident_id BLOB
) STRICT;
INSERT INTO drafts_old
  SELECT id, account_id, is_drill, answers, version, created_at, updated_at, filed_incident_id FROM report_drafts;
DROP TABLE report_drafts;
ALTER TABLE drafts_old RENAME TO report_drafts;
CREATE INDEX report_drafts_account ON report_drafts (account_id, updated_at);
CREATE INDEX report_drafts_updated ON report_drafts (updated_at);
DELETE FROM behalf_reports WHERE through_id IS NULL OR organisation_id IS NULL;
CREATE TABLE behalf_old (
  incident_id BLOB PRIMARY KEY REFERENCES incidents (id),
  organisation_id BLOB NOT NULL,
  through_id BLOB NOT NULL,
  mandate_id BLOB,
  state TEXT NOT NULL CHECK (state IN ('mandated', 'pending', 'confirmed', 'refused')),
  inform TEXT NOT NULL CHECK (inform IN ('by_name', 'anonymous', 'nobody')),
  receipt TEXT,
  decided_by BLOB,
  decided_at INTEGER
) STRICT, WITHOUT ROWID;
INSERT INTO behalf_old
  SELECT incident_id, organisation_id, through_id, mandate_id, state, inform, receipt, decided_by, decided_at
  FROM behalf_reports;
DROP TABLE behalf_reports;
ALTER TABLE behalf_old RENAME TO behalf_reports;
CREATE INDEX behalf_reports_through ON behalf_reports (through_id, organisation_id);
