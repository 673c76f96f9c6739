-- Who looks at which case in which process, for a minute at a time. No case content, and nothing that must last.
CREATE TABLE live_presences (
  process_id BLOB NOT NULL,
  subject_id BLOB NOT NULL,
  account_id BLOB NOT NULL,
  name TEXT NOT NULL,
  is_writing INTEGER NOT NULL CHECK (is_writing IN (0, 1)),
  until_at INTEGER NOT NULL,
  PRIMARY KEY (process_id, subject_id, account_id)
) STRICT;
