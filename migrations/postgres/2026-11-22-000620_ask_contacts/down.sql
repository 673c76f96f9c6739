ALTER TABLE contacts DROP COLUMN asked_at;
ALTER TABLE contacts DROP COLUMN asked;
ALTER TABLE contacts DROP COLUMN confirmed_at;
ALTER TABLE accounts DROP COLUMN signed_in_at;
