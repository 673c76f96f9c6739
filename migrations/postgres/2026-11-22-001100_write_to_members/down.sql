DELETE FROM paper_contents USING papers WHERE paper_id = papers.id AND kind = 'gemeinden';
DELETE FROM papers WHERE kind = 'gemeinden';
ALTER TABLE papers DROP CONSTRAINT papers_kind_check;
ALTER TABLE papers ADD CONSTRAINT papers_kind_check CHECK (kind IN ('lage', 'hinweis', 'benachrichtigung'));
