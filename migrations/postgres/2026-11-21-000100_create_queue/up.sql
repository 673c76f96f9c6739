CREATE TABLE jobs (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  payload text NOT NULL,
  dedup_key text,
  priority integer NOT NULL,
  run_at timestamptz NOT NULL,
  state text NOT NULL CHECK (state IN ('waiting', 'leased', 'dead')),
  attempts integer NOT NULL,
  fence bigint NOT NULL,
  lease_until timestamptz,
  last_error text,
  created_at timestamptz NOT NULL
);
-- Jobs without a key are each their own: NULLs are distinct.
CREATE UNIQUE INDEX jobs_dedup ON jobs (name, dedup_key);
CREATE INDEX jobs_due ON jobs (state, run_at, priority);

-- Who of several processes does what only one may do at a time.
CREATE TABLE leases (
  name text PRIMARY KEY,
  holder uuid NOT NULL,
  fence bigint NOT NULL,
  held_until timestamptz NOT NULL
);
