-- Lines of a timeline that the team keeps on top, for whoever may read them.
CREATE TABLE timeline_pins (
  entry_id BLOB PRIMARY KEY REFERENCES timeline_entries (id),
  incident_id BLOB NOT NULL REFERENCES incidents (id),
  pinned_by BLOB,
  pinned_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX timeline_pins_incident ON timeline_pins (incident_id);

-- Who was called to a case by a note, until they open it.
CREATE TABLE incident_mentions (
  account_id BLOB NOT NULL,
  incident_id BLOB NOT NULL REFERENCES incidents (id),
  at INTEGER NOT NULL,
  PRIMARY KEY (account_id, incident_id)
) STRICT, WITHOUT ROWID;
