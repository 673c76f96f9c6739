DROP TABLE paper_contents;
DROP TABLE papers;
