//! Rows of this feature. No rule lives here.

pub mod accounts;
pub mod factors;
pub mod grants;
pub mod limits;
pub mod links;
pub mod lookup;
pub mod sessions;
pub mod tokens;

use ring::digest::{SHA256, digest};

/// What the database keeps of a secret: whoever reads the table cannot use it. Secrets are random and long, so no
/// salt and no slow hash is needed.
pub fn hash(secret: &str) -> Vec<u8> {
    digest(&SHA256, secret.as_bytes()).as_ref().to_vec()
}
