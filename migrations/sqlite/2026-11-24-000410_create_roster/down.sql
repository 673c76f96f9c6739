DROP TABLE roster_gaps;
DROP TABLE shift_handovers;
DROP TABLE shifts;
