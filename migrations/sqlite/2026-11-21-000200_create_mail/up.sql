-- Text that several mails share. Erasable: the outbox row stays as the skeleton.
CREATE TABLE mail_bodies (
  id BLOB PRIMARY KEY,
  tlp TEXT NOT NULL,
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE outbox (
  id BLOB PRIMARY KEY,
  body_id BLOB REFERENCES mail_bodies (id) ON DELETE SET NULL,
  purpose TEXT NOT NULL,
  dispatch_id BLOB,
  recipient TEXT NOT NULL,
  recipient_name TEXT NOT NULL,
  envelope_from TEXT NOT NULL,
  message_id TEXT NOT NULL UNIQUE,
  -- What differs from recipient to recipient, single-use links among it: emptied when the row ends.
  slots TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued', 'leased', 'accepted', 'bounced', 'failed')),
  priority INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  next_at INTEGER NOT NULL,
  lease_until INTEGER,
  fence INTEGER NOT NULL,
  possibly_duplicate INTEGER NOT NULL,
  answer TEXT,
  answered_at INTEGER,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX outbox_due ON outbox (state, priority, next_at);
CREATE INDEX outbox_dispatch ON outbox (dispatch_id, state);
