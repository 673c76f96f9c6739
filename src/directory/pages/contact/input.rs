//! What was typed about a contact, as a checked value and back.

use jiff::Timestamp;

use crate::core::error::Result;
use crate::core::text::{Fields, MailAddress, Name, Refusal};
use crate::directory::model::{
    Certificate, Contact, ContactInput, ContactRole, OutOfBand, PgpKey, Phone, today,
};
use crate::directory::pages::german;
use crate::web::FormData;

/// Reads the form. What is on file unchanged is kept even where it could not be entered anew, such as a certificate
/// that has expired since.
pub fn parse(typed: &FormData, now: Timestamp, current: Option<&Contact>) -> Result<ContactInput> {
    let mut fields = Fields::default();
    let role = fields.keep("role", ContactRole::parse(typed.get("role")).ok_or("error-choice"));
    let name = fields.keep("name", Name::parse(typed.get("name")));
    let is_function = match typed.get("nature") {
        "function" => Some(true),
        "person" => Some(false),
        _ => fields.keep("nature", Err("error-choice")),
    };
    let mail = optional(&mut fields, typed, "mail", MailAddress::parse);
    let phone = optional(&mut fields, typed, "phone", Phone::parse);
    let out_of_band = optional(&mut fields, typed, "out_of_band", OutOfBand::parse);
    let certificate = optional(&mut fields, typed, "certificate", |text| {
        kept_certificate(text, current).map_or_else(|| Certificate::parse(text, now), Ok)
    });
    let pgp = pgp(&mut fields, typed, now, current);
    let input = (|| {
        Some(ContactInput {
            role: role?,
            name: name?,
            is_function: is_function?,
            mail: mail?,
            phone: phone?,
            out_of_band: out_of_band?,
            certificate: certificate?,
            pgp: pgp?,
        })
    })();
    if let Some((field, reason)) = input.as_ref().and_then(|input| input.check().err()) {
        fields.refuse(field, reason);
    }
    fields.done(input)
}

/// The outer `None` is a refusal, the inner one an empty field.
fn optional<T>(
    fields: &mut Fields,
    typed: &FormData,
    name: &'static str,
    read: impl FnOnce(&str) -> Result<T, Refusal>,
) -> Option<Option<T>> {
    let text = typed.get(name);
    if text.trim().is_empty() { Some(None) } else { fields.keep(name, read(text)).map(Some) }
}

fn same(typed: &str, stored: &str) -> bool {
    typed.trim().replace("\r\n", "\n") == stored.trim()
}

fn kept_certificate(typed: &str, current: Option<&Contact>) -> Option<Certificate> {
    let (pem, until) =
        current.and_then(|contact| contact.certificate.clone().zip(contact.certificate_until))?;
    same(typed, &pem).then(|| Certificate { addresses: Certificate::addresses_of(&pem), pem, until })
}

fn pgp(
    fields: &mut Fields,
    typed: &FormData,
    now: Timestamp,
    current: Option<&Contact>,
) -> Option<Option<PgpKey>> {
    let (key, until) = (typed.get("pgp_key"), typed.get("pgp_until"));
    if key.trim().is_empty() {
        return Some(None);
    }
    let stored = current.and_then(|contact| contact.pgp_key.clone().zip(contact.pgp_until));
    if let Some((armored, at)) = stored
        && same(key, &armored)
        && until.trim() == german(today(at))
    {
        return Some(Some(PgpKey { armored, until: at }));
    }
    match PgpKey::parse(key, until, now) {
        Ok(key) => Some(Some(key)),
        Err((field, reason)) => {
            fields.refuse(field, reason);
            None
        }
    }
}

/// The form filled with what is stored.
pub fn filled(contact: &Contact) -> FormData {
    let until = contact.pgp_until.map(|at| german(today(at)));
    FormData::default()
        .with("role", contact.role.code())
        .with("nature", if contact.is_function { "function" } else { "person" })
        .with("name", &contact.name)
        .with("mail", &contact.mail)
        .with("phone", &contact.phone)
        .with("out_of_band", &contact.out_of_band)
        .with("certificate", contact.certificate.clone().unwrap_or_default())
        .with("pgp_key", contact.pgp_key.clone().unwrap_or_default())
        .with("pgp_until", until.unwrap_or_default())
        .with("version", contact.version.to_string())
}

