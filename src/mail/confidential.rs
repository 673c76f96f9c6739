//! What only a mail that is encrypted for its reader says. It waits sealed, and is erased once no mail needs it any more.

use std::collections::{BTreeMap, HashMap};

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::content::Template;
use super::keys::{Filed, KeyBook};
use super::outbox::{MailState, NewMail};
use super::way::Way;
use crate::core::env::Env;
use crate::core::error::{Error, Result};
use crate::core::i18n::{Lang, text};
use crate::core::ids::{AnyId, BodyId, MailId};
use crate::core::text::Title;
use crate::core::tlp::Tlp;
use crate::crypto::CryptoError;
use crate::crypto::seal::SealingKey;
use crate::store::schema::{mail_bodies, outbox};
use crate::store::{Tx, each_backend};

/// A text for sealed mails alone; its slots are those of the mail's row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confidential {
    subject: Title,
    text: Template,
}

/// Mails of this dispatch that still wait go out without content: it is not for all any more for whom it was written. A
/// mail that a worker holds just now goes as it is.
///
/// # Errors
/// The database's.
pub fn withdraw(tx: &mut Tx<'_>, dispatch: AnyId) -> Result<()> {
    let of = outbox::table.filter(outbox::dispatch_id.eq(dispatch)).select(outbox::body_id);
    let bodies: Vec<Option<BodyId>> = of.load(tx.conn)?;
    let bodies: Vec<BodyId> = bodies.into_iter().flatten().collect();
    let rows = mail_bodies::table.filter(mail_bodies::id.eq_any(bodies));
    diesel::update(rows).set(mail_bodies::sealed.eq(None::<Vec<u8>>)).execute(tx.conn)?;
    Ok(())
}

/// As it is sealed.
#[derive(Serialize, Deserialize)]
struct Kept {
    subject: String,
    text: String,
}

impl Confidential {
    /// A subject and a text.
    #[must_use]
    pub fn new(subject: Title, text: Template) -> Self {
        Self { subject, text }
    }

    /// Marks what a drill says, as [`super::content::Content::marked_as_drill`].
    ///
    /// # Errors
    /// [`Error::Internal`] when the marked subject is too long.
    pub fn marked_as_drill(self) -> Result<Self> {
        let subject = format!("{}: {}", text(Lang::De, "mail-drill"), self.subject.as_str());
        let subject =
            Title::parse(&subject).map_err(|why| Error::Internal(format!("a drill's subject: {why}")))?;
        let said = format!("{}\n\n{}", text(Lang::De, "mail-drill-what"), self.text.as_str());
        Ok(Self { subject, text: Template::new(&said)? })
    }

    /// The subject, the label first.
    pub(super) fn subject(&self, tlp: Tlp) -> String {
        format!("[{tlp}] {}", self.subject.as_str())
    }

    /// Subject and text as they were handed in, for what binds them.
    #[must_use]
    pub fn parts(&self) -> (&str, &str) {
        (self.subject.as_str(), self.text.as_str())
    }

    /// The whole text between its labels.
    pub(super) fn text(&self, tlp: Tlp, lang: Lang) -> Result<Template> {
        let (said, whose) = (self.text.as_str().trim(), text(lang, tlp.explained()));
        Template::new(&format!("{tlp}\n{said}\n\n{tlp}\n{whose}\n"))
    }
}

/// Seals what waits in the outbox, with a key that lies elsewhere. Handed in with `Provided`.
#[derive(Clone)]
pub struct ContentSeal(SealingKey);

impl ContentSeal {
    /// With a key of 256 bits.
    ///
    /// # Errors
    /// [`CryptoError::SealingKey`] when it has another length.
    pub fn new(key: &[u8]) -> Result<Self, CryptoError> {
        let wrong = |_| CryptoError::SealingKey("of mails: not 256 bits".to_owned());
        SealingKey::from_bytes(key.try_into().map_err(wrong)?).map(Self)
    }

    fn seal(&self, body: BodyId, said: &Confidential, env: &Env) -> Result<Vec<u8>> {
        let kept = Kept { subject: said.subject.as_str().to_owned(), text: said.text.as_str().to_owned() };
        let plain = zeroize::Zeroizing::new(serde_json::to_vec(&kept).map_err(broken)?);
        Ok(self.0.seal(&context(body), &plain, env)?)
    }

