-- Reports that are being written: what was typed, as it was typed, until it is sent or forgotten.
CREATE TABLE report_drafts (
  id uuid PRIMARY KEY,
  account_id uuid NOT NULL,
  is_drill boolean NOT NULL,
  -- JSON; empty when sent, for then the report says it.
  answers text NOT NULL,
  version integer NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  filed_incident_id uuid
);
CREATE INDEX report_drafts_account ON report_drafts (account_id, updated_at);
CREATE INDEX report_drafts_updated ON report_drafts (updated_at);

-- What the answers suggest for triage; none where nobody was asked.
ALTER TABLE reports ADD COLUMN suggested_class text;
ALTER TABLE reports ADD COLUMN suggested_category text;
ALTER TABLE reports ADD COLUMN suggested_impact text;
ALTER TABLE reports ADD COLUMN suggested_spread text;
