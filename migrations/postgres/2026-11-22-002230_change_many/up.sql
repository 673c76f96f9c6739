-- One change of many cases by one person, kept for a day: what became of each, and what it was before.
CREATE TABLE bulk_runs (
  id uuid PRIMARY KEY,
  account_id uuid NOT NULL,
  action text NOT NULL,
  at timestamptz NOT NULL,
  undone_at timestamptz
);
CREATE INDEX bulk_runs_account ON bulk_runs (account_id, at);

CREATE TABLE bulk_items (
  run_id uuid NOT NULL REFERENCES bulk_runs (id),
  ordinal integer NOT NULL,
  -- As it was marked.
  reference text NOT NULL,
  -- `changed`, or the key of why not.
  outcome text NOT NULL,
  -- What taking it back led to, in the same words.
  undone text,
  -- The case's version after the change, and what it was before, in codes and ids.
  version integer,
  before text,
  PRIMARY KEY (run_id, ordinal)
);
