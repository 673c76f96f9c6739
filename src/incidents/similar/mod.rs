//! Which other cases look like this one, and why: near-same words, or houses of one provider within days.
//!
//! Two texts are alike as far as their pairs of words are the same (Jaccard). That is estimated by MinHash (Broder 1997):
//! each case keeps the smallest of its hashes under each of some permutations, and cases that agree in a band of them are
//! found by an index.

mod model;
mod service;
mod store;
mod words;

pub use model::{Reason, Similar};
pub use service::{refresh, similar};
