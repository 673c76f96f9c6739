//! Who of the CERT is on call: shifts with deputies, absences, hand-overs, and the gaps in which nobody is.
//!
//! Absences are those that people say for the queue: somebody who is not there says it once.

mod ics;
pub mod job;
pub mod model;
pub mod pages;
pub mod rule;
pub mod service;
mod store;

#[cfg(test)]
mod tests;
