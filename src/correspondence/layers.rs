//! The layers around what somebody wrote: signatures and encryption, taken off one after the other. Done by the process
//! that reads the mail; it has no private keys and is handed the key of this one mail.

use mail_parser::{Message, MessageParser, MimeHeaders as _};
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

use super::model::LARGEST;
use super::seals::Method;
use crate::crypto::envelope::{self, Closed, Wrapped};
use crate::crypto::openpgp::{self, Keys, Opened, Signed};
use crate::crypto::verify::{self, Fit};

/// Layers that are taken off; what lies deeper stays as it is.
const DEPTH: usize = 8;
/// Bytes that may come out of one message; what is packed tight is not unpacked further.
const MOST: u64 = LARGEST as u64 * 3 / 2;
/// How text in armor begins and ends (RFC 9580, section 6.2).
const ARMORS: [(&str, &str); 2] = [
    ("-----BEGIN PGP MESSAGE-----", "-----END PGP MESSAGE-----"),
    ("-----BEGIN PGP SIGNED MESSAGE-----", "-----END PGP SIGNATURE-----"),
];
/// The headers of text that came out of armor.
const TEXT: &[u8] = b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n";

/// What a reader is handed beside the mail.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Material {
    /// Keys that may open a layer, by the layer's name.
    pub keys: Vec<(String, Vec<Vec<u8>>)>,
    /// Certificates of the sender (DER) that are on file: a signature need not bring its own.
    pub certificates: Vec<Vec<u8>>,
    /// OpenPGP keys of the sender that are on file, armored; empty where a contact has none.
    pub openpgp: Vec<String>,
}

/// A layer whose key is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Want {
    pub layer: String,
    pub wrapped: Vec<Wrapped>,
}

/// What was found of one layer; whose the keys are is judged where they are on file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fact {
    Signed {
        method: Method,
        fit: Fit,
        /// Of who signed, as DER.
        certificate: Option<Vec<u8>>,
        /// Certificates that came along.
        others: Vec<Vec<u8>>,
        at: Option<jiff::Timestamp>,
    },
    OpenPgp(Signed),
    Opened(Method),
    Closed(Method, Closed),
    /// It says that it is signed, and no signature can be read.
    Unreadable(Method),
    /// More layers than are taken off.
    TooDeep,
    /// Below what everybody could write stands something that is signed or encrypted.
    Part,
}

impl Fact {
    /// Whether a key that is on file may say more.
    #[must_use]
    pub fn lacks_key(&self) -> bool {
        matches!(
            self,
            Self::Signed { fit: Fit::NoCertificate, .. }
                | Self::OpenPgp(Signed { fit: Fit::NoCertificate, .. })
        )
    }
}

/// A mail without the layers that could be taken off.
#[derive(Debug, Default)]
pub struct Peeled {
    /// None: it has no layers.
    pub mail: Option<Vec<u8>>,
    /// From the outermost layer inwards.
    pub facts: Vec<Fact>,
    pub wants: Vec<Want>,
}

/// Takes the layers off.
#[must_use]
pub fn peel(mail: &[u8], material: &Material) -> Peeled {
    let mut peeled = Peeled::default();
    let mut is_subject_inside = false;
    for depth in 0.. {
        let entity = peeled.mail.as_deref().unwrap_or(mail);
        let Some(layer) = Layer::of(entity) else {
            if has_part(entity) {
                peeled.facts.push(Fact::Part);
            }
            break;
        };
        if depth == DEPTH {
            peeled.facts.push(Fact::TooDeep);
            break;
        }
        let taken = layer.take(entity, material, &mut peeled.wants);
        is_subject_inside |= taken.facts.iter().any(|fact| matches!(fact, Fact::Opened(_)));
        peeled.facts.extend(taken.facts);
        let Some(inside) = taken.inside else { break };
        peeled.mail = Some(with_headers(mail, &inside, is_subject_inside));
    }
    peeled
}

/// What lies below a layer, where it could be taken off.
struct Taken {
    facts: Vec<Fact>,
    inside: Option<Vec<u8>>,
}

impl Taken {
    fn nothing(fact: Fact) -> Self {
        Self { facts: vec![fact], inside: None }
    }
}

/// A kind of layer.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Layer {
    /// `multipart/signed` with this boundary.
    Signed(Method, String),
    /// `application/pkcs7-mime`.
    Cms,
    /// `multipart/encrypted` (RFC 3156) with this boundary.
    Encrypted(String),
    /// Text that is nothing but armor.
    Armor(String),
}

