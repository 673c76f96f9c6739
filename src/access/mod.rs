//! Who may come in and what they may do: accounts, roles, sessions, tokens, and the one policy table.
//!
//! A person comes in by password and second factor (session cookie), a program by API token, a mail's reader by
//! single-use link. Each becomes a [`crate::core::actor::Actor`] with the roles that count now; `policy` decides what
//! these allow.

pub mod factor;
pub mod guard;
pub mod model;
pub mod pages;
pub mod password;
pub mod policy;
pub mod service;
pub mod settings;
mod store;
pub mod totp;

#[cfg(test)]
pub mod testing;
#[cfg(test)]
mod tests;
