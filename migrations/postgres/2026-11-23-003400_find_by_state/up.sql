-- A condition that an index has as a word is not met by a statement that hands the word in: what was the condition is a
-- column of the index, so that it is found however it is asked.
DROP INDEX tasks_owner;
CREATE INDEX tasks_owner ON tasks (owner_id, state, sort_at);
DROP INDEX tasks_organisation;
CREATE INDEX tasks_organisation ON tasks (organisation_id, state, sort_at);
DROP INDEX inbound_mails_waiting;
CREATE INDEX inbound_mails_waiting ON inbound_mails (state, next_at);
DROP INDEX party_thread_contents_key;
CREATE INDEX party_thread_contents_key ON party_thread_contents (their_key);
