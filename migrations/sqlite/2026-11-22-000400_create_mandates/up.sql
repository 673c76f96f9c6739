CREATE TABLE mandates (
  id BLOB PRIMARY KEY,
  grantor_id BLOB NOT NULL REFERENCES organisations (id),
  mandated_id BLOB NOT NULL REFERENCES organisations (id),
  scope TEXT NOT NULL CHECK (scope IN ('report', 'read', 'act')),
  -- First and last day, both whole days in Thüringen, YYYY-MM-DD.
  valid_from TEXT NOT NULL,
  valid_until TEXT NOT NULL CHECK (valid_from <= valid_until),
  granted_by BLOB NOT NULL,
  granted_at INTEGER NOT NULL,
  -- Revoked by the grantor or laid down by the mandated organisation before its last day was over.
  closed TEXT CHECK (closed IN ('revoked', 'laid_down')),
  closed_by BLOB,
  closed_at INTEGER
) STRICT;
CREATE INDEX mandates_grantor ON mandates (grantor_id, mandated_id);
CREATE INDEX mandates_mandated ON mandates (mandated_id, grantor_id);

-- Reports that an organisation filed for another one without acting for it by register.
CREATE TABLE behalf_reports (
  incident_id BLOB PRIMARY KEY REFERENCES incidents (id),
  organisation_id BLOB NOT NULL,
  through_id BLOB NOT NULL,
  -- The mandate it was filed under; without one the organisation confirms or refuses it.
  mandate_id BLOB,
  state TEXT NOT NULL CHECK (state IN ('mandated', 'pending', 'confirmed', 'refused')),
  -- Whom the CERT may inform, as it was filed; in force once the organisation has confirmed it.
  inform TEXT NOT NULL CHECK (inform IN ('by_name', 'anonymous', 'nobody')),
  -- SHA-256 of the receipt code, in hex.
  receipt TEXT,
  decided_by BLOB,
  decided_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX behalf_reports_through ON behalf_reports (through_id, organisation_id);
