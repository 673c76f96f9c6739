-- What attackers leave behind, each once. The value is content: a row without sightings goes with the last of them,
-- unless people said that it is harmless.
CREATE TABLE observables (
  id uuid PRIMARY KEY,
  kind text NOT NULL,
  value text NOT NULL,
  -- Why it is no trace: somebody's own network or domain, a well-known name, or what a person said.
  harmless text CHECK (harmless IN ('own', 'known', 'hand')),
  harmless_reason text,
  harmless_by text,
  harmless_at timestamptz,
  UNIQUE (kind, value)
);

-- Where it was seen; made anew from the texts of the case, and removed with them.
CREATE TABLE sightings (
  id uuid PRIMARY KEY,
  observable_id uuid NOT NULL REFERENCES observables (id),
  incident_id uuid NOT NULL REFERENCES incidents (id),
  source text NOT NULL CHECK (source IN ('title', 'report', 'entry', 'file', 'hand')),
  -- The report, the entry or the file; the case for its title and for what was added by hand.
  piece_id uuid NOT NULL,
  audience text NOT NULL CHECK (audience IN ('team', 'organisation', 'involved')),
  audience_id uuid,
  written text NOT NULL,
  seen_at timestamptz NOT NULL,
  UNIQUE (incident_id, observable_id, source, piece_id)
);
CREATE INDEX sightings_observable ON sightings (observable_id, incident_id);
