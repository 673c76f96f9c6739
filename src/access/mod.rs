//! Who may come in and what they may do: accounts, roles, sessions, tokens, and the one policy table.

pub mod policy;
