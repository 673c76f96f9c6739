-- What a case's words are found by. It is made of them, so it goes when they are erased.
CREATE TABLE incident_signatures (
  incident_id BLOB PRIMARY KEY REFERENCES incidents (id),
  signature BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Cases that share a number here are compared; the newest come first.
CREATE TABLE incident_bands (
  band INTEGER NOT NULL,
  incident_id BLOB NOT NULL REFERENCES incidents (id),
  PRIMARY KEY (band, incident_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX incident_bands_incident ON incident_bands (incident_id);
