DROP TABLE behalf_reports;
DROP TABLE mandates;
