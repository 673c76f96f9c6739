//! A question to the 275 customers of a provider, whose process is killed while it is asked, while its mails go out, and
//! while those who are silent are followed.

use std::collections::HashMap;
use std::time::Duration;

use diesel::prelude::*;
use jiff::SignedDuration;
use jiff::civil::date;
use meldekette::access::password::{self, Password};
use meldekette::access::service::{first, people};
use meldekette::app::App;
use meldekette::core::actor::{Actor, Role};
use meldekette::core::error::Result;
use meldekette::core::ids::{AccountId, AnyId, AskedId, OrgId};
use meldekette::core::text::{MailAddress, Name};
use meldekette::directory::model::{
    ContactInput, ContactRole, Kind, Level, OrganisationInput, RelationInput,
};
use meldekette::directory::service as directory;
use meldekette::incidents::fanout::model::Stage;
use meldekette::incidents::input::RawReport;
use meldekette::incidents::service as incidents;
use meldekette::mail::outbox::{self, MailStatus};
use meldekette::store::schema::{fanout_asked, fanouts, jobs, outbox as rows, timeline_entries as lines};
use meldekette::store::{At, Tx};

use super::house::House;
use super::mails::{Tally, wait_for_the_end};
use super::process::Process;
use super::run::{Draw, is_full, is_sqlite, wait_until};
use super::sink::Sink;
use super::town::{PASSWORD, Reporter};

/// As many as KISA has.
const CUSTOMERS: usize = 275;
const ANALYST: &str = "analyse@cert.example";
/// Leases last four times as long: what a killed process held is free again after four seconds.
const SHORT: (&str, &str) = ("MAIL_TIMEOUT_S", "1");

/// A provider with its customers, and a case there.
struct World {
    provider: OrgId,
    reference: String,
}

fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}

fn address(text: &str) -> MailAddress {
    MailAddress::parse(text).unwrap()
}

fn organisation(kind: Kind, called: &str) -> OrganisationInput {
    OrganisationInput {
        key: None,
        kind,
        level: Level::Municipal,
        name: name(called),
        district: None,
        is_administration: kind == Kind::Gemeinde,
        seat: None,
        postcode: None,
        valid_from: date(2020, 1, 1),
        valid_until: None,
    }
}

/// An account of the CERT, which two administrators give its role.
fn at_cert(tx: &mut Tx<'_>, by: &[AccountId], mail: &str, role: Role, hash: &str) -> Result<Actor> {
    let system = Actor::system("test");
    let cert = directory::cert(tx)?;
    let account = people::create_account(tx, &system, &address(mail), &name(mail), Some(hash))?;
    let one = people::load_actor(tx, by[0])?.expect("an administrator");
    let two = people::load_actor(tx, by[1])?.expect("an administrator");
    let grant = people::grant_role(tx, &one, account, cert, role)?;
    people::confirm_grant(tx, &two, grant)?;
    Ok(people::load_actor(tx, account)?.expect("an account"))
}

fn settle(app: &App) -> World {
    let hash = password::hash_now(&Password::typed(PASSWORD), &app.env).unwrap();
    let cert_name = app.settings.cert_name.clone();
    app.db
        .write_now(move |tx| {
            let system = Actor::system("test");
            let cert = directory::ensure_cert(tx, &system, &cert_name)?;
            let mut by = Vec::new();
            for (number, token) in first::first_administrators(tx, &system, cert)?.iter().enumerate() {
                let mail = address(&format!("verwaltung{number}@cert.example"));
                by.push(first::become_administrator(tx, &system, token, &mail, &name("Verwaltung"), &hash)?);
            }
            let lead = at_cert(tx, &by, "leitung@cert.example", Role::CertLead, &hash)?;
            at_cert(tx, &by, ANALYST, Role::Analyst, &hash)?;
            let provider = directory::add_organisation(
                tx,
                &lead,
                &organisation(Kind::ServiceProvider, "Rechenzentrum"),
            )?;
            for number in 1..=CUSTOMERS {
                let called = format!("Gemeinde Nummer {number}");
                let customer =
                    directory::add_organisation(tx, &lead, &organisation(Kind::Gemeinde, &called))?;
                let contact = ContactInput {
                    role: ContactRole::ItSecurityOfficer,
                    name: name("IT-Sicherheit"),
                    mail: Some(address(&format!("it-sicherheit@gemeinde-{number}.example"))),
                    phone: None,
                    out_of_band: None,
                    is_function: true,
                    certificate: None,
                    pgp: None,
                };
                directory::add_contact(tx, &lead, customer, &contact)?;
                let relation = RelationInput {
                    provider,
                    organisation: customer,
                    service: name("Rechenzentrum"),
                    valid_from: date(2020, 1, 1),
                    valid_until: None,
                };
                directory::add_relation(tx, &lead, &relation)?;
            }
            let report = RawReport {
                organisation: provider.to_string(),
                title: "Ausfall".to_owned(),
                description: "Alles steht.".to_owned(),
                observed: "outage".to_owned(),
                inform: "by_name".to_owned(),
                ..RawReport::default()
            };
            let reference = incidents::file(tx, &lead, &report.parse()?)?.reference;
            // Nothing else is on its way.
            diesel::delete(rows::table).execute(tx.conn)?;
            Ok(World { provider, reference })
        })
        .unwrap()
}

