-- What a caller says on the telephone, from the emergency card: one for each organisation and year.
CREATE TABLE contact_codes (
  organisation_id uuid NOT NULL REFERENCES organisations (id),
  year integer NOT NULL,
  code text NOT NULL,
  made_at timestamptz NOT NULL,
  PRIMARY KEY (organisation_id, year)
);
