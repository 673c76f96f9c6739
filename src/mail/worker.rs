//! Workers: take mails from the outbox, sign them, send them over kept connections, record the answers.
//!
//! Each connection takes a small batch, makes it on the blocking pool and sends it mail by mail. Its answers are
//! recorded in the same transaction that takes the next batch, so the durable states cost one commit per batch. A
//! process that dies in between leaves mails whose answer is unknown, at most one batch per connection: they are sent
//! again and marked, never lost.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::confidential::{Confidential, ContentSeal};
use super::content::Content;
use super::dispatch::{self, Batch, Body, LeasedMail};
use super::keys::Filed;
use super::message::{ComposeError, Composer, Inside, MessageId, Prepared, Recipient, Thread};
use super::record::{Record, Verdict, record};
use super::transport::{Envelope, SendOutcome, Session, Transport};
use super::way::{Way, Why};
use crate::core::error::{Error, Result};
use crate::core::i18n::{Lang, text};
use crate::core::ids::BodyId;
use crate::core::text::{MailAddress, Name};
use crate::queue::runner::is_over;
use crate::store::{Db, Tx};

/// Mails that one connection takes at once.
const BATCH: i64 = 16;
/// How often is looked when nothing is due; what this process itself commits wakes it at once.
const POLL: Duration = Duration::from_millis(500);
/// How long a connection is kept while nothing is due.
const KEEP: Duration = Duration::from_secs(20);
/// The pause after a failure to reach the server or the database.
const PAUSE: Duration = Duration::from_secs(1);
/// Texts kept encoded; beyond that all are made anew.
const TEXTS: usize = 64;

/// How much, how long.
#[derive(Debug, Clone)]
pub struct WorkerSettings {
    /// Connections at the same time.
    pub connections: usize,
    /// The transport's bound for connecting and for each mail. A batch is held four times as long.
    pub bound: Duration,
    /// How long a mail is tried while the server says "later".
    pub give_up_after: SignedDuration,
}

/// Sends what is in the outbox. Cheap to clone.
#[derive(Clone)]
pub struct Worker(Arc<Inner>);

struct Inner {
    db: Db,
    transport: Arc<dyn Transport>,
    composer: Composer,
    settings: WorkerSettings,
    texts: Mutex<Texts>,
}

/// A text of the outbox, encoded for those for whom nothing is encrypted.
struct Ready {
    prepared: Prepared,
    content: Content,
    sealed: Option<Vec<u8>>,
}

/// Texts by their row.
type Texts = HashMap<BodyId, Arc<Ready>>;

/// A mail ready to go, or why it cannot be made.
type Composed = (LeasedMail, Result<(Envelope, Vec<u8>), ComposeError>);

impl Worker {
    /// Puts a worker together; nothing is sent yet.
    #[must_use]
    pub fn new(db: Db, transport: Arc<dyn Transport>, composer: Composer, settings: WorkerSettings) -> Self {
        Self(Arc::new(Inner { db, transport, composer, settings, texts: Mutex::default() }))
    }

    /// Sends until `stop` becomes true, or until a connection's task fails. Mails in flight are finished and recorded,
    /// the rest is given back.
    pub async fn run(self, stop: watch::Receiver<bool>) {
        // On SQLite there is one process: what is with a worker now was left by an earlier one.
        self.reclaim(self.0.db.is_sqlite()).await;
        let (ended, end) = watch::channel(false);
        let mut connections = JoinSet::new();
        for _ in 0..self.0.settings.connections {
            connections.spawn(Arc::clone(&self.0).send_until(end.clone(), false));
        }
        let mut stopped = stop.clone();
        while !is_over(&stopped) {
            tokio::select! {
                () = pause(self.0.settings.bound, &mut stopped) => self.reclaim(false).await,
                lost = connections.join_next() => {
                    tracing::error!(?lost, "a connection ended by itself: the worker ends too");
                    break;
                }
            }
        }
        let _ = ended.send(true);
        while connections.join_next().await.is_some() {}
    }

    /// Sends everything that is due now, then returns: for the demonstration, tests and the command line. Not beside
    /// [`Worker::run`] on SQLite, whose mails it would take over.
    pub async fn drain(&self) {
        self.reclaim(self.0.db.is_sqlite()).await;
        let (_sender, never) = watch::channel(false);
        let mut connections = JoinSet::new();
        for _ in 0..self.0.settings.connections {
            connections.spawn(Arc::clone(&self.0).send_until(never.clone(), true));
        }
        while connections.join_next().await.is_some() {}
    }

