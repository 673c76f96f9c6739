//! What stands in the database before anything is measured, made by the product's own services: the register, the people,
//! 1,000 enrolled administrations and 20,000 incidents of two years.

use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use jiff::SignedDuration;
use meldekette::access::password::{Password, hash_now};
use meldekette::access::service::tokens::{self, NewToken};
use meldekette::access::service::{first, people};
use meldekette::app::{App, Purpose};
use meldekette::audit::sequencer::Sequencer;
use meldekette::config::Config;
use meldekette::core::actor::{Actor, Role, Scope};
use meldekette::core::env::{Env, ManualClock, SystemRandom};
use meldekette::core::error::{Error, Result as Outcome};
use meldekette::core::ids::{AccountId, OrgId};
use meldekette::core::text::{MailAddress, Name};
use meldekette::core::tlp::Tlp;
use meldekette::crypto::authority::Subject;
use meldekette::crypto::keys::KeyKind;
use meldekette::crypto::seal::SealingKey;
use meldekette::directory::model::{ContactInput, ContactRole, Enrolment, Kind, Level, OrganisationInput};
use meldekette::directory::service::{self as directory, ImportOptions};
use meldekette::incidents::input::RawReport;
use meldekette::incidents::model::{Class, Impact, Observed, Spread, Triage};
use meldekette::incidents::service as incidents;
use meldekette::mail::dead;
use meldekette::mail::outbox::MailPurpose;
use meldekette::store::Tx;

use super::engine::Running;
use super::server::{Place, Server};

/// Incidents that the queue holds.
pub const INCIDENTS: usize = 20_000;
/// Who receives an advisory.
pub const RECIPIENTS: usize = 1_000;
pub const ANALYST: &str = "analyse@cert.example";
pub const PASSWORD: &str = "drei-grobe-messfehler-im-herbst";
const REGISTER: &[u8] = include_bytes!("../../config/directory/thueringen.csv");

/// Who can call, and for whom.
pub struct Cast {
    pub reporter: AccountId,
    pub analyst: AccountId,
    pub organisation: OrgId,
    pub cert: OrgId,
    pub reporter_token: String,
    pub analyst_token: String,
    pub approver_token: String,
}

/// Fills the database `prepared` and closes it.
pub fn prepare(engine: &Running) -> Result<Cast> {
    engine.create("prepared", None)?;
    let place = Place::new(engine, "prepared")?;
    SealingKey::create_file(&engine.folder.join("sealing.key"), &Env::system())?;
    let config = Config::load(Some(&place.config), std::iter::empty())?;
    let app = App::open(config, Env::system(), Purpose::Real)?;
    let subject = Subject {
        name: named("ThüringenCERT")?,
        organisation: named("Messung")?,
        address: address("cert@cert.example")?,
    };
    app.keys.create_demonstration(KeyKind::P256, &subject, &app.env)?;
    let system = Actor::system("bench");
    let runtime = tokio::runtime::Runtime::new()?;
    let import = directory::import(&app.db, &system, REGISTER.to_vec(), ImportOptions::default());
    if let Err(faults) = runtime.block_on(import)? {
        bail!("the register has {} faults", faults.len());
    }
    let people = People::make(&app)?;
    enrol(&app, people.administrator)?;
    report(&app, &people)?;
    // The trail of the past is chained now, and not beside what is measured.
    let mut sequencer = Sequencer::new(app.db.clone(), Arc::clone(&app.log_key), &app.origin());
    runtime.block_on(sequencer.finish())?;
    Ok(Cast {
        reporter: people.reporter,
        analyst: people.analyst,
        organisation: people.organisation,
        cert: people.cert,
        reporter_token: token(&app, people.reporter)?,
        analyst_token: token(&app, people.analyst)?,
        approver_token: token(&app, people.approver)?,
    })
}

/// Copies `prepared` to `indexed`, with all that the product makes of the past once it runs.
pub fn index(engine: &Running) -> Result<()> {
    engine.create("indexed", Some("prepared"))?;
    let (server, _) = Server::start(&Place::new(engine, "indexed")?)?;
    server.settle()
}

fn address(text: &str) -> Outcome<MailAddress> {
    MailAddress::parse(text).map_err(|why| Error::Internal(format!("{text}: {why}")))
}

fn named(text: &str) -> Outcome<Name> {
    Name::parse(text).map_err(|why| Error::Internal(format!("{text}: {why}")))
}

fn actor(tx: &mut Tx<'_>, account: AccountId) -> Outcome<Actor> {
    people::load_actor(tx, account)?.ok_or(Error::NotFound)
}

struct People {
    cert: OrgId,
    organisation: OrgId,
    administrator: AccountId,
    reporter: AccountId,
    analyst: AccountId,
    approver: AccountId,
}

