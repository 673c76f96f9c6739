//! What is on file to encrypt mail with, for the outbox: it comes earlier in the order of rooms and is handed this.

use jiff::Timestamp;

use super::acting::administration_of;
use crate::core::error::Result;
use crate::core::ids::{AnyId, OrgId};
use crate::directory::store::contacts;
use crate::mail::keys::{Filed, Keys};
use crate::store::Tx;

/// The keys of contacts, for `KeyBook`.
#[derive(Debug, Clone, Copy)]
pub struct KeyRing;

impl Keys for KeyRing {
    /// Keys of the organisation's own contacts, and of those of the administration that runs it: nobody enters a key for
    /// an address of somebody else.
    fn filed(&self, tx: &mut Tx<'_>, holder: AnyId, address: &str) -> Result<Filed> {
        let holder = OrgId(holder.0);
        let own = [holder, administration_of(tx, holder)?];
        let mut filed = Filed::default();
        let mut latest = None;
        for contact in contacts::at(tx, address)?.into_iter().filter(|it| own.contains(&it.organisation)) {
            let one = contact.on_file();
            filed.is_function |= one.is_function;
            if one.certificate.is_some() && contact.certificate_until >= latest {
                (filed.certificate, latest) = (one.certificate, contact.certificate_until);
            }
            let until = |key: &Option<(String, Timestamp)>| key.as_ref().map(|(_, until)| *until);
            if until(&one.openpgp) > until(&filed.openpgp) {
                filed.openpgp = one.openpgp;
            }
        }
        Ok(filed)
    }
}
