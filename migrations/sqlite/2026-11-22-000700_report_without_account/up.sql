-- Drafts that nobody with an account writes: whoever knows the code goes on with one.
CREATE TABLE drafts_new (
  id BLOB PRIMARY KEY,
  -- Either an account's …
  account_id BLOB,
  is_drill INTEGER NOT NULL,
  -- JSON; empty when sent, for then the report says it.
  answers TEXT NOT NULL,
  version INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  filed_incident_id BLOB,
  -- … or that of whoever knows a code: its SHA-256, in hex.
  holder TEXT UNIQUE,
  CHECK ((account_id IS NULL) <> (holder IS NULL))
) STRICT;
INSERT INTO drafts_new
  SELECT id, account_id, is_drill, answers, version, created_at, updated_at, filed_incident_id, NULL FROM report_drafts;
DROP TABLE report_drafts;
ALTER TABLE drafts_new RENAME TO report_drafts;
CREATE INDEX report_drafts_account ON report_drafts (account_id, updated_at);
CREATE INDEX report_drafts_updated ON report_drafts (updated_at);

-- Reports by the public form belong to no organisation until the CERT attaches them to one.
CREATE TABLE behalf_new (
  incident_id BLOB PRIMARY KEY REFERENCES incidents (id),
  -- For whom it stands; none while it is attached to nobody.
  organisation_id BLOB,
  -- The organisation that filed it; none where somebody without an account did.
  through_id BLOB,
  -- The mandate it was filed under; without one the organisation confirms or refuses it.
  mandate_id BLOB,
  state TEXT NOT NULL CHECK (state IN ('mandated', 'loose', 'pending', 'confirmed', 'refused')),
  -- Whom the CERT may inform, as it was filed; in force once the organisation has confirmed it.
  inform TEXT NOT NULL CHECK (inform IN ('by_name', 'anonymous', 'nobody')),
  -- SHA-256 of the receipt code, in hex.
  receipt TEXT,
  decided_by BLOB,
  decided_at INTEGER,
  way TEXT NOT NULL DEFAULT 'house' CHECK (way IN ('house', 'form', 'telephone')),
  -- Whom the person who filed it says it is about, where that is in the register.
  claimed_id BLOB
) STRICT, WITHOUT ROWID;
INSERT INTO behalf_new
  SELECT incident_id, organisation_id, through_id, mandate_id, state, inform, receipt, decided_by, decided_at, 'house', NULL
  FROM behalf_reports;
DROP TABLE behalf_reports;
ALTER TABLE behalf_new RENAME TO behalf_reports;
CREATE INDEX behalf_reports_through ON behalf_reports (through_id, organisation_id);
