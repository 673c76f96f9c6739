//! Makes one signed mail (RFC 5322, RFC 8551) out of content, recipient and slots; where the reader's key is handed in, it is
//! encrypted for that reader around the signature, and carries its true headers inside (RFC 9788).
//!
//! What all recipients share is encoded once ([`Prepared`]); only lines with slots, the recipient's headers and the
//! signature are made for each. Every header value comes from a type that cannot hold a line break.

use std::fmt::Write as _;
use std::sync::Arc;

use lettre::message::header::{
    ContentTransferEncoding, Date, HeaderName, HeaderValue, Headers, MIME_VERSION_1_0,
    MessageId as MessageIdHeader, ReplyTo, Subject,
};
use lettre::message::{Body, Mailbox, Mailboxes, header};
use ring::digest::{SHA256, digest};

use super::confidential::Confidential;
use super::content::{Content, Slots, Template, check_slots};
use super::keys::{ReaderKey, encrypt};
use super::way::Why;
use crate::core::env::Env;
use crate::core::error::{Error, Result};
use crate::core::i18n::Lang;
use crate::core::text::{MailAddress, Name};
use crate::crypto::CryptoError;
use crate::crypto::keys::SigningIdentity;
use crate::crypto::smime::sign;

/// The headers of the signed part. It is 7-bit, so that nothing on its way re-encodes it and breaks the signature.
const ENTITY_HEADERS: &[u8] =
    b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n";

/// The same where the headers above it are the message's own, protected by signature and encryption (RFC 9788).
const PROTECTED_HEADERS: &str = "Content-Type: text/plain; charset=utf-8; hp=\"cipher\"; hp-legacy-display=\"1\"\r\n\
                                 Content-Transfer-Encoding: quoted-printable\r\n\r\n";

/// Whom a mail is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    pub address: MailAddress,
    pub name: Option<Name>,
}

/// A Message-ID, angle brackets included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageId(pub(super) String);

/// Where answers to one mail go, and which mail it answers itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Thread {
    pub reply_to: Option<MailAddress>,
    /// A Message-ID without angle brackets.
    pub answers: Option<String>,
}

/// Composes mails in one name.
pub struct Composer {
    identity: Arc<SigningIdentity>,
    env: Env,
    lang: Lang,
    /// The headers that every mail has.
    common: String,
}

/// What stands inside an encrypted mail, and for whom. Where nothing else is said, it is the text of the mail itself.
pub(super) struct Inside<'a> {
    pub said: Option<&'a Confidential>,
    pub key: &'a ReaderKey,
}

/// A mail that was encrypted, and the SHA-256 of what its reader finds inside.
pub struct Sealed {
    pub mail: Vec<u8>,
    pub hash: Vec<u8>,
}

/// Content, encoded once for all its recipients.
pub struct Prepared {
    subject: String,
    pieces: Vec<Piece>,
}

enum Piece {
    /// Whole lines, encoded.
    Encoded(Vec<u8>),
    /// One line with slots: text and slot names in turn, beginning with text.
    Slots(Vec<String>),
}

