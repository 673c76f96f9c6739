//! What is read of a mail: done in a process of its own that bounds itself, because a mail may do to its reader what it
//! wants. Nothing in it is carried out, loaded or opened.

use std::io::{Read as _, Write as _};

use mail_parser::{HeaderName, HeaderValue, Message, MessageParser, MimeHeaders as _, PartType};
use serde::{Deserialize, Serialize};

use super::layers::{Fact, Material, Want, peel};
use super::model::LARGEST;
use super::seals::Seal;
use crate::incidents::evidence::service::{Letter, legible, limit_myself, read_letter};

/// The command of the own program that reads one mail from its input.
pub const COMMAND: &str = "read-inbound";
/// Bytes that it may say: the sheet, and the attachments behind it.
pub const ANSWER: u64 = (LARGEST as u64) * 2;
/// Attachments that become files of their own; more stay in the mail, which is kept whole.
const FILES: usize = 100;
/// Bytes of all of them.
const FILE_BYTES: usize = LARGEST + (LARGEST >> 1);
/// Addresses, references and recipients of a bounce that are looked at.
const MANY: usize = 100;
/// Characters of an address, a subject and an id.
const LINE: usize = 500;

/// A mail, read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    /// Headers, text and the names of what is attached, safe to show.
    pub letter: Shown,
    pub from: String,
    pub from_name: String,
    /// `To` and `Cc`.
    pub to: Vec<String>,
    pub subject: String,
    pub message_id: Option<String>,
    /// What it answers: `In-Reply-To` first, then `References` from the newest to the oldest.
    pub answers: Vec<String>,
    pub signs: Signs,
    /// What a mail server says became of mails.
    pub fates: Vec<Fate>,
    /// The Message-ID of the mail that a mail server sends back.
    pub returned: Option<String>,
    pub files: Vec<FileHead>,
    /// Attachments that stay in the mail alone.
    pub more_files: usize,
    /// What its signatures and its encryption are worth. Judged where the keys are on file, not by who reads the mail.
    #[serde(default)]
    pub seals: Vec<Seal>,
}

/// What a reader says of a mail, beside its attachments.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Read {
    pub sheet: Sheet,
    /// What it found of signatures and encryption.
    pub facts: Vec<Fact>,
    /// Which keys would open more.
    pub wants: Vec<Want>,
}

/// What is shown of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    pub headers: Vec<(String, String)>,
    pub more_headers: usize,
    pub text: String,
    pub is_text_cut: bool,
}

impl From<Letter> for Shown {
    fn from(letter: Letter) -> Self {
        let Letter { headers, more_headers, text, is_text_cut, .. } = letter;
        Self { headers, more_headers, text, is_text_cut }
    }
}

/// What in its headers tells that no person wrote it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signs {
    /// The first word of `Auto-Submitted` (RFC 3834), in lower case.
    pub auto_submitted: String,
    pub precedence: String,
    /// Names of other headers that autoresponders set.
    pub auto_headers: Vec<String>,
    pub is_list: bool,
    /// `Content-Type: multipart/report`, with its type.
    pub report: String,
    /// Mail servers that it passed.
    pub received: usize,
    /// A mail server delivered it to these before.
    pub delivered_to: Vec<String>,
    /// `Return-Path: <>`.
    pub is_unanswerable: bool,
    pub is_encrypted: bool,
}

/// What became of a mail to one recipient (RFC 3464).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fate {
    pub recipient: String,
    /// `failed`, `delayed`, `delivered`, `relayed` or `expanded`; empty where the mail server says it in words alone.
    pub action: String,
    /// `5.1.1`.
    pub status: String,
    pub why: String,
}

impl Fate {
    /// Whether the recipient will not get it.
    #[must_use]
    pub fn is_final(&self) -> bool {
        match self.action.as_str() {
            "failed" | "error" => true,
            "" => !self.status.starts_with(['2', '4']),
            _ => false,
        }
    }
}

/// An attachment; its bytes follow the sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileHead {
    pub name: String,
    pub media_type: String,
    pub size: usize,
}

fn line(text: &str) -> String {
    let one: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    legible(&one, LINE).0
}

