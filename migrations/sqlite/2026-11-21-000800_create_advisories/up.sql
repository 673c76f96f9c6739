CREATE TABLE advisories (
  id BLOB PRIMARY KEY,
  reference TEXT NOT NULL UNIQUE,
  created_by BLOB,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE advisory_versions (
  id BLOB PRIMARY KEY,
  advisory_id BLOB NOT NULL REFERENCES advisories (id),
  number INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('draft', 'in_review', 'approved', 'published', 'superseded', 'withdrawn')),
  tlp TEXT NOT NULL,
  warning_step INTEGER NOT NULL,
  severity TEXT NOT NULL,
  audience TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  submitted_by BLOB,
  submitted_at INTEGER,
  approved_by BLOB,
  approved_name TEXT,
  approved_at INTEGER,
  -- SHA-256 over exactly what was approved: content and recipients.
  approved_hash BLOB,
  published_at INTEGER,
  version INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  UNIQUE (advisory_id, number)
) STRICT;
CREATE INDEX advisory_versions_state ON advisory_versions (state, updated_at);

CREATE TABLE advisory_contents (
  version_id BLOB PRIMARY KEY REFERENCES advisory_versions (id),
  title TEXT NOT NULL,
  concerns TEXT NOT NULL,
  measures TEXT NOT NULL,
  body TEXT NOT NULL,
  products TEXT NOT NULL,
  cves TEXT NOT NULL,
  -- Why a reviewer gave it back last; empty when nobody did.
  return_reason TEXT NOT NULL
) STRICT;

CREATE TABLE advisory_authors (
  version_id BLOB NOT NULL REFERENCES advisory_versions (id),
  account_id BLOB NOT NULL,
  PRIMARY KEY (version_id, account_id)
) STRICT;

-- The recipient list, frozen at approval; the mail comes with publication.
CREATE TABLE deliveries (
  id BLOB PRIMARY KEY,
  version_id BLOB NOT NULL REFERENCES advisory_versions (id),
  organisation_id BLOB NOT NULL,
  contact_id BLOB NOT NULL,
  recipient_name TEXT NOT NULL,
  address TEXT NOT NULL,
  mail_id BLOB,
  opened_at INTEGER,
  UNIQUE (version_id, contact_id)
) STRICT;
CREATE INDEX deliveries_organisation ON deliveries (organisation_id, version_id);
