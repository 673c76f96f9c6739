DROP TABLE mailbox_polls;
UPDATE inbound_mails SET way = 'pipe' WHERE way = 'imap';
ALTER TABLE inbound_mails DROP CONSTRAINT inbound_mails_way_check;
ALTER TABLE inbound_mails ADD CONSTRAINT inbound_mails_way_check CHECK (way IN ('lmtp', 'pipe'));