/// Reads a mail, as far as it opens, and takes its attachments out. `None`: these bytes are none.
#[must_use]
pub fn read(bytes: &[u8], material: &Material) -> Option<(Read, Vec<Vec<u8>>)> {
    let peeled = peel(bytes, material);
    let (sheet, contents) = read_plain(peeled.mail.as_deref().unwrap_or(bytes))?;
    Some((Read { sheet, facts: peeled.facts, wants: peeled.wants }, contents))
}

fn read_plain(bytes: &[u8]) -> Option<(Sheet, Vec<Vec<u8>>)> {
    let letter = read_letter(bytes)?;
    let message = MessageParser::default().parse(bytes)?;
    let (from, from_name) = sender(&message);
    let (files, contents, more_files) = files(&message);
    let mut sheet = Sheet {
        letter: letter.into(),
        from,
        from_name,
        to: recipients(&message),
        subject: line(message.subject().unwrap_or_default()),
        message_id: message.message_id().map(line),
        answers: answers(&message),
        signs: signs(&message),
        fates: Vec::new(),
        returned: None,
        files,
        more_files,
        seals: Vec::new(),
    };
    let (fates, returned) = fates(&message, &sheet);
    (sheet.fates, sheet.returned) = (fates, returned);
    Some((sheet, contents))
}

/// Address and name of who wrote it. A mail that names several is from nobody that is known: mail servers look at one of
/// them (RFC 7489, 6.6.1), and nobody can say at which. Their addresses stand as the name.
fn sender(message: &Message<'_>) -> (String, String) {
    let fields = message.headers().iter().filter(|field| field.name == HeaderName::From);
    let lists: Vec<_> = fields.filter_map(|field| field.value.as_address()).collect();
    let all: Vec<_> = lists.iter().flat_map(|list| list.iter()).take(MANY).collect();
    match all.as_slice() {
        [one] if lists.len() == 1 => {
            (line(one.address().unwrap_or_default()).to_lowercase(), line(one.name().unwrap_or_default()))
        }
        several => {
            let addresses: Vec<_> = several.iter().filter_map(|one| one.address()).collect();
            (String::new(), line(&addresses.join(", ")))
        }
    }
}

fn recipients(message: &Message<'_>) -> Vec<String> {
    let all = message.to().into_iter().chain(message.cc()).flat_map(|list| list.iter());
    all.filter_map(|one| one.address()).take(MANY).map(line).collect()
}

fn answers(message: &Message<'_>) -> Vec<String> {
    let ids = |value: &HeaderValue<'_>| -> Vec<String> {
        let list = value.as_text_list().unwrap_or_default();
        list.iter().rev().take(MANY).map(|id| line(id)).collect()
    };
    let mut all = ids(message.in_reply_to());
    all.extend(ids(message.references()));
    let mut seen = std::collections::HashSet::new();
    all.retain(|id| seen.insert(id.clone()));
    all
}

fn signs(message: &Message<'_>) -> Signs {
    let of = |name: &str| -> String {
        let raw = message.header_raw(name).unwrap_or_default();
        let word = raw.trim().split([' ', ';', '(', '\t', '\r', '\n']).next().unwrap_or_default();
        line(&word.to_lowercase())
    };
    let has = |name: &str| message.header_raw(name).is_some();
    let kind = message.content_type();
    let report = kind.filter(|kind| kind.ctype().eq_ignore_ascii_case("multipart"));
    let is =
        |sub: &str| report.and_then(|kind| kind.subtype()).is_some_and(|it| it.eq_ignore_ascii_case(sub));
    let is_smime = kind.is_some_and(|kind| {
        kind.subtype().is_some_and(|it| {
            it.eq_ignore_ascii_case("pkcs7-mime") || it.eq_ignore_ascii_case("x-pkcs7-mime")
        })
    });
    Signs {
        auto_submitted: of("Auto-Submitted"),
        precedence: of("Precedence"),
        auto_headers: [
            "X-Autoreply",
            "X-Autorespond",
            "X-Autoresponder",
            "X-Auto-Reply-From",
            "X-Auto-Response-Suppress",
            "X-Mail-Autoreply",
            "X-Autogenerated",
            "X-Loop",
        ]
        .into_iter()
        .filter(|name| has(name))
        .map(str::to_owned)
        .collect(),
        is_list: ["List-Id", "List-Post", "List-Unsubscribe", "X-BeenThere"].into_iter().any(has),
        report: if is("report") {
            report.and_then(|kind| kind.attribute("report-type")).unwrap_or("delivery-status").to_lowercase()
        } else {
            String::new()
        },
        received: message.headers().iter().filter(|header| header.name == HeaderName::Received).count(),
        delivered_to: message
            .headers()
            .iter()
            .filter(|header| header.name().eq_ignore_ascii_case("Delivered-To"))
            .filter_map(|header| header.value.as_text())
            .take(MANY)
            .map(|it| line(it).to_lowercase())
            .collect(),
        is_unanswerable: message.header_raw("Return-Path").is_some_and(|path| path.trim() == "<>"),
        is_encrypted: is("encrypted") || is_smime,
    }
}

