-- An organisation whose own mail is not trusted any more: since when, by whom, why, and until when. A history.
CREATE TABLE organisation_compromises (
  id BLOB PRIMARY KEY,
  organisation_id BLOB NOT NULL REFERENCES organisations (id),
  -- The case that it was marked from, where there is one.
  incident_id BLOB REFERENCES incidents (id),
  marked_at INTEGER NOT NULL,
  marked_by BLOB,
  author TEXT NOT NULL,
  reason TEXT NOT NULL,
  lifted_at INTEGER,
  lifted_by BLOB,
  lifter TEXT,
  lift_reason TEXT
) STRICT;
CREATE UNIQUE INDEX organisation_compromises_now ON organisation_compromises (organisation_id) WHERE lifted_at IS NULL;
CREATE INDEX organisation_compromises_of ON organisation_compromises (organisation_id, marked_at);

-- For whose sake a mail goes elsewhere or is held, where it was to go, and since when it is held.
ALTER TABLE outbox ADD COLUMN diverted_for BLOB;
ALTER TABLE outbox ADD COLUMN diverted_from TEXT;
ALTER TABLE outbox ADD COLUMN held_at INTEGER;
CREATE INDEX outbox_diverted ON outbox (diverted_for) WHERE diverted_for IS NOT NULL;

-- When the CERT confirmed a sign-in by telephone.
ALTER TABLE sessions ADD COLUMN released_at INTEGER;