/// The question as the page sends it.
fn ask(analyst: &mut Reporter, world: &World) -> Option<u16> {
    let (provider, count) = (world.provider.to_string(), CUSTOMERS.to_string());
    let fields = [
        ("source", provider.as_str()),
        ("heading", "Ausfall im Rechenzentrum"),
        ("notice", "Bitte prüfen Sie Ihre Fachverfahren."),
        ("patience", "8"),
        ("others", ""),
        ("anzahl", count.as_str()),
        ("tun", "fragen"),
    ];
    analyst.try_post(&format!("/vorgaenge/{}/betroffenheit", world.reference), &fields)
}

/// The mails to those who are asked. Each of them is asked once, and has as many mails as `each`.
fn mails(app: &App, each: usize) -> Vec<MailStatus> {
    let (questions, asked): (i64, Vec<AskedId>) = app
        .db
        .read_now(|tx| {
            let asked = fanout_asked::table.select(fanout_asked::id).load(tx.conn)?;
            Ok((fanouts::table.count().get_result(tx.conn)?, asked))
        })
        .unwrap();
    assert_eq!((questions, asked.len()), (1, CUSTOMERS));
    let mut all = Vec::new();
    for id in asked {
        let mails = app.db.read_now(|tx| outbox::list(tx, AnyId(id.0))).unwrap();
        assert_eq!(mails.len(), each, "mails to one that is asked");
        all.extend(mails);
    }
    all
}

/// What came of one mail to each that is asked. What else the product writes meanwhile, of the case to the team, does not
/// count; what nobody wrote does.
fn tally(app: &App, sink: &Sink) -> Tally {
    let asked = mails(app, 1);
    let written: Vec<String> =
        app.db.read_now(|tx| Ok(rows::table.select(rows::message_id).load(tx.conn)?)).unwrap();
    let mut counts = sink.counts();
    counts.retain(|id, _| asked.iter().any(|mail| mail.message_id == *id) || !written.contains(id));
    Tally::of(&asked, &counts)
}

fn check(tally: &Tally, round: usize) {
    let is_true = tally.lost == 0 && tally.strange == 0 && tally.unmarked == 0;
    assert!(is_true && tally.recipients == CUSTOMERS, "round {round}: {tally:?}");
}

/// What sends mails beside a server: on SQLite the server itself.
fn sender(house: &House, sink: &Sink) -> Option<Process> {
    (!is_sqlite()).then(|| house.work(sink, &[SHORT]))
}

#[test]
fn killed_while_it_asks_and_sends_a_question_reaches_every_customer_once() {
    let prepared = House::new();
    let app = prepared.app();
    let world = settle(&app);
    prepared.settle(app);
    let (rounds, mut draw) = (if is_full() { 50 } else { 3 }, Draw(0x4d4b_0275));
    let (mut total, mut in_the_middle) = (Tally::default(), 0);
    for round in 0..rounds {
        let house = prepared.copy();
        let sink = Sink::taking(Duration::from_millis(1));
        let mut first = house.serve(&sink, &[SHORT]);
        let mut beside = sender(&house, &sink);
        let mut analyst = Reporter::sign_in_as(&first, ANALYST);
        let answered = std::thread::scope(|scope| {
            let asking = scope.spawn(|| ask(&mut analyst, &world));
            if round % 2 == 0 {
                // While it is asked.
                std::thread::sleep(Duration::from_micros(draw.below(400_000)));
            } else {
                // While mails go out.
                sink.wait_for(1 + draw.below(CUSTOMERS as u64 - 2) as usize, 60);
            }
            first.signal("KILL");
            if let Some(beside) = &beside {
                beside.signal("KILL");
            }
            asking.join().unwrap()
        });
        first.kill();
        drop(beside.take());
        in_the_middle += usize::from(sink.taken().len() < CUSTOMERS);

        let second = house.serve(&sink, &[SHORT]);
        let _beside = sender(&house, &sink);
        let app = house.app();
        let there: i64 = app.db.read_now(|tx| Ok(fanouts::table.count().get_result(tx.conn)?)).unwrap();
        if answered == Some(303) {
            assert_eq!(there, 1, "round {round}: what was confirmed is there");
        }
        // Whoever got no answer asks again; a question that is there is not asked twice.
        analyst.moved_to(&second);
        analyst.get(&format!("/vorgaenge/{}/betroffenheit", world.reference));
        let again = ask(&mut analyst, &world);
        assert_eq!(again, Some(if there == 1 { 409 } else { 303 }), "round {round}");
        wait_for_the_end(&app, 120);
        let tally = tally(&app, &sink);
        check(&tally, round);
        total.add(&tally);
    }
    println!(
        "{rounds} times kill -9 while {CUSTOMERS} are asked, {in_the_middle} before the last mail: lost {}, came twice \
         {}, of these unmarked {}, marked {}",
        total.lost, total.doubled, total.unmarked, total.marked
    );
}

