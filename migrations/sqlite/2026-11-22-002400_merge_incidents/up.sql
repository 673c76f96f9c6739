-- A case that was merged into another keeps its report, its thread and its organisation; what it says of its state is
-- what became of the case that leads.
CREATE TABLE incident_merges (
  member_id BLOB PRIMARY KEY REFERENCES incidents (id),
  lead_id BLOB NOT NULL REFERENCES incidents (id),
  merged_at INTEGER NOT NULL,
  merged_by BLOB,
  -- Where the member stood: it goes back there when it is detached.
  before_status TEXT NOT NULL CHECK (before_status IN ('reported', 'triaged', 'in_progress', 'contained')),
  -- The leading case's state, as the member's organisation sees it.
  status TEXT NOT NULL CHECK (status IN ('reported', 'triaged', 'in_progress', 'contained', 'closed')),
  close_reason TEXT,
  is_open INTEGER NOT NULL,
  closed_at INTEGER
) STRICT;
CREATE INDEX incident_merges_lead ON incident_merges (lead_id, member_id);
