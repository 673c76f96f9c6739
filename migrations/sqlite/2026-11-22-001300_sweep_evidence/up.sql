-- When bytes of a file last became durable; NULL: none yet.
ALTER TABLE evidence ADD COLUMN progress_at INTEGER;
-- When what came of a file that was given up was removed from the store; NULL: not yet, or it was not given up.
ALTER TABLE evidence ADD COLUMN cleared_at INTEGER;

-- What the sweep looks through each hour: only files that are neither in custody nor removed.
CREATE INDEX evidence_unfinished ON evidence (id) WHERE stored_at IS NULL AND cleared_at IS NULL;
