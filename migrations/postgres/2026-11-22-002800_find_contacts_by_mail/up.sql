CREATE INDEX contacts_mail ON contacts (mail) WHERE ended_at IS NULL;
