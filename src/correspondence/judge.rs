//! What a mail is, and what becomes of it: pure rules over what was read of it and what the house knows.

use serde::{Deserialize, Serialize};

use super::model::{Envelope, Kind, Proof};
use super::sheet::{Fate, Sheet};
use crate::core::ids::{IncidentId, MailId, OrgId, ThreadId};

/// Mail servers that a mail passes at most before it goes round (RFC 5321, 6.3, asks for at least 100; ways inside one
/// Land are shorter).
const HOPS: usize = 50;
/// Mails of one sender within an hour from which on no more are worked off by themselves.
pub const OFTEN: i64 = 30;

/// With whom a case's mails go to and fro.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Party {
    /// An organisation that has a part in the case.
    Organisation(OrgId),
    /// A third party, by its thread: what it writes is for the team alone.
    Thread(ThreadId),
}

impl Party {
    /// The organisation, where it is one.
    #[must_use]
    pub fn organisation(self) -> Option<OrgId> {
        match self {
            Self::Organisation(organisation) => Some(organisation),
            Self::Thread(_) => None,
        }
    }

    /// The thread, where it is one.
    #[must_use]
    pub fn thread(self) -> Option<ThreadId> {
        match self {
            Self::Thread(thread) => Some(thread),
            Self::Organisation(_) => None,
        }
    }
}

/// A case that a mail may belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub incident: IncidentId,
    pub reference: String,
    pub party: Party,
    /// Whether the sender is one to whom mails about it go there.
    pub is_sender_known: bool,
    /// Whether the organisation still takes part.
    pub is_open: bool,
}

/// The case that a subject names, and the thread that it may belong to there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    pub incident: IncidentId,
    pub reference: String,
    pub thread: Option<ThreadId>,
    /// By the number that the third party gave the matter, not by ours.
    pub is_theirs: bool,
}

/// What the house knows of a mail.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// It came to the address of this place.
    pub token: Option<Place>,
    /// It came to an address that looks like one of a place, and is none.
    pub is_token_wrong: bool,
    /// It answers a mail of this place.
    pub answer: Option<Place>,
    /// The case that its subject names.
    pub tag: Option<Named>,
    /// The mail of ours that a mail server speaks of.
    pub bounced: Option<Returned>,
    /// We made it, or one with its Message-ID.
    pub is_own: bool,
    pub is_blocked: bool,
    /// The same bytes came to the same recipients before.
    pub is_repeat: bool,
    /// Mails of this sender in the last hour.
    pub lately: i64,
}

/// A mail of ours that came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returned {
    pub mail: MailId,
    pub recipient: String,
}

/// What becomes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It joins the case, for the team and this organisation; from a third party for the team alone.
    Join(Place, Proof),
    /// A person decides whether it belongs to this case.
    Propose(IncidentId, Option<Party>, Proof),
    /// A person decides.
    Show,
    /// It is kept, and nothing else.
    Note,
}

/// A bounce in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BounceClass {
    /// It will not arrive.
    Permanent,
    /// The mail server tries on.
    Delayed,
    /// It arrived, or went on.
    Delivered,
}

/// What a mail is, what becomes of it, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    pub kind: Kind,
    pub outcome: Outcome,
    /// Codes, the decisive one first.
    pub reasons: Vec<&'static str>,
    pub bounce: Option<BounceClass>,
}

impl Verdict {
    fn new(kind: Kind, outcome: Outcome, reasons: Vec<&'static str>) -> Self {
        Self { kind, outcome, reasons, bounce: None }
    }

    /// What is said of a mail that nothing can be read of.
    #[must_use]
    pub fn unreadable(reason: &'static str) -> Self {
        Self::new(Kind::Unreadable, Outcome::Show, vec![reason])
    }
}