/// What stands in parts of type `message/delivery-status`, otherwise in words; and which mail is sent back.
fn fates(message: &Message<'_>, sheet: &Sheet) -> (Vec<Fate>, Option<String>) {
    let (mut found, mut returned) = (Vec::new(), None);
    for part in &message.parts {
        let kind = part
            .content_type()
            .map(|kind| format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or_default()).to_lowercase());
        match kind.as_deref() {
            Some("message/delivery-status") => {
                found.extend(statuses(&String::from_utf8_lossy(part.contents())))
            }
            Some("message/rfc822" | "text/rfc822-headers" | "message/global") => {
                let id = match &part.body {
                    PartType::Message(inner) => inner.message_id().map(line),
                    _ => MessageParser::default()
                        .parse_headers(part.contents())
                        .and_then(|it| it.message_id().map(line)),
                };
                returned = returned.or(id);
            }
            _ => {}
        }
    }
    let mut seen = std::collections::HashSet::new();
    found.retain(|fate| seen.insert(fate.recipient.clone()));
    found.truncate(MANY);
    if found.is_empty() {
        found = told(&sheet.letter.text);
    }
    (found, returned.or_else(|| quoted_id(&sheet.letter.text)))
}

/// Blocks of fields, one for each recipient behind the one about the mail itself (RFC 3464, 2.1).
fn statuses(text: &str) -> Vec<Fate> {
    let text = text.replace("\r\n", "\n");
    text.split("\n\n").filter_map(status).take(MANY).collect()
}

fn status(block: &str) -> Option<Fate> {
    let mut fields: Vec<(String, String)> = Vec::new();
    for it in block.lines() {
        match (it.starts_with([' ', '\t']), it.split_once(':'), fields.last_mut()) {
            (true, _, Some((_, value))) => {
                value.push(' ');
                value.push_str(it.trim());
            }
            (false, Some((name, value)), _) => {
                fields.push((name.trim().to_lowercase(), value.trim().to_owned()))
            }
            _ => {}
        }
    }
    let of = |name: &str| fields.iter().find(|(it, _)| it == name).map(|(_, value)| value.as_str());
    let behind = |value: &str| value.split_once(';').map_or(value, |(_, rest)| rest).trim().to_owned();
    // As we wrote it, where the mail server says so: it may have gone on to another.
    let recipient = of("original-recipient").or_else(|| of("final-recipient"))?;
    Some(Fate {
        recipient: line(behind(recipient).trim_matches(['<', '>'])).to_lowercase(),
        action: line(&of("action").unwrap_or_default().to_lowercase()),
        status: line(of("status").unwrap_or_default().split(' ').next().unwrap_or_default()),
        why: line(&behind(of("diagnostic-code").unwrap_or_default())),
    })
}

/// Words by which mail servers that know no better begin to list who did not get a mail.
const LISTED: [&str; 9] = [
    "failed recipient",
    "could not be delivered to",
    "cannot be delivered to",
    "permanent fatal errors",
    "delivery has failed to these recipients",
    "not be delivered to one or more",
    "following address",
    "konnte nicht zugestellt werden",
    "nicht zugestellt werden an",
];

