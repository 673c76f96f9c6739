-- A plan as it was when the incident began to use it.
CREATE TABLE escalations (
  incident_id uuid PRIMARY KEY REFERENCES incidents (id),
  priority integer NOT NULL,
  plan text NOT NULL,
  started_at timestamptz NOT NULL,
  ended_at timestamptz
);

CREATE TABLE escalation_steps (
  id uuid PRIMARY KEY,
  incident_id uuid NOT NULL REFERENCES incidents (id),
  number integer NOT NULL,
  name text NOT NULL,
  target text NOT NULL,
  organisation_id uuid,
  state text NOT NULL CHECK (state IN ('due', 'notified', 'acknowledged', 'overtaken', 'withdrawn')),
  needs_approval boolean NOT NULL,
  due_at timestamptz NOT NULL,
  notified_at timestamptz,
  acknowledge_by timestamptz,
  acknowledged_at timestamptz,
  acknowledged_by text,
  account_id uuid,
  version integer NOT NULL
);
CREATE INDEX escalation_steps_incident ON escalation_steps (incident_id, number);
