DROP TABLE incident_bands;
DROP TABLE incident_signatures;
