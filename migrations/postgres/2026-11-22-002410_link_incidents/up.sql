-- What the team knows of cases that have to do with each other. A case that is part of a larger one, of a campaign too,
-- points to it; a duplicate points to the other; of related ones the smaller id comes first.
CREATE TABLE incident_links (
  id uuid PRIMARY KEY,
  from_id uuid NOT NULL REFERENCES incidents (id),
  to_id uuid NOT NULL REFERENCES incidents (id),
  kind text NOT NULL CHECK (kind IN ('part_of', 'related', 'duplicate')),
  added_at timestamptz NOT NULL,
  added_by uuid,
  UNIQUE (from_id, to_id, kind)
);
CREATE INDEX incident_links_to ON incident_links (to_id);

-- Why, in the team's words.
CREATE TABLE incident_link_contents (
  link_id uuid PRIMARY KEY REFERENCES incident_links (id),
  reason text NOT NULL
);
