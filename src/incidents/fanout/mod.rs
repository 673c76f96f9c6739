//! What happens at a provider concerns those it serves: each is asked whether it is affected.
//!
//! The CERT asks with one click, after it saw whom ([`service::plan`]). Each organisation answers by the link of its mail,
//! on its page, by telephone, or through the provider that holds its mandate; of the case it sees the question and what is
//! written with it, and nothing else. Who stays silent is asked again together with deputy and head, and then stands on
//! the list of those to call ([`rule`], [`job`]). The provider sees numbers, and names where it holds a mandate.

pub mod job;
pub mod model;
pub mod pages;
pub mod rule;
pub mod service;
mod store;