/// The addresses that stand behind such words.
fn told(text: &str) -> Vec<Fate> {
    let folded = text.to_lowercase();
    let Some(from) = LISTED.iter().filter_map(|words| folded.find(words).map(|at| at + words.len())).min()
    else {
        return Vec::new();
    };
    let mut found: Vec<Fate> = Vec::new();
    for it in folded[from..].lines().take(20) {
        // From here on it is the mail that is sent back.
        if it.starts_with("received:") || it.starts_with("return-path:") {
            break;
        }
        let words = it.split(|c: char| c.is_whitespace() || "<>()[]:;,\"'".contains(c));
        let Some(recipient) = words.into_iter().find(|word| is_address(word)) else { continue };
        if found.iter().any(|fate| fate.recipient == recipient) {
            continue;
        }
        found.push(Fate {
            recipient: line(recipient),
            action: String::new(),
            status: code(it),
            why: line(it),
        });
    }
    found
}

fn is_address(word: &str) -> bool {
    word.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && domain.contains('.'))
}

/// `5.1.1`, or what an old `550` stands for.
fn code(words: &str) -> String {
    let parts = words.split(|c: char| !c.is_ascii_digit() && c != '.');
    let mut found = String::new();
    for part in parts {
        let dots = part.matches('.').count();
        if dots == 2 && part.starts_with(['2', '4', '5']) && part.len() <= 9 {
            return part.to_owned();
        }
        if part.len() == 3 && dots == 0 && part.starts_with(['4', '5']) {
            found = format!("{}.0.0", &part[..1]);
        }
    }
    found
}

/// The Message-ID in a mail that was sent back as text.
fn quoted_id(text: &str) -> Option<String> {
    let of = |it: &str| -> Option<String> {
        let (name, value) = it.split_once(':')?;
        let id = value.trim().strip_prefix('<')?.strip_suffix('>')?;
        name.trim().eq_ignore_ascii_case("message-id").then(|| line(id))
    };
    text.lines().find_map(of)
}

fn files(message: &Message<'_>) -> (Vec<FileHead>, Vec<Vec<u8>>, usize) {
    let (mut heads, mut contents, mut bytes) = (Vec::new(), Vec::new(), 0);
    let mut left_out = 0;
    for part in message.attachments() {
        let content = part.contents();
        if content.is_empty() {
            continue;
        }
        if heads.len() >= FILES || bytes + content.len() > FILE_BYTES {
            left_out += 1;
            continue;
        }
        bytes += content.len();
        let kind = part.content_type();
        let media_type = kind.map(|kind| format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or_default()));
        let plain = |text: String| text.chars().filter(char::is_ascii_graphic).take(100).collect::<String>();
        let name = match (part.attachment_name(), &part.body) {
            (Some(name), _) => legible(name, LINE).0,
            (None, PartType::Message(_)) => "mail.eml".to_owned(),
            (None, _) => String::new(),
        };
        heads.push(FileHead { name, media_type: plain(media_type.unwrap_or_default()), size: content.len() });
        contents.push(content.to_vec());
    }
    (heads, contents, left_out)
}

/// What a reader is asked: the length of what it is handed, that, the mail.
#[must_use]
pub fn ask(material: &Material, mail: &[u8]) -> Vec<u8> {
    framed(material, &[mail])
}

/// What a reader says: the length of what it read, that, the attachments.
#[must_use]
pub fn pack(read: Option<(Read, Vec<Vec<u8>>)>) -> Vec<u8> {
    match read {
        Some((read, contents)) => framed(&Some(read), &contents),
        None => framed(&None::<Read>, &[] as &[Vec<u8>]),
    }
}

/// The other way round. `None`: it said something else, or that this is no mail.
#[must_use]
pub fn unpack(said: &[u8]) -> Option<(Read, Vec<Vec<u8>>)> {
    let (json, mut rest) = unframed(said)?;
    let read: Read = serde_json::from_slice::<Option<Read>>(json).ok()??;
    let mut contents = Vec::new();
    for file in &read.sheet.files {
        let (content, left) = rest.split_at_checked(file.size)?;
        contents.push(content.to_vec());
        rest = left;
    }
    Some((read, contents))
}

fn framed<T: Serialize>(head: &T, bodies: &[impl AsRef<[u8]>]) -> Vec<u8> {
    let json = serde_json::to_vec(head).unwrap_or_default();
    let mut said = (json.len() as u64).to_be_bytes().to_vec();
    said.extend(json);
    bodies.iter().for_each(|body| said.extend(body.as_ref()));
    said
}

