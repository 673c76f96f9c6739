DROP TABLE evidence_custody;
DROP TABLE evidence_contents;
DROP TABLE evidence;
