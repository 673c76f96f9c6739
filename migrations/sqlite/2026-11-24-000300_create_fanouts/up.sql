-- What happens at a provider concerns those it serves: each is asked whether it is affected. One for a case.
CREATE TABLE fanouts (
  id BLOB PRIMARY KEY,
  incident_id BLOB NOT NULL UNIQUE REFERENCES incidents (id),
  -- At whom it happened.
  source_id BLOB NOT NULL REFERENCES organisations (id),
  -- Which of its services; empty: all.
  service TEXT NOT NULL,
  -- Whether those who are asked are told at whom.
  is_named INTEGER NOT NULL CHECK (is_named IN (0, 1)),
  stage TEXT NOT NULL CHECK (stage IN ('asked', 'reminded', 'to_call')),
  remind_at INTEGER NOT NULL,
  answer_by INTEGER NOT NULL,
  account_id BLOB,
  started_at INTEGER NOT NULL,
  ended_at INTEGER
) STRICT;

-- What those who are asked read, until it is erased.
CREATE TABLE fanout_contents (
  fanout_id BLOB PRIMARY KEY REFERENCES fanouts (id),
  author TEXT NOT NULL,
  heading TEXT NOT NULL,
  notice TEXT NOT NULL
) STRICT;

-- An organisation that is asked, and what it said last.
CREATE TABLE fanout_asked (
  id BLOB PRIMARY KEY,
  fanout_id BLOB NOT NULL REFERENCES fanouts (id),
  organisation_id BLOB NOT NULL REFERENCES organisations (id),
  -- In another Land, whose CERT asks it.
  is_abroad INTEGER NOT NULL CHECK (is_abroad IN (0, 1)),
  -- To how many people a mail went.
  told INTEGER NOT NULL,
  answer TEXT CHECK (answer IN ('affected', 'not_affected', 'unclear')),
  way TEXT CHECK (way IN ('link', 'page', 'telephone', 'provider')),
  answered_at INTEGER,
  account_id BLOB,
  UNIQUE (fanout_id, organisation_id)
) STRICT;

CREATE INDEX fanout_asked_by_organisation ON fanout_asked (organisation_id);

-- Who answered and in which words, until they are erased.
CREATE TABLE fanout_asked_contents (
  asked_id BLOB PRIMARY KEY REFERENCES fanout_asked (id) ON DELETE CASCADE,
  author TEXT NOT NULL,
  note TEXT NOT NULL
) STRICT;
