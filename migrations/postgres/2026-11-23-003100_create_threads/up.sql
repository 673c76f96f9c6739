-- What the CERT writes with third parties about a case: a hoster, the police. They have no account and no part in it.
CREATE TABLE party_threads (
  id uuid PRIMARY KEY,
  incident_id uuid NOT NULL REFERENCES incidents (id),
  kind TEXT NOT NULL CHECK (kind IN
    ('hoster', 'registrar', 'cert', 'police', 'prosecutor', 'data_protection', 'vendor', 'other')),
  state TEXT NOT NULL CHECK (state IN ('open', 'closed')),
  -- Stands in the address that they answer to. Whoever knows it may be who was written to.
  token TEXT NOT NULL UNIQUE,
  -- Whoever works on it is reminded then, unless an answer came before.
  follow_up_at timestamptz,
  is_silent boolean NOT NULL,
  -- Since when an answer is out; none where the last word is theirs.
  waits_since timestamptz,
  last_at timestamptz NOT NULL,
  -- The Message-ID of what was written last, for mails that answer it.
  last_message_id TEXT,
  created_at timestamptz NOT NULL,
  version integer NOT NULL
);
CREATE INDEX party_threads_incident ON party_threads (incident_id, id);

CREATE TABLE party_thread_contents (
  thread_id uuid PRIMARY KEY REFERENCES party_threads (id),
  party TEXT NOT NULL,
  address TEXT NOT NULL,
  subject TEXT NOT NULL,
  their_reference TEXT NOT NULL,
  -- The same in capitals without what stands between letters and digits: what subjects are compared with.
  their_key TEXT NOT NULL
);
CREATE INDEX party_thread_contents_key ON party_thread_contents (their_key) WHERE their_key <> '';

-- One mail of a thread. Its words are the line's on the timeline of the case.
CREATE TABLE party_messages (
  id uuid PRIMARY KEY,
  thread_id uuid NOT NULL REFERENCES party_threads (id),
  direction TEXT NOT NULL CHECK (direction IN ('out', 'in')),
  at timestamptz NOT NULL,
  entry_id uuid NOT NULL REFERENCES timeline_entries (id),
  -- The mail in the outbox, or the one that came in.
  mail_id uuid,
  inbound_id uuid
);
CREATE INDEX party_messages_thread ON party_messages (thread_id, id);

ALTER TABLE inbound_mails ADD COLUMN thread_id uuid;
