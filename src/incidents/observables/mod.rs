//! Observables: what attackers leave behind and others may look for, found in the texts of cases, compared with those of
//! other cases within what the viewer may see.

pub mod extract;
mod harmless;
pub mod model;
pub mod pages;
pub mod service;
mod store;
mod table;
