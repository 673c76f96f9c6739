//! Escalation: who must know of a case, in which order, and until when each must have taken note.

pub mod model;
pub mod plan;
pub mod rule;

#[cfg(test)]
mod rule_tests;
