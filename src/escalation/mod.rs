//! Escalation: who must know of a case, in which order, and until when each must have taken note.
//!
//! The plans are the configuration's ([`plans`]), what becomes of a chain is one pure rule ([`rule`]), and a durable timer
//! ([`job`]) moves it on.

pub mod api;
pub mod foresight;
pub mod job;
pub mod model;
pub mod office;
pub mod pages;
pub mod plan;
pub mod plans;
pub mod roster;
pub mod rule;
pub mod service;
mod store;
pub mod words;

#[cfg(test)]
mod tests;
