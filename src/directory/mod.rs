//! The register: which bodies there are, who runs whose administration, who serves whom, and how each is reached.

pub mod import;
pub mod model;
pub mod service;
mod store;

#[cfg(test)]
mod tests;
