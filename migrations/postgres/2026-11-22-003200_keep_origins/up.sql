-- Where a case came from that was not reported here: the installation or system, and what the case is called there. The
-- same one comes once.
CREATE TABLE incident_origins (
  incident_id uuid PRIMARY KEY REFERENCES incidents (id),
  system text NOT NULL CHECK (system IN ('meldekette', 'rt')),
  origin text NOT NULL,
  reference text NOT NULL,
  -- SHA-256 of the archive that it came in.
  digest bytea,
  imported_at timestamptz NOT NULL,
  UNIQUE (system, origin, reference)
);
CREATE INDEX incident_origins_reference ON incident_origins (reference);
