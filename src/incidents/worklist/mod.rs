//! How the team works through its queue: filters that are kept, columns, what is unread, and how many there are of each.

pub mod model;
pub mod service;
mod store;

pub use service::Memo;
