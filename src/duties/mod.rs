//! Duties to report: who must tell whom of a case, by when, with what in it.
//!
//! The rules are the configuration's ([`book`]); whom they bind and when time is up are pure ([`rule`], [`term`]).
//! Nothing goes to an authority by itself.

pub mod book;
pub mod fill;
pub mod job;
pub mod model;
pub mod pages;
pub mod rule;
pub mod service;
mod sheet;
mod store;
pub mod term;
pub mod vcv;

#[cfg(test)]
mod tests;
