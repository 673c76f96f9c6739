-- A playbook that was started on a case: the skeleton. What it says lies apart, to be erased.
CREATE TABLE playbook_runs (
  id BLOB PRIMARY KEY,
  incident_id BLOB NOT NULL REFERENCES incidents (id),
  -- The file's name, its number and its digest as they were at the start.
  playbook TEXT NOT NULL,
  version INTEGER NOT NULL,
  digest TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  started_by BLOB,
  stopped_at INTEGER
) STRICT;
CREATE INDEX playbook_runs_incident ON playbook_runs (incident_id, id);

CREATE TABLE playbook_run_contents (
  run_id BLOB PRIMARY KEY REFERENCES playbook_runs (id),
  title TEXT NOT NULL,
  -- The whole playbook as it was, as JSON.
  playbook TEXT NOT NULL,
  stop_reason TEXT
) STRICT;

CREATE TABLE tasks (
  id BLOB PRIMARY KEY,
  incident_id BLOB NOT NULL REFERENCES incidents (id),
  run_id BLOB REFERENCES playbook_runs (id),
  place INTEGER NOT NULL,
  -- Whose it is: an account's, an organisation's, or nobody's yet.
  owner_id BLOB,
  organisation_id BLOB REFERENCES organisations (id),
  state TEXT NOT NULL CHECK (state IN ('open', 'done', 'not_needed')),
  due_at INTEGER,
  -- What lists are sorted by: the due time, or behind all.
  sort_at INTEGER NOT NULL,
  needs_evidence INTEGER NOT NULL,
  is_overdue INTEGER NOT NULL,
  answer TEXT CHECK (answer IN ('done', 'question', 'cannot')),
  answered_at INTEGER,
  version INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  CHECK (owner_id IS NULL OR organisation_id IS NULL)
) STRICT;
CREATE INDEX tasks_incident ON tasks (incident_id, place);
CREATE INDEX tasks_owner ON tasks (owner_id, sort_at) WHERE state = 'open';
CREATE INDEX tasks_organisation ON tasks (organisation_id, sort_at) WHERE state = 'open';

CREATE TABLE task_contents (
  task_id BLOB PRIMARY KEY REFERENCES tasks (id),
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  why TEXT NOT NULL,
  -- What came of it, or why it is not needed.
  result TEXT NOT NULL,
  -- What the organisation said, and who there.
  answer TEXT NOT NULL,
  answered_by TEXT NOT NULL
) STRICT;

CREATE TABLE task_files (
  task_id BLOB NOT NULL REFERENCES tasks (id),
  evidence_id BLOB NOT NULL REFERENCES evidence (id),
  PRIMARY KEY (task_id, evidence_id)
) STRICT, WITHOUT ROWID;
