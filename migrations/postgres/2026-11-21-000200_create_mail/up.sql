-- Text that several mails share. Erasable: the outbox row stays as the skeleton.
CREATE TABLE mail_bodies (
  id uuid PRIMARY KEY,
  tlp text NOT NULL,
  subject text NOT NULL,
  body text NOT NULL,
  created_at timestamptz NOT NULL
);

CREATE TABLE outbox (
  id uuid PRIMARY KEY,
  body_id uuid REFERENCES mail_bodies (id) ON DELETE SET NULL,
  purpose text NOT NULL,
  dispatch_id uuid,
  recipient text NOT NULL,
  recipient_name text NOT NULL,
  envelope_from text NOT NULL,
  message_id text NOT NULL UNIQUE,
  -- What differs from recipient to recipient, single-use links among it: emptied when the row ends.
  slots text NOT NULL,
  state text NOT NULL CHECK (state IN ('queued', 'leased', 'accepted', 'bounced', 'failed')),
  priority integer NOT NULL,
  attempts integer NOT NULL,
  next_at timestamptz NOT NULL,
  lease_until timestamptz,
  fence bigint NOT NULL,
  possibly_duplicate boolean NOT NULL,
  answer text,
  answered_at timestamptz,
  created_at timestamptz NOT NULL
);
CREATE INDEX outbox_due ON outbox (state, priority, next_at);
CREATE INDEX outbox_dispatch ON outbox (dispatch_id, state);
