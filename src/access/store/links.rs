//! Single-use links.

use diesel::prelude::*;
use jiff::Timestamp;

use super::hash;
use crate::access::model::{Link, Purpose};
use crate::core::error::Result;
use crate::core::ids::{AccountId, AnyId, LinkId};
use crate::store::schema::links;
use crate::store::{At, Tx};

/// For whom and for what a link is.
#[derive(Debug, Default)]
pub struct For<'a> {
    pub account: Option<AccountId>,
    pub subject: Option<AnyId>,
    pub address: Option<&'a str>,
}

/// Keeps a link by the digest of its token.
pub fn add(
    tx: &mut Tx<'_>,
    purpose: Purpose,
    token: &str,
    whom: &For<'_>,
    expires_at: Timestamp,
) -> Result<()> {
    diesel::insert_into(links::table)
        .values((
            links::id.eq(tx.id::<LinkId>()),
            links::purpose.eq(purpose.code()),
            links::token_hash.eq(hash(token)),
            links::account_id.eq(whom.account),
            links::subject_id.eq(whom.subject),
            links::address.eq(whom.address),
            links::created_at.eq(tx.at()),
            links::expires_at.eq(At(expires_at)),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// The link that holds now.
pub fn lookup(tx: &mut Tx<'_>, purpose: Purpose, token: &str) -> Result<Option<Link>> {
    let row = links::table
        .filter(
            links::token_hash
                .eq(hash(token))
                .and(links::purpose.eq(purpose.code()))
                .and(links::used_at.is_null())
                .and(links::expires_at.gt(tx.at())),
        )
        .select((links::id, links::account_id, links::subject_id, links::expires_at, links::address))
        .first::<(LinkId, Option<AccountId>, Option<AnyId>, At, Option<String>)>(tx.conn)
        .optional()?;
    Ok(row.map(|(id, account, subject, expires_at, address)| {
        let expires_at = expires_at.0;
        Link { id, account, subject, expires_at, address }
    }))
}

/// Whether this call was the one that used it.
pub fn mark_used(tx: &mut Tx<'_>, id: LinkId) -> Result<bool> {
    let open = links::table.find(id).filter(links::used_at.is_null());
    Ok(diesel::update(open).set(links::used_at.eq(tx.at())).execute(tx.conn)? == 1)
}

/// Makes the open links of this purpose useless, for one account or, for `None`, those of nobody in particular.
pub fn void(tx: &mut Tx<'_>, purpose: Purpose, account: Option<AccountId>) -> Result<()> {
    let open = links::purpose.eq(purpose.code()).and(links::used_at.is_null());
    match account {
        Some(account) => diesel::update(links::table.filter(open.and(links::account_id.eq(account))))
            .set(links::used_at.eq(tx.at()))
            .execute(tx.conn)?,
        None => diesel::update(links::table.filter(open.and(links::account_id.is_null())))
            .set(links::used_at.eq(tx.at()))
            .execute(tx.conn)?,
    };
    Ok(())
}

/// The same for one subject.
pub fn void_subject(tx: &mut Tx<'_>, purpose: Purpose, subject: AnyId) -> Result<()> {
    let open = links::purpose.eq(purpose.code()).and(links::used_at.is_null());
    diesel::update(links::table.filter(open.and(links::subject_id.eq(subject))))
        .set(links::used_at.eq(tx.at()))
        .execute(tx.conn)?;
    Ok(())
}

pub fn sweep(tx: &mut Tx<'_>, expired_before: Timestamp) -> Result<usize> {
    Ok(diesel::delete(links::table.filter(links::expires_at.lt(At(expired_before)))).execute(tx.conn)?)
}
