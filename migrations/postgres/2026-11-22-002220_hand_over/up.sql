-- What somebody tells whoever works on a case next, until that one has read it: an entry of its timeline.
CREATE TABLE handovers (
  incident_id uuid PRIMARY KEY REFERENCES incidents (id),
  entry_id uuid NOT NULL REFERENCES timeline_entries (id)
);

-- When somebody of the team is not there, and who stands in.
CREATE TABLE absences (
  id uuid PRIMARY KEY,
  account_id uuid NOT NULL,
  deputy_id uuid,
  from_at timestamptz NOT NULL,
  until_at timestamptz NOT NULL
);
CREATE INDEX absences_until ON absences (until_at);
CREATE INDEX absences_account ON absences (account_id, until_at);
