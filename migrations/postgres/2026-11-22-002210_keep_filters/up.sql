-- Filters of the queue that people keep.
CREATE TABLE queue_filters (
  id uuid PRIMARY KEY,
  account_id uuid NOT NULL,
  name text NOT NULL,
  is_team boolean NOT NULL,
  -- The checked values of the form, encoded as the form is.
  terms text NOT NULL,
  version integer NOT NULL,
  created_at timestamptz NOT NULL
);
CREATE INDEX queue_filters_account ON queue_filters (account_id, id);
CREATE INDEX queue_filters_team ON queue_filters (is_team, id);

-- How somebody's queue looks: columns and sort by their codes.
CREATE TABLE queue_looks (
  account_id uuid PRIMARY KEY,
  shown text NOT NULL,
  sort text NOT NULL
);
