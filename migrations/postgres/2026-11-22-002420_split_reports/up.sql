-- The case that a later report became; the report itself stays where it was stated.
ALTER TABLE reports ADD COLUMN split_into_id uuid REFERENCES incidents (id);
