DROP TABLE fanout_asked_contents;
DROP TABLE fanout_asked;
DROP TABLE fanout_contents;
DROP TABLE fanouts;
