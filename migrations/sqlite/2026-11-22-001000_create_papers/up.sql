-- What an organisation makes of its case for others to read: the situation for whoever leads it, and what it tells people.
CREATE TABLE papers (
  id BLOB PRIMARY KEY,
  incident_id BLOB NOT NULL REFERENCES incidents (id),
  organisation_id BLOB NOT NULL REFERENCES organisations (id),
  kind TEXT NOT NULL CHECK (kind IN ('lage', 'hinweis', 'benachrichtigung')),
  version INTEGER NOT NULL,
  UNIQUE (incident_id, organisation_id, kind)
) STRICT;

-- Each version stays as it was saved, until it is erased.
CREATE TABLE paper_contents (
  paper_id BLOB NOT NULL REFERENCES papers (id),
  version INTEGER NOT NULL,
  account_id BLOB,
  author TEXT NOT NULL,
  saved_at INTEGER NOT NULL,
  -- The parts by name, as JSON.
  parts TEXT NOT NULL,
  PRIMARY KEY (paper_id, version)
) STRICT, WITHOUT ROWID;
