-- What attackers leave behind, each once. The value is content: a row without sightings goes with the last of them,
-- unless people said that it is harmless.
CREATE TABLE observables (
  id BLOB PRIMARY KEY,
  kind TEXT NOT NULL,
  value TEXT NOT NULL,
  -- Why it is no trace: somebody's own network or domain, a well-known name, or what a person said.
  harmless TEXT CHECK (harmless IN ('own', 'known', 'hand')),
  harmless_reason TEXT,
  harmless_by TEXT,
  harmless_at INTEGER,
  UNIQUE (kind, value)
) STRICT;

-- Where it was seen; made anew from the texts of the case, and removed with them.
CREATE TABLE sightings (
  id BLOB PRIMARY KEY,
  observable_id BLOB NOT NULL REFERENCES observables (id),
  incident_id BLOB NOT NULL REFERENCES incidents (id),
  source TEXT NOT NULL CHECK (source IN ('title', 'report', 'entry', 'file', 'hand')),
  -- The report, the entry or the file; the case for its title and for what was added by hand.
  piece_id BLOB NOT NULL,
  audience TEXT NOT NULL CHECK (audience IN ('team', 'organisation', 'involved')),
  audience_id BLOB,
  written TEXT NOT NULL,
  seen_at INTEGER NOT NULL,
  UNIQUE (incident_id, observable_id, source, piece_id)
) STRICT;
CREATE INDEX sightings_observable ON sightings (observable_id, incident_id);
