DROP INDEX tasks_owner;
CREATE INDEX tasks_owner ON tasks (owner_id, sort_at) WHERE state = 'open';
DROP INDEX tasks_organisation;
CREATE INDEX tasks_organisation ON tasks (organisation_id, sort_at) WHERE state = 'open';
DROP INDEX inbound_mails_waiting;
CREATE INDEX inbound_mails_waiting ON inbound_mails (next_at) WHERE state = 'waiting';
DROP INDEX party_thread_contents_key;
CREATE INDEX party_thread_contents_key ON party_thread_contents (their_key) WHERE their_key <> '';
