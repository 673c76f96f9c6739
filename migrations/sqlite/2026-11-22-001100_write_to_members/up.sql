-- A letter to the mayor of each member municipality that a case concerns.
-- A check of a column is changed by making the table anew; what refers to it waits aside meanwhile.
CREATE TEMPORARY TABLE kept_papers AS SELECT * FROM papers;
CREATE TEMPORARY TABLE kept_contents AS SELECT * FROM paper_contents;
DROP TABLE paper_contents;
DROP TABLE papers;
CREATE TABLE papers (
  id BLOB PRIMARY KEY,
  incident_id BLOB NOT NULL REFERENCES incidents (id),
  organisation_id BLOB NOT NULL REFERENCES organisations (id),
  kind TEXT NOT NULL CHECK (kind IN ('lage', 'hinweis', 'benachrichtigung', 'gemeinden')),
  version INTEGER NOT NULL,
  UNIQUE (incident_id, organisation_id, kind)
) STRICT;
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
INSERT INTO papers SELECT * FROM kept_papers;
INSERT INTO paper_contents SELECT * FROM kept_contents;
DROP TABLE kept_papers;
DROP TABLE kept_contents;
