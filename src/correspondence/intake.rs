//! Mails on their way in: accepted is what is durable, read is what a process of its own could read.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use ring::digest::{SHA256, digest};
use serde::Serialize;
use tokio::sync::watch;

use super::judge::{BounceClass, Found, Outcome, Verdict, judge};
use super::layers::{Fact, Material};
use super::model::{Attached, Envelope, LARGEST, Road, runs};
use super::seals::{self, Known, Seal};
use super::service::{self, Due};
use super::sheet::{self, Fate, Sheet};
use crate::core::actor::Actor;
use crate::core::error::{Error, FieldError, Result};
use crate::core::ids::{EvidenceId, InboundId};
use crate::core::text::MailAddress;
use crate::crypto::opener::Opener;
use crate::incidents::evidence::model::FileName;
use crate::incidents::evidence::service::{Reader, Vault, read_headers};
use crate::mail::receiver::{Keep, Kept};
use crate::store::Db;

/// Mails that are taken for reading at once.
const BATCH: i64 = 8;
/// How long it is waited for other processes' mails.
const PAUSE: Duration = Duration::from_secs(2);
/// After so many tries a mail that ends its reader is shown as one that cannot be read.
const TRIES: i32 = 3;
/// How often a reader is asked anew with what it wanted: a mail in several layers wants one key after the other.
const ROUNDS: usize = 8;
/// Bytes of headers that an envelope is looked for in.
const HEAD: usize = 64 * 1024;

/// What takes mails in. Cheap to clone.
#[derive(Clone)]
pub struct Intake {
    db: Db,
    vault: Arc<Vault>,
    reader: Arc<Reader>,
    opener: Arc<Opener>,
}

/// What a mail is, what would become of it, and why.
#[derive(Debug, Clone, Serialize)]
pub struct Explanation {
    pub is: &'static str,
    pub reasons: Vec<&'static str>,
    /// `join`, `propose`, `show` or `note`.
    pub becomes: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub incident: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bounce: Option<Bounce>,
    pub envelope: Envelope,
    pub from: String,
    pub subject: String,
    pub attachments: Vec<String>,
    /// What its signatures and its encryption are worth, from the outermost layer inwards.
    pub seals: Vec<Seal>,
    pub bytes: usize,
    pub sha256: String,
}

/// What a mail server says.
#[derive(Debug, Clone, Serialize)]
pub struct Bounce {
    pub class: BounceClass,
    pub recipients: Vec<Fate>,
    /// Whether it is about a mail of ours.
    pub is_ours: bool,
}

/// Where only the answer to the commit was lost, what was written may stand.
fn may_stand<T>(written: &Result<T>) -> bool {
    matches!(written, Ok(_) | Err(Error::Unavailable(_)))
}

/// The actor of everything that happens with a mail by itself.
fn actor() -> Actor {
    Actor::system("mail-in")
}

/// The envelope that a delivering mail server wrote into the headers (RFC 5321, 4.4), where it is not told otherwise.
#[must_use]
pub fn envelope_of(bytes: &[u8]) -> Envelope {
    let head = &bytes[..bytes.len().min(HEAD)];
    let (headers, _) = read_headers(head).unwrap_or_default();
    let of = |name: &str| -> Vec<String> {
        let found = headers.iter().filter(|(header, _)| header.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.trim().trim_matches(['<', '>']).to_owned()).collect()
    };
    let mut to = of("X-Original-To");
    if to.is_empty() {
        to = of("Delivered-To");
    }
    to.truncate(20);
    Envelope { from: of("Return-Path").into_iter().next().unwrap_or_default(), to }
}

/// Says what a mail is and what would become of it, and changes nothing.
///
/// # Errors
/// The database's, and [`Error::Conflict`] where reading takes too long.
pub async fn explain(
    db: &Db,
    reader: &Reader,
    opener: &Arc<Opener>,
    envelope: Envelope,
    bytes: Vec<u8>,
) -> Result<Explanation> {
    let digest = digest(&SHA256, &bytes);
    let mut explanation = Explanation {
        is: "unreadable",
        reasons: vec!["no-mail"],
        becomes: "show",
        incident: None,
        by: None,
        bounce: None,
        envelope: envelope.clone(),
        from: String::new(),
        subject: String::new(),
        attachments: Vec::new(),
        seals: Vec::new(),
        bytes: bytes.len(),
        sha256: hex::encode(digest.as_ref()),
    };
    let read = read_whole(db, reader, opener, &bytes, db.env().now()).await?;
    let Some((sheet, _)) = read else { return Ok(explanation) };
    let (read, to, sha256) = (sheet.clone(), envelope.clone(), digest.as_ref().to_vec());
    let found = db.read(move |tx| service::find(tx, &actor(), None, &sha256, &to, &read)).await?;
    let verdict = judge(&sheet, &envelope, &found);
    let (becomes, by) = match &verdict.outcome {
        Outcome::Join(_, proof) => ("join", Some(proof.code())),
        Outcome::Propose(_, _, proof) => ("propose", Some(proof.code())),
        Outcome::Show => ("show", None),
        Outcome::Note => ("note", None),
    };
    let place = found.token.as_ref().or(found.answer.as_ref()).map(|place| place.reference.clone());
    explanation.incident = place.or_else(|| found.tag.map(|tag| tag.reference));
    (explanation.is, explanation.becomes, explanation.by) = (verdict.kind.code(), becomes, by);
    explanation.reasons = verdict.reasons;
    let is_ours = found.bounced.is_some();
    explanation.bounce = verdict.bounce.map(|class| Bounce { class, recipients: sheet.fates, is_ours });
    (explanation.from, explanation.subject) = (sheet.from, sheet.subject);
    explanation.seals = sheet.seals;
    explanation.attachments = sheet.files.into_iter().map(|file| file.name).collect();
    Ok(explanation)
}

