//! What is said to all reaches a town hall whose own mail is not trusted, and never through that mail.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;

use super::*;
use crate::advisories::model::DeliveryState;
use crate::advisories::testing::{House, everywhere};
use crate::core::ids::OrgId;
use crate::core::text::{Block, MailAddress, Name};
use crate::crypto::authority::{DemonstrationAuthority, Subject};
use crate::crypto::keys::{KeyKind, PrivateKey, SigningIdentity};
use crate::directory::model::{ContactInput, OutOfBand};
use crate::directory::service as directory;
use crate::mail::diversion::Turned;
use crate::mail::message::Composer;
use crate::mail::transport::memory::{MemoryTransport, Sent};
use crate::mail::worker::{Worker, WorkerSettings};

/// Sends what is due, and returns every byte that was handed to the transport.
fn send(house: &House) -> Sent {
    let env = house.db().env().clone();
    let authority = DemonstrationAuthority::create(&env).expect("an authority");
    let key = PrivateKey::generate(KeyKind::P256, &env).expect("a key");
    let subject = Subject {
        name: Name::parse("ThüringenCERT").expect("name"),
        organisation: Name::parse("Freistaat Thüringen").expect("name"),
        address: MailAddress::parse("cert@cert.example").expect("address"),
    };
    let certificate = authority.issue(&key, &subject, &env).expect("a certificate");
    let identity = Arc::new(SigningIdentity::new(&key, certificate.as_bytes()).expect("an identity"));
    let composer =
        Composer::new(identity, &Name::parse("CERT").expect("name"), None, env).expect("a composer");
    let settings = WorkerSettings {
        connections: 2,
        bound: Duration::from_millis(500),
        give_up_after: SignedDuration::from_hours(48),
    };
    let memory = MemoryTransport::default();
    let worker = Worker::new(house.db().clone(), Arc::new(memory.clone()), composer, settings);
    tokio::runtime::Runtime::new().expect("a runtime").block_on(worker.drain());
    memory.take()
}

fn recipients(sent: &Sent) -> Vec<String> {
    let mut all: Vec<_> = sent.iter().map(|(envelope, _)| envelope.to.to_string()).collect();
    all.sort();
    all
}

/// States where the officer's mail goes in an emergency.
fn state_outside(house: &House, org: OrgId, outside: &'static str) {
    let lead = house.lead();
    let done = house.write(move |tx| {
        let contact = directory::contacts_of(tx, org)?.remove(0);
        let input = ContactInput {
            role: contact.role,
            name: Name::parse(&contact.name).expect("name"),
            mail: MailAddress::parse(&contact.mail).ok(),
            phone: None,
            out_of_band: OutOfBand::parse(outside).ok(),
            is_function: contact.is_function,
            certificate: None,
            pgp: None,
        };
        directory::change_contact(tx, &lead, org, contact.id, contact.version, &input)
    });
    done.expect("stated");
}

fn mark(house: &House, org: OrgId) -> Turned {
    let author = house.author();
    let reason = Block::parse("Verschlüsselung im Rathaus").expect("text");
    house.write(move |tx| directory::mark_offline(tx, &author, org, None, &reason)).expect("marked").turned
}

fn lift(house: &House, org: OrgId) -> crate::mail::diversion::Released {
    let author = house.author();
    let reason = Block::parse("Neu aufgesetzt und geprüft").expect("text");
    house.write(move |tx| directory::lift_offline(tx, &author, org, &reason)).expect("lifted").1
}

fn nothing_goes_to(sent: &Sent, address: &str) {
    for (envelope, bytes) in sent {
        assert_ne!(envelope.to.as_str(), address);
        let said = String::from_utf8_lossy(bytes);
        assert!(!said.contains(address), "{said}");
    }
}

#[test]
fn an_advisory_published_while_a_town_hall_is_marked_reaches_it_out_of_band_and_others_as_ever() {
    everywhere(|house| {
        let marked = house.town("Stadt Bergrode", &[("it@bergrode.example", true)]);
        house.town("Gemeinde Altenau", &[("it@altenau.example", true)]);
        state_outside(house, marked, "it@ausweich.example");
        assert_eq!(mark(house, marked), Turned::default());
        house.published(Tlp::Green);
        let sent = send(house);
        assert_eq!(recipients(&sent), ["it@altenau.example", "it@ausweich.example"]);
        nothing_goes_to(&sent, "it@bergrode.example");
    });
}

#[test]
fn what_was_published_before_the_mark_and_waits_is_turned_and_the_board_says_whom_to_call() {
    everywhere(|house| {
        let by_mail = house.town("Stadt Bergrode", &[("it@bergrode.example", true)]);
        let by_telephone = house.town("Gemeinde Altenau", &[("it@altenau.example", true)]);
        state_outside(house, by_mail, "it@ausweich.example");
        let version = house.published(Tlp::Green);
        assert_eq!(mark(house, by_mail), Turned { rerouted: 1, ..Turned::default() });
        assert_eq!(mark(house, by_telephone), Turned { held: 1, ..Turned::default() });
        let sent = send(house);
        assert_eq!(recipients(&sent), ["it@ausweich.example"]);
        nothing_goes_to(&sent, "it@bergrode.example");
        nothing_goes_to(&sent, "it@altenau.example");
        let board = house.board(&version.reference);
        let to_call: Vec<_> = board.rows.iter().filter(|row| row.delivery.state.is_to_be_called()).collect();
        assert_eq!(to_call.len(), 1);
        assert_eq!(to_call[0].delivery.name, "Gemeinde Altenau");
        assert!(to_call[0].delivery.answer.as_deref().is_some_and(|said| said.starts_with("Zurückgehalten")));

        assert_eq!(lift(house, by_telephone).sent, 1);
        let sent = send(house);
        assert_eq!(recipients(&sent), ["it@altenau.example"]);
        let board = house.board(&version.reference);
        assert!(board.rows.iter().all(|row| row.delivery.state == DeliveryState::Accepted));
    });
}

#[test]
fn the_mark_is_refused_twice_and_to_whoever_does_not_work_on_cases() {
    everywhere(|house| {
        let org = house.town("Stadt Bergrode", &[("it@bergrode.example", true)]);
        let own = house.reporter(200, "it@bergrode.example", org);
        let reason = Block::parse("Verdacht").expect("text");
        let refused = house.write(move |tx| directory::mark_offline(tx, &own, org, None, &reason));
        assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
        mark(house, org);
        let (author, reason) = (house.author(), Block::parse("Noch einmal").expect("text"));
        let refused = house.write(move |tx| directory::mark_offline(tx, &author, org, None, &reason));
        assert!(matches!(refused, Err(Error::Conflict("offline-error-already"))), "{refused:?}");
        lift(house, org);
        let (author, reason) = (house.author(), Block::parse("Noch einmal").expect("text"));
        let refused = house.write(move |tx| directory::lift_offline(tx, &author, org, &reason));
        assert!(matches!(refused, Err(Error::Stale)), "{refused:?}");
        let author = house.author();
        let known = house.db().read_now(|tx| directory::offline(tx, &author, org)).expect("its marks");
        assert!(known.present.is_none() && known.earlier.len() == 1);
    });
}
