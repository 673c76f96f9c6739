CREATE TABLE mandates (
  id uuid PRIMARY KEY,
  grantor_id uuid NOT NULL REFERENCES organisations (id),
  mandated_id uuid NOT NULL REFERENCES organisations (id),
  scope text NOT NULL CHECK (scope IN ('report', 'read', 'act')),
  -- First and last day, both whole days in Thüringen, YYYY-MM-DD.
  valid_from text NOT NULL,
  valid_until text NOT NULL CHECK (valid_from <= valid_until),
  granted_by uuid NOT NULL,
  granted_at timestamptz NOT NULL,
  -- Revoked by the grantor or laid down by the mandated organisation before its last day was over.
  closed text CHECK (closed IN ('revoked', 'laid_down')),
  closed_by uuid,
  closed_at timestamptz
);
CREATE INDEX mandates_grantor ON mandates (grantor_id, mandated_id);
CREATE INDEX mandates_mandated ON mandates (mandated_id, grantor_id);

-- Reports that an organisation filed for another one without acting for it by register.
CREATE TABLE behalf_reports (
  incident_id uuid PRIMARY KEY REFERENCES incidents (id),
  organisation_id uuid NOT NULL,
  through_id uuid NOT NULL,
  -- The mandate it was filed under; without one the organisation confirms or refuses it.
  mandate_id uuid,
  state text NOT NULL CHECK (state IN ('mandated', 'pending', 'confirmed', 'refused')),
  -- Whom the CERT may inform, as it was filed; in force once the organisation has confirmed it.
  inform text NOT NULL CHECK (inform IN ('by_name', 'anonymous', 'nobody')),
  -- SHA-256 of the receipt code, in hex.
  receipt text,
  decided_by uuid,
  decided_at timestamptz
);
CREATE INDEX behalf_reports_through ON behalf_reports (through_id, organisation_id);
