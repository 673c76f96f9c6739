DROP TABLE deliveries;
DROP TABLE advisory_authors;
DROP TABLE advisory_contents;
DROP TABLE advisory_versions;
DROP TABLE advisories;
