-- A case that was merged into another keeps its report, its thread and its organisation; what it says of its state is
-- what became of the case that leads.
CREATE TABLE incident_merges (
  member_id uuid PRIMARY KEY REFERENCES incidents (id),
  lead_id uuid NOT NULL REFERENCES incidents (id),
  merged_at timestamptz NOT NULL,
  merged_by uuid,
  -- Where the member stood: it goes back there when it is detached.
  before_status text NOT NULL CHECK (before_status IN ('reported', 'triaged', 'in_progress', 'contained')),
  -- The leading case's state, as the member's organisation sees it.
  status text NOT NULL CHECK (status IN ('reported', 'triaged', 'in_progress', 'contained', 'closed')),
  close_reason text,
  is_open boolean NOT NULL,
  closed_at timestamptz
);
CREATE INDEX incident_merges_lead ON incident_merges (lead_id, member_id);
