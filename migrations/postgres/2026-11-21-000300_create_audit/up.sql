CREATE TABLE audit_rows (
  id uuid PRIMARY KEY,
  at timestamptz NOT NULL,
  account_id uuid,
  actor_name text NOT NULL,
  via text NOT NULL,
  action text NOT NULL,
  subject_kind text NOT NULL,
  subject_id uuid,
  organisation_id uuid,
  ip text,
  request_id uuid,
  detail text NOT NULL,
  -- Given afterwards by the sequencer.
  seq bigint UNIQUE,
  hash bytea
);
CREATE INDEX audit_rows_tail ON audit_rows (id) WHERE seq IS NULL;
CREATE INDEX audit_rows_subject ON audit_rows (subject_id, id);

CREATE TABLE audit_checkpoints (
  seq bigint PRIMARY KEY,
  hash bytea NOT NULL,
  at timestamptz NOT NULL,
  key_id text NOT NULL,
  signature bytea NOT NULL,
  mailed_at timestamptz
);
