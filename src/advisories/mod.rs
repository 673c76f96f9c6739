//! What is said to all: warnings written by one, approved by another, delivered to every administration provably.
//!
//! A draft becomes a version in review, an approved one with fixed content and recipients, and a published one. What is
//! mailed is compared once more with the hash that approval stored ([`seal`]).

pub mod api;
pub mod diff;
pub mod letter;
pub mod machine;
pub mod model;
pub mod pages;
pub mod seal;
pub mod service;
mod store;
#[cfg(test)]
mod testing;
