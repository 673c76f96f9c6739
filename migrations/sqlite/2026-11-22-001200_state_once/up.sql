-- Of two colleagues who state something at the same moment, one comes second.
CREATE UNIQUE INDEX reports_current ON reports (incident_id) WHERE is_current;
