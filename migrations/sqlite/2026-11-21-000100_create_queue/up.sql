CREATE TABLE jobs (
  id BLOB PRIMARY KEY,
  name TEXT NOT NULL,
  payload TEXT NOT NULL,
  dedup_key TEXT,
  priority INTEGER NOT NULL,
  run_at INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'leased', 'dead')),
  attempts INTEGER NOT NULL,
  fence INTEGER NOT NULL,
  lease_until INTEGER,
  last_error TEXT,
  created_at INTEGER NOT NULL
) STRICT;
-- Jobs without a key are each their own: NULLs are distinct.
CREATE UNIQUE INDEX jobs_dedup ON jobs (name, dedup_key);
CREATE INDEX jobs_due ON jobs (state, run_at, priority);

-- Who of several processes does what only one may do at a time.
CREATE TABLE leases (
  name TEXT PRIMARY KEY,
  holder BLOB NOT NULL,
  fence INTEGER NOT NULL,
  held_until INTEGER NOT NULL
) STRICT;
