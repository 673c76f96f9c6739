ALTER TABLE inbound_mails DROP COLUMN thread_id;
DROP TABLE party_messages;
DROP TABLE party_thread_contents;
DROP TABLE party_threads;
