DROP TABLE incident_link_contents;
DROP TABLE incident_links;