impl Layer {
    fn of(entity: &[u8]) -> Option<Self> {
        let head = MessageParser::default().parse_headers(entity)?;
        // Without a type it is text (RFC 2045, 5.2).
        let Some(kind) = head.content_type() else { return armored(entity).map(Self::Armor) };
        let is = |main: &str, sub: &str| {
            kind.ctype().eq_ignore_ascii_case(main)
                && kind.subtype().is_some_and(|it| it.eq_ignore_ascii_case(sub))
        };
        let attribute = |name: &str| kind.attribute(name).unwrap_or_default().to_lowercase();
        if is("multipart", "signed") {
            let boundary = kind.attribute("boundary")?.to_owned();
            return match attribute("protocol").as_str() {
                "application/pkcs7-signature" | "application/x-pkcs7-signature" => {
                    Some(Self::Signed(Method::Smime, boundary))
                }
                "application/pgp-signature" => Some(Self::Signed(Method::OpenPgp, boundary)),
                _ => None,
            };
        }
        if is("multipart", "encrypted") && attribute("protocol") == "application/pgp-encrypted" {
            return Some(Self::Encrypted(kind.attribute("boundary")?.to_owned()));
        }
        if is("text", "plain") {
            return armored(entity).map(Self::Armor);
        }
        let is_named = || {
            let name = head.attachment_name().unwrap_or_default().to_lowercase();
            name == "smime.p7m"
        };
        let is_cms = is("application", "pkcs7-mime") || is("application", "x-pkcs7-mime");
        // Some mail servers know no other type.
        let is_cms = is_cms || is("application", "octet-stream") && is_named();
        is_cms.then_some(Self::Cms)
    }

    fn take(&self, entity: &[u8], material: &Material, wants: &mut Vec<Want>) -> Taken {
        match self {
            Self::Signed(method, boundary) => detached(entity, *method, boundary, material),
            Self::Encrypted(boundary) => {
                match halves(entity, boundary).and_then(|(_, second)| decoded(second)) {
                    Some(message) => openpgp(&message, b"", material, wants),
                    None => Taken::nothing(Fact::Unreadable(Method::OpenPgp)),
                }
            }
            Self::Armor(text) if text.starts_with(ARMORS[1].0) => clear(text, material),
            Self::Armor(text) => openpgp(text.as_bytes(), TEXT, material, wants),
            Self::Cms => cms(entity, material, wants),
        }
    }
}

/// Whether a part further down is signed or encrypted: it says nothing of what stands beside it.
fn has_part(entity: &[u8]) -> bool {
    let Some(mail) = MessageParser::default().parse(entity) else { return false };
    let has_armor = |text: std::borrow::Cow<'_, str>| ARMORS.iter().any(|(begin, _)| text.contains(begin));
    if mail.body_text(0).is_some_and(has_armor) {
        return true;
    }
    mail.parts.iter().skip(1).any(|part| {
        part.content_type().is_some_and(|kind| {
            let sub = kind.subtype().unwrap_or_default().to_lowercase();
            match kind.ctype().to_lowercase().as_str() {
                "multipart" => sub == "signed" || sub == "encrypted",
                "application" => sub == "pkcs7-mime" || sub == "x-pkcs7-mime",
                _ => false,
            }
        })
    })
}

/// A part of its own: its headers and what they encode.
fn decoded(entity: &[u8]) -> Option<Vec<u8>> {
    let read: Message<'_> = MessageParser::default().parse(entity)?;
    Some(read.parts.first()?.contents().to_vec())
}

/// The text of a mail that is nothing but armor. What stands around it would seem to be covered by it.
fn armored(entity: &[u8]) -> Option<String> {
    let mail = MessageParser::default().parse(entity)?;
    let text = mail.body_text(0)?;
    let text = text.trim();
    let is_whole = |(begin, end): &(&str, &str)| {
        text.starts_with(begin) && text.ends_with(end) && text.matches(begin).count() == 1
    };
    ARMORS.iter().any(is_whole).then(|| format!("{text}\n"))
}

fn detached(entity: &[u8], method: Method, boundary: &str, material: &Material) -> Taken {
    let unreadable = || Taken::nothing(Fact::Unreadable(method));
    let Some((signed, signature)) = halves(entity, boundary) else { return unreadable() };
    let inside = Some(signed.to_vec());
    let broken = || Taken { inside: inside.clone(), ..unreadable() };
    let Some(signature) = decoded(signature) else { return broken() };
    let lines = canonical(signed);
    let facts = match method {
        Method::Smime => {
            let verified = verify::verify(&signature, &[signed, &lines], &material.certificates);
            verified.map(signatures).unwrap_or_default()
        }
        Method::OpenPgp => {
            let keys = Keys::read(&material.openpgp);
            openpgp::verify(&signature, &[signed, &lines], &keys).into_iter().map(Fact::OpenPgp).collect()
        }
    };
    if facts.is_empty() { broken() } else { Taken { facts, inside } }
}