    async fn reclaim(&self, all: bool) {
        match self.0.db.write(move |tx| dispatch::reclaim(tx, all)).await {
            Ok(0) => {}
            Ok(mails) => {
                tracing::warn!(mails, "mails were left by a worker that is gone; they may arrive twice")
            }
            Err(error) => tracing::error!(%error, "mails cannot be taken back"),
        }
    }
}

impl Inner {
    /// One connection's life: batch after batch, until `stop`, or until nothing is due where `drain`.
    async fn send_until(self: Arc<Self>, mut stop: watch::Receiver<bool>, drain: bool) {
        let mut session: Option<Box<dyn Session>> = None;
        let mut records = Vec::new();
        let mut idle = Duration::ZERO;
        let mut work = self.db.work();
        loop {
            work.mark_unchanged();
            let texts = self.texts.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let Some(batch) = self.turn(std::mem::take(&mut records), &texts, &stop).await else { break };
            if !batch.mails.is_empty() {
                idle = Duration::ZERO;
                records = Arc::clone(&self).send_batch(batch, texts, &mut session, &stop).await;
                if records.iter().any(|record| record.verdict == Verdict::Unreachable) {
                    pause(PAUSE, &mut stop).await;
                }
                continue;
            }
            if drain || is_over(&stop) {
                break;
            }
            tokio::select! {
                () = pause(POLL, &mut stop) => idle += POLL,
                Ok(()) = work.changed() => {}
            }
            if idle >= KEEP
                && let Some(session) = session.take()
            {
                session.close().await;
            }
        }
        if let Some(session) = session {
            session.close().await;
        }
    }

    /// Records what was sent and takes more, in one transaction. Until the answers are recorded nothing else is sent.
    /// `None` when that cannot be done and the worker is to stop.
    async fn turn(&self, records: Vec<Record>, texts: &Texts, stop: &watch::Receiver<bool>) -> Option<Batch> {
        let records: Arc<[Record]> = records.into();
        let known: Vec<_> = texts.keys().copied().collect();
        let mut stop = stop.clone();
        loop {
            let more = !is_over(&stop);
            match self.try_turn(&records, known.clone(), more).await {
                Ok(batch) => return Some(batch),
                Err(error) => {
                    tracing::error!(%error, unrecorded = records.len(), "the outbox cannot be reached");
                    if is_over(&stop) {
                        return None;
                    }
                    pause(PAUSE, &mut stop).await;
                }
            }
        }
    }

