-- Who of the CERT is on call, and who stands in.
CREATE TABLE shifts (
  id uuid PRIMARY KEY,
  account_id uuid NOT NULL,
  deputy_id uuid,
  from_at timestamptz NOT NULL,
  until_at timestamptz NOT NULL CHECK (until_at > from_at)
);
CREATE INDEX shifts_until ON shifts (until_at);

-- Who gives the duty to whom, for which time. Until it is accepted, whoever gives it stays responsible.
CREATE TABLE shift_handovers (
  id uuid PRIMARY KEY,
  giver_id uuid NOT NULL,
  taker_id uuid NOT NULL,
  from_at timestamptz NOT NULL,
  until_at timestamptz NOT NULL CHECK (until_at > from_at),
  note text NOT NULL,
  asked_at timestamptz NOT NULL,
  accepted_at timestamptz
);
CREATE INDEX shift_handovers_until ON shift_handovers (until_at);

-- Times in which nobody is on call, of which the lead was told.
CREATE TABLE roster_gaps (
  id uuid PRIMARY KEY,
  from_at timestamptz NOT NULL,
  until_at timestamptz NOT NULL
);
CREATE INDEX roster_gaps_until ON roster_gaps (until_at);
