-- A plan as it was when the incident began to use it, and how far it is gone.
CREATE TABLE escalations (
  incident_id BLOB PRIMARY KEY REFERENCES incidents (id),
  -- NULL: the plan for reports that nobody has triaged.
  priority INTEGER,
  plan TEXT NOT NULL,
  position INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  -- The case was closed.
  ended_at INTEGER
) STRICT;

CREATE TABLE escalation_steps (
  id BLOB PRIMARY KEY,
  incident_id BLOB NOT NULL REFERENCES incidents (id),
  number INTEGER NOT NULL,
  -- Its place in the plan; NULL: a person started it.
  plan_step INTEGER,
  name TEXT NOT NULL,
  target TEXT NOT NULL,
  organisation_id BLOB,
  state TEXT NOT NULL CHECK (state IN ('due', 'notified', 'acknowledged', 'overtaken', 'withdrawn')),
  acknowledge_minutes INTEGER NOT NULL,
  repeats INTEGER NOT NULL,
  needs_approval INTEGER NOT NULL,
  requested_by BLOB,
  approved_by BLOB,
  due_at INTEGER NOT NULL,
  notified_at INTEGER,
  attempts INTEGER NOT NULL,
  acknowledge_by INTEGER,
  acknowledged_at INTEGER,
  acknowledged_by TEXT,
  account_id BLOB,
  UNIQUE (incident_id, number)
) STRICT;
CREATE INDEX escalation_steps_waiting ON escalation_steps (state, organisation_id);
