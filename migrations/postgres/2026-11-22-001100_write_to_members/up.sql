-- A letter to the mayor of each member municipality that a case concerns.
ALTER TABLE papers DROP CONSTRAINT papers_kind_check;
ALTER TABLE papers ADD CONSTRAINT papers_kind_check
  CHECK (kind IN ('lage', 'hinweis', 'benachrichtigung', 'gemeinden'));