    async fn try_turn(&self, records: &Arc<[Record]>, known: Vec<BodyId>, more: bool) -> Result<Batch> {
        if records.is_empty() && !(more && self.db.read(dispatch::has_due).await?) {
            return Ok(Batch::default());
        }
        let give_up_after = self.settings.give_up_after;
        let ttl = SignedDuration::try_from(self.settings.bound * 4).unwrap_or(SignedDuration::from_mins(5));
        let records = Arc::clone(records);
        let turned = move |tx: &mut Tx<'_>| {
            let stale = record(tx, &records, give_up_after)?;
            let batch = if more { dispatch::lease(tx, BATCH, ttl, &known)? } else { Batch::default() };
            Ok((stale, batch))
        };
        let (stale, batch) = self.db.write(turned).await?;
        for id in stale {
            tracing::warn!(%id, "another worker took this mail over: its answer is not recorded");
        }
        Ok(batch)
    }

    async fn send_batch(
        self: Arc<Self>,
        batch: Batch,
        texts: Texts,
        session: &mut Option<Box<dyn Session>>,
        stop: &watch::Receiver<bool>,
    ) -> Vec<Record> {
        let until = batch.until;
        let this = Arc::clone(&self);
        let held = batch.mails.clone();
        let composed = match tokio::task::spawn_blocking(move || this.compose_all(batch, texts)).await {
            Ok(composed) => composed,
            Err(error) => {
                tracing::error!(%error, "mails could not be made");
                return held.into_iter().map(|mail| conclude(mail, Verdict::Later, not_composed())).collect();
            }
        };
        let mut records = Vec::with_capacity(composed.len());
        let mut gone: Option<String> = None;
        for (mail, made) in composed {
            let record = match (made, &gone) {
                (Ok(_), Some(why)) => conclude(mail, Verdict::Unreachable, why.clone()),
                (Ok(_), None) if is_over(stop) || !self.has_time(until) => {
                    conclude(mail, Verdict::Untried, String::new())
                }
                (Ok((envelope, bytes)), None) => match self.send(session, &envelope, &bytes).await {
                    Ok(outcome) => sent(mail, &envelope, &outcome),
                    Err(why) => {
                        gone = Some(why.clone());
                        conclude(mail, Verdict::Unreachable, why)
                    }
                },
                (Err(error), _) => not_made(mail, &error),
            };
            records.push(record);
        }
        if let Some(why) = gone {
            tracing::warn!(why, "the mail server cannot be reached");
        }
        let blocked = records.iter().filter(|record| record.verdict == Verdict::Blocked).count();
        if blocked > 0 {
            tracing::warn!(mails = blocked, "mails wait for a valid certificate");
        }
        records
    }

    /// Whether sending will end while the mail is still this worker's: over a kept connection that turns out to be
    /// dead, then connecting, then sending again, each within the bound.
    fn has_time(&self, until: Timestamp) -> bool {
        let needed = SignedDuration::try_from(self.settings.bound * 3).unwrap_or(SignedDuration::MAX);
        until.duration_since(self.db.env().now()) > needed
    }

    /// Sends over the kept connection, and once more over a new one where the kept one turns out to be dead.
    ///
    /// # Errors
    /// Why no connection could be opened.
    async fn send(
        &self,
        session: &mut Option<Box<dyn Session>>,
        envelope: &Envelope,
        mail: &[u8],
    ) -> Result<SendOutcome, String> {
        if let Some(mut kept) = session.take() {
            let outcome = kept.send(envelope, mail).await;
            if kept.is_usable() {
                *session = Some(kept);
            }
            if !matches!(outcome, SendOutcome::Unreachable(_)) {
                return Ok(outcome);
            }
        }
        let mut fresh = self.transport.connect().await.map_err(|why| why.to_string())?;
        let outcome = fresh.send(envelope, mail).await;
        if fresh.is_usable() {
            *session = Some(fresh);
        }
        Ok(outcome)
    }

    fn compose_all(&self, batch: Batch, mut texts: Texts) -> Vec<Composed> {
        let mut broken = HashMap::new();
        for (id, content) in batch.bodies {
            let ready = content.and_then(|Body { content, sealed }| {
                let prepared = self.composer.prepare(&content)?;
                Ok(Arc::new(Ready { prepared, content, sealed }))
            });
            match ready {
                // What will be erased is not kept here either.
                Ok(ready) if ready.sealed.is_some() => drop(texts.insert(id, ready)),
                Ok(ready) => {
                    texts.insert(id, Arc::clone(&ready));
                    let mut kept = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
                    if kept.len() >= TEXTS {
                        kept.clear();
                    }
                    kept.insert(id, ready);
                }
                Err(error) => drop(broken.insert(id, error.to_string())),
            }
        }
        let (filed, seal) = (batch.filed, batch.seal);
        let compose = |mut mail: LeasedMail| {
            let ready = mail.body.and_then(|id| texts.get(&id).cloned());
            let why = mail.body.and_then(|id| broken.get(&id));
            let said = ready.as_ref().and_then(|ready| said(&mail, ready, seal.as_ref()?));
            let on_file = filed.get(&mail.id);
            let made = self.compose(&mut mail, ready.as_deref(), (on_file, said), why);
            (mail, made)
        };
        batch.mails.into_iter().map(compose).collect()
    }

    fn compose(
        &self,
        mail: &mut LeasedMail,
        ready: Option<&Ready>,
        (filed, said): (Option<&Filed>, Option<Confidential>),
        why: Option<&String>,
    ) -> Result<(Envelope, Vec<u8>), ComposeError> {
        let broken = |what: &str| Error::Internal(what.to_owned());
        let Some(ready) = ready else {
            return Err(match why {
                Some(why) => broken(why).into(),
                None => Error::NotFound.into(),
            });
        };
        let address = |text: &str| MailAddress::parse(text).map_err(|_| broken("an address is damaged"));
        let to =
            Recipient { address: address(&mail.recipient)?, name: Name::parse(&mail.recipient_name).ok() };
        let id = MessageId(mail.message_id.clone());
        let thread = Thread {
            reply_to: mail.reply_to.as_deref().map(address).transpose()?,
            answers: mail.in_reply_to.clone(),
        };
        let slots = dispatch::read_slots(mail)?;
        let envelope = Envelope { from: address(&mail.envelope_from)?, to: to.address.clone() };
        let Some(filed) = filed else {
            let bytes = self.composer.compose(&ready.prepared, &to, &id, &thread, &slots)?;
            return Ok((envelope, bytes));
        };
        let (mut way, key) = match filed.way(ready.content.tlp(), self.composer.now()) {
            // Of a pointer nothing is encrypted where there is nothing to say.
            (Way::Sealed, _) if said.is_none() && !ready.content.tlp().may_travel_in_clear() => {
                (Way::Pointer(Why::Erased), None)
            }
            goes => goes,
        };
        if let (Way::Sealed, Some(key)) = (way, key) {
            let inside = Inside { said: said.as_ref(), key: &key };
            match self.composer.compose_sealed(&ready.content, &inside, &to, &id, &thread, &slots) {
                Ok(sealed) => {
                    (mail.way, mail.sent_hash) = (Some(key.code().to_owned()), Some(sealed.hash));
                    return Ok((envelope, sealed.mail));
                }
                Err(error @ ComposeError::Certificate(_)) => return Err(error),
                // A key that only refuses when it is used: its reader gets what readers without one get.
                Err(error) => {
                    tracing::warn!(id = %mail.id, %error, "a key on file encrypts nothing");
                    way = filed.without(ready.content.tlp());
                }
            }
        }
        mail.sent_hash = None;
        let bytes = if let Way::Pointer(why) = way {
            mail.way = Some(why.code().to_owned());
            let prepared = self.composer.prepare_lacking(&ready.content, Some(why))?;
            self.composer.compose(&prepared, &to, &id, &thread, &slots)?
        } else {
            mail.way = Some("clear".to_owned());
            self.composer.compose(&ready.prepared, &to, &id, &thread, &slots)?
        };
        Ok((envelope, bytes))
    }
}

