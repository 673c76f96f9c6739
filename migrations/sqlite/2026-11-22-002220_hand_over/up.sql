-- What somebody tells whoever works on a case next, until that one has read it: an entry of its timeline.
CREATE TABLE handovers (
  incident_id BLOB PRIMARY KEY REFERENCES incidents (id),
  entry_id BLOB NOT NULL REFERENCES timeline_entries (id)
) STRICT, WITHOUT ROWID;

-- When somebody of the team is not there, and who stands in.
CREATE TABLE absences (
  id BLOB PRIMARY KEY,
  account_id BLOB NOT NULL,
  deputy_id BLOB,
  from_at INTEGER NOT NULL,
  until_at INTEGER NOT NULL
) STRICT;
CREATE INDEX absences_until ON absences (until_at);
CREATE INDEX absences_account ON absences (account_id, until_at);
