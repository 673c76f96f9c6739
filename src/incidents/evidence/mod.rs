//! Evidence: files of a case, encrypted at rest, with a chain of custody, never shown by the browser.
//!
//! A file arrives in pieces ([`intake`]): a browser with a script announces it, sends it from an offset on and goes on
//! after a break from where the server says; a plain form sends it in one go. Both ways end in the [`vault`], which
//! seals chunk after chunk into the object store; what the row counts as received is durable there.

mod archive;
pub mod intake;
mod letter;
pub mod model;
pub mod pages;
pub mod reader;
pub mod service;
mod store;
pub mod sweep;
pub mod vault;
