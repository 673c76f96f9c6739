-- What the audit trail's hash of a file was salted with; it goes with the content. NULL: the file is not in custody yet,
-- or it came while the trail still held the digest itself.
ALTER TABLE evidence_contents ADD COLUMN salt bytea;