/// Reads a mail: the reader is asked again as long as something that it wants is there to hand over. What its layers are
/// worth is judged as of `at`.
async fn read_whole(
    db: &Db,
    reader: &Reader,
    opener: &Arc<Opener>,
    bytes: &[u8],
    at: Timestamp,
) -> Result<Option<(Sheet, Vec<Vec<u8>>)>> {
    let mut material = Material::default();
    let mut known: Option<Vec<Known>> = None;
    for round in 0..=ROUNDS {
        let said = reader.run(sheet::COMMAND, &sheet::ask(&material, bytes), sheet::ANSWER).await?;
        let Some((read, contents)) = said.and_then(|said| sheet::unpack(&said)) else { return Ok(None) };
        let mut has_more = false;
        if known.is_none() && !read.facts.is_empty() {
            let from = read.sheet.from.clone();
            let found = db.read(move |tx| service::keys_of(tx, &from)).await?;
            material.certificates = found.iter().filter_map(|one| one.certificate.clone()).collect();
            material.openpgp = found.iter().map(|one| one.openpgp.clone().unwrap_or_default()).collect();
            let has_keys =
                !material.certificates.is_empty() || material.openpgp.iter().any(|key| !key.is_empty());
            has_more = has_keys && read.facts.iter().any(Fact::lacks_key);
            known = Some(found);
        }
        for want in read.wants {
            let (opener, env) = (Arc::clone(opener), db.env().clone());
            let unwrapped = tokio::task::spawn_blocking(move || opener.unwrap(&want.wrapped, &env)).await;
            // What panics over a wrapped key has none.
            let keys = unwrapped.unwrap_or_default();
            has_more |= !keys.is_empty();
            material.keys.push((want.layer, keys));
        }
        if !has_more || round == ROUNDS {
            let mut sheet = read.sheet;
            let known = known.unwrap_or_default();
            sheet.seals = seals::judge(&read.facts, &sheet.from, at, &known, &opener.anchors);
            return Ok(Some((sheet, contents)));
        }
    }
    Ok(None)
}

impl Intake {
    /// Into this database and this vault; mails are read by `reader`. Encrypted ones stay closed.
    #[must_use]
    pub fn new(db: Db, vault: Arc<Vault>, reader: Reader) -> Self {
        Self { db, vault, reader: Arc::new(reader), opener: Arc::default() }
    }

    /// Encrypted mails are opened with these keys, and signed ones checked with these authorities.
    #[must_use]
    pub fn with_keys(self, opener: Arc<Opener>) -> Self {
        Self { opener, ..self }
    }

    /// Takes a mail. When this returns, it is durable.
    ///
    /// # Errors
    /// [`Error::Invalid`] for one that is empty or larger than any that is taken; the store's and the database's: then
    /// nothing is accepted, and the mail server tries again.
    pub async fn take(&self, road: Road, envelope: Envelope, bytes: Vec<u8>) -> Result<InboundId> {
        if bytes.len() > LARGEST {
            return Err(FieldError::new("mail", "correspondence-refused-large").into());
        }
        let kept = self.vault.keep(Bytes::from(bytes)).await?;
        let id = kept.id;
        let written = self.db.write(move |tx| service::register(tx, &actor(), &kept, road, &envelope)).await;
        if !may_stand(&written)
            && let Err(left) = self.vault.remove(id).await
        {
            tracing::warn!(mail = %id, error = %left, "bytes of a mail that was not accepted are left");
        }
        written
    }

    /// Reads what waits, and carries out what becomes of it. How many mails that were.
    ///
    /// # Errors
    /// The database's.
    pub async fn read_due(&self) -> Result<usize> {
        let mut done = 0;
        loop {
            if !self.db.read(service::has_due).await? {
                return Ok(done);
            }
            let due = self.db.write(|tx| service::claim(tx, &actor(), BATCH)).await?;
            if due.is_empty() {
                return Ok(done);
            }
            for one in due {
                let id = one.mail.id;
                match self.read_one(one).await {
                    Ok(()) => done += 1,
                    // It stays as it is, and is due again in a few minutes.
                    Err(error) => tracing::warn!(mail = %id, %error, "a mail that came in could not be read"),
                }
            }
        }
    }

