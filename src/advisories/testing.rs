//! A version and settings for the unit tests of this feature.

use jiff::Timestamp;
use uuid::Uuid;

use super::machine::State;
use super::model::{Content, Frame, Reference, Severity, Version, WarningStep};
use crate::core::tlp::Tlp;
use crate::directory::model::AudienceFilter;
use crate::web::site::Settings;

pub fn settings() -> Settings {
    Settings {
        public_url: "https://meldekette.example".into(),
        cert_name: "ThüringenCERT".into(),
        phone: "030 23125 001".into(),
        phone_dial: "+493023125001".into(),
        is_demonstration: false,
    }
}

pub fn frame(tlp: Tlp) -> Frame {
    Frame { tlp, step: WarningStep::Orange, severity: Severity::Critical, audience: AudienceFilter::All }
}

pub fn content() -> Content {
    Content {
        title: "Kritische Lücke in NetPforte".into(),
        concerns: "Das betrifft **alle** mit NetPforte vor 9.4.2.".into(),
        measures: "1. **Version prüfen.** Unter „System“.\n2. Update einspielen.".into(),
        body: "Fremde Konten heißen oft `svc_np`.".into(),
        products: vec!["NetPforte Secure Access".into()],
        cves: vec!["CVE-2026-99901".into()],
    }
}

pub fn version(tlp: Tlp) -> Version {
    Version {
        id: Uuid::from_u128(1).into(),
        advisory: Uuid::from_u128(2).into(),
        reference: Reference::new(2026, 7),
        number: 1,
        state: State::Draft,
        frame: frame(tlp),
        content: content(),
        return_reason: String::new(),
        created_at: Timestamp::UNIX_EPOCH,
        submitted_at: None,
        approved_name: None,
        approved_at: None,
        approved_hash: None,
        published_at: None,
        lock: 1,
        updated_at: Timestamp::UNIX_EPOCH,
    }
}
