ALTER TABLE reports DROP COLUMN split_into_id;
