//! Signing in, in two halves: what the database knows, and what it remembers. The password is verified in between,
//! outside any transaction.

use crate::access::model::OrgBook;
use crate::access::store::accounts;
use crate::audit;
use crate::audit::model::{Entry, SubjectKind};
use crate::core::actor::{Actor, Role};
use crate::core::error::Result;
use crate::core::ids::{AccountId, OrgId};
use crate::core::text::MailAddress;
use crate::store::Tx;

/// What is needed to verify a password: an account that may sign in, and its hash.
#[derive(Clone)]
pub struct Candidate {
    pub account: AccountId,
    pub hash: String,
}

/// The candidate with this mail address. Whoever asks verifies against nothing where there is none, which takes as long.
///
/// # Errors
/// The database's.
pub fn candidate(tx: &mut Tx<'_>, mail: &MailAddress) -> Result<Option<Candidate>> {
    let found = accounts::password_hash(tx, mail.as_str())?;
    Ok(found.map(|(account, hash)| Candidate { account, hash }))
}

/// Records that somebody signed in or failed to. Whatever was wrong, the same one row is written, so that each refusal
/// takes as long. The answer is who is let in: nobody, where the password was changed or the account locked since it
/// was verified.
///
/// # Errors
/// The database's.
pub fn conclude(
    tx: &mut Tx<'_>,
    actor: &Actor,
    mail: &MailAddress,
    verified: Option<&Candidate>,
) -> Result<Option<Welcome>> {
    let now = candidate(tx, mail)?;
    let holds = verified.filter(|seen| now.is_some_and(|now| now.hash == seen.hash));
    let entry = match holds {
        Some(seen) => Entry::new("account.sign_in", SubjectKind::Account, seen.account),
        None => Entry::about_all("account.sign_in_refused", SubjectKind::Account),
    };
    audit::service::record(tx, actor, entry)?;
    match holds {
        Some(seen) => {
            accounts::signed_in(tx, seen.account)?;
            welcome(tx, seen.account)
        }
        None => Ok(None),
    }
}

/// Whoever is let in, and for whom they act.
#[derive(Debug, Clone)]
pub struct Welcome {
    pub account: AccountId,
    pub roles: Vec<(OrgId, Role)>,
    /// The names of the organisations at which there is a role.
    pub organisations: Vec<String>,
}

/// What a session begins with; `None` for an account that is not active.
///
/// # Errors
/// The database's.
pub fn welcome(tx: &mut Tx<'_>, account: AccountId) -> Result<Option<Welcome>> {
    let Some((_, roles)) = accounts::active_with_roles(tx, account)? else { return Ok(None) };
    let mut ids: Vec<_> = roles.iter().map(|(org, _)| *org).collect();
    ids.dedup();
    let mut names = tx.required::<OrgBook>()?.0.names(tx, &ids)?;
    let mut organisations: Vec<_> = ids.iter().filter_map(|id| names.remove(id)).collect();
    organisations.sort();
    Ok(Some(Welcome { account, roles, organisations }))
}
