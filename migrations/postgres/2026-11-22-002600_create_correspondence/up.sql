-- Mails that came in. The skeleton stays when the content is erased; the mail itself lies encrypted in the object store.
CREATE TABLE inbound_mails (
  -- Also the name of its bytes in the store.
  id uuid PRIMARY KEY,
  received_at timestamptz NOT NULL,
  way TEXT NOT NULL CHECK (way IN ('lmtp', 'pipe')),
  size bigint NOT NULL,
  sha256 bytea NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'open', 'joined', 'filed', 'noted', 'discarded')),
  -- What it is, and the codes of why, parted by spaces; empty until it was read.
  kind TEXT NOT NULL,
  reasons TEXT NOT NULL,
  -- The case that it belongs to, or perhaps belongs to, whose part in it that is, and what says so.
  incident_id uuid,
  organisation_id uuid,
  proof TEXT CHECK (proof IN ('token', 'answer', 'tag')),
  attempts integer NOT NULL,
  next_at timestamptz NOT NULL,
  settled_by uuid,
  settled_at timestamptz,
  version integer NOT NULL
);
CREATE INDEX inbound_mails_state ON inbound_mails (state, id);
CREATE INDEX inbound_mails_waiting ON inbound_mails (next_at) WHERE state = 'waiting';
CREATE INDEX inbound_mails_sha256 ON inbound_mails (sha256);

CREATE TABLE inbound_contents (
  inbound_id uuid PRIMARY KEY REFERENCES inbound_mails (id),
  received_at timestamptz NOT NULL,
  envelope_from TEXT NOT NULL,
  -- JSON.
  envelope_to TEXT NOT NULL,
  -- Who it says it is from.
  sender TEXT NOT NULL,
  sender_name TEXT NOT NULL,
  subject TEXT NOT NULL,
  -- JSON: headers, text and what else was read of it.
  sheet TEXT NOT NULL,
  -- Empty once the mail is evidence of a case, which has the key from then on.
  data_key bytea NOT NULL,
  -- Why it was discarded.
  note TEXT NOT NULL
);
CREATE INDEX inbound_contents_sender ON inbound_contents (sender, received_at);

-- What was attached, until the mail joins a case, whose evidence it is from then on.
CREATE TABLE inbound_files (
  id uuid PRIMARY KEY,
  inbound_id uuid NOT NULL REFERENCES inbound_mails (id),
  name TEXT NOT NULL,
  media_type TEXT NOT NULL,
  size bigint NOT NULL,
  sha256 bytea NOT NULL,
  is_sample boolean NOT NULL,
  data_key bytea NOT NULL
);
CREATE INDEX inbound_files_inbound ON inbound_files (inbound_id, id);

-- Under which address an organisation answers in a case. Whoever knows the token may be who it was sent to.
CREATE TABLE mail_threads (
  id uuid PRIMARY KEY,
  incident_id uuid NOT NULL REFERENCES incidents (id),
  organisation_id uuid NOT NULL,
  token TEXT NOT NULL UNIQUE,
  -- The Message-ID of what came last, for mails that answer it.
  last_message_id TEXT,
  created_at timestamptz NOT NULL,
  revoked_at timestamptz
);
CREATE UNIQUE INDEX mail_threads_counterpart ON mail_threads (incident_id, organisation_id) WHERE revoked_at IS NULL;

-- Whose mails about it are for named persons alone.
CREATE INDEX incidents_restricted ON incidents (id) WHERE is_restricted;

-- Whose mails nobody needs to look at: kept and listed all the same.
CREATE TABLE blocked_senders (
  sender TEXT PRIMARY KEY,
  account_id uuid,
  created_at timestamptz NOT NULL
);

ALTER TABLE outbox ADD COLUMN reply_to TEXT;
ALTER TABLE outbox ADD COLUMN in_reply_to TEXT;

-- Reports come by mail as well.
ALTER TABLE behalf_reports DROP CONSTRAINT behalf_reports_way_check;
ALTER TABLE behalf_reports ADD CONSTRAINT behalf_reports_way_check
  CHECK (way IN ('house', 'form', 'telephone', 'mail'));
