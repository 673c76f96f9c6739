-- One change of many cases by one person, kept for a day: what became of each, and what it was before.
CREATE TABLE bulk_runs (
  id BLOB PRIMARY KEY,
  account_id BLOB NOT NULL,
  action TEXT NOT NULL,
  at INTEGER NOT NULL,
  undone_at INTEGER
) STRICT;
CREATE INDEX bulk_runs_account ON bulk_runs (account_id, at);

CREATE TABLE bulk_items (
  run_id BLOB NOT NULL REFERENCES bulk_runs (id),
  ordinal INTEGER NOT NULL,
  -- As it was marked.
  reference TEXT NOT NULL,
  -- `changed`, or the key of why not.
  outcome TEXT NOT NULL,
  -- What taking it back led to, in the same words.
  undone TEXT,
  -- The case's version after the change, and what it was before, in codes and ids.
  version INTEGER,
  before TEXT,
  PRIMARY KEY (run_id, ordinal)
) STRICT, WITHOUT ROWID;
