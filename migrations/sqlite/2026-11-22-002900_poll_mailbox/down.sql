DROP TABLE mailbox_polls;
ALTER TABLE inbound_mails ADD COLUMN road TEXT NOT NULL DEFAULT 'lmtp' CHECK (road IN ('lmtp', 'pipe'));
UPDATE inbound_mails SET road = CASE way WHEN 'imap' THEN 'pipe' ELSE way END;
ALTER TABLE inbound_mails DROP COLUMN way;
ALTER TABLE inbound_mails RENAME COLUMN road TO way;
