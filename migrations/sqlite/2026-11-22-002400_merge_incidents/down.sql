-- Nothing is lost that was said: a member stays closed as merged, without where it went.
DROP TABLE incident_merges;
