DROP TABLE sightings;
DROP TABLE observables;
