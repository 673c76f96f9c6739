//! A thread with one counterpart, and its mails.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::core::codes::codes;
use crate::core::i18n::{Lang, text};
use crate::core::ids::{EntryId, IncidentId, MailId, ThreadId};
use crate::core::text::{Line, MailAddress, Name, Prose};
use crate::core::tlp::Tlp;
use crate::mail::outbox::MailState;

codes! {
    /// What a counterpart is.
    PartyKind {
        Hoster = "hoster",
        Registrar = "registrar",
        /// Another CERT, here or abroad.
        Cert = "cert",
        Police = "police",
        Prosecutor = "prosecutor",
        DataProtection = "data_protection",
        Vendor = "vendor",
        Other = "other",
    }
}

codes! {
    /// Where a thread stands.
    State {
        Open = "open",
        Closed = "closed",
    }
}

codes! {
    /// Which way a mail went.
    Direction {
        Out = "out",
        In = "in",
    }
}

/// What is written on a thread: short enough that a drill's mark and both reference numbers fit beside it.
pub type Subject = Line<100>;
/// What the counterpart calls the matter.
pub type TheirReference = Line<60>;

/// A thread that is begun.
#[derive(Debug, Clone)]
pub struct NewThread {
    pub kind: PartyKind,
    pub party: Name,
    pub address: MailAddress,
    pub subject: Subject,
    pub their_reference: Option<TheirReference>,
    pub letter: Letter,
}

/// What an analyst writes to a counterpart.
#[derive(Debug, Clone)]
pub struct Letter {
    pub text: Prose,
    /// The label that the analyst gives this text of its own.
    pub tlp: Tlp,
    /// The analyst says that the text may go out under a wider label than the case's.
    pub is_confirmed: bool,
    /// When whoever works on the case is reminded, unless an answer came.
    pub remind_at: Option<Timestamp>,
}

/// A thread as it stands.
#[derive(Debug, Clone)]
pub struct Thread {
    pub id: ThreadId,
    pub incident: IncidentId,
    pub kind: PartyKind,
    pub state: State,
    /// 128 random bits in hexadecimal: a secret between the two.
    pub token: String,
    pub follow_up_at: Option<Timestamp>,
    /// The reminder went off and no answer came since.
    pub is_silent: bool,
    /// Since when an answer is out.
    pub waits_since: Option<Timestamp>,
    pub last_at: Timestamp,
    pub last_message_id: Option<String>,
    /// Rises with each change; a form sends back the one it saw.
    pub version: i32,
    /// Empty where it was erased, as all that follows.
    pub party: String,
    pub address: String,
    pub subject: String,
    pub their_reference: String,
}

impl Thread {
    /// Who it is with, or what stands for one that was erased.
    #[must_use]
    pub fn shown_party(&self) -> String {
        if self.party.is_empty() { text(Lang::De, "thread-erased").into_owned() } else { self.party.clone() }
    }

    /// Whether this address is the counterpart's own.
    #[must_use]
    pub fn is_of(&self, address: &str) -> bool {
        !self.address.is_empty() && self.address.eq_ignore_ascii_case(address)
    }

    /// Whether this address is of the counterpart's house: their systems answer from others than were written to.
    #[must_use]
    pub fn is_of_house(&self, address: &str) -> bool {
        let domain = |of: &str| of.rsplit_once('@').map(|(_, domain)| domain.to_lowercase());
        self.is_of(address) || domain(&self.address).is_some_and(|own| domain(address) == Some(own))
    }
}

/// A mail of a thread, with its line on the timeline.
#[derive(Debug, Clone)]
pub struct Message {
    pub direction: Direction,
    pub at: Timestamp,
    pub entry: EntryId,
    pub mail: Option<MailId>,
    /// Where a mail that went out stands.
    pub stands: Option<MailState>,
}

/// Wakes when a counterpart was silent for as long as somebody gave them.
#[derive(Debug, Serialize, Deserialize)]
pub struct FallSilent {
    pub thread: ThreadId,
}

/// The letters and digits of a reference number in capitals; nothing of one too short or without a digit, which might
/// stand in any subject.
#[must_use]
pub fn key(reference: &str) -> String {
    let key: String =
        reference.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect();
    let is_one = key.chars().count() >= SHORTEST && key.chars().any(|c| c.is_ascii_digit());
    if is_one { key } else { String::new() }
}

/// Signs of the shortest reference number that is looked for in subjects.
const SHORTEST: usize = 5;
/// Words of a subject that are looked at, and how many of them in a row may be one reference number.
const WORDS: usize = 40;
const IN_A_ROW: usize = 5;

/// What in a subject may be a reference number, as [`key`] writes it.
#[must_use]
pub fn keys_in(subject: &str) -> Vec<String> {
    let words: Vec<&str> = subject
        .split(|c: char| c.is_whitespace() || "[](){}<>,;".contains(c))
        .filter(|word| !word.is_empty())
        .take(WORDS)
        .collect();
    let mut keys: Vec<String> = (0..words.len())
        .flat_map(|from| (1..=IN_A_ROW.min(words.len() - from)).map(move |count| (from, count)))
        .map(|(from, count)| key(&words[from..from + count].concat()))
        .filter(|key| !key.is_empty())
        .collect();
    keys.sort();
    keys.dedup();
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_number_is_found_in_a_subject_however_it_is_spelled() {
        for (subject, reference) in [
            ("AW: Phishing-Seite [Ticket#884213]", "Ticket#884213"),
            ("Re: Ihr Zeichen ST/0123456/2026 wegen Anzeige", "st 0123456-2026"),
            ("12 Js 345/26: Akteneinsicht", "12 Js 345/26"),
        ] {
            assert!(keys_in(subject).contains(&key(reference)), "{subject}: {:?}", keys_in(subject));
        }
        for none in ["", "A1", "Anzeige", "1234", "--- ###"] {
            assert_eq!(key(none), "", "{none}");
        }
        assert!(keys_in(&"Wort1 ".repeat(5_000)).len() <= WORDS * IN_A_ROW);
    }
}
