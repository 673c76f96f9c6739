//! What access asks of the register: it comes earlier in the order of features and is handed this.

use std::collections::HashMap;

use super::names;
use crate::access::model::Organisations;
use crate::core::error::Result;
use crate::core::ids::OrgId;
use crate::directory::model::today;
use crate::directory::store::{lists, organisations};
use crate::store::Tx;

/// The register, for `OrgBook`.
#[derive(Debug, Clone, Copy)]
pub struct Book;

impl Organisations for Book {
    fn names(&self, tx: &mut Tx<'_>, ids: &[OrgId]) -> Result<HashMap<OrgId, String>> {
        Ok(names(tx, ids)?.into_iter().map(|(id, name)| (id, name.name)).collect())
    }

    fn choices(&self, tx: &mut Tx<'_>) -> Result<Vec<(OrgId, String)>> {
        let day = today(tx.now());
        let all = lists::acting_for_themselves(tx, day)?;
        let label =
            |name: String, sign: &str| if sign.is_empty() { name } else { format!("{name} ({sign})") };
        Ok(all.into_iter().map(|(id, name, sign)| (id, label(name, &sign))).collect())
    }

    fn cert(&self, tx: &mut Tx<'_>) -> Result<Option<OrgId>> {
        organisations::lookup_cert(tx)
    }

    fn is_mistrusted(&self, tx: &mut Tx<'_>, ids: &[OrgId]) -> Result<bool> {
        super::is_any_marked(tx, ids)
    }
}
