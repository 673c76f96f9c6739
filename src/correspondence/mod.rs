//! Correspondence: mail that comes in, kept whole before anybody is told so, read where it can do no harm, and brought
//! to the case and the people it belongs to. What nobody can place lies in the inbox until a person has decided.
//!
//! A mail comes in through a pipe, over LMTP ([`intake`]) or out of a mailbox ([`mailbox`]): its bytes are sealed like
//! evidence, its row is written, and only then it counts as accepted. Later a process of its own reads it ([`sheet`]),
//! pure rules say what it is and what becomes of it ([`judge`]), and one transaction carries that out ([`service`]).
//!
//! Signed and encrypted mail is peeled by the same process ([`layers`]). It never has a private key: it says which message
//! keys it wants, the server unwraps these alone and asks again; what a signature is worth is a pure rule over the keys on
//! file ([`seals`]).

pub mod intake;
pub mod judge;
pub mod layers;
pub mod mailbox;
pub mod model;
pub mod pages;
pub mod seals;
pub mod service;
pub mod sheet;
mod store;
pub mod threads;
