//! The guided report: one question on a page, in everyday words, for somebody who does this for the first time on a bad
//! day. What is typed is kept as a draft on the server from the first answer on; sending makes a report of it.

pub mod calls;
mod check;
pub mod job;
pub mod model;
pub mod pages;
mod rules;
pub mod service;
mod store;
#[cfg(test)]
mod tests;
mod words;