fn unframed(said: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = said.split_first_chunk::<8>()?;
    rest.split_at_checked(usize::try_from(u64::from_be_bytes(*length)).ok()?)
}

/// Bytes of what a reader is handed beside the mail.
const MATERIAL: u64 = 4 << 20;

/// Is such a reader: limits itself, reads the mail from standard input and says what it holds.
///
/// # Errors
/// What a limit or a stream says.
pub fn run() -> std::io::Result<()> {
    limit_myself()?;
    let mut bytes = Vec::new();
    std::io::stdin().take(LARGEST as u64 + MATERIAL).read_to_end(&mut bytes)?;
    let asked = unframed(&bytes);
    let asked = asked.and_then(|(head, mail)| Some((serde_json::from_slice::<Material>(head).ok()?, mail)));
    std::io::stdout().write_all(&pack(asked.and_then(|(material, mail)| read(mail, &material))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::correspondence::judge::{BounceClass, Found, judge};
    use crate::correspondence::model::{Envelope, Kind};

    fn judged(mail: &str) -> (Sheet, Kind, Option<BounceClass>) {
        let sheet = read(mail.replace('\n', "\r\n").as_bytes(), &Material::default()).unwrap().0.sheet;
        let verdict = judge(&sheet, &Envelope::default(), &Found::default());
        (sheet, verdict.kind, verdict.bounce)
    }

    #[test]
    fn a_mail_server_that_says_it_in_words_alone_is_understood() {
        let mail = "From: Post@mx.example\nSubject: Returned mail\n\n---- Failed recipients ----\n\n\
            <wer@stadt.example>: mailbox unavailable, SMTP error 550\n\nReceived: from a.example\n\
            Message-ID: <unsere@cert.example>\nTo: jemand@anders.example\n";
        let (sheet, kind, class) = judged(mail);
        assert_eq!((kind, class), (Kind::Bounce, Some(BounceClass::Permanent)));
        let told: Vec<_> = sheet.fates.iter().map(|it| (it.recipient.as_str(), it.status.as_str())).collect();
        assert_eq!(told, [("wer@stadt.example", "5.0.0")]);
        assert_eq!(sheet.returned.as_deref(), Some("unsere@cert.example"));
    }

    #[test]
    fn of_a_report_the_recipient_as_we_wrote_it_counts_and_a_warning_is_no_loss() {
        let mail = "From: mailer-daemon@mx.example\nSubject: x\nMIME-Version: 1.0\n\
            Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nText\n--b\n\
            Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n\
            Original-Recipient: rfc822;it@stadt.example\nFinal-Recipient: rfc822; <fach7@intern.example>\n\
            Action: delayed\nStatus: 4.4.1 (no answer)\nDiagnostic-Code: smtp; 450\n  try later\n--b--\n";
        let (sheet, kind, class) = judged(mail);
        assert_eq!((kind, class), (Kind::Bounce, Some(BounceClass::Delayed)));
        let fate = Fate {
            recipient: "it@stadt.example".to_owned(),
            action: "delayed".to_owned(),
            status: "4.4.1".to_owned(),
            why: "450 try later".to_owned(),
        };
        assert_eq!(sheet.fates, [fate]);
    }

    #[test]
    fn machines_tell_that_they_are_some_and_a_person_who_writes_of_them_is_none() {
        let of = |headers: &str| judged(&format!("From: a@stadt.example\n{headers}\n\nText\n")).1;
        for headers in [
            "Auto-Submitted: auto-replied; owner-email=\"a@stadt.example\"",
            "X-Autoreply: yes",
            "Precedence: auto_reply",
            "Subject: Automatische Antwort: Frage",
            "Return-Path: <>",
        ] {
            assert_eq!(of(headers), Kind::AutoReply, "{headers}");
        }
        assert_eq!(of("List-Id: <news.example>"), Kind::List);
        for headers in
            ["Auto-Submitted: no", "Subject: Frage zu Undelivered Mail", "X-Auto-Response-Suppress: All"]
        {
            assert_eq!(of(headers), Kind::Report, "{headers}");
        }
    }
}