/// A message of OpenPGP; what comes out stands below `headers`, or has its own.
fn openpgp(message: &[u8], headers: &[u8], material: &Material, wants: &mut Vec<Want>) -> Taken {
    let layer = hex::encode(digest(&SHA256, message));
    let given = material.keys.iter().find(|(name, _)| *name == layer).map(|(_, keys)| keys.as_slice());
    match openpgp::open(message, given, &Keys::read(&material.openpgp), MOST) {
        None => Taken::nothing(Fact::Unreadable(Method::OpenPgp)),
        Some(Opened::Locked(wrapped)) => {
            wants.push(Want { layer, wrapped });
            Taken::nothing(Fact::Closed(Method::OpenPgp, Closed::NotForUs))
        }
        Some(Opened::Closed(why)) => Taken::nothing(Fact::Closed(Method::OpenPgp, why)),
        Some(Opened::Content { content, was_encrypted, signatures }) => {
            let opened = was_encrypted.then_some(Fact::Opened(Method::OpenPgp));
            let facts = opened.into_iter().chain(signatures.into_iter().map(Fact::OpenPgp)).collect();
            Taken { facts, inside: Some([headers, &content].concat()) }
        }
    }
}

/// Text that is signed and stands in clear.
fn clear(text: &str, material: &Material) -> Taken {
    match openpgp::read_clear(text, &Keys::read(&material.openpgp)) {
        Some((signed, signatures)) if !signatures.is_empty() => Taken {
            facts: signatures.into_iter().map(Fact::OpenPgp).collect(),
            inside: Some([TEXT, signed.as_bytes()].concat()),
        },
        _ => Taken::nothing(Fact::Unreadable(Method::OpenPgp)),
    }
}

fn signatures(verified: verify::Verified) -> Vec<Fact> {
    let others = verified.certificates;
    let fact = |one: verify::Signature| Fact::Signed {
        method: Method::Smime,
        fit: one.fit,
        certificate: one.certificate,
        others: others.clone(),
        at: one.at,
    };
    let mut facts: Vec<Fact> = verified.signatures.into_iter().map(fact).collect();
    if facts.is_empty() {
        facts.push(Fact::Unreadable(Method::Smime));
    }
    facts
}

fn cms(entity: &[u8], material: &Material, wants: &mut Vec<Want>) -> Taken {
    let unreadable = || Taken::nothing(Fact::Unreadable(Method::Smime));
    let Some(bytes) = decoded(entity) else { return unreadable() };
    if let Some(verified) = verify::verify(&bytes, &[], &material.certificates) {
        let inside = verified.content.clone();
        return Taken { facts: signatures(verified), inside };
    }
    let Some(envelope) = envelope::read(&bytes) else { return unreadable() };
    let layer = hex::encode(digest(&SHA256, &bytes));
    let given = material.keys.iter().find(|(name, _)| *name == layer);
    let opened = match given {
        Some((_, keys)) => envelope.open(keys),
        None => {
            wants.push(Want { layer, wrapped: envelope.wrapped.clone() });
            envelope.open(&[])
        }
    };
    match opened {
        Ok(inside) => Taken { facts: vec![Fact::Opened(Method::Smime)], inside: Some(inside) },
        Err(why) => Taken::nothing(Fact::Closed(Method::Smime, why)),
    }
}

/// The two parts of `multipart/signed` (RFC 1847), the first byte for byte: the signature is over these.
fn halves<'a>(entity: &'a [u8], boundary: &str) -> Option<(&'a [u8], &'a [u8])> {
    let delimiter = format!("--{boundary}");
    let mut starts = Vec::new();
    let mut at = 0;
    for line in entity.split_inclusive(|byte| *byte == b'\n') {
        if line
            .strip_prefix(delimiter.as_bytes())
            .is_some_and(|rest| rest.trim_ascii().is_empty() || rest.starts_with(b"--"))
        {
            starts.push((at, at + line.len()));
            if starts.len() == 3 {
                break;
            }
        }
        at += line.len();
    }
    let [(_, first), (end, second), rest @ ..] = starts.as_slice() else { return None };
    let last = rest.first().map_or(entity.len(), |(end, _)| *end);
    // The line's end before a delimiter belongs to it.
    let signed = entity.get(*first..*end)?;
    let signed = signed.strip_suffix(b"\n").unwrap_or(signed);
    let signed = signed.strip_suffix(b"\r").unwrap_or(signed);
    Some((signed, entity.get(*second..last)?))
}