    async fn read_one(&self, due: Due) -> Result<()> {
        let id = due.mail.id;
        let bytes = match self.vault.fetch(EvidenceId(id.0), &due.data_key, due.mail.size).await {
            Ok(bytes) => bytes,
            Err(fault) => {
                tracing::error!(mail = %id, %fault, "a mail that came in cannot be opened");
                if due.mail.attempts < TRIES {
                    return Err(fault.into());
                }
                return self.conclude(due, None, Vec::new(), Verdict::unreadable("bytes-damaged")).await;
            }
        };
        let at = due.mail.received_at;
        let read = match read_whole(&self.db, &self.reader, &self.opener, &bytes, at).await {
            Ok(read) => read,
            Err(Error::Conflict(_)) if due.mail.attempts >= TRIES => {
                return self.conclude(due, None, Vec::new(), Verdict::unreadable("took-too-long")).await;
            }
            Err(error) => return Err(error),
        };
        let Some((sheet, contents)) = read else {
            return self.conclude(due, None, Vec::new(), Verdict::unreadable("no-mail")).await;
        };
        let (envelope, sha256) = (due.mail.envelope.clone(), due.sha256);
        let read = sheet.clone();
        let found =
            self.db.read(move |tx| service::find(tx, &actor(), Some(id), &sha256, &envelope, &read)).await?;
        let verdict = judge(&sheet, &due.mail.envelope, &found);
        // What is only noted is not looked at: its attachments stay in the mail.
        let files = match verdict.outcome {
            Outcome::Note => Vec::new(),
            _ => self.keep_files(&sheet, contents).await?,
        };
        self.finish(due, Some(sheet), files, verdict, found).await
    }

    async fn keep_files(&self, sheet: &Sheet, contents: Vec<Vec<u8>>) -> Result<Vec<Attached>> {
        let mut files = Vec::with_capacity(contents.len());
        for (head, content) in sheet.files.iter().zip(contents) {
            let name = FileName::new(&head.name)?;
            let kept = self.vault.keep(Bytes::from(content)).await?;
            files.push(Attached {
                id: kept.id,
                is_sample: runs(&name.ending()),
                name: name.shown,
                media_type: head.media_type.clone(),
                size: kept.size,
                sha256: kept.sha256.to_vec(),
                data_key: kept.data_key,
            });
        }
        Ok(files)
    }

    async fn conclude(
        &self,
        due: Due,
        sheet: Option<Sheet>,
        files: Vec<Attached>,
        verdict: Verdict,
    ) -> Result<()> {
        self.finish(due, sheet, files, verdict, Found::default()).await
    }

    async fn finish(
        &self,
        due: Due,
        sheet: Option<Sheet>,
        files: Vec<Attached>,
        verdict: Verdict,
        found: Found,
    ) -> Result<()> {
        let ids: Vec<EvidenceId> = files.iter().map(|file| file.id).collect();
        let mail = due.mail;
        let done = self
            .db
            .write(move |tx| {
                service::conclude(tx, &actor(), &mail, sheet.as_ref(), &files, (&verdict, &found))
            })
            .await;
        if !may_stand(&done) {
            for id in ids {
                if let Err(error) = self.vault.remove(id).await {
                    tracing::warn!(evidence = %id, %error, "an attachment that nobody knows is left");
                }
            }
        }
        done
    }

    /// Reads again and again until `stop` becomes true.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        let mut work = self.db.work();
        loop {
            if let Err(error) = self.read_due().await {
                tracing::warn!(%error, "mails that came in wait to be read");
            }
            tokio::select! {
                _ = stop.wait_for(|stopped| *stopped) => return,
                _ = work.changed() => {}
                () = tokio::time::sleep(PAUSE) => {}
            }
        }
    }
}

/// The LMTP listener's mails: one for all recipients, who are told the same.
impl Keep for Intake {
    fn keep(
        &self,
        from: String,
        to: Vec<String>,
        mail: Vec<u8>,
    ) -> futures_util::future::BoxFuture<'_, Kept> {
        Box::pin(async move {
            let masked: Vec<_> = to
                .iter()
                .map(|it| MailAddress::parse(it).map_or_else(|_| "…".to_owned(), |it| it.masked()))
                .collect();
            match self.take(Road::Lmtp, Envelope { from, to }, mail).await {
                Ok(id) => {
                    tracing::debug!(mail = %id, recipients = ?masked, "a mail was accepted");
                    Kept::Durable
                }
                Err(error) => {
                    tracing::error!(%error, recipients = ?masked, "a mail could not be accepted");
                    Kept::Later
                }
            }
        })
    }
}
