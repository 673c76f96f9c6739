DROP TABLE absences;
DROP TABLE handovers;
