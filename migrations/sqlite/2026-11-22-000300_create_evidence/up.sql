-- Files of cases. The skeleton stays when the content is erased; the file itself lies encrypted in the object store.
CREATE TABLE evidence (
  id BLOB PRIMARY KEY,
  incident_id BLOB NOT NULL REFERENCES incidents (id),
  account_id BLOB,
  author TEXT NOT NULL,
  audience TEXT NOT NULL CHECK (audience IN ('team', 'organisation', 'involved')),
  audience_id BLOB,
  state TEXT NOT NULL CHECK (state IN ('uploading', 'stored', 'refused')),
  -- As announced, or as it was in the end; unknown while a form without a script sends it.
  size INTEGER,
  -- Bytes that lie durably in the store.
  received INTEGER NOT NULL,
  sha256 BLOB,
  is_sample INTEGER NOT NULL,
  is_damaged INTEGER NOT NULL,
  begun_at INTEGER NOT NULL,
  stored_at INTEGER
) STRICT;
CREATE INDEX evidence_incident ON evidence (incident_id, id);

-- What goes when a file is erased: without the key its bytes are worth nothing.
CREATE TABLE evidence_contents (
  evidence_id BLOB PRIMARY KEY REFERENCES evidence (id),
  name TEXT NOT NULL,
  name_given BLOB NOT NULL,
  media_type TEXT NOT NULL,
  -- What the browser knows the file by, to go on with it after a break.
  mark TEXT NOT NULL,
  data_key BLOB NOT NULL
) STRICT;

-- The chain of custody: only added to.
CREATE TABLE evidence_custody (
  id BLOB PRIMARY KEY,
  evidence_id BLOB NOT NULL REFERENCES evidence (id),
  at INTEGER NOT NULL,
  account_id BLOB,
  author TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('taken_in', 'viewed', 'downloaded', 'verified', 'damaged')),
  sha256 BLOB
) STRICT;
CREATE INDEX evidence_custody_evidence ON evidence_custody (evidence_id, id);
