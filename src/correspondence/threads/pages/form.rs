//! What the forms of threads say.

use jiff::Timestamp;

use crate::core::actor::Actor;
use crate::core::error::{FieldError, Result};
use crate::core::ids::ThreadId;
use crate::core::text::{Fields, Line, MailAddress, Name, Prose};
use crate::core::tlp::Tlp;
use crate::core::when;
use crate::correspondence::threads::model::{Letter, NewThread, PartyKind, TheirReference};
use crate::correspondence::threads::service;
use crate::store::Tx;
use crate::web::FormData;

/// The fields of a new thread.
pub const FIELDS: &[&str] =
    &["once", "kind", "party", "address", "subject", "their_reference", "text", "tlp", "confirm", "remind"];

/// What the summary of refused input calls the fields.
pub const LABELS: &[(&str, &str)] = &[
    ("kind", "thread-kind"),
    ("party", "thread-party"),
    ("address", "thread-address"),
    ("subject", "thread-subject"),
    ("their_reference", "thread-their-reference"),
    ("text", "thread-text"),
    ("tlp", "thread-label"),
    ("confirm", "thread-confirm-short"),
    ("remind", "thread-remind"),
];

/// A thread as it was typed.
pub fn new_thread(typed: &FormData, now: Timestamp) -> Result<NewThread> {
    let mut fields = Fields::default();
    let kind = fields.keep("kind", PartyKind::parse(typed.get("kind")).ok_or("error-choice"));
    let party = fields.keep("party", Name::parse(typed.get("party")));
    let address = fields.keep("address", MailAddress::parse(typed.get("address")));
    let subject = fields.keep("subject", Line::parse(typed.get("subject")));
    let theirs = fields.keep("their_reference", theirs(typed));
    let letter = letter_in(&mut fields, typed, now);
    let new = (|| {
        Some(NewThread {
            kind: kind?,
            party: party?,
            address: address?,
            subject: subject?,
            their_reference: theirs?,
            letter: letter?,
        })
    })();
    fields.done(new)
}

fn theirs(typed: &FormData) -> Result<Option<TheirReference>, &'static str> {
    match typed.get("their_reference").trim() {
        "" => Ok(None),
        theirs => Line::parse(theirs).map(Some),
    }
}

fn letter_in(fields: &mut Fields, typed: &FormData, now: Timestamp) -> Option<Letter> {
    let text = fields.keep("text", Prose::parse(typed.get("text")));
    let tlp = fields.keep("tlp", Tlp::parse(typed.get("tlp")).ok_or("error-choice"));
    let remind = fields.keep(
        "remind",
        match typed.get("remind").trim() {
            "" => Ok(None),
            at => when::parse_near(at, now).map(Some),
        },
    );
    Some(Letter { text: text?, tlp: tlp?, is_confirmed: typed.is("confirm", "ja"), remind_at: remind? })
}

/// Which button was pressed, with what belongs to it.
pub enum Act {
    Write(i32, Letter),
    Reference(i32, Option<TheirReference>),
    Close(i32),
    Reopen(i32),
    Renew(i32),
}

impl Act {
    /// Reads the form; its version first.
    pub fn parse(typed: &FormData, now: Timestamp) -> Result<Self> {
        let seen = typed.get("version").parse().map_err(|_| FieldError::new("version", "error-number"))?;
        let mut fields = Fields::default();
        match typed.get("tun") {
            "schreiben" => {
                let letter = letter_in(&mut fields, typed, now);
                fields.done(letter).map(|letter| Self::Write(seen, letter))
            }
            "zeichen" => {
                let theirs = fields.keep("their_reference", theirs(typed));
                fields.done(theirs).map(|theirs| Self::Reference(seen, theirs))
            }
            "schliessen" => Ok(Self::Close(seen)),
            "oeffnen" => Ok(Self::Reopen(seen)),
            "adresse" => Ok(Self::Renew(seen)),
            _ => Err(FieldError::new("tun", "error-choice").into()),
        }
    }

    /// Does it, and says what the page says of it afterwards.
    pub fn carry_out(
        self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        reference: &str,
        id: ThreadId,
    ) -> Result<&'static str> {
        match self {
            Self::Write(seen, letter) => {
                service::write(tx, actor, reference, (id, seen), &letter)?;
                Ok("thread-done-written")
            }
            Self::Reference(seen, theirs) => {
                service::set_their_reference(tx, actor, reference, (id, seen), theirs.as_ref())?;
                Ok("thread-done-reference")
            }
            Self::Close(seen) => {
                service::close(tx, actor, reference, id, seen)?;
                Ok("thread-done-closed")
            }
            Self::Reopen(seen) => {
                service::reopen(tx, actor, reference, id, seen)?;
                Ok("thread-done-reopened")
            }
            Self::Renew(seen) => {
                service::renew(tx, actor, reference, id, seen)?;
                Ok("thread-done-renewed")
            }
        }
    }
}
