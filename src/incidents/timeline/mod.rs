//! The timeline as people work with it: narrowed, with what stays on top, and with whom a note calls to the case.

mod mention;
pub mod model;
pub mod service;
mod store;
