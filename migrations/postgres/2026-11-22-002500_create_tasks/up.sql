-- A playbook that was started on a case: the skeleton. What it says lies apart, to be erased.
CREATE TABLE playbook_runs (
  id uuid PRIMARY KEY,
  incident_id uuid NOT NULL REFERENCES incidents (id),
  -- The file's name, its number and its digest as they were at the start.
  playbook text NOT NULL,
  version integer NOT NULL,
  digest text NOT NULL,
  started_at timestamptz NOT NULL,
  started_by uuid,
  stopped_at timestamptz
);
CREATE INDEX playbook_runs_incident ON playbook_runs (incident_id, id);

CREATE TABLE playbook_run_contents (
  run_id uuid PRIMARY KEY REFERENCES playbook_runs (id),
  title text NOT NULL,
  -- The whole playbook as it was, as JSON.
  playbook text NOT NULL,
  stop_reason text
);

CREATE TABLE tasks (
  id uuid PRIMARY KEY,
  incident_id uuid NOT NULL REFERENCES incidents (id),
  run_id uuid REFERENCES playbook_runs (id),
  place integer NOT NULL,
  -- Whose it is: an account's, an organisation's, or nobody's yet.
  owner_id uuid,
  organisation_id uuid REFERENCES organisations (id),
  state text NOT NULL CHECK (state IN ('open', 'done', 'not_needed')),
  due_at timestamptz,
  -- What lists are sorted by: the due time, or behind all.
  sort_at timestamptz NOT NULL,
  needs_evidence boolean NOT NULL,
  is_overdue boolean NOT NULL,
  answer text CHECK (answer IN ('done', 'question', 'cannot')),
  answered_at timestamptz,
  version integer NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  CHECK (owner_id IS NULL OR organisation_id IS NULL)
);
CREATE INDEX tasks_incident ON tasks (incident_id, place);
CREATE INDEX tasks_owner ON tasks (owner_id, sort_at) WHERE state = 'open';
CREATE INDEX tasks_organisation ON tasks (organisation_id, sort_at) WHERE state = 'open';

CREATE TABLE task_contents (
  task_id uuid PRIMARY KEY REFERENCES tasks (id),
  title text NOT NULL,
  body text NOT NULL,
  why text NOT NULL,
  -- What came of it, or why it is not needed.
  result text NOT NULL,
  -- What the organisation said, and who there.
  answer text NOT NULL,
  answered_by text NOT NULL
);

CREATE TABLE task_files (
  task_id uuid NOT NULL REFERENCES tasks (id),
  evidence_id uuid NOT NULL REFERENCES evidence (id),
  PRIMARY KEY (task_id, evidence_id)
);
