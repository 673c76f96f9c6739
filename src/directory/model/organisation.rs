//! A body of the register as the product knows it, and what belongs to it.

use jiff::Timestamp;
use jiff::civil::Date;

use super::{CallOutcome, Enrolment, Kind, Level, MailDomain, Network};
use crate::core::codes::codes;
use crate::core::ids::{AssetId, CallId, OrgId, ServiceRelationId};
use crate::core::text::{Block, Name};
use crate::core::when;
use crate::directory::import::BY_HAND;

/// The civil day in Thüringen, by which validity is decided.
#[must_use]
pub fn today(now: Timestamp) -> Date {
    now.to_zoned(when::zone()).date()
}

/// A body of the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    pub id: OrgId,
    /// Where the row comes from; [`BY_HAND`] for what people entered, everything else is changed by another import.
    pub source: String,
    pub source_key: Option<String>,
    pub kind: Kind,
    pub level: Level,
    pub name: String,
    /// The district's sign on number plates, empty where there is none.
    pub sign: String,
    pub ags: Option<String>,
    pub ars: Option<String>,
    pub second_key: Option<String>,
    pub parent: Option<OrgId>,
    pub district: Option<OrgId>,
    pub administered_by: Option<OrgId>,
    pub is_administration: bool,
    pub is_cert: bool,
    pub seat: String,
    pub postcode: String,
    pub population: Option<i32>,
    pub enrolment: Enrolment,
    pub enrolment_at: Timestamp,
    /// First day, and first day on which it is no more.
    pub valid_from: Date,
    pub valid_until: Option<Date>,
    pub is_example: bool,
    pub version: i32,
    pub updated_at: Timestamp,
}

impl Organisation {
    /// Whether it exists on that day.
    #[must_use]
    pub fn is_valid_on(&self, day: Date) -> bool {
        self.valid_from <= day && self.valid_until.is_none_or(|until| day < until)
    }

    /// Whether it has an emergency card on that day: each administration does.
    #[must_use]
    pub fn has_card_on(&self, day: Date) -> bool {
        self.is_administration && self.is_valid_on(day)
    }

    /// Whether people entered it, so that people may change it.
    #[must_use]
    pub fn is_by_hand(&self) -> bool {
        self.source == BY_HAND
    }
}

/// What a page shows of an organisation in passing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OrgName {
    pub name: String,
    /// The district's sign, possibly empty.
    pub sign: String,
}

impl std::fmt::Display for OrgName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name)
    }
}

/// A Landkreis or kreisfreie Stadt, for filters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct District {
    pub id: OrgId,
    pub name: String,
    pub sign: String,
}

/// What a list of organisations is narrowed to; what is not set does not narrow.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub kind: Option<Kind>,
    pub district: Option<OrgId>,
    pub enrolment: Option<Enrolment>,
    /// Only those that run an administration of their own.
    pub administrations: bool,
    /// Words that must all occur in name, seat or keys.
    pub text: String,
    /// Also those that are no more.
    pub ended: bool,
}

/// An organisation as a person enters it.
#[derive(Debug, Clone)]
pub struct OrganisationInput {
    /// By which import files refer to it.
    pub key: Option<super::Key>,
    pub kind: Kind,
    pub level: Level,
    pub name: Name,
    pub district: Option<OrgId>,
    pub is_administration: bool,
    pub seat: Option<Name>,
    pub postcode: Option<super::Postcode>,
    pub valid_from: Date,
    pub valid_until: Option<Date>,
}

/// What sort of thing an asset is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AssetKind {
    Cidr,
    Asn,
    MailDomain,
}

impl AssetKind {
    /// The word in the database.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Cidr => "cidr",
            Self::Asn => "asn",
            Self::MailDomain => "mail_domain",
        }
    }

    /// Reads the word of [`AssetKind::code`].
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Cidr, Self::Asn, Self::MailDomain].into_iter().find(|kind| kind.code() == code)
    }

    /// The Fluent key of the German word.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Cidr => "directory-asset-cidr",
            Self::Asn => "directory-asset-asn",
            Self::MailDomain => "directory-asset-mail-domain",
        }
    }
}

