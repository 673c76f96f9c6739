-- What the team knows of cases that have to do with each other. A case that is part of a larger one, of a campaign too,
-- points to it; a duplicate points to the other; of related ones the smaller id comes first.
CREATE TABLE incident_links (
  id BLOB PRIMARY KEY,
  from_id BLOB NOT NULL REFERENCES incidents (id),
  to_id BLOB NOT NULL REFERENCES incidents (id),
  kind TEXT NOT NULL CHECK (kind IN ('part_of', 'related', 'duplicate')),
  added_at INTEGER NOT NULL,
  added_by BLOB,
  UNIQUE (from_id, to_id, kind)
) STRICT;
CREATE INDEX incident_links_to ON incident_links (to_id);

-- Why, in the team's words.
CREATE TABLE incident_link_contents (
  link_id BLOB PRIMARY KEY REFERENCES incident_links (id),
  reason TEXT NOT NULL
) STRICT, WITHOUT ROWID;
