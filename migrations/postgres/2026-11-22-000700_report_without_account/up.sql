-- Drafts that nobody with an account writes: whoever knows the code goes on with one.
ALTER TABLE report_drafts ALTER COLUMN account_id DROP NOT NULL;
-- SHA-256 of the code, in hex; none where the draft is an account's.
ALTER TABLE report_drafts ADD COLUMN holder text UNIQUE;
ALTER TABLE report_drafts ADD CONSTRAINT report_drafts_one_writer CHECK ((account_id IS NULL) <> (holder IS NULL));

-- Reports by the public form belong to no organisation until the CERT attaches them to one.
ALTER TABLE behalf_reports ALTER COLUMN organisation_id DROP NOT NULL;
ALTER TABLE behalf_reports ALTER COLUMN through_id DROP NOT NULL;
ALTER TABLE behalf_reports DROP CONSTRAINT behalf_reports_state_check;
ALTER TABLE behalf_reports ADD CONSTRAINT behalf_reports_state_check
  CHECK (state IN ('mandated', 'loose', 'pending', 'confirmed', 'refused'));
ALTER TABLE behalf_reports ADD COLUMN way text NOT NULL DEFAULT 'house' CHECK (way IN ('house', 'form', 'telephone'));
-- Whom the person who filed it says it is about, where that is in the register.
ALTER TABLE behalf_reports ADD COLUMN claimed_id uuid;
