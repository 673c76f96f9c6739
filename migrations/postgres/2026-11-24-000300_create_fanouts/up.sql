-- What happens at a provider concerns those it serves: each is asked whether it is affected. One for a case.
CREATE TABLE fanouts (
  id uuid PRIMARY KEY,
  incident_id uuid NOT NULL UNIQUE REFERENCES incidents (id),
  -- At whom it happened.
  source_id uuid NOT NULL REFERENCES organisations (id),
  -- Which of its services; empty: all.
  service text NOT NULL,
  -- Whether those who are asked are told at whom.
  is_named boolean NOT NULL,
  stage text NOT NULL CHECK (stage IN ('asked', 'reminded', 'to_call')),
  remind_at timestamptz NOT NULL,
  answer_by timestamptz NOT NULL,
  account_id uuid,
  started_at timestamptz NOT NULL,
  ended_at timestamptz
);

-- What those who are asked read, until it is erased.
CREATE TABLE fanout_contents (
  fanout_id uuid PRIMARY KEY REFERENCES fanouts (id),
  author text NOT NULL,
  heading text NOT NULL,
  notice text NOT NULL
);

-- An organisation that is asked, and what it said last.
CREATE TABLE fanout_asked (
  id uuid PRIMARY KEY,
  fanout_id uuid NOT NULL REFERENCES fanouts (id),
  organisation_id uuid NOT NULL REFERENCES organisations (id),
  -- In another Land, whose CERT asks it.
  is_abroad boolean NOT NULL,
  -- To how many people a mail went.
  told integer NOT NULL,
  answer text CHECK (answer IN ('affected', 'not_affected', 'unclear')),
  way text CHECK (way IN ('link', 'page', 'telephone', 'provider')),
  answered_at timestamptz,
  account_id uuid,
  UNIQUE (fanout_id, organisation_id)
);

CREATE INDEX fanout_asked_by_organisation ON fanout_asked (organisation_id);

-- Who answered and in which words, until they are erased.
CREATE TABLE fanout_asked_contents (
  asked_id uuid PRIMARY KEY REFERENCES fanout_asked (id) ON DELETE CASCADE,
  author text NOT NULL,
  note text NOT NULL
);
