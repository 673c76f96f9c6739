DROP TABLE outbox;
DROP TABLE mail_bodies;
