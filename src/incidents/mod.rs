//! Incidents: the case that all work hangs on, from the report to its end.

pub mod api;
pub mod digest;
pub mod dossier;
pub mod evidence;
pub mod fanout;
pub mod guide;
pub mod importing;
pub mod input;
pub mod linking;
pub mod merging;
pub mod model;
mod notices;
pub mod observables;
pub mod pages;
pub mod papers;
pub mod policy;
pub mod search;
mod secret;
pub mod service;
pub mod similar;
pub mod status;
mod store;
pub mod tasks;
#[cfg(test)]
pub mod testing;
#[cfg(test)]
mod tests;
pub mod timeline;
pub mod worklist;