impl People {
    fn make(app: &App) -> Result<Self> {
        let hash = hash_now(&Password::typed(PASSWORD), &app.env)?;
        let made = app.db.write_now(move |tx| {
            let system = Actor::system("bench");
            let cert = directory::ensure_cert(tx, &system, "ThüringenCERT")?;
            let links = first::first_administrators(tx, &system, cert)?;
            let mut both = Vec::new();
            for (number, link) in links.iter().enumerate() {
                let mail = address(&format!("administration{number}@cert.example"))?;
                both.push(first::become_administrator(
                    tx,
                    &system,
                    link,
                    &mail,
                    &named("Administration")?,
                    &hash,
                )?);
            }
            let administrator = *both.first().ok_or(Error::NotFound)?;
            let second = *both.last().ok_or(Error::NotFound)?;
            let mut privileged = |mail: &str, role| {
                let account =
                    people::create_account(tx, &system, &address(mail)?, &named(mail)?, Some(&hash))?;
                let by = actor(tx, administrator)?;
                let grant = people::grant_role(tx, &by, account, cert, role)?;
                let by = actor(tx, second)?;
                people::confirm_grant(tx, &by, grant)?;
                Ok::<_, Error>(account)
            };
            let analyst = privileged(ANALYST, Role::Analyst)?;
            let approver = privileged("freigabe@cert.example", Role::Approver)?;
            let organisation = directory::lookup_by_key(tx, "16051000")?.ok_or(Error::NotFound)?.id;
            let reporter = people::create_account(
                tx,
                &system,
                &address("melder@erfurt.example")?,
                &named("Meldestelle")?,
                Some(&hash),
            )?;
            people::grant_role(tx, &system, reporter, organisation, Role::Reporter)?;
            Ok(Self { cert, organisation, administrator, reporter, analyst, approver })
        });
        made.context("people")
    }
}

fn token(app: &App, account: AccountId) -> Result<String> {
    let new = NewToken {
        name: named("bench")?,
        scopes: Scope::ALL.to_vec(),
        valid_for: SignedDuration::from_hours(24),
    };
    Ok(app.db.write_now(move |tx| {
        let by = actor(tx, account)?;
        tokens::issue(tx, &by, account, &new)
    })?)
}

/// State agencies that the register does not know, each with a contact.
fn enrol(app: &App, administrator: AccountId) -> Result<()> {
    for chunk in 0..RECIPIENTS / 50 {
        app.db.write_now(move |tx| {
            let admin = actor(tx, administrator)?;
            (0..50).try_for_each(|at| enrol_one(tx, &admin, chunk * 50 + at))
        })?;
    }
    Ok(())
}

fn enrol_one(tx: &mut Tx<'_>, admin: &Actor, number: usize) -> Outcome<()> {
    let input = OrganisationInput {
        key: None,
        kind: Kind::StateAgency,
        level: Level::State,
        name: named(&format!("Landesbehörde {number:04}"))?,
        district: None,
        is_administration: true,
        seat: None,
        postcode: None,
        valid_from: jiff::civil::date(2020, 1, 1),
        valid_until: None,
    };
    let id = directory::add_organisation(tx, admin, &input)?;
    let contact = ContactInput {
        role: ContactRole::ItSecurityOfficer,
        name: named("IT-Sicherheit")?,
        mail: Some(address(&format!("it-sicherheit@behoerde{number:04}.example"))?),
        phone: None,
        out_of_band: None,
        is_function: true,
        certificate: None,
        pgp: None,
    };
    directory::add_contact(tx, admin, id, &contact)?;
    for next in [Enrolment::Invited, Enrolment::Enrolled] {
        let seen = directory::load(tx, id)?.version;
        directory::set_enrolment(tx, admin, id, next, seen)?;
    }
    Ok(())
}

/// Open incidents, triaged and with deadlines; their mails are of the past and not sent.
fn report(app: &App, people: &People) -> Result<()> {
    const TOGETHER: usize = 50;
    let now = app.env.now();
    let clock = Arc::new(ManualClock::at(now));
    let past = app.open_past(Env::new(clock.clone(), Arc::new(SystemRandom::default())))?;
    let step = SignedDuration::from_hours(2 * 365 * 24) / i32::try_from(INCIDENTS / TOGETHER)?;
    let (reporter, analyst, organisation) = (people.reporter, people.analyst, people.organisation);
    for slot in 0..INCIDENTS / TOGETHER {
        clock.set(now - step * i32::try_from(INCIDENTS / TOGETHER - slot)?);
        past.write_now(move |tx| {
            let (reporter, analyst) = (actor(tx, reporter)?, actor(tx, analyst)?);
            for number in 0..TOGETHER {
                let at = slot * TOGETHER + number;
                let filed = incidents::file(tx, &reporter, &raw(organisation, at).parse()?)?;
                let decided = triage(at);
                incidents::triage(tx, &analyst, &filed.reference, 1, &decided)?;
                let deadline =
                    now + SignedDuration::from_mins(i64::try_from(at * 7919 % 40_000).unwrap_or(0) - 300);
                incidents::set_deadline(tx, filed.id, Some(("respond", deadline)))?;
            }
            Ok(())
        })?;
    }
    app.db.write_now(|tx| dead::drop_queued(tx, MailPurpose::Incident))?;
    Ok(())
}

fn raw(organisation: OrgId, number: usize) -> RawReport {
    RawReport {
        organisation: organisation.to_string(),
        title: format!("Weiterleitungsregel im Postfach des Bauamts, Fall {number}"),
        description: "Eine Regel leitet Mails an eine fremde Adresse weiter. Beispiel, frei erfunden. "
            .repeat(5),
        observed: Observed::Account.code().to_owned(),
        inform: "by_name".to_owned(),
        ..RawReport::default()
    }
}

fn triage(number: usize) -> Triage {
    Triage {
        class: Class::Incident,
        category: Observed::Account.suggests(),
        impact: Impact::ALL[number % Impact::ALL.len()],
        spread: Spread::ALL[number / 4 % Spread::ALL.len()],
        priority: None,
        tlp: Tlp::Amber,
    }
}
