//! The words of the register as types: kinds, levels, states, and the official keys.

mod audience;
mod card;
mod compromise;
mod contact;
mod credential;
mod keys;
mod lapse;
mod mandate;
mod organisation;
mod reach;

pub use audience::{AudienceFilter, Candidate, Reach, Recipient, choose};
pub use card::{Card, ContactCode};
pub use compromise::{Compromise, Lifted};
pub use contact::{Contact, ContactInput, OutOfBand};
pub use credential::{Certificate, PgpKey, parse_day};
pub use keys::{Ags, Ars, Key, Postcode, Sign};
pub use lapse::{ASKED_AT_MOST, Due, LAPSES_AFTER, LINK_VALID, Signs};
pub use mandate::{Closed, Grant, MAX_YEARS, Mandate, Standing, WARNED_BEFORE};
pub use organisation::{
    Asset, AssetKind, AssetValue, Call, CallInput, Confirmation, Confirmed, District, Filter, OrgName,
    Organisation, OrganisationInput, Relation, RelationInput, fold, search_text, today,
};
pub use reach::{MailDomain, Network, Phone};

/// Defines an enum with its word in the database, the API and import files, and the Fluent key of its German word.
macro_rules! coded {
    ($($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $code:literal, $label:literal;)+ })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$variant_doc])* #[serde(rename = $code)] $variant,)+ }

        impl $name {
            /// All values, in the order in which pages list them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word in the database, the API and import files.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }

            /// Reads the word of `code`.
            #[must_use]
            pub fn parse(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.code() == code)
            }

            /// The Fluent key of the German word.
            #[must_use]
            pub fn label(self) -> &'static str {
                match self { $(Self::$variant => $label),+ }
            }
        }
    )+};
}

coded! {
    /// What sort of body an organisation is. The municipal kinds are terms of the law and keep their German names.
    Kind {
        Land = "land", "directory-kind-land";
        Landkreis = "landkreis", "directory-kind-landkreis";
        KreisfreieStadt = "kreisfreie_stadt", "directory-kind-kreisfreie-stadt";
        Verwaltungsgemeinschaft = "verwaltungsgemeinschaft", "directory-kind-verwaltungsgemeinschaft";
        /// A town or municipality; an erfüllende Gemeinde is one with a second key.
        Gemeinde = "gemeinde", "directory-kind-gemeinde";
        StateAgency = "state_agency", "directory-kind-state-agency";
        ServiceProvider = "service_provider", "directory-kind-service-provider";
        /// Gemeinde- und Städtebund, Landkreistag: figures, no cases.
        Association = "association", "directory-kind-association";
        /// The CERT itself and its neighbours.
        Cert = "cert", "directory-kind-cert";
        FederalAgency = "federal_agency", "directory-kind-federal-agency";
    }

    /// How high up a body stands.
    Level {
        Municipal = "municipal", "directory-level-municipal";
        District = "district", "directory-level-district";
        State = "state", "directory-level-state";
        Federal = "federal", "directory-level-federal";
    }

    /// How far an administration is connected.
    Enrolment {
        /// Stands in the register; nobody there was asked yet.
        Known = "known", "directory-enrolment-known";
        Invited = "invited", "directory-enrolment-invited";
        /// Sees its cases and receives advisories.
        Enrolled = "enrolled", "directory-enrolment-enrolled";
        Suspended = "suspended", "directory-enrolment-suspended";
    }

    /// What a contact is there for.
    ContactRole {
        ItSecurityOfficer = "it_security_officer", "directory-contact-it-security-officer";
        Deputy = "deputy", "directory-contact-deputy";
        /// Mayor, district administrator, chair of the association.
        Head = "head", "directory-contact-head";
        /// A telephone that somebody answers day and night.
        Hotline = "hotline", "directory-contact-hotline";
    }

    /// What a mandate lets another organisation do; each includes what stands before it.
    MandateScope {
        /// File reports, and follow what becomes of those.
        Report = "report", "directory-mandate-scope-report";
        /// Also read every case that was reported for the organisation.
        Read = "read", "directory-mandate-scope-read";
        /// Also answer the CERT's messages.
        Act = "act", "directory-mandate-scope-act";
    }

    /// How a call to an administration ended.
    CallOutcome {
        Reached = "reached", "directory-call-reached";
        NotReached = "not_reached", "directory-call-not-reached";
        CallBack = "call_back", "directory-call-call-back";
    }
}

impl Enrolment {
    /// Whether the state may follow this one. An invitation can be withdrawn, a suspension lifted.
    #[must_use]
    pub fn may_become(self, next: Self) -> bool {
        use Enrolment::{Enrolled, Invited, Known, Suspended};
        matches!(
            (self, next),
            (Known, Invited) | (Invited, Known | Enrolled) | (Enrolled, Suspended) | (Suspended, Enrolled)
        )
    }

    /// Whether somebody still has to call there.
    #[must_use]
    pub fn is_to_be_called(self) -> bool {
        matches!(self, Self::Known | Self::Invited)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::i18n;

    #[test]
    fn every_kind_level_state_and_role_has_a_german_word_and_reads_back() {
        let words = (Kind::ALL.iter().map(|v| (v.label(), Kind::parse(v.code()) == Some(*v))))
            .chain(Level::ALL.iter().map(|v| (v.label(), Level::parse(v.code()) == Some(*v))))
            .chain(Enrolment::ALL.iter().map(|v| (v.label(), Enrolment::parse(v.code()) == Some(*v))))
            .chain(MandateScope::ALL.iter().map(|v| (v.label(), MandateScope::parse(v.code()) == Some(*v))))
            .chain(ContactRole::ALL.iter().map(|v| (v.label(), ContactRole::parse(v.code()) == Some(*v))));
        for (label, reads_back) in words {
            assert!(i18n::has(i18n::Lang::De, label), "no German word for {label}");
            assert!(reads_back, "{label}");
        }
    }

    #[test]
    fn an_administration_is_invited_before_it_is_enrolled() {
        assert!(Enrolment::Known.may_become(Enrolment::Invited));
        assert!(!Enrolment::Known.may_become(Enrolment::Enrolled));
        assert!(!Enrolment::Known.may_become(Enrolment::Suspended));
        assert!(Enrolment::Suspended.may_become(Enrolment::Enrolled));
        assert!(Enrolment::Invited.is_to_be_called() && !Enrolment::Suspended.is_to_be_called());
    }
}
