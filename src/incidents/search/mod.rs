//! Search: one box for all words of all cases.
//!
//! [`language`] reads what was typed, [`words`] makes stems of texts and of queries alike. [`index`] keeps a row of words
//! for each view of a case: the team's, and that of each organisation with a part in it, with exactly what their page of
//! the case says. So a search finds all its words in one view or not at all, each result is a case, and what somebody may
//! not read finds nothing. The digest's job brings the rows up to date. [`service`] asks for the newest matches that
//! exist for the viewer, at most [`service::CAP`], counts them, and puts those first whose title, reference or
//! organisation has the words.

pub mod api;
mod excerpt;
pub mod index;
mod job;
pub mod language;
pub mod pages;
pub mod service;
mod store;
mod views;
pub mod words;

pub use excerpt::Part;
pub use index::refresh;
pub use job::{FillIndex, fill};