/// What only an encrypted mail says. Where it cannot be opened any more, the mail goes out without it.
fn said(mail: &LeasedMail, ready: &Ready, seal: &ContentSeal) -> Option<Confidential> {
    match seal.open(mail.body?, ready.sealed.as_ref()?) {
        Ok(said) => Some(said),
        Err(error) => {
            tracing::error!(id = %mail.id, %error, "a sealed text cannot be opened: its mail goes out without content");
            None
        }
    }
}

fn conclude(mail: LeasedMail, verdict: Verdict, answer: String) -> Record {
    Record { mail, verdict, answer }
}

fn not_composed() -> String {
    text(Lang::De, "mail-not-composed").into_owned()
}

fn not_made(mail: LeasedMail, error: &ComposeError) -> Record {
    let id = mail.id;
    match error {
        ComposeError::Certificate(_) => {
            conclude(mail, Verdict::Blocked, text(Lang::De, "mail-certificate").into_owned())
        }
        ComposeError::Impossible(Error::NotFound) => {
            conclude(mail, Verdict::Failed, text(Lang::De, "mail-no-content").into_owned())
        }
        ComposeError::Impossible(why) => {
            tracing::error!(%id, error = %why, "a mail cannot be made");
            conclude(mail, Verdict::Failed, not_composed())
        }
    }
}

fn sent(mail: LeasedMail, envelope: &Envelope, outcome: &SendOutcome) -> Record {
    let verdict = match outcome {
        SendOutcome::Accepted(_) => Verdict::Accepted,
        SendOutcome::Permanent(_) => Verdict::Failed,
        SendOutcome::Temporary(_) => Verdict::Later,
        SendOutcome::Unreachable(_) => Verdict::Unreachable,
        SendOutcome::InDoubt(_) => Verdict::InDoubt,
    };
    let answer = outcome.answer().as_str();
    if verdict == Verdict::Accepted {
        tracing::debug!(id = %mail.id, to = envelope.to.masked(), "a mail was accepted");
    } else {
        // The whole answer may name the recipient: the code is enough here, the words are in the row.
        let code: String = answer.chars().take_while(char::is_ascii_digit).collect();
        tracing::warn!(id = %mail.id, to = envelope.to.masked(), code, ?verdict, "a mail was not accepted");
    }
    conclude(mail, verdict, answer.to_owned())
}

async fn pause(length: Duration, stop: &mut watch::Receiver<bool>) {
    if !is_over(stop) {
        tokio::select! {
            () = tokio::time::sleep(length) => {}
            _ = stop.changed() => {}
        }
    }
}

#[cfg(test)]
#[path = "worker_tests.rs"]
mod tests;
