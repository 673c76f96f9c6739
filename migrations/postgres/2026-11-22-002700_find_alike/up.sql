-- What a case's words are found by. It is made of them, so it goes when they are erased.
CREATE TABLE incident_signatures (
  incident_id uuid PRIMARY KEY REFERENCES incidents (id),
  signature bytea NOT NULL
);

-- Cases that share a number here are compared; the newest come first.
CREATE TABLE incident_bands (
  band bigint NOT NULL,
  incident_id uuid NOT NULL REFERENCES incidents (id),
  PRIMARY KEY (band, incident_id)
);
CREATE INDEX incident_bands_incident ON incident_bands (incident_id);
