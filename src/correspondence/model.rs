//! What a mail that came in is, and where it stands.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::core::codes::codes;
use crate::core::ids::{EvidenceId, InboundId, IncidentId, OrgId, ThreadId};
use crate::core::text::MailAddress;
use crate::mail::imap::Step;

/// The largest mail that is taken, in bytes.
pub const LARGEST: usize = 25 << 20;

codes! {
    /// By which way a mail came.
    Road {
        Lmtp = "lmtp",
        Pipe = "pipe",
        Imap = "imap",
    }
}

codes! {
    /// Where it stands.
    State {
        /// Nobody read it yet.
        Waiting = "waiting",
        /// A person decides.
        Open = "open",
        /// It belongs to a case.
        Joined = "joined",
        /// A report was made of it.
        Filed = "filed",
        /// Nothing is to be done with it: kept, and listed.
        Noted = "noted",
        /// A person decided that nothing is to be done with it.
        Discarded = "discarded",
    }
}

codes! {
    /// What it is.
    Kind {
        /// Answers something in a case.
        Reply = "reply",
        /// From somebody who answers nothing that is known.
        Report = "report",
        /// A mail server says what became of a mail (RFC 3464).
        Bounce = "bounce",
        /// A machine answers (RFC 3834).
        AutoReply = "auto_reply",
        /// Came from ourselves, or goes round and round.
        Loop = "loop",
        /// Goes to many.
        List = "list",
        /// From a sender that was blocked.
        Blocked = "blocked",
        /// The same bytes were taken before.
        Repeat = "repeat",
        /// Nothing can be read of it.
        Unreadable = "unreadable",
    }
}

codes! {
    /// What says that it belongs to a case, from the strongest to the weakest.
    Proof {
        /// It came to the address that was given to that organisation for that case.
        Token = "token",
        /// It answers a mail that was sent to that organisation about that case.
        Answer = "answer",
        /// Its subject names the case, as anybody may.
        Tag = "tag",
    }
}

/// Between whom a mail server carried a mail. What no address is stands as it came, without control characters.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// Empty for what must not be answered (RFC 5321, 4.5.5).
    pub from: String,
    pub to: Vec<String>,
}

/// Under which address mail comes in, handed in with `Provided`.
#[derive(Debug, Clone)]
pub struct MailInSettings {
    /// Where no address is set, mails about cases name none to answer to.
    pub address: Option<MailAddress>,
    /// Where bounces come back to, as the outbox writes it.
    pub bounces: MailAddress,
    /// The sender of all mails.
    pub from: MailAddress,
}

/// What stands between the local part and the token.
const MARK: &str = "+v1-";

impl MailInSettings {
    /// The address to which the holder of a token answers.
    #[must_use]
    pub fn reply_to(&self, token: &str) -> Option<MailAddress> {
        let (local, domain) = self.address.as_ref()?.as_str().split_once('@')?;
        MailAddress::parse(&format!("{local}{MARK}{token}@{domain}")).ok()
    }

    /// The token in an address. Case does not count: mail servers fold it.
    #[must_use]
    pub fn token(&self, address: &str) -> Option<String> {
        let (local, domain) = self.address.as_ref()?.as_str().split_once('@')?;
        let folded = address.trim().to_ascii_lowercase();
        let (theirs, at) = folded.rsplit_once('@')?;
        let token = theirs.strip_prefix(local)?.strip_prefix(MARK)?;
        let is_one = at == domain && token.len() == 32 && token.bytes().all(|b| b.is_ascii_hexdigit());
        is_one.then(|| token.to_owned())
    }

    /// The mail of ours that a bounce to this address is about (VERP).
    #[must_use]
    pub fn bounced(&self, address: &str) -> Option<uuid::Uuid> {
        let (local, domain) = self.bounces.as_str().split_once('@')?;
        let folded = address.trim().to_ascii_lowercase();
        let (theirs, at) = folded.rsplit_once('@')?;
        let id = theirs.strip_prefix(local)?.strip_prefix('+')?;
        if at == domain { uuid::Uuid::try_parse(id).ok() } else { None }
    }

    /// Whether mail from this address is our own.
    #[must_use]
    pub fn is_own(&self, address: &str) -> bool {
        let folded = address.trim().to_ascii_lowercase();
        folded == self.from.as_str()
            || self.address.as_ref().is_some_and(|own| folded == own.as_str())
            || self.token(&folded).is_some()
            || self.bounced(&folded).is_some()
    }
}

/// What the mailbox is called for people, handed in with `Provided` where one is configured.
#[derive(Debug, Clone)]
pub struct MailboxName {
    /// Account and folder.
    pub name: String,
    /// Where mails lie that were not taken.
    pub refused: String,
}

