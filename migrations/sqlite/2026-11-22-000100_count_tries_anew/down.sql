ALTER TABLE outbox DROP COLUMN tried_since;
