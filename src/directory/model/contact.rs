//! A function or person at an organisation, and by which ways it is reached.

use jiff::Timestamp;

use super::{Certificate, ContactRole, PgpKey, Phone};
use crate::core::ids::{ContactId, OrgId};
use crate::core::text::{MailAddress, Name, Refusal};
use crate::mail::keys::Filed;

/// A contact as it stands in the register. Empty strings: not given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    pub id: ContactId,
    pub organisation: OrgId,
    pub role: ContactRole,
    pub name: String,
    pub mail: String,
    pub phone: String,
    /// Outside the organisation's own network: a mail address or a telephone number.
    pub out_of_band: String,
    /// A mailbox or telephone of a function, not of a person.
    pub is_function: bool,
    /// PEM of the S/MIME certificate.
    pub certificate: Option<String>,
    pub certificate_until: Option<Timestamp>,
    /// Armored OpenPGP public key; until when is what a person stated.
    pub pgp_key: Option<String>,
    pub pgp_until: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    pub version: i32,
    pub updated_at: Timestamp,
    /// When it said that it still holds; how often and when it was asked since.
    pub confirmed_at: Option<Timestamp>,
    pub asked: i32,
    pub asked_at: Option<Timestamp>,
}

impl Contact {
    /// What is on file to encrypt with. A certificate counts where it names the contact's address, or none.
    #[must_use]
    pub fn on_file(&self) -> Filed {
        let names = |pem: &&String| {
            let named = Certificate::addresses_of(pem);
            named.is_empty() || named.contains(&self.mail)
        };
        Filed {
            is_function: self.is_function,
            certificate: self.certificate.as_ref().filter(names).cloned(),
            openpgp: self.pgp_key.clone().zip(self.pgp_until),
        }
    }
}

/// A way to reach somebody when the organisation's own mail and telephone are down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OutOfBand {
    Mail(MailAddress),
    Phone(Phone),
}

impl OutOfBand {
    /// Reads a mail address where there is an `@`, otherwise a telephone number.
    ///
    /// # Errors
    /// The Fluent key of the reason.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        if text.contains('@') {
            MailAddress::parse(text).map(Self::Mail)
        } else {
            Phone::parse(text).map(Self::Phone)
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Mail(address) => address.as_str(),
            Self::Phone(phone) => phone.as_str(),
        }
    }
}

/// A contact as a person enters it: at least one way to reach it.
#[derive(Debug, Clone)]
pub struct ContactInput {
    pub role: ContactRole,
    pub name: Name,
    pub mail: Option<MailAddress>,
    pub phone: Option<Phone>,
    pub out_of_band: Option<OutOfBand>,
    pub is_function: bool,
    pub certificate: Option<Certificate>,
    pub pgp: Option<PgpKey>,
}

impl ContactInput {
    /// What is wrong with it as a whole, as field and reason.
    ///
    /// # Errors
    /// No way to reach the contact at all, or an out-of-band address in the very domain that may be down.
    pub fn check(&self) -> Result<(), (&'static str, Refusal)> {
        if self.mail.is_none() && self.phone.is_none() {
            return Err(("mail", "directory-error-unreachable"));
        }
        match (&self.out_of_band, &self.mail) {
            (Some(OutOfBand::Mail(outside)), Some(mail)) if outside.domain() == mail.domain() => {
                Err(("out_of_band", "directory-error-out-of-band"))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(mail: &str, out_of_band: &str) -> ContactInput {
        ContactInput {
            role: ContactRole::Deputy,
            name: Name::parse("IT-Leitstelle").expect("name"),
            mail: MailAddress::parse(mail).ok(),
            phone: None,
            out_of_band: OutOfBand::parse(out_of_band).ok(),
            is_function: true,
            certificate: None,
            pgp: None,
        }
    }

    #[test]
    fn the_address_for_emergencies_is_not_in_the_domain_that_may_be_down() {
        let same = input("it@stadt.example", "privat@stadt.example");
        assert_eq!(same.check(), Err(("out_of_band", "directory-error-out-of-band")));
        assert_eq!(input("it@stadt.example", "it@ausweich.example").check(), Ok(()));
        assert_eq!(input("it@stadt.example", "0361 37900").check(), Ok(()));
    }

    #[test]
    fn a_contact_that_nobody_can_reach_is_refused() {
        assert_eq!(input("", "").check(), Err(("mail", "directory-error-unreachable")));
    }
}
