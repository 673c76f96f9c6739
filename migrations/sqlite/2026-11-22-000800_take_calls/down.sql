ALTER TABLE report_drafts DROP COLUMN is_call;
