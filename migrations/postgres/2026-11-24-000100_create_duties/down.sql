DROP TABLE duty_rule_digests;
DROP TABLE duty_reminders;
DROP TABLE duty_draft_contents;
DROP TABLE duty_drafts;
DROP TABLE duty_mark_contents;
DROP TABLE duty_marks;
DROP TABLE organisation_rules;
DROP TABLE organisation_sectors;