impl Composer {
    /// Mails come from `name` at the address that the certificate names; answers go to `reply_to`, where given.
    ///
    /// # Errors
    /// [`Error::Internal`] when an address is not one for lettre.
    pub fn new(
        identity: Arc<SigningIdentity>,
        name: &Name,
        reply_to: Option<&MailAddress>,
        env: Env,
    ) -> Result<Self> {
        let lang = Lang::De;
        let mut headers = Headers::new();
        headers.set(header::From::from(Mailboxes::from(mailbox(identity.address(), Some(name))?)));
        if let Some(address) = reply_to {
            headers.set(ReplyTo::from(Mailboxes::from(mailbox(address, None)?)));
        }
        // RFC 3834: no vacation answers to this.
        raw(&mut headers, HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated");
        raw(&mut headers, HeaderName::new_from_ascii_str("Content-Language"), lang.tag());
        headers.set(MIME_VERSION_1_0);
        Ok(Self { identity, env, lang, common: headers.to_string() })
    }

    /// The present instant, for keys that end.
    pub(super) fn now(&self) -> jiff::Timestamp {
        self.env.now()
    }

    /// Encodes what all recipients of `content` share.
    ///
    /// # Errors
    /// [`Error::Internal`] when the content is not a text that may be sent.
    pub fn prepare(&self, content: &Content) -> Result<Prepared> {
        self.prepare_lacking(content, None)
    }

    /// The same for a reader for whom nothing could be encrypted.
    pub(super) fn prepare_lacking(&self, content: &Content, lacking: Option<Why>) -> Result<Prepared> {
        encode(content.subject(), &content.text_lacking(self.lang, lacking)?)
    }

    /// The whole mail, signed. Takes about a tenth of a millisecond with P-256 and two with RSA: not for async threads.
    ///
    /// # Errors
    /// [`ComposeError`].
    pub fn compose(
        &self,
        prepared: &Prepared,
        to: &Recipient,
        id: &MessageId,
        thread: &Thread,
        slots: &Slots,
    ) -> Result<Vec<u8>, ComposeError> {
        let signed = sign(&self.identity, &self.env, &prepared.entity(ENTITY_HEADERS, slots)?)?;
        let mut head = self.head(&prepared.subject, to, id, thread)?;
        written(write!(head, "Content-Type: {}\r\n\r\n", signed.content_type))?;
        let mut mail = head.into_bytes();
        mail.extend_from_slice(&signed.body);
        Ok(mail)
    }

    /// The whole mail, signed and then encrypted for its reader. Outside stands the subject of `outer`, which is a
    /// pointer's where the label is above GREEN; inside stands what is said with its own subject.
    ///
    /// # Errors
    /// [`ComposeError`].
    pub(super) fn compose_sealed(
        &self,
        outer: &Content,
        inside: &Inside<'_>,
        to: &Recipient,
        id: &MessageId,
        thread: &Thread,
        slots: &Slots,
    ) -> Result<Sealed, ComposeError> {
        let (subject, text) = match inside.said {
            Some(said) => (said.subject(outer.tlp()), said.text(outer.tlp(), self.lang)?),
            None => (outer.subject(), outer.text(self.lang)?),
        };
        // What does not know protected headers shows the subject as the text's first line (RFC 9788, section 5.2.2).
        let text = Template::new(&format!("Subject: {subject}\n\n{}", text.as_str()))?;
        let prepared = encode(subject, &text)?;
        let outside = self.head(&encode_subject(outer.subject()), to, id, thread)?;
        let mut headers = self.head(&prepared.subject, to, id, thread)?;
        for field in fields(&outside) {
            headers.push_str("HP-Outer: ");
            headers.push_str(field);
        }
        headers.push_str(PROTECTED_HEADERS);
        let signed = sign(&self.identity, &self.env, &prepared.entity(headers.as_bytes(), slots)?)?;
        let mut entity = format!("Content-Type: {}\r\n\r\n", signed.content_type).into_bytes();
        entity.extend_from_slice(&signed.body);
        let encrypted = encrypt(inside.key, &entity, &self.env)?;
        let mut mail = format!("{outside}{}\r\n", encrypted.headers).into_bytes();
        mail.extend_from_slice(&encrypted.body);
        Ok(Sealed { mail, hash: digest(&SHA256, &entity).as_ref().to_vec() })
    }

    /// All headers but those of the content.
    fn head(&self, subject: &str, to: &Recipient, id: &MessageId, thread: &Thread) -> Result<String> {
        let mut headers = Headers::new();
        headers.set(header::To::from(Mailboxes::from(mailbox(&to.address, to.name.as_ref())?)));
        headers.set(Date::new(self.env.now().into()));
        headers.set(MessageIdHeader::from(id.0.clone()));
        if let Some(address) = &thread.reply_to {
            headers.set(ReplyTo::from(Mailboxes::from(mailbox(address, None)?)));
        }
        // Others made it: what could break a header is left out.
        let plain = |id: &&String| id.bytes().all(|b| b.is_ascii_graphic() && b != b'<' && b != b'>');
        if let Some(answers) = thread.answers.as_ref().filter(plain) {
            headers.set(header::InReplyTo::from(format!("<{answers}>")));
            headers.set(header::References::from(format!("<{answers}>")));
        }
        let mut head = String::with_capacity(1024);
        head.push_str(&self.common);
        head.push_str(subject);
        written(write!(head, "{headers}"))?;
        Ok(head)
    }
}

fn written(done: std::fmt::Result) -> Result<()> {
    done.map_err(|error| Error::Internal(error.to_string()))
}

fn encode_subject(subject: String) -> String {
    let mut headers = Headers::new();
    headers.set(Subject::from(subject));
    headers.to_string()
}

/// Header fields, folded as they are, each with its line end. MIME-Version and Content-… belong to the structure (RFC 9788,
/// section 1.1.1).
fn fields(head: &str) -> Vec<&str> {
    let mut fields = Vec::new();
    let mut rest = head;
    while !rest.is_empty() {
        let mut at = 0;
        let end = loop {
            match rest[at..].find("\r\n") {
                Some(found) if rest[at + found + 2..].starts_with([' ', '\t']) => at += found + 2,
                Some(found) => break at + found + 2,
                None => break rest.len(),
            }
        };
        let (field, after) = rest.split_at(end);
        rest = after;
        if !field.starts_with("MIME-Version:") && !field.starts_with("Content-") {
            fields.push(field);
        }
    }
    fields
}

/// Why a mail was not made.
#[derive(Debug, thiserror::Error)]
pub enum ComposeError {
    /// The certificate is not valid now; that can change.
    #[error(transparent)]
    Certificate(CryptoError),
    /// The mail cannot be made, now or later.
    #[error(transparent)]
    Impossible(#[from] Error),
}

impl From<CryptoError> for ComposeError {
    fn from(error: CryptoError) -> Self {
        match error {
            CryptoError::NotValidNow { .. } => Self::Certificate(error),
            error => Self::Impossible(error.into()),
        }
    }
}

impl Prepared {
    fn entity(&self, headers: &[u8], slots: &Slots) -> Result<Vec<u8>> {
        check_slots(slots)?;
        let mut entity = headers.to_vec();
        for piece in &self.pieces {
            match piece {
                Piece::Encoded(bytes) => entity.extend_from_slice(bytes),
                Piece::Slots(parts) => {
                    let mut line = String::new();
                    for (at, part) in parts.iter().enumerate() {
                        let filled = if at % 2 == 0 { Some(part) } else { slots.get(part) };
                        line +=
                            filled.ok_or_else(|| Error::Internal(format!("nothing for the slot {part}")))?;
                    }
                    line.push('\n');
                    entity.append(&mut quoted_printable(line)?);
                }
            }
        }
        Ok(entity)
    }
}

/// Encodes a subject and a text with slots.
fn encode(subject: String, text: &Template) -> Result<Prepared> {
    let mut pieces = Vec::new();
    let mut shared = String::new();
    // Slots do not reach over lines, so that each line stands for itself.
    let (mut parts, mut line) = (text.parts(), Vec::<String>::new());
    while let Some(plain) = parts.next() {
        let mut lines = plain.split('\n').peekable();
        while let Some(rest) = lines.next() {
            if lines.peek().is_none() {
                line.push(rest.to_owned());
            } else if line.is_empty() {
                shared.push_str(rest);
                shared.push('\n');
            } else {
                line.push(rest.to_owned());
                end_line(&mut pieces, &mut shared, std::mem::take(&mut line))?;
            }
        }
        line.extend(parts.next().map(str::to_owned));
    }
    end_line(&mut pieces, &mut shared, line)?;
    if !shared.is_empty() {
        pieces.push(Piece::Encoded(quoted_printable(shared)?));
    }
    Ok(Prepared { subject: encode_subject(subject), pieces })
}

fn end_line(pieces: &mut Vec<Piece>, shared: &mut String, mut line: Vec<String>) -> Result<()> {
    match line.len() {
        0 => {}
        1 => {
            shared.push_str(&line.remove(0));
            if !shared.ends_with('\n') {
                shared.push('\n');
            }
        }
        _ => {
            pieces.push(Piece::Encoded(quoted_printable(std::mem::take(shared))?));
            pieces.push(Piece::Slots(line));
        }
    }
    Ok(())
}

/// RFC 2045, section 6.7, with CRLF. No line begins with `From `, which mailboxes in mbox form would change.
fn quoted_printable(text: String) -> Result<Vec<u8>> {
    let encoded = Body::new_with_encoding(text, ContentTransferEncoding::QuotedPrintable)
        .map_err(|_| Error::Internal("not encodable".to_owned()))?
        .into_vec();
    if !encoded.windows(5).any(|window| window == b"From ") {
        return Ok(encoded);
    }
    let lines = encoded.split_inclusive(|byte| *byte == b'\n');
    Ok(lines
        .flat_map(|line| match line.strip_prefix(b"From ") {
            Some(rest) => [b"=46=\r\nrom ", rest].concat(),
            None => line.to_vec(),
        })
        .collect())
}

fn mailbox(address: &MailAddress, name: Option<&Name>) -> Result<Mailbox> {
    let address =
        address.as_str().parse().map_err(|_| Error::Internal("not an address for lettre".to_owned()))?;
    Ok(Mailbox::new(name.map(|name| name.as_str().to_owned()), address))
}

fn raw(headers: &mut Headers, name: HeaderName, value: &str) {
    headers.insert_raw(HeaderValue::new(name, value.to_owned()));
}

#[cfg(test)]
mod tests {
    use mail_parser::{MessageParser, MimeHeaders as _};

