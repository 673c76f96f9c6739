//! What is made of the words of a case: its texts are collected once, whenever one joins it, leaves it or changes its
//! audience, and handed to everything that reads them. That happens in a job of its own, so that whoever reports or
//! writes never waits for it, and what it makes is made anew where it fails.

mod job;
mod model;
mod store;

pub use job::{DigestIncident, again};
pub use model::{Piece, Source};
pub use store::{Head, pieces, pieces_with};
