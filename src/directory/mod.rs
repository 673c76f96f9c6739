//! The register: which bodies there are, who runs whose administration, who serves whom, and how each is reached.

pub mod api;
pub mod import;
pub mod job;
pub mod model;
pub mod pages;
pub mod service;
mod store;

#[cfg(test)]
mod tests;
