-- The latest sign-in; sessions are forgotten when they end.
ALTER TABLE accounts ADD COLUMN signed_in_at timestamptz;
-- When the contact said that it still holds, and how often it was asked since.
ALTER TABLE contacts ADD COLUMN confirmed_at timestamptz;
ALTER TABLE contacts ADD COLUMN asked integer NOT NULL DEFAULT 0;
ALTER TABLE contacts ADD COLUMN asked_at timestamptz;
