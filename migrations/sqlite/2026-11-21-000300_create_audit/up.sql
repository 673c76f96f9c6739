CREATE TABLE audit_rows (
  id BLOB PRIMARY KEY,
  at INTEGER NOT NULL,
  account_id BLOB,
  actor_name TEXT NOT NULL,
  via TEXT NOT NULL,
  action TEXT NOT NULL,
  subject_kind TEXT NOT NULL,
  subject_id BLOB,
  organisation_id BLOB,
  ip TEXT,
  request_id BLOB,
  detail TEXT NOT NULL,
  -- Given afterwards by the sequencer.
  seq INTEGER UNIQUE,
  hash BLOB
) STRICT;
CREATE INDEX audit_rows_tail ON audit_rows (id) WHERE seq IS NULL;
CREATE INDEX audit_rows_subject ON audit_rows (subject_id, id);

CREATE TABLE audit_checkpoints (
  seq INTEGER PRIMARY KEY,
  hash BLOB NOT NULL,
  at INTEGER NOT NULL,
  key_id TEXT NOT NULL,
  signature BLOB NOT NULL,
  mailed_at INTEGER
) STRICT;
