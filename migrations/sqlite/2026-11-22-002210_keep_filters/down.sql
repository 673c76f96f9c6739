DROP TABLE queue_looks;
DROP TABLE queue_filters;
