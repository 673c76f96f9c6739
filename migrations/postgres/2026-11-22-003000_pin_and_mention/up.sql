-- Lines of a timeline that the team keeps on top, for whoever may read them.
CREATE TABLE timeline_pins (
  entry_id uuid PRIMARY KEY REFERENCES timeline_entries (id),
  incident_id uuid NOT NULL REFERENCES incidents (id),
  pinned_by uuid,
  pinned_at timestamptz NOT NULL
);
CREATE INDEX timeline_pins_incident ON timeline_pins (incident_id);

-- Who was called to a case by a note, until they open it.
CREATE TABLE incident_mentions (
  account_id uuid NOT NULL,
  incident_id uuid NOT NULL REFERENCES incidents (id),
  at timestamptz NOT NULL,
  PRIMARY KEY (account_id, incident_id)
);
