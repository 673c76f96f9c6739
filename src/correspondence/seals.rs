//! What signatures and encryption of a mail are worth: pure rules over what was found of them and which keys are on file.
//! A signature says who wrote a mail, and opens nothing that the address of an answer would not.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::layers::Fact;
use crate::core::i18n::{Lang, text_with};
use crate::crypto::envelope::Closed;
use crate::crypto::openpgp::Signed;
use crate::crypto::trust::{Anchors, Claims, Voucher};
use crate::crypto::verify::Fit;

/// By which of the two ways a mail is signed or encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Method {
    Smime,
    OpenPgp,
}

/// What is told of one layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Signed, unchanged, and by whom is known.
    Valid,
    /// By somebody that an authority vouches for, and who is not who the mail is from.
    OtherSender,
    /// The signature fits, and whose key it is nobody knows.
    UnknownKey,
    /// The key is the sender's and its time was over.
    Expired,
    /// What was signed was changed.
    Altered,
    /// By a procedure that is not trusted any more, or not known here.
    Unsupported,
    /// It cannot be read.
    Unreadable,
    /// Encrypted, and opened.
    Opened,
    /// Encrypted for others.
    NotForUs,
    /// Encrypted, and damaged on its way or changed.
    Damaged,
    /// By a procedure that is not known here.
    UnknownCipher,
    /// In too many layers.
    TooDeep,
    /// Only a part of it is signed or encrypted.
    Part,
}

impl Standing {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::Valid,
        Self::OtherSender,
        Self::UnknownKey,
        Self::Expired,
        Self::Altered,
        Self::Unsupported,
        Self::Unreadable,
        Self::Opened,
        Self::NotForUs,
        Self::Damaged,
        Self::UnknownCipher,
        Self::TooDeep,
        Self::Part,
    ];

    /// The end of its Fluent key.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::OtherSender => "other-sender",
            Self::UnknownKey => "unknown-key",
            Self::Expired => "expired",
            Self::Altered => "altered",
            Self::Unsupported => "unsupported",
            Self::Unreadable => "unreadable",
            Self::Opened => "opened",
            Self::NotForUs => "not-for-us",
            Self::Damaged => "damaged",
            Self::UnknownCipher => "unknown-cipher",
            Self::TooDeep => "too-deep",
            Self::Part => "part",
        }
    }

    /// Whether a person should look twice.
    #[must_use]
    pub fn is_warning(self) -> bool {
        !matches!(self, Self::Valid | Self::Opened | Self::UnknownKey | Self::Part)
    }
}

/// What is told of one layer of a mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seal {
    pub method: Option<Method>,
    pub standing: Standing,
    /// Who signed, where that is known; whom the certificate names, where that is another.
    pub who: String,
    /// The beginning of the key's fingerprint.
    pub key: String,
    /// When they say that they signed.
    pub at: Option<Timestamp>,
}

impl Seal {
    fn of(method: Method, standing: Standing) -> Self {
        Self { method: Some(method), standing, who: String::new(), key: String::new(), at: None }
    }

    /// As people read it.
    #[must_use]
    pub fn words(&self) -> String {
        let what = text_with(
            Lang::De,
            &format!("correspondence-seal-{}", self.standing.code()),
            &[("who", self.who.as_str().into()), ("key", self.key.as_str().into())],
        );
        let how = match self.method {
            Some(Method::Smime) => "S/MIME",
            Some(Method::OpenPgp) => "OpenPGP",
            None => return what.into_owned(),
        };
        format!("{how}: {what}")
    }
}

/// What a mail's layers are worth in a few words; empty where it has none.
#[must_use]
pub fn in_words(seals: &[Seal]) -> String {
    seals.iter().map(Seal::words).collect::<Vec<_>>().join(" · ")
}

/// Whether the house that a mail is from may read here what stood in it. What was encrypted comes back to them in clear
/// only where they signed it inside: whoever sends on what somebody else encrypted for the CERT learns nothing of it.
#[must_use]
pub fn may_be_told(seals: &[Seal]) -> bool {
    let opened = seals.iter().rposition(|seal| seal.standing == Standing::Opened);
    opened.is_none_or(|at| seals[at..].iter().any(|seal| seal.standing == Standing::Valid))
}

/// A key that is on file for the sender's address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// The contact, and where it is.
    pub name: String,
    /// S/MIME certificate as DER.
    pub certificate: Option<Vec<u8>>,
    /// OpenPGP key, armored.
    pub openpgp: Option<String>,
    /// Until when it is good, as somebody stated.
    pub openpgp_until: Option<Timestamp>,
}

/// Says what each layer is worth: of a mail `from` this address that came at this instant.
#[must_use]
pub fn judge(facts: &[Fact], from: &str, at: Timestamp, known: &[Known], anchors: &Anchors) -> Vec<Seal> {
    facts.iter().map(|fact| one(fact, from, at, known, anchors)).collect()
}

