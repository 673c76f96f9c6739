ALTER TABLE sessions DROP COLUMN released_at;
DROP INDEX outbox_diverted;
ALTER TABLE outbox DROP COLUMN held_at;
ALTER TABLE outbox DROP COLUMN diverted_from;
ALTER TABLE outbox DROP COLUMN diverted_for;
DROP TABLE organisation_compromises;
