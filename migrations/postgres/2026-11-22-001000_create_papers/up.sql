-- What an organisation makes of its case for others to read: the situation for whoever leads it, and what it tells people.
CREATE TABLE papers (
  id uuid PRIMARY KEY,
  incident_id uuid NOT NULL REFERENCES incidents (id),
  organisation_id uuid NOT NULL REFERENCES organisations (id),
  kind text NOT NULL CHECK (kind IN ('lage', 'hinweis', 'benachrichtigung')),
  version integer NOT NULL,
  UNIQUE (incident_id, organisation_id, kind)
);

-- Each version stays as it was saved, until it is erased.
CREATE TABLE paper_contents (
  paper_id uuid NOT NULL REFERENCES papers (id),
  version integer NOT NULL,
  account_id uuid,
  author text NOT NULL,
  saved_at timestamptz NOT NULL,
  -- The parts by name, as JSON.
  parts text NOT NULL,
  PRIMARY KEY (paper_id, version)
);
