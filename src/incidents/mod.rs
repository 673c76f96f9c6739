//! Incidents: the case that all work hangs on, from the report to its end.

pub mod api;
pub mod evidence;
pub mod guide;
pub mod input;
pub mod model;
mod notices;
pub mod pages;
pub mod papers;
pub mod policy;
mod secret;
pub mod service;
pub mod status;
mod store;
#[cfg(test)]
pub mod testing;
#[cfg(test)]
mod tests;
