//! Bad input: each is answered with the field and the reason, never with a fault of ours, and nothing is half written.

mod again;
mod api;
mod forms;
mod queries;
mod rows;
mod stale;