fn one(fact: &Fact, from: &str, now: Timestamp, known: &[Known], anchors: &Anchors) -> Seal {
    match fact {
        Fact::Opened(method) => Seal::of(*method, Standing::Opened),
        Fact::Closed(method, Closed::NotForUs) => Seal::of(*method, Standing::NotForUs),
        Fact::Closed(method, Closed::Damaged) => Seal::of(*method, Standing::Damaged),
        Fact::Closed(method, Closed::Unsupported) => Seal::of(*method, Standing::UnknownCipher),
        Fact::Unreadable(method) => Seal::of(*method, Standing::Unreadable),
        Fact::TooDeep => Seal { method: None, ..Seal::of(Method::Smime, Standing::TooDeep) },
        Fact::Part => Seal { method: None, ..Seal::of(Method::Smime, Standing::Part) },
        Fact::OpenPgp(signed) => openpgp(signed, now, known),
        Fact::Signed { method, fit, certificate, others, at } => {
            let mut seal = Seal { at: *at, ..Seal::of(*method, standing(*fit)) };
            if let (Fit::Fits, Some(certificate)) = (fit, certificate) {
                whose(&mut seal, certificate, others, (from, now), known, anchors);
            }
            seal
        }
    }
}

/// Of a signature whose key is not known yet.
fn standing(fit: Fit) -> Standing {
    match fit {
        Fit::Fits | Fit::NoCertificate => Standing::UnknownKey,
        Fit::Altered => Standing::Altered,
        Fit::Unsupported => Standing::Unsupported,
    }
}

/// An OpenPGP key is the contact's that is on file, or nobody's.
fn openpgp(signed: &Signed, now: Timestamp, known: &[Known]) -> Seal {
    let mut seal = Seal {
        at: signed.at,
        key: signed.key.chars().take(16).collect(),
        ..Seal::of(Method::OpenPgp, standing(signed.fit))
    };
    let contact = signed.signer.and_then(|place| known.get(place));
    if let (Fit::Fits, Some(contact)) = (signed.fit, contact) {
        let is_over = [signed.until, contact.openpgp_until].into_iter().flatten().any(|until| until < now);
        seal.standing = if is_over { Standing::Expired } else { Standing::Valid };
        seal.who.clone_from(&contact.name);
    }
    seal
}

/// Whose certificate it is: the contact's that is on file, or one that an authority vouches for.
fn whose(
    seal: &mut Seal,
    certificate: &[u8],
    others: &[Vec<u8>],
    (from, now): (&str, Timestamp),
    known: &[Known],
    anchors: &Anchors,
) {
    let Some(claims) = Claims::of(certificate) else { return };
    seal.key = claims.fingerprint.chars().take(16).collect();
    let on_file = known.iter().find(|one| one.certificate.as_deref() == Some(certificate));
    if let Some(contact) = on_file {
        seal.who.clone_from(&contact.name);
        seal.standing = if claims.validity.check(now).is_ok() { Standing::Valid } else { Standing::Expired };
        return;
    }
    let is_theirs = claims.addresses.iter().any(|address| address == from);
    let named = || if is_theirs { from.to_owned() } else { claims.addresses.join(", ") };
    match (anchors.vouch(certificate, others, now), is_theirs) {
        (Voucher::Unknown, _) => {}
        (Voucher::Vouched, true) => (seal.standing, seal.who) = (Standing::Valid, named()),
        (Voucher::NotThen, true) => (seal.standing, seal.who) = (Standing::Expired, named()),
        (_, false) => (seal.standing, seal.who) = (Standing::OtherSender, named()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::i18n::{has, text};

    #[test]
    fn what_was_encrypted_is_told_where_who_sent_it_signed_it_inside() {
        let seals =
            |all: &[Standing]| all.iter().map(|one| Seal::of(Method::Smime, *one)).collect::<Vec<_>>();
        use Standing::{Expired, Opened, UnknownKey, Valid};
        for (all, told) in [
            (&[][..], true),
            (&[Valid], true),
            (&[UnknownKey], true),
            (&[Opened], false),
            (&[Opened, Valid], true),
            (&[Opened, UnknownKey], false),
            (&[Opened, Expired], false),
            // Signed around what somebody else encrypted.
            (&[Valid, Opened], false),
            (&[Opened, Valid, Opened], false),
        ] {
            assert_eq!(may_be_told(&seals(all)), told, "{all:?}");
        }
    }

    #[test]
    fn there_are_words_for_everything_that_can_be_told() {
        for standing in Standing::ALL {
            assert!(has(Lang::De, &format!("correspondence-seal-{}", standing.code())), "{standing:?}");
        }
        assert_eq!(
            Seal::of(Method::Smime, Standing::Altered).words(),
            format!("S/MIME: {}", text(Lang::De, "correspondence-seal-altered"))
        );
    }
}