    /// Opens what was sealed for this text.
    ///
    /// # Errors
    /// [`Error::Internal`] when it was changed, or sealed with another key.
    pub(super) fn open(&self, body: BodyId, sealed: &[u8]) -> Result<Confidential> {
        let plain = self.0.open(&context(body), sealed)?;
        let kept: Kept = serde_json::from_slice(&plain).map_err(broken)?;
        Ok(Confidential {
            subject: Title::parse(&kept.subject).map_err(broken)?,
            text: Template::new(&kept.text)?,
        })
    }
}

fn context(body: BodyId) -> String {
    format!("mail/{body}")
}

fn broken(why: impl std::fmt::Display) -> Error {
    Error::Internal(format!("a sealed text: {why}"))
}

/// Says whose keys count for each of these mails, which were written with [`super::outbox::enqueue_all`], and keeps, sealed,
/// what each reader with a key gets instead of the mail's own text. Where no reader could open it now, it is not kept at all.
///
/// # Errors
/// The database's.
pub fn seal_for(
    tx: &mut Tx<'_>,
    body: BodyId,
    tlp: Tlp,
    mails: &[(MailId, AnyId, &NewMail)],
    said: &Confidential,
) -> Result<()> {
    let mut by_holder: BTreeMap<AnyId, Vec<MailId>> = BTreeMap::new();
    for (id, holder, _) in mails {
        by_holder.entry(*holder).or_default().push(*id);
    }
    for (holder, ids) in by_holder {
        let rows = outbox::table.filter(outbox::id.eq_any(ids));
        let change = outbox::key_holder.eq(Some(holder));
        each_backend!(tx.conn, c => diesel::update(rows).set(change).execute(c))?;
    }
    let Some(seal) = tx.provided::<ContentSeal>() else { return Ok(()) };
    let mut is_wanted = false;
    // Where it goes, which may be elsewhere than where it was to go.
    let recipients = outbox::table
        .filter(outbox::id.eq_any(mails.iter().map(|(id, ..)| *id).collect::<Vec<_>>()))
        .select((outbox::id, outbox::recipient));
    let recipients: HashMap<MailId, String> = recipients.load(tx.conn)?.into_iter().collect();
    for (id, holder, mail) in mails {
        let address = recipients.get(id).map_or(mail.to.address.as_str(), String::as_str);
        let filed = filed(tx, *holder, address)?;
        is_wanted = is_wanted || filed.way(tlp, tx.now()).0 == Way::Sealed;
    }
    if is_wanted {
        let sealed = seal.seal(body, said, tx.env())?;
        let row = mail_bodies::table.find(body);
        diesel::update(row).set(mail_bodies::sealed.eq(Some(sealed))).execute(tx.conn)?;
    }
    Ok(())
}

/// What is on file for an address.
pub(super) fn filed(tx: &mut Tx<'_>, holder: AnyId, address: &str) -> Result<Filed> {
    match tx.provided::<KeyBook>().cloned() {
        Some(book) => book.0.filed(tx, holder, address),
        None => Ok(Filed::default()),
    }
}

/// Erases sealed texts that no mail needs any more: each was taken, came to nothing, or is gone; a held one needs it. How many they were.
///
/// # Errors
/// The database's.
pub(super) fn erase_unneeded(tx: &mut Tx<'_>) -> Result<usize> {
    let open = outbox::state.eq(MailState::Queued.code()).or(outbox::state.eq(MailState::Leased.code()));
    let needed = outbox::body_id.eq(mail_bodies::id.nullable()).and(open.or(outbox::held_at.is_not_null()));
    let needed = outbox::table.filter(needed);
    let idle = mail_bodies::table
        .filter(mail_bodies::sealed.is_not_null())
        .filter(diesel::dsl::not(diesel::dsl::exists(needed)));
    let gone = mail_bodies::sealed.eq(None::<Vec<u8>>);
    Ok(each_backend!(tx.conn, c => diesel::update(idle).set(gone).execute(c))?)
}
