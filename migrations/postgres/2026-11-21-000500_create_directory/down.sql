DROP TABLE enrolment_calls;
DROP TABLE service_relations;
DROP TABLE contacts;
DROP TABLE organisation_assets;
DROP TABLE organisations;
