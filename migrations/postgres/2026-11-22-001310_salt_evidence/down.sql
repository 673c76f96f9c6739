ALTER TABLE evidence_contents DROP COLUMN salt;
