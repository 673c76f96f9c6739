//! What waits, and what was given up: every dead letter is seen by a person.

use std::str::FromStr;

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use askama::Template;
use jiff::{SignedDuration, Timestamp};

use super::words::word_or_code;
use crate::access::guard::Visitor;
use crate::access::policy::{Action, Facts, check};
use crate::audit::model::{Entry, SubjectKind};
use crate::audit::service::record_all;
use crate::core::error::{Error, Result};
use crate::core::ids::{JobId, MailId};
use crate::core::text::MailAddress;
use crate::correspondence::model::{MailboxName, Poll};
use crate::correspondence::service as correspondence;
use crate::crypto::keys::Validity;
use crate::mail::dead::{self, DeadMail};
use crate::mail::outbox::{MailPurpose, MailState};
use crate::mail::way::Why;
use crate::queue;
use crate::store::Tx;
use crate::web::site::Site;
use crate::web::{Failure, FormData, Shell};

/// Failed mails on the page.
const SHOWN: i64 = 300;
/// So far back reach mails that went out without content because of a key.
const UNSEALED: SignedDuration = SignedDuration::from_hours(24 * 30);

struct Count {
    key: &'static str,
    number: i64,
    is_bad: bool,
}

struct FailedMail {
    id: MailId,
    /// How many of the list are like this one, on the first of them.
    alike: usize,
    /// The organisation that an advisory goes to.
    organisation: Option<String>,
    recipient: String,
    purpose: String,
    at: Timestamp,
    answer: String,
}

struct DeadJob {
    id: JobId,
    what: String,
    name: String,
    attempts: i32,
    at: Timestamp,
    error: String,
}

#[derive(Template)]
#[template(path = "desk/templates/queues.html")]
struct QueuesPage {
    sh: Shell,
    /// Where no mail leaves because the certificate that signs them is not valid now: when it is.
    unsigned: Option<Validity>,
    mail_counts: Vec<Count>,
    /// What the last try ended with, and for how many mails that wait.
    waiting: Vec<(String, i64)>,
    failed_mails: Vec<FailedMail>,
    dead_jobs: Vec<DeadJob>,
    /// To whom mails went without content although a key is on file: the Fluent key of the reason, and when.
    unsealed: Vec<(String, &'static str, Timestamp)>,
    /// Where mails are taken out of a mailbox: which one, and how that goes.
    mailbox: Option<(MailboxName, Poll)>,
}

fn count((state, number): (MailState, i64)) -> Count {
    let (key, is_bad) = match state {
        MailState::Queued => ("desk-mail-queued", false),
        MailState::Leased => ("desk-mail-leased", false),
        MailState::Accepted => ("desk-mail-accepted", false),
        MailState::Bounced => ("desk-mail-bounced", number > 0),
        MailState::Failed => ("desk-mail-failed", number > 0),
    };
    Count { key, number, is_bad }
}

/// Shows both queues.
pub(super) async fn show(
    visitor: Visitor,
    site: Data<Site>,
    signing: Data<Validity>,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    let since = visitor.env().now() - UNSEALED;
    let (mut counts, waiting, failed, dead, (mailbox, unsealed)) = site
        .db
        .read(move |tx| {
            check(tx, &actor, Action::ReadQueues, Facts::of(&actor))?;
            let mails = (dead::count_all(tx)?, dead::list_waiting(tx, 20)?, dead::list(tx, SHOWN)?);
            let mailbox = correspondence::mailbox(tx, &actor)?;
            let unsealed = dead::list_unsealed(tx, since, SHOWN)?;
            Ok((mails.0, mails.1, mails.2, queue::dead_letters(tx)?, (mailbox, unsealed)))
        })
        .await?;
    counts.sort_by_key(|(state, _)| *state as u8);
    // An administrator sees that a mail failed, not to whom an organisation writes.
    let masked = |text: &str| MailAddress::parse(text).map_or(String::new(), |mail| mail.masked());
    visitor.page(&QueuesPage {
        unsigned: signing.check(visitor.env().now()).is_err().then_some(**signing),
        sh: visitor.shell_of("desk-queues-title"),
        mailbox,
        mail_counts: counts.into_iter().map(count).collect(),
        waiting,
        unsealed: unsealed.into_iter().map(|it| (masked(&it.recipient), reason(it.why), it.at)).collect(),
        failed_mails: failed
            .iter()
            .enumerate()
            .map(|(place, mail)| FailedMail {
                id: mail.id,
                alike: alike(&failed, place),
                // Who gets advisories stands in the register. Who writes to the CERT is nobody's business here.
                organisation: (mail.purpose == MailPurpose::Advisory.code())
                    .then(|| mail.recipient_name.clone()),
                recipient: masked(&mail.recipient),
                purpose: word_or_code("desk-purpose", &mail.purpose),
                at: mail.at,
                answer: mail.answer.clone().unwrap_or_default(),
            })
            .collect(),
        dead_jobs: dead
            .into_iter()
            .map(|job| DeadJob {
                id: job.id,
                what: word_or_code("desk-job", &job.name),
                name: job.name,
                attempts: job.attempts,
                at: job.created_at.into(),
                error: job.last_error.unwrap_or_default(),
            })
            .collect(),
    })
}

fn reason(why: Why) -> &'static str {
    match why {
        Why::Ended => "desk-unsealed-ended",
        Why::NotYet => "desk-unsealed-not-yet",
        Why::Unusable => "desk-unsealed-unusable",
        Why::Function | Why::NoKey | Why::Erased => "desk-unsealed-erased",
    }
}

