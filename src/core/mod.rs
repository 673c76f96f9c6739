//! Words and values that every part of the product shares. Knows no database, no HTTP, no feature.

pub mod actor;
pub(crate) mod codes;
pub mod env;
pub mod error;
pub mod event;
pub mod i18n;
pub mod ids;
pub mod page;
pub mod rulefile;
pub mod text;
pub mod tlp;
pub mod urgency;
pub mod when;
