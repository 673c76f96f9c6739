DELETE FROM behalf_reports WHERE through_id IS NULL OR organisation_id IS NULL;
ALTER TABLE behalf_reports DROP COLUMN claimed_id;
ALTER TABLE behalf_reports DROP COLUMN way;
ALTER TABLE behalf_reports DROP CONSTRAINT behalf_reports_state_check;
ALTER TABLE behalf_reports ADD CONSTRAINT behalf_reports_state_check
  CHECK (state IN ('mandated', 'pending', 'confirmed', 'refused'));
ALTER TABLE behalf_reports ALTER COLUMN through_id SET NOT NULL;
ALTER TABLE behalf_reports ALTER COLUMN organisation_id SET NOT NULL;
DELETE FROM report_drafts WHERE account_id IS NULL;
ALTER TABLE report_drafts DROP CONSTRAINT report_drafts_one_writer;
ALTER TABLE report_drafts DROP COLUMN holder;
ALTER TABLE report_drafts ALTER COLUMN account_id SET NOT NULL;