/// Says what a mail is and what becomes of it.
#[must_use]
pub fn judge(sheet: &Sheet, envelope: &Envelope, found: &Found) -> Verdict {
    let note = |kind, reasons| Verdict::new(kind, Outcome::Note, reasons);
    let round = loops(sheet, found);
    if !round.is_empty() {
        return note(Kind::Loop, round);
    }
    if found.is_repeat {
        return note(Kind::Repeat, vec!["same-bytes"]);
    }
    let bounce = bounces(sheet, envelope, found);
    if !bounce.is_empty() {
        let mut verdict = note(Kind::Bounce, bounce);
        verdict.bounce = Some(class(&sheet.fates));
        verdict.reasons.push(if found.bounced.is_some() { "of-our-mail" } else { "of-no-mail-of-ours" });
        return verdict;
    }
    if found.is_blocked {
        return note(Kind::Blocked, vec!["sender-blocked"]);
    }
    let auto = answered_by_a_machine(sheet, envelope);
    if !auto.is_empty() {
        // Third parties answer out of ticket systems, which mark what people write there in the same way.
        let third = placed(found).filter(|(place, _)| place.party.thread().is_some());
        return match third {
            Some((place, proof)) => {
                let proposed = Outcome::Propose(place.incident, Some(place.party), proof);
                Verdict::new(Kind::AutoReply, proposed, auto)
            }
            None => note(Kind::AutoReply, auto),
        };
    }
    if sheet.signs.is_list || ["bulk", "list", "junk"].contains(&sheet.signs.precedence.as_str()) {
        let proposed = placed(found).map(|(place, proof)| (place.incident, Some(place.party), proof));
        let tagged = found.tag.as_ref().map(|tag| (tag.incident, tag.thread.map(Party::Thread), Proof::Tag));
        let outcome = proposed
            .or(tagged)
            .map_or(Outcome::Show, |(incident, party, proof)| Outcome::Propose(incident, party, proof));
        return Verdict::new(Kind::List, outcome, vec!["to-many"]);
    }
    let mut verdict = person(found);
    if found.lately >= OFTEN {
        // Two machines that answer each other without saying that they are; or somebody who writes in a town hall's name
        // so that the town hall is not heard. Nothing joins a case by itself, and nothing is put away.
        if let Outcome::Join(place, proof) = verdict.outcome {
            verdict.outcome = Outcome::Propose(place.incident, Some(place.party), proof);
        }
        verdict.reasons.insert(0, "too-often");
    }
    verdict
}

/// Of somebody who wrote it themselves.
fn person(found: &Found) -> Verdict {
    if let Some((place, proof)) = placed(found) {
        let by = if proof == Proof::Token { "token-right" } else { "answers-our-mail" };
        let is_third = place.party.thread().is_some();
        let doubt = match (place.is_open, place.is_sender_known) {
            (false, _) => "organisation-gone",
            (true, false) if is_third => "sender-not-party",
            (true, false) => "sender-foreign",
            (true, true) => {
                let reasons = vec![by, if is_third { "sender-is-party" } else { "sender-known" }];
                return Verdict::new(Kind::Reply, Outcome::Join(place.clone(), proof), reasons);
            }
        };
        let proposed = Outcome::Propose(place.incident, Some(place.party), proof);
        return Verdict::new(Kind::Reply, proposed, vec![doubt, by]);
    }
    let mut reasons = Vec::new();
    if found.is_token_wrong {
        reasons.push("token-wrong");
    }
    if let Some(tag) = &found.tag {
        reasons.push(if tag.is_theirs { "subject-names-theirs" } else { "subject-names-case" });
        let outcome = Outcome::Propose(tag.incident, tag.thread.map(Party::Thread), Proof::Tag);
        return Verdict::new(Kind::Reply, outcome, reasons);
    }
    reasons.push("sender-answers-nothing");
    Verdict::new(Kind::Report, Outcome::Show, reasons)
}