/// With lines as they are signed: a mail server's pipe hands them over ending in line feeds alone.
fn canonical(text: &[u8]) -> Vec<u8> {
    let mut lines = Vec::with_capacity(text.len() + text.len() / 32);
    let mut before = 0;
    for byte in text {
        if *byte == b'\n' && before != b'\r' {
            lines.push(b'\r');
        }
        lines.push(*byte);
        before = *byte;
    }
    lines
}

/// The header fields of an entity with their line ends, and its body.
fn split(entity: &[u8]) -> (Vec<&[u8]>, &[u8]) {
    let mut fields: Vec<&[u8]> = Vec::new();
    let (mut start, mut at) = (0, 0);
    for line in entity.split_inclusive(|byte| *byte == b'\n') {
        let is_end = line == b"\n" || line == b"\r\n";
        if is_end || !line.starts_with(b" ") && !line.starts_with(b"\t") {
            if at > start {
                fields.push(&entity[start..at]);
            }
            start = at;
        }
        at += line.len();
        if is_end {
            return (fields, &entity[at..]);
        }
    }
    fields.push(&entity[start..]);
    (fields, &[])
}

fn name(field: &[u8]) -> String {
    let name = field.split(|byte| *byte == b':').next().unwrap_or_default();
    String::from_utf8_lossy(name).trim().to_lowercase()
}

/// What lay inside under the headers of the mail: those that say what it is are its own. The subject, too, where it was
/// encrypted; it stands outside as dots then. Who wrote it is never said from inside.
fn with_headers(mail: &[u8], inside: &[u8], is_subject_inside: bool) -> Vec<u8> {
    let (outer, _) = split(mail);
    let (mut own, mut body) = split(inside);
    let is_content = |field: &&[u8]| name(field).starts_with("content-");
    let is_wrapped = |fields: &[&[u8]]| {
        fields.iter().any(|field| {
            name(field) == "content-type"
                && String::from_utf8_lossy(field).to_lowercase().contains("message/rfc822")
        })
    };
    // RFC 8551, 3.1: the whole mail again, to protect its headers.
    if is_wrapped(&own) {
        (own, body) = split(body);
    }
    let subject = own.iter().copied().find(|field| is_subject_inside && name(field) == "subject");
    let mut made = Vec::with_capacity(inside.len() + 4096);
    // A field with a space in its name is read as the one without.
    let is_field = |field: &&[u8]| !name(field).contains(char::is_whitespace);
    let kept = outer
        .into_iter()
        .filter(is_field)
        .filter(|field| !(is_content(field) || subject.is_some() && name(field) == "subject"));
    for field in kept.chain(subject).chain(own.iter().copied().filter(is_content)) {
        made.extend(field);
        if !field.ends_with(b"\n") {
            made.extend(b"\r\n");
        }
    }
    made.extend(b"\r\n");
    made.extend(body);
    made
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_signed_mail_every_byte_of_the_first_part_is_signed_and_nothing_else() {
        let mail = b"Content-Type: multipart/signed; boundary=b\r\n\r\npreamble\r\n--b\r\nA: 1\r\n\r\ntext\r\n\r\n--b\r\nS\r\n--b--\r\nend";
        let (signed, signature) = halves(mail, "b").unwrap();
        assert_eq!(signed, b"A: 1\r\n\r\ntext\r\n");
        assert_eq!(signature, b"S\r\n");
        assert!(halves(b"--b\r\nx", "b").is_none());
    }

    #[test]
    fn who_wrote_it_is_never_said_from_inside_and_a_subject_only_where_it_was_encrypted() {
        let mail = b"From: a@stadt.example\r\nSubject: ...\r\nContent-Type: x/y;\r\n z=1\r\n\r\nold";
        let inside = b"From: evil@anders.example\r\nContent-Type: text/plain\r\nSubject: Echt\r\n\r\nneu";
        let made = String::from_utf8(with_headers(mail, inside, true)).unwrap();
        assert_eq!(made, "From: a@stadt.example\r\nSubject: Echt\r\nContent-Type: text/plain\r\n\r\nneu");
        let made = String::from_utf8(with_headers(mail, inside, false)).unwrap();
        assert_eq!(made, "From: a@stadt.example\r\nSubject: ...\r\nContent-Type: text/plain\r\n\r\nneu");
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_peeled_without_harm(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..400)) {
            let mail = [b"Content-Type: multipart/signed; protocol=\"application/pkcs7-signature\"; boundary=b\r\n\r\n--b\r\n", bytes.as_slice()].concat();
            let _ = peel(&mail, &Material::default());
            let mail = [b"Content-Type: application/pkcs7-mime\r\n\r\n", bytes.as_slice()].concat();
            let _ = peel(&mail, &Material::default());
        }
    }
}
