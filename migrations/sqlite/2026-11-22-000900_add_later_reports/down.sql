ALTER TABLE reports DROP COLUMN is_current;
ALTER TABLE reports DROP COLUMN nature;