    use super::*;
    use crate::core::text::Title;
    use crate::core::tlp::Tlp;
    use crate::crypto::authority::{DemonstrationAuthority, Subject as Whom};
    use crate::crypto::keys::{KeyKind, PrivateKey};
    use crate::mail::content::{Template, slot};

    fn composer() -> Composer {
        let env = Env::system();
        let key = PrivateKey::generate(KeyKind::P256, &env).unwrap();
        let whom = Whom {
            name: Name::parse("ThüringenCERT").unwrap(),
            organisation: Name::parse("Freistaat Thüringen").unwrap(),
            address: MailAddress::parse("cert@example.org").unwrap(),
        };
        let authority = DemonstrationAuthority::create(&env).unwrap();
        let certificate = authority.issue(&key, &whom, &env).unwrap();
        let identity = Arc::new(SigningIdentity::new(&key, certificate.as_bytes()).unwrap());
        let reply_to = MailAddress::parse("lage@example.org").unwrap();
        Composer::new(identity, &whom.name, Some(&reply_to), env).unwrap()
    }

    fn compose(subject: &str, text: &str, slots: &[(&str, &str)]) -> Vec<u8> {
        let composer = composer();
        let content =
            Content::clear(Tlp::Green, Title::parse(subject).unwrap(), Template::new(text).unwrap()).unwrap();
        let to = Recipient {
            address: MailAddress::parse("it@stadt.example").unwrap(),
            name: Some(Name::parse("Stadt Mühlhausen, \"IT\" <x>").unwrap()),
        };
        let slots = slots.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let id = MessageId("<018f@example.org>".to_owned());
        composer.compose(&composer.prepare(&content).unwrap(), &to, &id, &Thread::default(), &slots).unwrap()
    }

