-- Who looks at which case in which process, for a minute at a time. No case content, and nothing that must last.
CREATE TABLE live_presences (
  process_id uuid NOT NULL,
  subject_id uuid NOT NULL,
  account_id uuid NOT NULL,
  name text NOT NULL,
  is_writing boolean NOT NULL,
  until_at timestamptz NOT NULL,
  PRIMARY KEY (process_id, subject_id, account_id)
);
