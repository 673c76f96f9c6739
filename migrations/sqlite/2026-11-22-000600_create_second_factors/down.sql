DROP TABLE recovery_codes;
DROP TABLE second_factors;
ALTER TABLE sessions DROP COLUMN verified_at;
ALTER TABLE accounts DROP COLUMN second_factor_at;
