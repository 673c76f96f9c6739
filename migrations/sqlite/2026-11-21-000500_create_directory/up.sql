CREATE TABLE organisations (
  id BLOB PRIMARY KEY,
  -- Where the row comes from and its key there; rows entered by hand have no key.
  source TEXT NOT NULL,
  source_key TEXT UNIQUE,
  kind TEXT NOT NULL,
  level TEXT NOT NULL CHECK (level IN ('municipal', 'district', 'state', 'federal')),
  name TEXT NOT NULL,
  -- The name, its place first, and the keys, folded: lists are ordered and searched by it, the same on both engines.
  search TEXT NOT NULL,
  sign TEXT NOT NULL,
  ags TEXT,
  ars TEXT,
  second_key TEXT,
  parent_id BLOB,
  district_id BLOB,
  administered_by_id BLOB,
  is_administration INTEGER NOT NULL,
  is_cert INTEGER NOT NULL,
  seat TEXT NOT NULL,
  postcode TEXT NOT NULL,
  population INTEGER,
  enrolment TEXT NOT NULL CHECK (enrolment IN ('known', 'invited', 'enrolled', 'suspended')),
  enrolment_at INTEGER NOT NULL,
  -- Civil dates, YYYY-MM-DD.
  valid_from TEXT NOT NULL,
  valid_until TEXT,
  is_example INTEGER NOT NULL,
  version INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX organisations_search ON organisations (search, id);
CREATE INDEX organisations_district ON organisations (district_id);
CREATE INDEX organisations_cert ON organisations (is_cert, id);
CREATE INDEX organisations_administered ON organisations (administered_by_id);

CREATE TABLE organisation_assets (
  id BLOB PRIMARY KEY,
  organisation_id BLOB NOT NULL REFERENCES organisations (id),
  kind TEXT NOT NULL CHECK (kind IN ('cidr', 'asn', 'mail_domain')),
  value TEXT NOT NULL,
  UNIQUE (organisation_id, kind, value)
) STRICT;

CREATE TABLE contacts (
  id BLOB PRIMARY KEY,
  organisation_id BLOB NOT NULL REFERENCES organisations (id),
  role TEXT NOT NULL,
  name TEXT NOT NULL,
  mail TEXT NOT NULL,
  phone TEXT NOT NULL,
  out_of_band TEXT NOT NULL,
  is_function INTEGER NOT NULL,
  certificate TEXT,
  certificate_until INTEGER,
  pgp_key TEXT,
  pgp_until INTEGER,
  ended_at INTEGER,
  version INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX contacts_organisation ON contacts (organisation_id);

CREATE TABLE service_relations (
  id BLOB PRIMARY KEY,
  provider_id BLOB NOT NULL REFERENCES organisations (id),
  organisation_id BLOB NOT NULL REFERENCES organisations (id),
  service TEXT NOT NULL,
  source TEXT NOT NULL,
  is_example INTEGER NOT NULL,
  valid_from TEXT NOT NULL,
  valid_until TEXT,
  UNIQUE (provider_id, organisation_id, service)
) STRICT;
CREATE INDEX service_relations_organisation ON service_relations (organisation_id);

-- Calls to administrations that are not enrolled yet: who was reached, and what was agreed.
CREATE TABLE enrolment_calls (
  id BLOB PRIMARY KEY,
  organisation_id BLOB NOT NULL REFERENCES organisations (id),
  at INTEGER NOT NULL,
  account_id BLOB,
  author TEXT NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('reached', 'not_reached', 'call_back')),
  note TEXT NOT NULL
) STRICT;
CREATE INDEX enrolment_calls_organisation ON enrolment_calls (organisation_id, at);