/// A field in which the stored contact differs from what was typed.
pub struct Difference {
    /// The Fluent key of the field's name.
    pub label: &'static str,
    pub stored: String,
    pub typed: String,
}

/// Both versions, where they differ.
pub fn differences(contact: &Contact, typed: &FormData) -> Vec<Difference> {
    let stored = filled(contact);
    let differs = super::LABELS.into_iter().filter(|(name, _)| !same(typed.get(name), stored.get(name)));
    differs
        .map(|(name, label)| Difference {
            label,
            stored: shown(name, stored.get(name)),
            typed: shown(name, typed.get(name)),
        })
        .collect()
}

/// A value in the words of the form.
fn shown(name: &str, value: &str) -> String {
    use crate::core::i18n::{Lang, text};
    let key = match (name, value) {
        ("role", code) => ContactRole::parse(code).map(ContactRole::label),
        ("nature", "function") => Some("directory-contact-function"),
        ("nature", _) => Some("directory-contact-person"),
        _ => None,
    };
    key.map_or_else(|| value.to_owned(), |key| text(Lang::De, key).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::error::Error;

    fn typed() -> FormData {
        FormData::default()
            .with("role", "deputy")
            .with("nature", "person")
            .with("name", "Stellvertretung")
            .with("mail", "stellvertretung@stadt.example")
    }

    fn now() -> Timestamp {
        "2026-11-21T12:00:00Z".parse().expect("an instant")
    }

    #[test]
    fn every_fault_of_the_form_is_told_at_its_field() {
        let bad = FormData::default()
            .with("role", "chef")
            .with("name", " ")
            .with("phone", "anrufen")
            .with("certificate", "liegt bei")
            .with("pgp_key", "liegt bei");
        let Err(Error::Invalid(refused)) = parse(&bad, now(), None) else { panic!("refused") };
        let fields: Vec<_> = refused.iter().map(|refused| refused.field).collect();
        assert_eq!(fields, ["role", "name", "nature", "phone", "certificate", "pgp_key"]);
        let read = parse(&typed(), now(), None).expect("read");
        assert!(!read.is_function && read.phone.is_none() && read.certificate.is_none());
    }

    #[test]
    fn a_telephone_can_be_corrected_although_the_certificate_on_file_has_expired() {
        let until: Timestamp = "2026-01-01T00:00:00Z".parse().expect("an instant");
        let contact = Contact {
            id: uuid::Uuid::from_u128(1).into(),
            organisation: uuid::Uuid::from_u128(2).into(),
            role: ContactRole::Deputy,
            name: "Stellvertretung".into(),
            mail: "stellvertretung@stadt.example".into(),
            phone: String::new(),
            out_of_band: String::new(),
            is_function: false,
            certificate: Some("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n".into()),
            certificate_until: Some(until),
            pgp_key: None,
            pgp_until: None,
            ended_at: None,
            version: 3,
            updated_at: until,
            confirmed_at: None,
            asked: 0,
            asked_at: None,
        };
        let form = filled(&contact).with("unused", "");
        let read = parse(&form, now(), Some(&contact)).expect("read");
        assert_eq!(read.certificate.map(|certificate| certificate.until), Some(until));
        let other =
            typed().with("certificate", "-----BEGIN CERTIFICATE-----\nMIIC\n-----END CERTIFICATE-----");
        assert!(parse(&other, now(), Some(&contact)).is_err());
        let both = differences(&contact, &typed().with("phone", "0361 1"));
        let labels: Vec<_> = both.iter().map(|difference| difference.label).collect();
        assert_eq!(labels, ["directory-contact-phone", "directory-contact-certificate"]);
    }
}
