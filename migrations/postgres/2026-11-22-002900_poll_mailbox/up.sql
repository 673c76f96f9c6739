-- Mails also come out of a mailbox.
ALTER TABLE inbound_mails DROP CONSTRAINT inbound_mails_way_check;
ALTER TABLE inbound_mails ADD CONSTRAINT inbound_mails_way_check CHECK (way IN ('lmtp', 'pipe', 'imap'));

-- What became of the last look into a mailbox, so that a person sees when it cannot be read.
CREATE TABLE mailbox_polls (
  name TEXT PRIMARY KEY,
  next_at timestamptz NOT NULL,
  -- When it was last read to the end.
  polled_at timestamptz,
  failing_since timestamptz,
  tries integer NOT NULL,
  -- At what it failed, and what the server said.
  step TEXT NOT NULL,
  words TEXT NOT NULL,
  -- Mails in the folder of those that were not taken.
  refused bigint NOT NULL
);