/// A question whose time is over, without the mails that asked first.
fn overdue(app: &App, world: &World) {
    let (reference, provider) = (world.reference.clone(), world.provider);
    app.db
        .write_now(move |tx| {
            use meldekette::incidents::fanout::{model, service};
            let analyst = meldekette::access::service::holders(tx, &[Role::Analyst])?[0].0;
            let analyst = people::load_actor(tx, analyst)?.expect("an analyst");
            let new = model::NewFanout {
                source: provider,
                service: None,
                heading: meldekette::core::text::Title::parse("Ausfall").unwrap(),
                notice: meldekette::core::text::Prose::parse("Bitte prüfen Sie.").unwrap(),
                is_named: false,
                patience: model::Patience::Hours4,
                others: None,
            };
            service::start(tx, &analyst, &reference, &new, CUSTOMERS)?;
            diesel::delete(rows::table).execute(tx.conn)?;
            let hours = |hours| At(tx.now() - SignedDuration::from_hours(hours));
            let (remind_at, answer_by, now) = (hours(2), hours(1), tx.at());
            diesel::update(fanouts::table)
                .set((fanouts::remind_at.eq(remind_at), fanouts::answer_by.eq(answer_by)))
                .execute(tx.conn)?;
            let chase = jobs::table.filter(jobs::name.eq("fanout.chase"));
            assert_eq!(diesel::update(chase).set(jobs::run_at.eq(now)).execute(tx.conn)?, 1);
            Ok(())
        })
        .unwrap();
}

/// A timer that a killed process held is free again after five minutes; here at once.
fn forget_leases(app: &App) {
    let past = At(app.env.now() - SignedDuration::from_secs(1));
    app.db
        .write_now(move |tx| {
            let held = jobs::table.filter(jobs::lease_until.is_not_null());
            diesel::update(held).set(jobs::lease_until.eq(Some(past))).execute(tx.conn)?;
            Ok(())
        })
        .unwrap();
}

#[test]
fn killed_while_the_silent_are_followed_each_is_asked_again_once() {
    let prepared = House::new();
    let app = prepared.app();
    let world = settle(&app);
    overdue(&app, &world);
    prepared.settle(app);
    let (rounds, mut draw) = (if is_full() { 50 } else { 3 }, Draw(0x4d4b_0276));
    let mut total = Tally::default();
    for round in 0..rounds {
        let house = prepared.copy();
        let sink = Sink::taking(Duration::from_millis(1));
        let mut first = house.work(&sink, &[SHORT]);
        if round % 2 == 0 {
            // Where it is by then, the machine says: before the timer, in it, behind it.
            std::thread::sleep(Duration::from_micros(draw.below(1_500_000)));
        } else {
            sink.wait_for(1 + draw.below(CUSTOMERS as u64 - 2) as usize, 60);
        }
        first.kill();
        let app = house.app();
        forget_leases(&app);
        let _second = house.work(&sink, &[SHORT]);
        wait_until(60, "the silent were followed", || {
            let stage = app.db.read_now(|tx| Ok(fanouts::table.select(fanouts::stage).first(tx.conn)?));
            stage.is_ok_and(|stage: String| stage == Stage::ToCall.code())
        });
        wait_for_the_end(&app, 120);
        let tally = tally(&app, &sink);
        check(&tally, round);
        total.add(&tally);
        let told: Vec<String> =
            app.db.read_now(|tx| Ok(lines::table.select(lines::kind).load(tx.conn)?)).unwrap();
        let mut counts: HashMap<&str, usize> = HashMap::new();
        told.iter().for_each(|kind| *counts.entry(kind).or_default() += 1);
        let [again, silent] = ["fanout_reminded", "fanout_silent"].map(|kind| counts.get(kind).copied());
        assert_eq!((again, silent), (Some(1), Some(1)), "round {round}: no step twice");
    }
    println!(
        "{rounds} times kill -9 while {CUSTOMERS} silent ones are followed: lost {}, came twice {}, of these unmarked \
         {}, marked {}",
        total.lost, total.doubled, total.unmarked, total.marked
    );
}
