//! Leases: who of several processes does a thing that only one may do at a time.
