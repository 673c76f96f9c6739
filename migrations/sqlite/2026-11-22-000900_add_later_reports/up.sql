-- What a later report is: news, a correction, the end, a withdrawal. None for the report that opened the case.
ALTER TABLE reports ADD COLUMN nature TEXT CHECK (nature IN ('news', 'correction', 'end', 'withdrawal'));
-- What the reporting organisation stated last: it says whom the CERT may inform. Exactly one of a case.
ALTER TABLE reports ADD COLUMN is_current INTEGER NOT NULL DEFAULT 1;
