//! What the CERT writes with third parties about a case: a hoster, a registrar, a foreign CERT, the police. Such a party
//! has no account and no part in the case; it reads what is mailed to it and nothing else.
//!
//! The words of each mail are a line of the case's timeline for the team alone, so that search, archive and paper hold
//! them for exactly whom the timeline does. An answer finds its thread by the token in the address that it comes to.

pub mod job;
pub mod model;
pub mod pages;
pub mod service;
mod store;
