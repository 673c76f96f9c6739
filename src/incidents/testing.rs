//! For the tests of features: a report as town halls file it, and how it is classified.

use super::model::{Category, Class, Flags, Impact, Inform, NewReport, Observed, Spread, Times, Triage};
use crate::core::ids::OrgId;
use crate::core::text::{Prose, Title};
use crate::core::tlp::Tlp;

/// A report by name about encrypted files.
pub fn report(organisation: OrgId) -> NewReport {
    NewReport {
        organisation: Some(organisation),
        affected: Vec::new(),
        title: Title::parse("Verschlüsselte Dateien im Bauamt").unwrap(),
        description: Prose::parse("Alle Dateien enden auf .lckd.").unwrap(),
        measures: None,
        observed: Observed::Encrypted,
        contact_name: None,
        contact_phone: None,
        inform: Inform::ByName,
        flags: Flags::default(),
        times: Times::default(),
        is_danger: false,
        is_drill: false,
        suggestion: None,
    }
}

/// An incident of little impact in one office.
pub fn triage() -> Triage {
    Triage {
        class: Class::Incident,
        category: Category::InfectedSystem,
        impact: Impact::Low,
        spread: Spread::OneOffice,
        priority: None,
        tlp: Tlp::Amber,
    }
}
