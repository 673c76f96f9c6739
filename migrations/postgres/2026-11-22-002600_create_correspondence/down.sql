-- What came by mail stands as what came without an account.
UPDATE behalf_reports SET way = 'form' WHERE way = 'mail';
ALTER TABLE behalf_reports DROP CONSTRAINT behalf_reports_way_check;
ALTER TABLE behalf_reports ADD CONSTRAINT behalf_reports_way_check CHECK (way IN ('house', 'form', 'telephone'));
ALTER TABLE outbox DROP COLUMN in_reply_to;
ALTER TABLE outbox DROP COLUMN reply_to;
DROP INDEX incidents_restricted;
DROP TABLE blocked_senders;
DROP TABLE mail_threads;
DROP TABLE inbound_files;
DROP TABLE inbound_contents;
DROP TABLE inbound_mails;
