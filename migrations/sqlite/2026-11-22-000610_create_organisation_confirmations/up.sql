-- Somebody of an organisation said that what the register knows of it is right, or that its emergency card is printed.
CREATE TABLE organisation_confirmations (
  id BLOB PRIMARY KEY,
  organisation_id BLOB NOT NULL REFERENCES organisations (id),
  what TEXT NOT NULL CHECK (what IN ('data', 'card')),
  account_id BLOB,
  author TEXT NOT NULL,
  confirmed_at INTEGER NOT NULL
) STRICT;
CREATE INDEX organisation_confirmations_organisation ON organisation_confirmations (organisation_id, what, confirmed_at);
