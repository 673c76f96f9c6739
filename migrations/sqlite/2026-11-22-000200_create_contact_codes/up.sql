-- What a caller says on the telephone, from the emergency card: one for each organisation and year.
CREATE TABLE contact_codes (
  organisation_id BLOB NOT NULL REFERENCES organisations (id),
  year INTEGER NOT NULL,
  code TEXT NOT NULL,
  made_at INTEGER NOT NULL,
  PRIMARY KEY (organisation_id, year)
) STRICT, WITHOUT ROWID;
