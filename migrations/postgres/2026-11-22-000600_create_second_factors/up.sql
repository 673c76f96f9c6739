-- Since when the account signs in with a second factor.
ALTER TABLE accounts ADD COLUMN second_factor_at timestamptz;
-- When the second factor was shown in this session.
ALTER TABLE sessions ADD COLUMN verified_at timestamptz;

CREATE TABLE second_factors (
  account_id uuid PRIMARY KEY REFERENCES accounts (id),
  -- Sealed: worth nothing without the key that lies elsewhere.
  secret bytea NOT NULL,
  created_at timestamptz NOT NULL,
  -- The latest time step whose code was taken; none at or before it is taken again.
  last_step bigint NOT NULL
);

CREATE TABLE recovery_codes (
  code_hash bytea PRIMARY KEY,
  account_id uuid NOT NULL REFERENCES accounts (id),
  created_at timestamptz NOT NULL,
  used_at timestamptz
);
CREATE INDEX recovery_codes_account ON recovery_codes (account_id);
