-- What the queue is sorted by, so that each order is one walk along an index.
-- The priority; 5 where nobody decided it yet.
ALTER TABLE incidents ADD COLUMN priority_rank integer NOT NULL DEFAULT 5;
-- What the register orders the organisation by; empty where the case belongs to none. By bytes, as SQLite sorts.
ALTER TABLE incidents ADD COLUMN organisation_name text COLLATE "C" NOT NULL DEFAULT '';
UPDATE incidents SET
  priority_rank = coalesce(priority, 5),
  organisation_name = coalesce((SELECT search FROM organisations WHERE id = organisation_id), '');
CREATE INDEX incidents_reported ON incidents (is_open, reported_at, id);
CREATE INDEX incidents_updated ON incidents (is_open, updated_at, id);
CREATE INDEX incidents_priority ON incidents (is_open, priority_rank, queue_at, id);
CREATE INDEX incidents_organisation_name ON incidents (is_open, organisation_name, queue_at, id);

-- That people are in danger. Until now only such a report suggested a severe impact.
ALTER TABLE reports ADD COLUMN danger boolean NOT NULL DEFAULT false;
UPDATE reports SET danger = true WHERE suggested_impact = 'severe';
CREATE INDEX reports_danger ON reports (incident_id) WHERE danger;
CREATE INDEX reports_personal_data ON reports (incident_id) WHERE is_current AND personal_data;

-- When somebody outside of the team said something after the report.
CREATE TABLE incident_heard (
  incident_id uuid PRIMARY KEY REFERENCES incidents (id),
  heard_at timestamptz NOT NULL
);
INSERT INTO incident_heard (incident_id, heard_at)
  SELECT incident_id, max(stated_at) FROM reports GROUP BY incident_id HAVING count(*) > 1;

-- When an account last opened a case.
CREATE TABLE incident_seen (
  account_id uuid NOT NULL,
  incident_id uuid NOT NULL REFERENCES incidents (id),
  seen_at timestamptz NOT NULL,
  PRIMARY KEY (account_id, incident_id)
);
