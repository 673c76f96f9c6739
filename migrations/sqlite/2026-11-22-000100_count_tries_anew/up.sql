-- Since when a mail is tried, where not since it was written: sent again by a person, or held for want of a
-- certificate. The time after which it is given up counts from here.
ALTER TABLE outbox ADD COLUMN tried_since INTEGER;
