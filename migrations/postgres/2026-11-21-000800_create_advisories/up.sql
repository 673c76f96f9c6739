CREATE TABLE advisories (
  id uuid PRIMARY KEY,
  reference text NOT NULL UNIQUE,
  created_by uuid,
  created_at timestamptz NOT NULL
);

CREATE TABLE advisory_versions (
  id uuid PRIMARY KEY,
  advisory_id uuid NOT NULL REFERENCES advisories (id),
  number integer NOT NULL,
  state text NOT NULL CHECK (state IN ('draft', 'in_review', 'approved', 'published', 'superseded', 'withdrawn')),
  tlp text NOT NULL,
  warning_step integer NOT NULL,
  severity text NOT NULL,
  audience text NOT NULL,
  created_at timestamptz NOT NULL,
  submitted_by uuid,
  submitted_at timestamptz,
  approved_by uuid,
  approved_name text,
  approved_at timestamptz,
  -- SHA-256 over exactly what was approved: content and recipients.
  approved_hash bytea,
  published_at timestamptz,
  version integer NOT NULL,
  updated_at timestamptz NOT NULL,
  UNIQUE (advisory_id, number)
);
CREATE INDEX advisory_versions_state ON advisory_versions (state, updated_at);

CREATE TABLE advisory_contents (
  version_id uuid PRIMARY KEY REFERENCES advisory_versions (id),
  title text NOT NULL,
  concerns text NOT NULL,
  measures text NOT NULL,
  body text NOT NULL,
  products text NOT NULL,
  cves text NOT NULL,
  -- Why a reviewer gave it back last; empty when nobody did.
  return_reason text NOT NULL
);

CREATE TABLE advisory_authors (
  version_id uuid NOT NULL REFERENCES advisory_versions (id),
  account_id uuid NOT NULL,
  PRIMARY KEY (version_id, account_id)
);

-- The recipient list, frozen at approval; the mail comes with publication.
CREATE TABLE deliveries (
  id uuid PRIMARY KEY,
  version_id uuid NOT NULL REFERENCES advisory_versions (id),
  organisation_id uuid NOT NULL,
  contact_id uuid NOT NULL,
  recipient_name text NOT NULL,
  address text NOT NULL,
  mail_id uuid,
  opened_at timestamptz,
  UNIQUE (version_id, contact_id)
);
CREATE INDEX deliveries_organisation ON deliveries (organisation_id, version_id);
