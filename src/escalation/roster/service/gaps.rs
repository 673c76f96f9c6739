//! Whoever leads the CERT is told of a gap before it comes: once for each.

use jiff::{SignedDuration, Timestamp};

use super::present;
use crate::access::service as access;
use crate::audit::model::{Entry, SubjectKind};
use crate::audit::service::record;
use crate::core::actor::{Actor, Role};
use crate::core::error::{Error, Result};
use crate::core::i18n::{Lang, text, text_with};
use crate::core::text::{MailAddress, Name, Title};
use crate::core::tlp::Tlp;
use crate::core::urgency::Urgency;
use crate::core::when;
use crate::escalation::roster::{rule, store};
use crate::mail::content::{Content, Slots, Template};
use crate::mail::message::Recipient;
use crate::mail::outbox::{MailPurpose, NewMail, add_body, enqueue_all};
use crate::store::Tx;
use crate::web::site::Settings;

/// How long before a gap the lead is told.
const AHEAD: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Mails the lead the gaps of the next seven days that were not told yet. Who never kept a roster has no gaps in it.
///
/// # Errors
/// The database's.
pub fn tell_gaps(tx: &mut Tx<'_>) -> Result<()> {
    if !store::is_kept(tx)? {
        return Ok(());
    }
    let now = tx.now();
    let mut new = Vec::new();
    for (from, until) in rule::gaps(&present(tx)?, now, now + AHEAD) {
        // A gap that goes on is the same one: what is told of it grows with the days.
        if !store::told_gap(tx, from, until)? {
            store::add_gap(tx, from, until)?;
            new.push((from, until));
        }
    }
    if new.is_empty() { Ok(()) } else { tell(tx, &new) }
}

fn tell(tx: &mut Tx<'_>, gaps: &[(Timestamp, Timestamp)]) -> Result<()> {
    let settings = tx.required::<Settings>()?;
    let span = |(from, until): &(Timestamp, Timestamp)| {
        let args = [("from", when::absolute(*from).into()), ("until", when::absolute(*until).into())];
        format!("- {}", text_with(Lang::De, "roster-span", &args))
    };
    let args = [
        ("gaps", gaps.iter().map(span).collect::<Vec<_>>().join("\n").into()),
        ("link", format!("{}/bereitschaft", settings.public_url).into()),
    ];
    let subject = Title::parse(&text(Lang::De, "roster-gap-mail-subject"))
        .map_err(|why| Error::Internal(format!("a gap's mail: {why}")))?;
    let content =
        Content::clear(Tlp::Green, subject, Template::new(&text_with(Lang::De, "roster-gap-mail", &args))?)?;
    let mut mails = Vec::new();
    for (account, name) in access::holders(tx, &[Role::CertLead])? {
        let Some(address) = access::mail_of(tx, account)?.and_then(|mail| MailAddress::parse(&mail).ok())
        else {
            continue;
        };
        mails.push(NewMail {
            purpose: MailPurpose::Escalation,
            dispatch: None,
            to: Recipient { address, name: Name::parse(&name).ok() },
            urgency: Urgency::Case,
            slots: Slots::new(),
        });
    }
    let entry = Entry::about_all("roster.gap", SubjectKind::Account)
        .with("gaps", gaps.len())
        .with("mails", mails.len());
    record(tx, &Actor::system("roster"), entry)?;
    if mails.is_empty() {
        return Ok(());
    }
    let body = add_body(tx, &content)?;
    enqueue_all(tx, body, &mails).map(drop)
}
