CREATE TABLE accounts (
  id BLOB PRIMARY KEY,
  mail TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  password_hash TEXT,
  state TEXT NOT NULL CHECK (state IN ('invited', 'active', 'locked')),
  created_at INTEGER NOT NULL,
  password_at INTEGER
) STRICT;

CREATE TABLE role_grants (
  id BLOB PRIMARY KEY,
  account_id BLOB NOT NULL REFERENCES accounts (id),
  organisation_id BLOB NOT NULL,
  role TEXT NOT NULL,
  granted_by BLOB,
  granted_at INTEGER NOT NULL,
  -- A privileged role counts from here on only.
  confirmed_by BLOB,
  confirmed_at INTEGER,
  ended_at INTEGER
) STRICT;
CREATE INDEX role_grants_account ON role_grants (account_id);
CREATE INDEX role_grants_organisation ON role_grants (organisation_id);

CREATE TABLE sessions (
  id BLOB PRIMARY KEY,
  key_hash BLOB NOT NULL UNIQUE,
  account_id BLOB REFERENCES accounts (id),
  state TEXT NOT NULL,
  ip TEXT,
  agent TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  seen_at INTEGER NOT NULL,
  idle_until INTEGER NOT NULL,
  ends_at INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_account ON sessions (account_id);
CREATE INDEX sessions_end ON sessions (idle_until);

-- Single-use links: invitation, password reset, first administrators, acknowledgement of an escalation step.
CREATE TABLE links (
  id BLOB PRIMARY KEY,
  purpose TEXT NOT NULL,
  token_hash BLOB NOT NULL UNIQUE,
  account_id BLOB,
  subject_id BLOB,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  used_at INTEGER
) STRICT;
CREATE INDEX links_subject ON links (subject_id);

CREATE TABLE api_tokens (
  id BLOB PRIMARY KEY,
  account_id BLOB NOT NULL REFERENCES accounts (id),
  name TEXT NOT NULL,
  token_hash BLOB NOT NULL UNIQUE,
  scopes TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  revoked_at INTEGER,
  used_at INTEGER
) STRICT;
CREATE INDEX api_tokens_account ON api_tokens (account_id);

CREATE TABLE rate_limits (
  bucket TEXT NOT NULL,
  slot INTEGER NOT NULL,
  hits INTEGER NOT NULL,
  PRIMARY KEY (bucket, slot)
) STRICT;

CREATE TABLE idempotency_keys (
  account_id BLOB NOT NULL,
  idempotency_key TEXT NOT NULL,
  request_hash BLOB NOT NULL,
  status INTEGER NOT NULL,
  body TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, idempotency_key)
) STRICT;
