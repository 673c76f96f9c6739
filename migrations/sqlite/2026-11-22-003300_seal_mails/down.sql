ALTER TABLE contacts DROP COLUMN key_end_told;
ALTER TABLE outbox DROP COLUMN sent_hash;
ALTER TABLE outbox DROP COLUMN way;
ALTER TABLE outbox DROP COLUMN key_holder;
DROP INDEX mail_bodies_sealed;
ALTER TABLE mail_bodies DROP COLUMN sealed;