/// A network or mail domain, by which reports and observations are recognised as an organisation's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    pub id: AssetId,
    pub organisation: OrgId,
    pub kind: AssetKind,
    pub value: String,
}

/// A network or mail domain as a person enters it.
#[derive(Debug, Clone)]
pub enum AssetValue {
    Network(Network),
    MailDomain(MailDomain),
}

impl AssetValue {
    /// What sort of thing it is.
    #[must_use]
    pub fn kind(&self) -> AssetKind {
        match self {
            Self::Network(Network::Cidr(_)) => AssetKind::Cidr,
            Self::Network(Network::Asn(_)) => AssetKind::Asn,
            Self::MailDomain(_) => AssetKind::MailDomain,
        }
    }
}

impl std::fmt::Display for AssetValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Network(network) => network.fmt(f),
            Self::MailDomain(domain) => domain.fmt(f),
        }
    }
}

/// Who serves whom, for which service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    pub id: ServiceRelationId,
    pub provider: OrgId,
    pub organisation: OrgId,
    pub service: String,
    pub source: String,
    pub is_example: bool,
    pub valid_from: Date,
    pub valid_until: Option<Date>,
}

/// A service relation as a person enters it.
#[derive(Debug, Clone)]
pub struct RelationInput {
    pub provider: OrgId,
    pub organisation: OrgId,
    pub service: Name,
    pub valid_from: Date,
    pub valid_until: Option<Date>,
}

codes! {
    /// What somebody of an organisation may confirm of it.
    Confirmed {
        /// What the register knows of it is right.
        Data = "data",
        /// Its emergency card is printed and lies ready.
        Card = "card",
    }
}

/// Somebody there said that what the register knows of an organisation is right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmation {
    pub at: Timestamp,
    pub author: String,
}

/// A call to an administration that is to be enrolled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    pub id: CallId,
    pub organisation: OrgId,
    pub at: Timestamp,
    pub author: String,
    pub outcome: CallOutcome,
    pub note: String,
}

/// What a person notes about a call.
#[derive(Debug, Clone)]
pub struct CallInput {
    pub outcome: CallOutcome,
    pub note: Option<Block<1000>>,
}

/// Lower case, umlauts written out: `Mühlhausen`, `muehlhausen` and `MÜHLHAUSEN` become one.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        match c {
            'ä' => folded.push_str("ae"),
            'ö' => folded.push_str("oe"),
            'ü' => folded.push_str("ue"),
            'ß' => folded.push_str("ss"),
            c => folded.push(c),
        }
    }
    folded
}

/// Words that say what a body is, not where: people look for `Erfurt`, not for `Stadt Erfurt`.
const TITLES: [&str; 6] = ["stadt", "gemeinde", "landkreis", "verwaltungsgemeinschaft", "markt", "land"];

/// What lists are ordered and searched by: the place, then the rest of the name, then keys and seat.
#[must_use]
pub fn search_text(name: &str, seat: &str, keys: &[Option<&str>]) -> String {
    let name = fold(name);
    let (title, place) = match name.split_once(' ') {
        Some((title, place)) if TITLES.contains(&title) => (title, place),
        _ => ("", name.as_str()),
    };
    let seat = fold(seat);
    let parts = [place, title, seat.as_str()].into_iter().chain(keys.iter().filter_map(|key| *key));
    parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_analyst_finds_a_town_by_its_place_however_the_umlaut_is_typed() {
        let stored = search_text("Stadt Mühlhausen/Thüringen", "", &[Some("16064046"), None]);
        assert!(stored.starts_with("muehlhausen/thueringen stadt"));
        assert!(stored.contains("16064046"));
        for typed in ["Mühlhausen", "MUEHLHAUSEN", "mühl"] {
            assert!(stored.contains(&fold(typed)), "{typed}");
        }
        assert_eq!(search_text("Wartburgkreis", "Bad Salzungen", &[]), "wartburgkreis bad salzungen");
    }

    #[test]
    fn the_day_changes_at_midnight_in_thueringen() {
        let late: Timestamp = "2026-03-30T22:30:00Z".parse().expect("an instant");
        assert_eq!(today(late).to_string(), "2026-03-31");
    }
}
