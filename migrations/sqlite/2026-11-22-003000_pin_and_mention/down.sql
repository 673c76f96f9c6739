DROP TABLE incident_mentions;
DROP TABLE timeline_pins;
