DROP INDEX evidence_unfinished;
ALTER TABLE evidence DROP COLUMN cleared_at;
ALTER TABLE evidence DROP COLUMN progress_at;
