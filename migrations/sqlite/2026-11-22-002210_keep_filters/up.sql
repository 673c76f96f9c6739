-- Filters of the queue that people keep.
CREATE TABLE queue_filters (
  id BLOB PRIMARY KEY,
  account_id BLOB NOT NULL,
  name TEXT NOT NULL,
  is_team INTEGER NOT NULL,
  -- The checked values of the form, encoded as the form is.
  terms TEXT NOT NULL,
  version INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX queue_filters_account ON queue_filters (account_id, id);
CREATE INDEX queue_filters_team ON queue_filters (is_team, id);

-- How somebody's queue looks: columns and sort by their codes.
CREATE TABLE queue_looks (
  account_id BLOB PRIMARY KEY,
  shown TEXT NOT NULL,
  sort TEXT NOT NULL
) STRICT, WITHOUT ROWID;
