//! Tasks of a case, and the playbooks that make them; and the text blocks of what the CERT asks often.
//!
//! Playbooks and text blocks are the configuration's files ([`playbook`], [`blocks`]). A case that uses a playbook keeps
//! it as it was ([`service`]): who edits the file changes no case. What falls due, a durable timer ([`job`]) says.

pub mod api;
pub mod blocks;
pub mod job;
pub mod model;
pub mod pages;
pub mod playbook;
pub mod service;
mod store;
#[cfg(test)]
mod tests;
