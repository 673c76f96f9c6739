//! What approval fixes: one SHA-256 over a canonical encoding of content, labels, mail and recipients.
//!
//! The encoding is a version line, then for each field its name and value, each with its length in eight bytes before
//! it, so that no two different approvals encode alike. Recipients are in the order of their contact's id.

use ring::digest::{Context, SHA256};

use super::letter::Letter;
use super::model::{Recipient, Version};

/// A SHA-256.
pub type Digest = [u8; 32];

struct Encoder(Context);

impl Encoder {
    fn bytes(&mut self, bytes: &[u8]) {
        self.0.update(&(bytes.len() as u64).to_be_bytes());
        self.0.update(bytes);
    }

    fn field(&mut self, name: &str, value: &str) {
        self.bytes(name.as_bytes());
        self.bytes(value.as_bytes());
    }

    fn list<'a>(&mut self, name: &str, values: impl ExactSizeIterator<Item = &'a String>) {
        self.field(name, &values.len().to_string());
        for value in values {
            self.bytes(value.as_bytes());
        }
    }
}

/// The hash over exactly what is approved: any change of a letter, a label or a recipient gives another one.
#[must_use]
pub fn digest(version: &Version, letter: &Letter, recipients: &[Recipient]) -> Digest {
    let mut encoder = Encoder(Context::new(&SHA256));
    encoder.bytes(b"meldekette advisory approval 1");
    encoder.field("reference", version.reference.as_str());
    encoder.field("number", &version.number.to_string());
    encoder.field("tlp", version.frame.tlp.label());
    encoder.field("warning_step", version.frame.step.code());
    encoder.field("severity", version.frame.severity.code());
    let content = &version.content;
    for (name, text) in [
        ("title", &content.title),
        ("concerns", &content.concerns),
        ("measures", &content.measures),
        ("body", &content.body),
        ("mail_subject", &letter.subject),
        ("mail_text", &letter.text),
    ] {
        encoder.field(name, text);
    }
    if let Some(sealed) = &letter.sealed {
        let (subject, text) = sealed.parts();
        encoder.field("sealed_subject", subject);
        encoder.field("sealed_text", text);
    }
    encoder.list("products", content.products.iter());
    encoder.list("cves", content.cves.iter());
    let mut recipients: Vec<_> = recipients.iter().collect();
    recipients.sort_unstable_by_key(|recipient| recipient.contact);
    encoder.field("recipients", &recipients.len().to_string());
    for recipient in recipients {
        encoder.bytes(recipient.contact.0.as_bytes());
        encoder.bytes(recipient.organisation.0.as_bytes());
        encoder.field(&recipient.name, &recipient.address);
    }
    let mut digest = [0; 32];
    digest.copy_from_slice(encoder.0.finish().as_ref());
    digest
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::advisories::{letter, testing};
    use crate::core::tlp::Tlp;
    use crate::web::testing::settings;

    fn recipients() -> Vec<Recipient> {
        (1..4u128)
            .map(|n| Recipient {
                organisation: Uuid::from_u128(n).into(),
                contact: Uuid::from_u128(10 + n).into(),
                name: format!("Stadt {n}"),
                address: format!("it@stadt{n}.example"),
            })
            .collect()
    }

    fn of(version: &Version, recipients: &[Recipient]) -> Digest {
        let letter = letter::compose(version, &settings()).expect("a letter");
        digest(version, &letter, recipients)
    }

    #[test]
    fn the_order_in_which_the_register_lists_recipients_changes_nothing() {
        let mut turned = recipients();
        turned.reverse();
        let version = testing::version(Tlp::Amber);
        assert_eq!(of(&version, &recipients()), of(&version, &turned));
    }

    #[test]
    fn any_other_label_content_or_recipient_gives_another_hash() {
        let version = testing::version(Tlp::Amber);
        let approved = of(&version, &recipients());
        let mut changes: Vec<(Version, Vec<Recipient>)> = Vec::new();
        let mut change = |f: &dyn Fn(&mut Version, &mut Vec<Recipient>)| {
            let (mut version, mut recipients) = (version.clone(), recipients());
            f(&mut version, &mut recipients);
            changes.push((version, recipients));
        };
        change(&|version, _| version.frame.tlp = Tlp::Green);
        change(&|version, _| version.frame.severity = crate::advisories::model::Severity::High);
        change(&|version, _| version.frame.step = crate::advisories::model::WarningStep::Red);
        change(&|version, _| version.number = 2);
        change(&|version, _| version.content.products = vec!["NetPforte".into(), "Secure Access".into()]);
        // The same letters on the other side of a border between fields.
        change(&|version, _| {
            version.content.body = String::new();
            version.content.measures += &version.content.body.clone();
        });
        change(&|_, recipients| recipients[0].address = "it@andere.example".into());
        change(&|_, recipients| recipients.truncate(2));
        assert!(changes.iter().all(|(version, recipients)| of(version, recipients) != approved));
    }

    proptest! {
        #[test]
        fn texts_that_differ_never_hash_alike(a in "[ab|]{0,4}", b in "[ab|]{0,4}", c in "[ab|]{0,4}", d in "[ab|]{0,4}") {
            let with = |concerns: &str, measures: &str| {
                let mut version = testing::version(Tlp::Red);
                version.content.concerns = concerns.into();
                version.content.measures = measures.into();
                of(&version, &[])
            };
            prop_assert_eq!(with(&a, &b) == with(&c, &d), (&a, &b) == (&c, &d));
        }
    }
}
