DROP TABLE idempotency_keys;
DROP TABLE rate_limits;
DROP TABLE api_tokens;
DROP TABLE links;
DROP TABLE sessions;
DROP TABLE role_grants;
DROP TABLE accounts;
