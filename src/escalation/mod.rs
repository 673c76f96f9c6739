//! Escalation: who must know of a case, in which order, and until when each must have taken note.
//!
//! The plans are the configuration's ([`plan`]), what becomes of a chain is one pure rule ([`rule`]), and a durable timer
//! ([`job`]) moves it on.

pub mod api;
pub mod job;
pub mod model;
pub mod pages;
pub mod plan;
pub mod rule;
pub mod service;
mod store;

#[cfg(test)]
mod tests;
