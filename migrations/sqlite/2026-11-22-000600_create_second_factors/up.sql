-- Since when the account signs in with a second factor.
ALTER TABLE accounts ADD COLUMN second_factor_at INTEGER;
-- When the second factor was shown in this session.
ALTER TABLE sessions ADD COLUMN verified_at INTEGER;

CREATE TABLE second_factors (
  account_id BLOB PRIMARY KEY REFERENCES accounts (id),
  -- Sealed: worth nothing without the key that lies elsewhere.
  secret BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  -- The latest time step whose code was taken; none at or before it is taken again.
  last_step INTEGER NOT NULL
) STRICT;

CREATE TABLE recovery_codes (
  code_hash BLOB PRIMARY KEY,
  account_id BLOB NOT NULL REFERENCES accounts (id),
  created_at INTEGER NOT NULL,
  used_at INTEGER
) STRICT;
CREATE INDEX recovery_codes_account ON recovery_codes (account_id);
