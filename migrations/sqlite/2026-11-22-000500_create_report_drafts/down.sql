ALTER TABLE reports DROP COLUMN suggested_spread;
ALTER TABLE reports DROP COLUMN suggested_impact;
ALTER TABLE reports DROP COLUMN suggested_category;
ALTER TABLE reports DROP COLUMN suggested_class;
DROP TABLE report_drafts;
