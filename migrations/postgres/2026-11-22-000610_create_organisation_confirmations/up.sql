-- Somebody of an organisation said that what the register knows of it is right, or that its emergency card is printed.
CREATE TABLE organisation_confirmations (
  id uuid PRIMARY KEY,
  organisation_id uuid NOT NULL REFERENCES organisations (id),
  what text NOT NULL CHECK (what IN ('data', 'card')),
  account_id uuid,
  author text NOT NULL,
  confirmed_at timestamptz NOT NULL
);
CREATE INDEX organisation_confirmations_organisation ON organisation_confirmations (organisation_id, what, confirmed_at);
