-- Where a case came from that was not reported here: the installation or system, and what the case is called there. The
-- same one comes once.
CREATE TABLE incident_origins (
  incident_id BLOB PRIMARY KEY REFERENCES incidents (id),
  system TEXT NOT NULL CHECK (system IN ('meldekette', 'rt')),
  origin TEXT NOT NULL,
  reference TEXT NOT NULL,
  -- SHA-256 of the archive that it came in.
  digest BLOB,
  imported_at INTEGER NOT NULL,
  UNIQUE (system, origin, reference)
) STRICT, WITHOUT ROWID;
CREATE INDEX incident_origins_reference ON incident_origins (reference);