/// How the last look went.
#[derive(Debug, Clone, Default)]
pub struct Poll {
    pub polled_at: Option<Timestamp>,
    pub failing_since: Option<Timestamp>,
    pub tries: i32,
    /// Code of [`crate::mail::imap::Step`].
    pub step: String,
    pub words: String,
    pub refused: i64,
}

impl Poll {
    /// What to do about it, as a Fluent key.
    #[must_use]
    pub fn step_key(&self) -> &'static str {
        match Step::parse(&self.step) {
            Some(Step::Connect) => "correspondence-mailbox-connect",
            Some(Step::Tls) => "correspondence-mailbox-tls",
            Some(Step::Login) => "correspondence-mailbox-login",
            Some(Step::Folder | Step::Move) => "correspondence-mailbox-folder",
            Some(Step::Keep) => "correspondence-mailbox-keep",
            Some(Step::List | Step::Fetch) | None => "correspondence-mailbox-fetch",
        }
    }
}

/// What a look found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Look {
    /// Mails that were taken.
    pub taken: usize,
    /// Mails in the folder of those that were not.
    pub refused: u32,
    /// More wait than one look takes.
    pub is_more: bool,
}

/// A mail that came in, as the inbox shows it.
#[derive(Debug, Clone)]
pub struct Inbound {
    pub id: InboundId,
    pub received_at: Timestamp,
    pub road: Road,
    pub size: u64,
    pub state: State,
    /// None until it was read.
    pub kind: Option<Kind>,
    /// Codes of why.
    pub reasons: Vec<String>,
    pub incident: Option<IncidentId>,
    pub organisation: Option<OrgId>,
    /// The thread with a third party, where it belongs to one, or perhaps does.
    pub thread: Option<ThreadId>,
    pub proof: Option<Proof>,
    pub attempts: i32,
    pub settled_at: Option<Timestamp>,
    pub version: i32,
    pub envelope: Envelope,
    pub sender: String,
    pub sender_name: String,
    pub subject: String,
    /// Why it was discarded.
    pub note: String,
}

/// What was attached to it.
#[derive(Debug, Clone)]
pub struct Attached {
    pub id: EvidenceId,
    pub name: String,
    pub media_type: String,
    pub size: u64,
    pub sha256: Vec<u8>,
    /// Handed out in a locked archive only.
    pub is_sample: bool,
    pub data_key: Vec<u8>,
}

/// Endings of files that run something when they are opened.
const RUNS: [&str; 32] = [
    "exe", "scr", "com", "pif", "bat", "cmd", "ps1", "psm1", "vbs", "vbe", "js", "jse", "wsf", "wsh", "hta",
    "msi", "msp", "jar", "lnk", "url", "iso", "img", "vhd", "dll", "cpl", "chm", "one", "docm", "xlsm",
    "xlsb", "pptm", "reg",
];

/// Whether a file of this ending is taken for a sample: it leaves the house in a locked archive only.
#[must_use]
pub fn runs(ending: &str) -> bool {
    RUNS.contains(&ending)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_found_however_a_mail_server_spells_the_address_and_nowhere_else() {
        let address = |text| MailAddress::parse(text).unwrap();
        let settings = MailInSettings {
            address: Some(address("cert@cert.example")),
            bounces: address("bounces@cert.example"),
            from: address("post@cert.example"),
        };
        let token = "0123456789abcdef0123456789abcdef";
        let given = settings.reply_to(token).unwrap();
        assert_eq!(given.as_str(), format!("cert+v1-{token}@cert.example"));
        for spelled in [given.as_str().to_owned(), given.as_str().to_uppercase(), format!(" {given} ")] {
            assert_eq!(settings.token(&spelled).as_deref(), Some(token), "{spelled}");
        }
        for other in [
            format!("cert+v1-{token}@evil.example"),
            format!("cert+v1-{token}0@cert.example"),
            format!("cert+v1-{}@cert.example", &token[1..]),
            format!("cert+v2-{token}@cert.example"),
            "cert+v1-ßßßßßßßßßßßßßßßßßßßßßßßßßßßßßßßß@cert.example".to_owned(),
            "@".to_owned(),
            String::new(),
        ] {
            assert_eq!(settings.token(&other), None, "{other}");
        }
        assert!(settings.is_own("POST@cert.example") && !settings.is_own("jemand@cert.example"));
        let id = uuid::Uuid::from_u128(7);
        assert_eq!(settings.bounced(&format!("Bounces+{}@cert.example", id.simple())), Some(id));
        assert_eq!(settings.bounced("bounces+x@cert.example"), None);
    }
}
