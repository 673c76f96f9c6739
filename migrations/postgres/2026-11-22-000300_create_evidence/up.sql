-- Files of cases. The skeleton stays when the content is erased; the file itself lies encrypted in the object store.
CREATE TABLE evidence (
  id uuid PRIMARY KEY,
  incident_id uuid NOT NULL REFERENCES incidents (id),
  account_id uuid,
  author TEXT NOT NULL,
  audience TEXT NOT NULL CHECK (audience IN ('team', 'organisation', 'involved')),
  audience_id uuid,
  state TEXT NOT NULL CHECK (state IN ('uploading', 'stored', 'refused')),
  -- As announced, or as it was in the end; unknown while a form without a script sends it.
  size bigint,
  -- Bytes that lie durably in the store.
  received bigint NOT NULL,
  sha256 bytea,
  is_sample boolean NOT NULL,
  is_damaged boolean NOT NULL,
  begun_at timestamptz NOT NULL,
  stored_at timestamptz
);
CREATE INDEX evidence_incident ON evidence (incident_id, id);

-- What goes when a file is erased: without the key its bytes are worth nothing.
CREATE TABLE evidence_contents (
  evidence_id uuid PRIMARY KEY REFERENCES evidence (id),
  name TEXT NOT NULL,
  name_given bytea NOT NULL,
  media_type TEXT NOT NULL,
  -- What the browser knows the file by, to go on with it after a break.
  mark TEXT NOT NULL,
  data_key bytea NOT NULL
);

-- The chain of custody: only added to.
CREATE TABLE evidence_custody (
  id uuid PRIMARY KEY,
  evidence_id uuid NOT NULL REFERENCES evidence (id),
  at timestamptz NOT NULL,
  account_id uuid,
  author TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('taken_in', 'viewed', 'downloaded', 'verified', 'damaged')),
  sha256 bytea
);
CREATE INDEX evidence_custody_evidence ON evidence_custody (evidence_id, id);
