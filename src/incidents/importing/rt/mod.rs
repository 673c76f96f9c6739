//! Tickets of Request Tracker over its REST2 interface (RT 5): read, compared with the register, and brought in as cases.
//!
//! Each ticket is one transaction and comes once: whoever was interrupted begins anew, and what is here is passed over
//! without being read again.

mod answers;
mod client;
mod run;
mod ticket;

pub use client::{Client, Source, Trouble};
pub use run::{Found, Look, Ticked, run};
