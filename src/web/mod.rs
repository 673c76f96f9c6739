//! (room)
pub mod site;