    fn body(mail: &[u8]) -> String {
        MessageParser::default().parse(mail).unwrap().body_text(0).unwrap().replace("\r\n", "\n")
    }

    #[test]
    fn a_recipient_reads_label_subject_and_text_as_they_were_written() {
        let subject = "Sicherheitslücke in „Beispielsoft“ – bitte heute noch aktualisieren, ".repeat(2);
        let mail = compose(&subject, "Guten Tag,\n\nhier: =20 \t\n.\nFrom hier\nFrom now on ü", &[]);
        assert!(mail.is_ascii());
        let read = MessageParser::default().parse(&mail).unwrap();
        assert_eq!(read.subject().unwrap(), format!("[TLP:GREEN] {}", subject.trim()));
        let from = read.from().unwrap().first().unwrap();
        assert_eq!((from.name(), from.address()), (Some("ThüringenCERT"), Some("cert@example.org")));
        let to = read.to().unwrap().first().unwrap();
        assert_eq!(
            (to.name(), to.address()),
            (Some("Stadt Mühlhausen, \"IT\" <x>"), Some("it@stadt.example"))
        );
        assert_eq!(read.message_id(), Some("018f@example.org"));
        assert_eq!(read.header("Auto-Submitted").and_then(|value| value.as_text()), Some("auto-generated"));
        assert_eq!(read.header("Content-Language").and_then(|value| value.as_text()), Some("de"));
        assert_eq!(read.content_type().unwrap().subtype(), Some("signed"));
        let text = body(&mail);
        assert!(
            text.starts_with(
                "TLP:GREEN\nGuten Tag,\n\nhier: =20 \t\n.\nFrom hier\nFrom now on ü\n\nTLP:GREEN\n"
            ),
            "{text:?}"
        );
        assert!(!mail.windows(6).any(|window| window == b"\nFrom "));
    }

    #[test]
    fn each_recipient_finds_his_own_link_where_the_shared_text_has_its_place() {
        let text = format!("Vorher {} ü\nLink: {}{}\nNachher", slot("name"), slot("link"), slot("name"));
        let mail = compose("x", &text, &[("name", "Ähre"), ("link", "https://m.example/l/abc")]);
        assert!(
            body(&mail).starts_with("TLP:GREEN\nVorher Ähre ü\nLink: https://m.example/l/abcÄhre\nNachher\n")
        );
    }

    #[test]
    fn a_slot_that_nothing_fills_or_that_carries_control_characters_stops_the_mail() {
        let composer = composer();
        let text = Template::new(&slot("link")).unwrap();
        let content = Content::clear(Tlp::Clear, Title::parse("x").unwrap(), text).unwrap();
        let prepared = composer.prepare(&content).unwrap();
        assert!(prepared.entity(ENTITY_HEADERS, &Slots::new()).is_err());
        let evil = Slots::from([("link".to_owned(), "a\r\nb".to_owned())]);
        assert!(prepared.entity(ENTITY_HEADERS, &evil).is_err());
    }

    proptest::proptest! {
        #[test]
        fn any_text_arrives_as_it_was_written(lines in proptest::collection::vec("[ -~äöüß€\t]{0,120}", 1..12)) {
            let text = lines.join("\n");
            let encoded = quoted_printable(text.clone() + "\n").unwrap();
            proptest::prop_assert!(encoded.split(|byte| *byte == b'\n').all(|line| line.len() <= 77));
            let mail = [ENTITY_HEADERS, &encoded].concat();
            proptest::prop_assert_eq!(body(&mail), text + "\n");
        }
    }
}
