-- What a case says to one who may see it, as words to search for: one row for the team, and one for each organisation
-- that has a part in the case. Content: it goes when the case's content is erased.
CREATE TABLE search_docs (
  number INTEGER PRIMARY KEY,
  incident_id BLOB NOT NULL REFERENCES incidents (id),
  -- Whose page it is; none for the team.
  organisation_id BLOB,
  -- What of the report it holds: 0 nothing, 1 the title, 2 all.
  knows INTEGER NOT NULL,
  -- The words of title, reference and organisation: what is found in them comes first.
  head TEXT NOT NULL,
  -- Of all words, so that what did not change is not written again.
  digest BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX search_docs_incident ON search_docs (incident_id, organisation_id);

-- The words themselves: stems, made by the program, alike for both engines. What is erased leaves no trace in it.
CREATE VIRTUAL TABLE search_words USING fts5 (words, tokenize = "ascii tokenchars '_'");
INSERT INTO search_words (search_words, rank) VALUES ('secure-delete', 1);
