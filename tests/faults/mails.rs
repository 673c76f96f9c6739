//! A dispatch in the outbox, and what the mail server took beside what the states say.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;
use meldekette::app::App;
use meldekette::core::ids::AnyId;
use meldekette::core::text::{MailAddress, Title};
use meldekette::core::tlp::Tlp;
use meldekette::core::urgency::Urgency;
use meldekette::mail::content::{Content, Template};
use meldekette::mail::message::Recipient;
use meldekette::mail::outbox::{self, MailPurpose, MailState, MailStatus, NewMail};
use meldekette::store::schema;

use super::run::wait_until;

/// Writes a mail to each of these recipients into the outbox, in one transaction, as publishing an advisory does.
pub fn dispatch(app: &App, recipients: Vec<String>) -> AnyId {
    let dispatch = AnyId(app.env.uuid());
    let write = move |tx: &mut meldekette::store::Tx<'_>| {
        let text = Template::new("Bitte spielen Sie die Aktualisierung heute ein.")?;
        let body = outbox::add_body(
            tx,
            &Content::clear(Tlp::Green, Title::parse("Kritische Lücke").unwrap(), text)?,
        )?;
        let mails: Vec<_> = recipients
            .iter()
            .map(|to| NewMail {
                purpose: MailPurpose::Advisory,
                dispatch: Some(dispatch),
                to: Recipient { address: MailAddress::parse(to).unwrap(), name: None },
                urgency: Urgency::AdvisoryGrey,
                slots: Default::default(),
            })
            .collect();
        outbox::enqueue_all(tx, body, &mails).map(|_| dispatch)
    };
    app.db.write_now(write).unwrap()
}

/// So many recipients with addresses of their own.
pub fn administrations(count: usize) -> Vec<String> {
    (1..=count).map(|number| format!("it-sicherheit@gemeinde-{number}.example")).collect()
}

/// Where each mail of a dispatch stands.
pub fn statuses(app: &App, dispatch: AnyId) -> Vec<MailStatus> {
    app.db.read_now(|tx| outbox::list(tx, dispatch)).unwrap()
}

/// Waits until each mail is accepted, bounced or failed.
pub fn wait_for_the_end(app: &App, seconds: u64) {
    wait_until(seconds, "every recipient is in an end state", || {
        app.db.read_now(outbox::count_open).unwrap() == 0
    });
}

/// How many mails are with a worker.
pub fn leased(app: &App) -> i64 {
    let leased = schema::outbox::table.filter(schema::outbox::state.eq(MailState::Leased.code())).count();
    app.db.read_now(|tx| Ok(leased.get_result(tx.conn)?)).unwrap()
}

/// What the mail server took, beside what the states say.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Tally {
    pub recipients: usize,
    /// Recipients without an accepted mail, or whose state says otherwise.
    pub lost: usize,
    /// Mails that nobody wrote.
    pub strange: usize,
    /// Recipients who got the mail more than once.
    pub doubled: usize,
    /// Those among them whose state does not say so.
    pub unmarked: usize,
    /// Recipients whose state says that the mail may have come twice.
    pub marked: usize,
}

impl Tally {
    /// Compares.
    pub fn of(statuses: &[MailStatus], counts: &HashMap<String, usize>) -> Self {
        let known: HashSet<_> = statuses.iter().map(|mail| &mail.message_id).collect();
        let count = |mail: &MailStatus| counts.get(&mail.message_id).copied().unwrap_or(0);
        let number = |is: &dyn Fn(&MailStatus) -> bool| statuses.iter().filter(|mail| is(mail)).count();
        Self {
            recipients: statuses.len(),
            lost: number(&|mail| count(mail) == 0 || mail.state != MailState::Accepted),
            strange: counts.keys().filter(|id| !known.contains(id)).count(),
            doubled: number(&|mail| count(mail) > 1),
            unmarked: number(&|mail| count(mail) > 1 && !mail.possibly_duplicate),
            marked: number(&|mail| mail.possibly_duplicate),
        }
    }

    /// Sums up.
    pub fn add(&mut self, other: &Self) {
        self.recipients += other.recipients;
        self.lost += other.lost;
        self.strange += other.strange;
        self.doubled += other.doubled;
        self.unmarked += other.unmarked;
        self.marked += other.marked;
    }
}
