DROP TABLE leases;
DROP TABLE jobs;
