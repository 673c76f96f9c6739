DROP INDEX reports_current;
