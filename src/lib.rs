//! Meldekette: incident reports up the chain, signed advisories down to every administration.

pub mod access;
pub mod advisories;
pub mod audit;
pub mod config;
pub mod core;
pub mod crypto;
pub mod directory;
pub mod escalation;
pub mod incidents;
pub mod mail;
pub mod queue;
pub mod store;
pub mod web;
