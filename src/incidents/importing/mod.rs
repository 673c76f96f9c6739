//! Cases that were worked on elsewhere: in another installation ([`crate::incidents::dossier`]) or in a ticket system.
//!
//! Each source is read into a [`model::Foreign`]; [`service::bring`] writes it as a case of this installation, with a
//! reference of its own, in one transaction. What it is called where it came from is kept and found. Times stay as they
//! were stated; people from there are words here, never accounts. Nobody is mailed, and no escalation begins by itself:
//! deadlines that ran elsewhere long ago would call everybody at once. The plan begins when somebody here triages the case.

pub mod model;
pub mod rt;
pub mod service;
mod store;
