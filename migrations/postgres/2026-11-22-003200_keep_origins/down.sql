DROP TABLE incident_origins;
