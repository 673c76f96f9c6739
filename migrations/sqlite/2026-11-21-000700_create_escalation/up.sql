-- A plan as it was when the incident began to use it.
CREATE TABLE escalations (
  incident_id BLOB PRIMARY KEY REFERENCES incidents (id),
  priority INTEGER NOT NULL,
  plan TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  ended_at INTEGER
) STRICT;

CREATE TABLE escalation_steps (
  id BLOB PRIMARY KEY,
  incident_id BLOB NOT NULL REFERENCES incidents (id),
  number INTEGER NOT NULL,
  name TEXT NOT NULL,
  target TEXT NOT NULL,
  organisation_id BLOB,
  state TEXT NOT NULL CHECK (state IN ('due', 'notified', 'acknowledged', 'overtaken', 'withdrawn')),
  needs_approval INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  notified_at INTEGER,
  acknowledge_by INTEGER,
  acknowledged_at INTEGER,
  acknowledged_by TEXT,
  account_id BLOB,
  version INTEGER NOT NULL
) STRICT;
CREATE INDEX escalation_steps_incident ON escalation_steps (incident_id, number);
