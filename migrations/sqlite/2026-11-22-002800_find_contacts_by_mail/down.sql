DROP INDEX contacts_mail;
