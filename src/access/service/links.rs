//! Single-use links: 256 random bits in a mail, a hash in the database. GET shows, POST uses, because mail gateways
//! fetch every link they see.

use jiff::SignedDuration;

use crate::access::model::{Link, Purpose};
use crate::access::store::links::{self as store, For};
use crate::core::error::{Error, Result};
use crate::core::ids::{AccountId, AnyId};
use crate::core::text::MailAddress;
use crate::store::Tx;

/// Makes a link and returns its token, which is nowhere else. Whoever puts it into a mail uses a slot, which is wiped.
///
/// # Errors
/// The database's.
pub fn create_link(
    tx: &mut Tx<'_>,
    purpose: Purpose,
    account: Option<AccountId>,
    subject: Option<AnyId>,
    valid_for: SignedDuration,
) -> Result<String> {
    add(tx, purpose, &For { account, subject, address: None }, valid_for)
}

/// The same for whoever is reached at this address, as long as that is so: whoever uses it asks for that.
///
/// # Errors
/// The database's.
pub fn create_link_to(
    tx: &mut Tx<'_>,
    purpose: Purpose,
    address: &MailAddress,
    subject: AnyId,
    valid_for: SignedDuration,
) -> Result<String> {
    let whom = For { account: None, subject: Some(subject), address: Some(address.as_str()) };
    add(tx, purpose, &whom, valid_for)
}

fn add(tx: &mut Tx<'_>, purpose: Purpose, whom: &For<'_>, valid_for: SignedDuration) -> Result<String> {
    let token = tx.env().token();
    let expires_at = tx.now() + valid_for;
    store::add(tx, purpose, &token, whom, expires_at)?;
    Ok(token)
}

/// The link, without using it.
///
/// # Errors
/// [`Error::NotFound`] alike for an unknown, expired or used one.
pub fn peek_link(tx: &mut Tx<'_>, purpose: Purpose, token: &str) -> Result<Link> {
    store::lookup(tx, purpose, token)?.ok_or(Error::NotFound)
}

/// The link, used up by this call and no other.
///
/// # Errors
/// As [`peek_link`].
pub fn use_link(tx: &mut Tx<'_>, purpose: Purpose, token: &str) -> Result<Link> {
    let link = peek_link(tx, purpose, token)?;
    if store::mark_used(tx, link.id)? { Ok(link) } else { Err(Error::NotFound) }
}

/// Makes the open links to this subject useless: what they were for is done or withdrawn.
///
/// # Errors
/// The database's.
pub fn void_links(tx: &mut Tx<'_>, purpose: Purpose, subject: AnyId) -> Result<()> {
    store::void_subject(tx, purpose, subject)
}
