CREATE TABLE accounts (
  id uuid PRIMARY KEY,
  mail text NOT NULL UNIQUE,
  name text NOT NULL,
  password_hash text,
  state text NOT NULL CHECK (state IN ('invited', 'active', 'locked')),
  created_at timestamptz NOT NULL,
  password_at timestamptz
);

CREATE TABLE role_grants (
  id uuid PRIMARY KEY,
  account_id uuid NOT NULL REFERENCES accounts (id),
  organisation_id uuid NOT NULL,
  role text NOT NULL,
  granted_by uuid,
  granted_at timestamptz NOT NULL,
  -- A privileged role counts from here on only.
  confirmed_by uuid,
  confirmed_at timestamptz,
  ended_at timestamptz
);
CREATE INDEX role_grants_account ON role_grants (account_id);
CREATE INDEX role_grants_organisation ON role_grants (organisation_id);

CREATE TABLE sessions (
  id uuid PRIMARY KEY,
  key_hash bytea NOT NULL UNIQUE,
  account_id uuid REFERENCES accounts (id),
  state text NOT NULL,
  ip text,
  agent text NOT NULL,
  created_at timestamptz NOT NULL,
  seen_at timestamptz NOT NULL,
  idle_until timestamptz NOT NULL,
  ends_at timestamptz NOT NULL
);
CREATE INDEX sessions_account ON sessions (account_id);
CREATE INDEX sessions_end ON sessions (idle_until);

-- Single-use links: invitation, password reset, first administrators, acknowledgement of an escalation step.
CREATE TABLE links (
  id uuid PRIMARY KEY,
  purpose text NOT NULL,
  token_hash bytea NOT NULL UNIQUE,
  account_id uuid,
  subject_id uuid,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  used_at timestamptz
);
CREATE INDEX links_subject ON links (subject_id);

CREATE TABLE api_tokens (
  id uuid PRIMARY KEY,
  account_id uuid NOT NULL REFERENCES accounts (id),
  name text NOT NULL,
  token_hash bytea NOT NULL UNIQUE,
  scopes text NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  revoked_at timestamptz,
  used_at timestamptz
);
CREATE INDEX api_tokens_account ON api_tokens (account_id);

CREATE TABLE rate_limits (
  bucket text NOT NULL,
  slot bigint NOT NULL,
  hits integer NOT NULL,
  PRIMARY KEY (bucket, slot)
);

CREATE TABLE idempotency_keys (
  account_id uuid NOT NULL,
  idempotency_key text NOT NULL,
  request_hash bytea NOT NULL,
  status integer NOT NULL,
  body text NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (account_id, idempotency_key)
);
