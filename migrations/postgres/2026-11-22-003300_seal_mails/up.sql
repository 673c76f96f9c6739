-- What a mail says that is encrypted for its reader: sealed with a key that lies elsewhere, erased once no mail needs it.
ALTER TABLE mail_bodies ADD COLUMN sealed bytea;
CREATE INDEX mail_bodies_sealed ON mail_bodies (id) WHERE sealed IS NOT NULL;

-- Whose keys count for the recipient: an organisation.
ALTER TABLE outbox ADD COLUMN key_holder uuid;
-- How it went out: sealed, in clear, or as a pointer and why.
ALTER TABLE outbox ADD COLUMN way text;
-- SHA-256 of what its reader finds when it is decrypted: whoever has that can show that it was sent.
ALTER TABLE outbox ADD COLUMN sent_hash bytea;

-- Which end of its keys a contact was told of.
ALTER TABLE contacts ADD COLUMN key_end_told timestamptz;
