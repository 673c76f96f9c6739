//! What access writes to people. The single-use link stands in a slot of the mail, which is wiped after sending.

use jiff::Timestamp;

use crate::access::model::{Account, INVITATION_VALID, OrgBook, RESET_VALID};
use crate::core::actor::Role;
use crate::core::error::{Error, Result};
use crate::core::i18n::{Arg, Lang, text_with};
use crate::core::ids::{AnyId, OrgId};
use crate::core::text::{Line, MailAddress, Title};
use crate::core::tlp::Tlp;
use crate::core::urgency::Urgency;
use crate::core::when;
use crate::mail::content::{Content, LINK, Slots, Template, slot};
use crate::mail::message::Recipient;
use crate::mail::outbox::{MailPurpose, NewMail, enqueue};
use crate::store::Tx;
use crate::web::site::Settings;

/// Offers a role, and an account where there is none.
pub(super) fn invitation(
    tx: &mut Tx<'_>,
    account: &Account,
    organisation: OrgId,
    role: Role,
    token: &str,
) -> Result<()> {
    let names = tx.required::<OrgBook>()?.0.names(tx, &[organisation])?;
    let organisation = names.get(&organisation).cloned().unwrap_or_default();
    let role = text_with(Lang::De, role_key(role), &[]).into_owned();
    let until = tx.now() + INVITATION_VALID;
    let args = [("organisation", Arg::from(organisation)), ("role", Arg::from(role))];
    send(
        tx,
        account,
        MailPurpose::Invitation,
        "access-mail-invitation",
        &args,
        until,
        &format!("/einladung/{token}"),
    )
}

/// Lets somebody choose a new password.
pub(super) fn reset(tx: &mut Tx<'_>, account: &Account, token: &str) -> Result<()> {
    let until = tx.now() + RESET_VALID;
    send(tx, account, MailPurpose::Password, "access-mail-reset", &[], until, &format!("/passwort/{token}"))
}

/// The Fluent key of a role's name.
#[must_use]
pub fn role_key(role: Role) -> &'static str {
    match role {
        Role::Reporter => "access-role-reporter",
        Role::OrgLead => "access-role-org-lead",
        Role::Analyst => "access-role-analyst",
        Role::Approver => "access-role-approver",
        Role::CertLead => "access-role-cert-lead",
        Role::Auditor => "access-role-auditor",
        Role::Administrator => "access-role-administrator",
    }
}

/// Tells somebody what was done to their account. Nothing in it opens anything.
pub(super) fn notice(tx: &mut Tx<'_>, account: &Account, key: &str, args: &[(&str, Arg<'_>)]) -> Result<()> {
    let now = when::absolute(tx.now());
    let args = [args, &[("now", Arg::from(now))]].concat();
    post(tx, account, MailPurpose::Account, key, &args, Slots::default())
}

fn send(
    tx: &mut Tx<'_>,
    account: &Account,
    purpose: MailPurpose,
    key: &str,
    args: &[(&str, Arg<'_>)],
    until: Timestamp,
    path: &str,
) -> Result<()> {
    let link = format!("{}{path}", tx.required::<Settings>()?.public_url);
    let more = [("until", Arg::from(when::absolute(until))), ("link", Arg::from(slot(LINK)))];
    let args = [args, &more].concat();
    post(tx, account, purpose, key, &args, Slots::from([(LINK.to_owned(), link)]))
}

fn post(
    tx: &mut Tx<'_>,
    account: &Account,
    purpose: MailPurpose,
    key: &str,
    args: &[(&str, Arg<'_>)],
    slots: Slots,
) -> Result<()> {
    let settings = tx.required::<Settings>()?;
    let mut all = vec![
        ("name", Arg::from(account.name.as_str())),
        ("cert", Arg::from(settings.cert_name.as_str())),
        ("phone", Arg::from(settings.phone.as_str())),
        ("address", Arg::from(settings.public_url.as_str())),
    ];
    all.extend_from_slice(args);
    let unreadable = |reason| Error::Internal(format!("a mail of access: {reason}"));
    let subject = Title::parse(&text_with(Lang::De, &format!("{key}-subject"), &all)).map_err(unreadable)?;
    let body = Template::new(&text_with(Lang::De, key, &all))?;
    let to = Recipient {
        address: MailAddress::parse(&account.mail).map_err(unreadable)?,
        name: Line::parse(&account.name).ok(),
    };
    let mail = NewMail { purpose, dispatch: Some(AnyId(account.id.0)), to, urgency: Urgency::Access, slots };
    enqueue(tx, &Content::clear(Tlp::Green, subject, body)?, mail).map(|_| ())
}
