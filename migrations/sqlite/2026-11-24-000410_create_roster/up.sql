-- Who of the CERT is on call, and who stands in.
CREATE TABLE shifts (
  id BLOB PRIMARY KEY,
  account_id BLOB NOT NULL,
  deputy_id BLOB,
  from_at INTEGER NOT NULL,
  until_at INTEGER NOT NULL CHECK (until_at > from_at)
) STRICT;
CREATE INDEX shifts_until ON shifts (until_at);

-- Who gives the duty to whom, for which time. Until it is accepted, whoever gives it stays responsible.
CREATE TABLE shift_handovers (
  id BLOB PRIMARY KEY,
  giver_id BLOB NOT NULL,
  taker_id BLOB NOT NULL,
  from_at INTEGER NOT NULL,
  until_at INTEGER NOT NULL CHECK (until_at > from_at),
  note TEXT NOT NULL,
  asked_at INTEGER NOT NULL,
  accepted_at INTEGER
) STRICT;
CREATE INDEX shift_handovers_until ON shift_handovers (until_at);

-- Times in which nobody is on call, of which the lead was told.
CREATE TABLE roster_gaps (
  id BLOB PRIMARY KEY,
  from_at INTEGER NOT NULL,
  until_at INTEGER NOT NULL
) STRICT;
CREATE INDEX roster_gaps_until ON roster_gaps (until_at);
