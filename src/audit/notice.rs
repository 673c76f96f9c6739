//! Each day's last checkpoint goes to an address outside the CERT: who rewrites the trail later, with the key even,
//! cannot rewrite what lies there.

use std::collections::BTreeMap;

use jiff::{Timestamp, ToSpan as _};

use super::model::{Entry, SubjectKind};
use super::{service, store};
use crate::core::actor::Actor;
use crate::core::error::{Error, Result};
use crate::core::i18n::{Lang, text_with};
use crate::core::text::{MailAddress, Title};
use crate::core::tlp::Tlp;
use crate::core::urgency::Urgency;
use crate::core::when;
use crate::crypto::log::Checkpoint;
use crate::mail::content::{Content, Template};
use crate::mail::message::Recipient;
use crate::mail::outbox::{self, MailPurpose, NewMail};
use crate::store::Tx;

/// What the operator decides about the trail, handed in with `Provided`.
#[derive(Debug, Clone, Default)]
pub struct AuditSettings {
    /// Who gets the day's checkpoint. `None`: nobody, and `doctor` says so.
    pub outside_address: Option<MailAddress>,
}

/// The last checkpoint that was signed before today, when it is still to be mailed.
///
/// A day without rows has none of its own. There hardly is one: the mailing itself is a row of the day.
///
/// # Errors
/// The database's.
pub(super) fn due(tx: &mut Tx<'_>, origin: &str) -> Result<Option<Checkpoint>> {
    if tx.required::<AuditSettings>()?.outside_address.is_none() {
        return Ok(None);
    }
    let last = store::checkpoint_before(tx, midnight(tx.now())?)?;
    Ok(last.filter(|stored| !stored.is_mailed()).and_then(|stored| stored.signed(origin)))
}

/// The mail that carries a checkpoint. It holds commitments only, so it may lie anywhere.
///
/// # Errors
/// [`Error::Internal`] when the texts cannot stand in a mail.
pub(super) fn content(checkpoint: &Checkpoint) -> Result<Content> {
    let day = checkpoint.at.to_zoned(when::zone()).strftime("%d.%m.%Y").to_string();
    let note = checkpoint.to_string();
    let subject = text_with(Lang::De, "audit-checkpoint-subject", &[("day", (&day).into())]);
    let body = text_with(
        Lang::De,
        "audit-checkpoint-body",
        &[
            ("day", (&day).into()),
            ("rows", checkpoint.seq.to_string().into()),
            ("note", note.trim_end().into()),
        ],
    );
    let subject = Title::parse(&subject).map_err(|why| Error::Internal(format!("checkpoint mail: {why}")))?;
    Content::clear(Tlp::Clear, subject, Template::new(&body)?)
}

/// Writes the mail; once for each checkpoint.
///
/// # Errors
/// [`Error::Stale`] when it was written already.
pub(super) fn send(tx: &mut Tx<'_>, seq: u64, content: &Content) -> Result<()> {
    let Some(address) = tx.required::<AuditSettings>()?.outside_address.clone() else { return Ok(()) };
    store::mark_mailed(tx, seq)?;
    let to = Recipient { address, name: None };
    let mail = NewMail {
        purpose: MailPurpose::Audit,
        dispatch: None,
        to,
        urgency: Urgency::Housekeeping,
        slots: BTreeMap::new(),
    };
    let id = outbox::enqueue(tx, content, mail)?;
    let entry = Entry::new("audit.mail_checkpoint", SubjectKind::Mail, id).with("seq", seq);
    service::record(tx, &Actor::system("sequencer"), entry)
}

/// When today began in Thüringen.
fn midnight(now: Timestamp) -> Result<Timestamp> {
    let today = now.to_zoned(when::zone()).start_of_day();
    today.map(|day| day.timestamp()).map_err(|error| Error::Internal(format!("no midnight: {error}")))
}

/// When it is time to look again: soon after the next midnight, and in any case within the hour.
pub(super) fn next_look(now: Timestamp) -> Timestamp {
    let hour = now.checked_add(1.hour()).unwrap_or(now);
    let tomorrow = now.to_zoned(when::zone()).tomorrow().and_then(|day| day.start_of_day());
    let after_midnight = tomorrow.and_then(|day| day.timestamp().checked_add(1.minute()));
    after_midnight.map_or(hour, |instant| instant.min(hour))
}