/// The strongest of what leads to a case.
fn placed(found: &Found) -> Option<(&Place, Proof)> {
    let token = found.token.as_ref().map(|place| (place, Proof::Token));
    token.or_else(|| found.answer.as_ref().map(|place| (place, Proof::Answer)))
}

fn loops(sheet: &Sheet, found: &Found) -> Vec<&'static str> {
    let mut why = Vec::new();
    if found.is_own {
        why.push("own-mail");
    }
    if sheet.signs.received > HOPS {
        why.push("many-hops");
    }
    why
}

/// Words in the subject of what mail servers send back that say it in no other way.
const RETURNED: [&str; 16] = [
    "undelivered mail",
    "undeliverable",
    "delivery status notification",
    "delivery notification",
    "delivery has failed",
    "delivery failure",
    "mail delivery failed",
    "mail delivery system",
    "failure notice",
    "returned mail",
    "returned to sender",
    "delayed mail",
    "message delayed",
    "unzustellbar",
    "nicht zustellbar",
    "zustellung fehlgeschlagen",
];

fn bounces(sheet: &Sheet, envelope: &Envelope, found: &Found) -> Vec<&'static str> {
    let mut why = Vec::new();
    let has_status = sheet.fates.iter().any(|fate| !fate.action.is_empty());
    if sheet.signs.report == "delivery-status" || has_status {
        why.push("delivery-report");
    }
    let subject = sheet.subject.to_lowercase();
    let is_daemon =
        ["mailer-daemon@", "postmaster@", "mail-daemon@"].iter().any(|who| sheet.from.starts_with(who));
    let says_so = RETURNED.iter().any(|words| subject.contains(words));
    // One of these alone a person may write, too.
    let is_null = envelope.from.is_empty() && !envelope.to.is_empty() || sheet.signs.is_unanswerable;
    if says_so && (is_daemon || is_null || !sheet.fates.is_empty()) || is_daemon && !sheet.fates.is_empty() {
        why.push("words-of-a-mail-server");
    }
    // Nobody writes to such an address by hand.
    if found.bounced.is_some() && (is_null || is_daemon || says_so) {
        why.push("to-bounce-address");
    }
    why
}

/// The worst that a mail server says.
fn class(fates: &[Fate]) -> BounceClass {
    if fates.is_empty() || fates.iter().any(Fate::is_final) {
        BounceClass::Permanent
    } else if fates.iter().any(|fate| fate.action == "delayed" || fate.status.starts_with('4')) {
        BounceClass::Delayed
    } else {
        BounceClass::Delivered
    }
}

/// Beginnings of subjects of machines that do not say that they are one.
const AWAY: [&str; 9] = [
    "automatische antwort",
    "abwesenheitsnotiz",
    "abwesenheit:",
    "out of office",
    "automatic reply",
    "auto reply",
    "autoreply",
    "auto-reply",
    "vacation reply",
];

fn answered_by_a_machine(sheet: &Sheet, envelope: &Envelope) -> Vec<&'static str> {
    let mut why = Vec::new();
    let signs = &sheet.signs;
    if !signs.auto_submitted.is_empty() && signs.auto_submitted != "no" {
        why.push("auto-submitted");
    }
    // People's mail programs set these, too.
    let tells_nothing = ["X-Auto-Response-Suppress", "X-Loop"];
    if signs.auto_headers.iter().any(|name| !tells_nothing.contains(&name.as_str())) {
        why.push("header-of-an-autoresponder");
    }
    if signs.precedence == "auto_reply" {
        why.push("precedence");
    }
    let subject = sheet.subject.to_lowercase();
    if AWAY.iter().any(|words| subject.starts_with(words)) {
        why.push("subject-of-an-autoresponder");
    }
    let is_null = envelope.from.is_empty() && !envelope.to.is_empty() || signs.is_unanswerable;
    if is_null && !signs.is_list && signs.report.is_empty() {
        why.push("not-to-be-answered");
    }
    if signs.report == "disposition-notification" {
        why.push("read-receipt");
    }
    why
}
