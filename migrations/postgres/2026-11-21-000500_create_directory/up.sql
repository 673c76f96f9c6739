CREATE TABLE organisations (
  id uuid PRIMARY KEY,
  -- Where the row comes from and its key there; rows entered by hand have no key.
  source text NOT NULL,
  source_key text UNIQUE,
  kind text NOT NULL,
  level text NOT NULL CHECK (level IN ('municipal', 'district', 'state', 'federal')),
  name text NOT NULL,
  -- The name, its place first, and the keys, folded: lists are ordered and searched by it, the same on both engines.
  search text COLLATE "C" NOT NULL,
  sign text NOT NULL,
  ags text,
  ars text,
  second_key text,
  parent_id uuid,
  district_id uuid,
  administered_by_id uuid,
  is_administration boolean NOT NULL,
  is_cert boolean NOT NULL,
  seat text NOT NULL,
  postcode text NOT NULL,
  population integer,
  enrolment text NOT NULL CHECK (enrolment IN ('known', 'invited', 'enrolled', 'suspended')),
  enrolment_at timestamptz NOT NULL,
  -- Civil dates, YYYY-MM-DD.
  valid_from text NOT NULL,
  valid_until text,
  is_example boolean NOT NULL,
  version integer NOT NULL,
  updated_at timestamptz NOT NULL
);
CREATE INDEX organisations_search ON organisations (search, id);
CREATE INDEX organisations_district ON organisations (district_id);
CREATE INDEX organisations_cert ON organisations (is_cert, id);
CREATE INDEX organisations_administered ON organisations (administered_by_id);

CREATE TABLE organisation_assets (
  id uuid PRIMARY KEY,
  organisation_id uuid NOT NULL REFERENCES organisations (id),
  kind text NOT NULL CHECK (kind IN ('cidr', 'asn', 'mail_domain')),
  value text NOT NULL,
  UNIQUE (organisation_id, kind, value)
);

CREATE TABLE contacts (
  id uuid PRIMARY KEY,
  organisation_id uuid NOT NULL REFERENCES organisations (id),
  role text NOT NULL,
  name text NOT NULL,
  mail text NOT NULL,
  phone text NOT NULL,
  out_of_band text NOT NULL,
  is_function boolean NOT NULL,
  certificate text,
  certificate_until timestamptz,
  pgp_key text,
  pgp_until timestamptz,
  ended_at timestamptz,
  version integer NOT NULL,
  updated_at timestamptz NOT NULL
);
CREATE INDEX contacts_organisation ON contacts (organisation_id);

CREATE TABLE service_relations (
  id uuid PRIMARY KEY,
  provider_id uuid NOT NULL REFERENCES organisations (id),
  organisation_id uuid NOT NULL REFERENCES organisations (id),
  service text NOT NULL,
  source text NOT NULL,
  is_example boolean NOT NULL,
  valid_from text NOT NULL,
  valid_until text,
  UNIQUE (provider_id, organisation_id, service)
);
CREATE INDEX service_relations_organisation ON service_relations (organisation_id);

-- Calls to administrations that are not enrolled yet: who was reached, and what was agreed.
CREATE TABLE enrolment_calls (
  id uuid PRIMARY KEY,
  organisation_id uuid NOT NULL REFERENCES organisations (id),
  at timestamptz NOT NULL,
  account_id uuid,
  author text NOT NULL,
  outcome text NOT NULL CHECK (outcome IN ('reached', 'not_reached', 'call_back')),
  note text NOT NULL
);
CREATE INDEX enrolment_calls_organisation ON enrolment_calls (organisation_id, at);
