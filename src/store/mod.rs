//! Storage on SQLite or PostgreSQL, chosen at run time: connections, the transaction that services work in, migrations.

pub mod among;
mod around;
pub mod clock;
pub mod connection;
pub mod db;
pub mod lease;
mod mark;
pub mod migrate;
pub mod objects;
mod pool;
pub mod reference;
pub mod schema;
#[cfg(test)]
pub mod testing;
#[cfg(test)]
mod tests;
pub mod tx;
pub mod types;
mod writer;

pub(crate) use among::among;
pub use connection::Conn;
pub(crate) use connection::{Statement, each_backend};
pub use db::Db;
pub use mark::Mark;
pub use tx::{Provided, Tx};
pub use types::{At, Code, Word};
