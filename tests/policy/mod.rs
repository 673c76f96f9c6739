//! Who may what: `expected.csv` against real requests, and each cell of the policy table against `expected.csv`.

mod calls;
mod cells;
mod expected;
pub mod forms;
mod matrix;
mod routes;

pub use calls::{ask, held, request};
pub use calls::{lock, path, visitor};
pub use expected::Outcome;
pub use expected::{Row, rows};
