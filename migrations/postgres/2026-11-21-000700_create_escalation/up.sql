-- A plan as it was when the incident began to use it, and how far it is gone.
CREATE TABLE escalations (
  incident_id uuid PRIMARY KEY REFERENCES incidents (id),
  -- NULL: the plan for reports that nobody has triaged.
  priority integer,
  plan text NOT NULL,
  position integer NOT NULL,
  started_at timestamptz NOT NULL,
  -- The case was closed.
  ended_at timestamptz
);

CREATE TABLE escalation_steps (
  id uuid PRIMARY KEY,
  incident_id uuid NOT NULL REFERENCES incidents (id),
  number integer NOT NULL,
  -- Its place in the plan; NULL: a person started it.
  plan_step integer,
  name text NOT NULL,
  target text NOT NULL,
  organisation_id uuid,
  state text NOT NULL CHECK (state IN ('due', 'notified', 'acknowledged', 'overtaken', 'withdrawn')),
  acknowledge_minutes integer NOT NULL,
  repeats integer NOT NULL,
  needs_approval boolean NOT NULL,
  requested_by uuid,
  approved_by uuid,
  due_at timestamptz NOT NULL,
  notified_at timestamptz,
  attempts integer NOT NULL,
  acknowledge_by timestamptz,
  acknowledged_at timestamptz,
  acknowledged_by text,
  account_id uuid,
  UNIQUE (incident_id, number)
);
CREATE INDEX escalation_steps_waiting ON escalation_steps (state, organisation_id);
