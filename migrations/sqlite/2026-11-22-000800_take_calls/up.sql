-- Reports that an analyst writes while listening to somebody on the telephone.
ALTER TABLE report_drafts ADD COLUMN is_call INTEGER NOT NULL DEFAULT 0;