/// How many mails are like the one at `place`, if it is the first of them.
fn alike(failed: &[DeadMail], place: usize) -> usize {
    let mail = &failed[place];
    if failed[..place].iter().any(|before| before.is_like(mail)) {
        return 0;
    }
    failed[place..].iter().filter(|other| other.is_like(mail)).count()
}

/// Tries a failed mail again, and all that belong to the same dispatch and failed for the same reason.
pub(super) async fn send_alike_again(
    visitor: Visitor,
    site: Data<Site>,
    id: Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let all = |tx: &mut Tx<'_>, id| Ok(dead::revive_alike(tx, id)?.into_iter().map(mail_revived).collect());
    again(visitor, &site, &id, &typed, all).await
}

/// Tries a failed mail again.
pub(super) async fn send_again(
    visitor: Visitor,
    site: Data<Site>,
    id: Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let one = |tx: &mut Tx<'_>, id| dead::revive(tx, id).map(|()| vec![mail_revived(id)]);
    again(visitor, &site, &id, &typed, one).await
}

/// Tries a dead job again.
pub(super) async fn revive(
    visitor: Visitor,
    site: Data<Site>,
    id: Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let job = |tx: &mut Tx<'_>, id: JobId| {
        queue::revive(tx, id)?;
        Ok(vec![Entry::new("job.revive", SubjectKind::Job, id)])
    };
    again(visitor, &site, &id, &typed, job).await
}

fn mail_revived(id: MailId) -> Entry {
    Entry::new("mail.revive", SubjectKind::Mail, id)
}

/// Tries again what was given up, by `revive`, and records what that says.
async fn again<I: FromStr + Copy + Send + 'static>(
    visitor: Visitor,
    site: &Site,
    id: &str,
    typed: &FormData,
    revive: impl Fn(&mut Tx<'_>, I) -> Result<Vec<Entry>> + Send + 'static,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    typed.only(&[])?;
    let id: I = id.parse().map_err(|_| Error::NotFound)?;
    site.db
        .write(move |tx| {
            check(tx, &actor, Action::ReviveDeadLetter, Facts::of(&actor))?;
            let revived = revive(tx, id)?;
            record_all(tx, &actor, &revived)
        })
        .await?;
    Ok(visitor.redirect("/warteschlangen", "desk-done-revived"))
}
