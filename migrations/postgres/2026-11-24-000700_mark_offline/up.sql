-- An organisation whose own mail is not trusted any more: since when, by whom, why, and until when. A history.
CREATE TABLE organisation_compromises (
  id uuid PRIMARY KEY,
  organisation_id uuid NOT NULL REFERENCES organisations (id),
  -- The case that it was marked from, where there is one.
  incident_id uuid REFERENCES incidents (id),
  marked_at timestamptz NOT NULL,
  marked_by uuid,
  author text NOT NULL,
  reason text NOT NULL,
  lifted_at timestamptz,
  lifted_by uuid,
  lifter text,
  lift_reason text
);
CREATE UNIQUE INDEX organisation_compromises_now ON organisation_compromises (organisation_id) WHERE lifted_at IS NULL;
CREATE INDEX organisation_compromises_of ON organisation_compromises (organisation_id, marked_at);

-- For whose sake a mail goes elsewhere or is held, where it was to go, and since when it is held.
ALTER TABLE outbox ADD COLUMN diverted_for uuid;
ALTER TABLE outbox ADD COLUMN diverted_from text;
ALTER TABLE outbox ADD COLUMN held_at timestamptz;
CREATE INDEX outbox_diverted ON outbox (diverted_for) WHERE diverted_for IS NOT NULL;

-- When the CERT confirmed a sign-in by telephone.
ALTER TABLE sessions ADD COLUMN released_at timestamptz;
