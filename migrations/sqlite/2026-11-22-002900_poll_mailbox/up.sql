-- Mails also come out of a mailbox. The column's rule cannot be changed in place, so the column is exchanged.
ALTER TABLE inbound_mails ADD COLUMN road TEXT NOT NULL DEFAULT 'lmtp' CHECK (road IN ('lmtp', 'pipe', 'imap'));
UPDATE inbound_mails SET road = way;
ALTER TABLE inbound_mails DROP COLUMN way;
ALTER TABLE inbound_mails RENAME COLUMN road TO way;

-- What became of the last look into a mailbox, so that a person sees when it cannot be read.
CREATE TABLE mailbox_polls (
  name TEXT PRIMARY KEY,
  next_at INTEGER NOT NULL,
  -- When it was last read to the end.
  polled_at INTEGER,
  failing_since INTEGER,
  tries INTEGER NOT NULL,
  -- At what it failed, and what the server said.
  step TEXT NOT NULL,
  words TEXT NOT NULL,
  -- Mails in the folder of those that were not taken.
  refused INTEGER NOT NULL
) STRICT;
