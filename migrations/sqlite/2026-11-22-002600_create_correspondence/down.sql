CREATE TABLE behalf_old (
  incident_id BLOB PRIMARY KEY REFERENCES incidents (id),
  organisation_id BLOB,
  through_id BLOB,
  mandate_id BLOB,
  state TEXT NOT NULL CHECK (state IN ('mandated', 'loose', 'pending', 'confirmed', 'refused')),
  inform TEXT NOT NULL CHECK (inform IN ('by_name', 'anonymous', 'nobody')),
  receipt TEXT,
  decided_by BLOB,
  decided_at INTEGER,
  way TEXT NOT NULL DEFAULT 'house' CHECK (way IN ('house', 'form', 'telephone')),
  claimed_id BLOB
) STRICT, WITHOUT ROWID;
-- What came by mail stands as what came without an account.
INSERT INTO behalf_old
  SELECT incident_id, organisation_id, through_id, mandate_id, state, inform, receipt, decided_by, decided_at,
    CASE way WHEN 'mail' THEN 'form' ELSE way END, claimed_id
  FROM behalf_reports;
DROP TABLE behalf_reports;
ALTER TABLE behalf_old RENAME TO behalf_reports;
CREATE INDEX behalf_reports_through ON behalf_reports (through_id, organisation_id);
ALTER TABLE outbox DROP COLUMN in_reply_to;
ALTER TABLE outbox DROP COLUMN reply_to;
DROP INDEX incidents_restricted;
DROP TABLE blocked_senders;
DROP TABLE mail_threads;
DROP TABLE inbound_files;
DROP TABLE inbound_contents;
DROP TABLE inbound_mails;
