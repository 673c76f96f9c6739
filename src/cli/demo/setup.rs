//! The cast: the real register, function accounts at every administration, and the CERT's own people.

use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use base64::Engine as _;

use super::report::Progress;
use crate::access::password::{Password, hash_now};
use crate::access::service::{first, people};
use crate::app::App;
use crate::core::actor::{Actor, Role};
use crate::core::error::Error;
use crate::core::ids::{AccountId, OrgId};
use crate::core::text::{MailAddress, Name};
use crate::directory::model::{ContactInput, ContactRole, Enrolment, Filter, Organisation, Phone};
use crate::directory::service::{self as directory, ImportOptions};
use crate::store::Tx;

/// The register of Thüringen, and the invented providers.
const REGISTER: &[u8] = include_bytes!("../../../config/directory/thueringen.csv");
const PROVIDERS: &[u8] = include_bytes!("../../../config/directory/beispiel-dienstleister.csv");
/// The key of the provider that has an account.
const PROVIDER: &str = "kiv-thueringen-beispiel";
/// Administrations that are enrolled in one transaction.
const CHUNK: usize = 40;

/// An account of the demonstration, with which a visitor may sign in.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub account: AccountId,
    pub name: String,
    pub mail: String,
    pub role: Role,
    pub organisation: OrgId,
    pub organisation_name: String,
}

/// Everybody who acts.
pub(super) struct Cast {
    pub password: String,
    /// The first administration, from where a report comes.
    pub reporter: Person,
    pub lead: Person,
    pub analyst: Person,
    pub second_analyst: Person,
    pub approver: Person,
    pub cert_lead: Person,
    pub auditor: Person,
    pub administrator: Person,
    pub second_administrator: Person,
    pub state: Person,
    /// An invented IT service provider.
    pub provider: Person,
    /// One reporter for each enrolled administration.
    pub reporters: Vec<Person>,
}

impl Cast {
    /// Those who are shown to a visitor.
    pub fn shown(&self) -> [&Person; 11] {
        [
            &self.reporter,
            &self.lead,
            &self.analyst,
            &self.second_analyst,
            &self.approver,
            &self.cert_lead,
            &self.state,
            &self.auditor,
            &self.administrator,
            &self.second_administrator,
            &self.provider,
        ]
    }
}

/// Acts as an account, with the roles that count now.
pub(super) fn actor(tx: &mut Tx<'_>, person: &Person) -> Result<Actor, Error> {
    people::load_actor(tx, person.account)?.ok_or(Error::NotFound)
}

/// Imports the register, makes the accounts and enrols every administration.
pub(super) async fn cast(app: &Arc<App>, bar: &Progress) -> Result<Cast> {
    bar.step("Register einlesen");
    let system = Actor::system("demo");
    for file in [REGISTER, PROVIDERS] {
        let imported = directory::import(&app.db, &system, file.to_vec(), ImportOptions::default()).await?;
        if let Err(faults) = imported {
            bail!("the register has {} faults, the first in line {}", faults.len(), faults[0].line);
        }
    }
    // One password for all example accounts, drawn anew each time: hashing is slow on purpose.
    let password = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(app.env.bytes::<12>());
    let hash = hash_now(&Password::typed(&password), &app.env)?;
    let (app, bar) = (Arc::clone(app), bar.clone());
    tokio::task::spawn_blocking(move || make(&app, &bar, password, hash)).await?
}

fn make(app: &App, bar: &Progress, password: String, hash: String) -> Result<Cast> {
    bar.step("Konten anlegen");
    let name = app.settings.cert_name.clone();
    let (cert, state) = app.db.write_now(move |tx| {
        let cert = directory::ensure_cert(tx, &Actor::system("demo"), &name)?;
        Ok((cert, directory::state_leadership(tx)?.ok_or(Error::NotFound)?))
    })?;
    let cert_name = app.settings.cert_name.clone();
    let first = [("administration1", "Administration 1"), ("administration2", "Administration 2")];
    let administrators = first_administrators(app, cert, &cert_name, first, &hash)?;
    let [administrator, second_administrator] = administrators;
    let by = Grantors { first: &administrator, second: &second_administrator, hash: &hash };
    let at_cert = |mail: &str, title: &str, role| by.person(app, mail, title, role, cert, &cert_name);
    let analyst = at_cert("analyse1@thueringencert.example", "Analyse 1", Role::Analyst)?;
    let second_analyst = at_cert("analyse2@thueringencert.example", "Analyse 2", Role::Analyst)?;
    let approver = at_cert("freigabe@thueringencert.example", "Freigabe", Role::Approver)?;
    let cert_lead = at_cert("leitung@thueringencert.example", "Leitung ThüringenCERT", Role::CertLead)?;
    let auditor = at_cert("revision@thueringencert.example", "Revision", Role::Auditor)?;
    let land =
        by.person(app, "it-leitung@land.example", "IT-Leitung Land", Role::OrgLead, state, "Thüringen")?;
    let provider =
        app.db.read_now(|tx| directory::lookup_by_key(tx, PROVIDER))?.context("the example's provider")?;
    let provider =
        by.person(app, "leitstelle@kiv.example", "Leitstelle", Role::OrgLead, provider.id, &provider.name)?;
    let reporters = enrol(app, bar, &administrator, &hash)?;
    let reporter = reporters
        .iter()
        .find(|person| person.organisation_name == "Stadt Waltershausen")
        .or(reporters.first())
        .context("no administration was enrolled")?
        .clone();
    let house = reporter.organisation_name.clone();
    let lead = by.person(
        app,
        "leitung@waltershausen.example",
        "Leitung der Verwaltung",
        Role::OrgLead,
        reporter.organisation,
        &house,
    )?;
    Ok(Cast {
        password,
        reporter,
        lead,
        analyst,
        second_analyst,
        approver,
        cert_lead,
        auditor,
        administrator,
        second_administrator,
        state: land,
        provider,
        reporters,
    })
}

/// The first two administrators come in by their one-time links, as in a real house.
fn first_administrators(
    app: &App,
    cert: OrgId,
    cert_name: &str,
    people: [(&'static str, &'static str); 2],
    hash: &str,
) -> Result<[Person; 2]> {
    let hash = hash.to_owned();
    let accounts = app.db.write_now(move |tx| {
        let system = Actor::system("demo");
        let links = first::first_administrators(tx, &system, cert)?;
        let mut accounts = Vec::new();
        for (token, (mail, name)) in links.iter().zip(people) {
            let mail = address(&format!("{mail}@thueringencert.example"))?;
            accounts.push(first::become_administrator(tx, &system, token, &mail, &named(name)?, &hash)?);
        }
        Ok(accounts)
    })?;
    let [first, second] = accounts[..] else { bail!("there were no two links for the first administrators") };
    let person = |account, (mail, name): (&str, &str)| Person {
        account,
        name: name.to_owned(),
        mail: format!("{mail}@thueringencert.example"),
        role: Role::Administrator,
        organisation: cert,
        organisation_name: cert_name.to_owned(),
    };
    Ok([person(first, people[0]), person(second, people[1])])
}

/// Two administrators: one grants, the other confirms.
struct Grantors<'a> {
    first: &'a Person,
    second: &'a Person,
    hash: &'a str,
}

impl Grantors<'_> {
    fn person(
        &self,
        app: &App,
        mail: &str,
        name: &str,
        role: Role,
        organisation: OrgId,
        organisation_name: &str,
    ) -> Result<Person> {
        let (first, second, hash) = (self.first.clone(), self.second.clone(), self.hash.to_owned());
        let (address, title) = (address(mail)?, named(name)?);
        let account = app.db.write_now(move |tx| {
            let system = Actor::system("demo");
            let account = people::create_account(tx, &system, &address, &title, Some(&hash))?;
            if role.is_privileged() {
                let (first, second) = (actor(tx, &first)?, actor(tx, &second)?);
                let grant = people::grant_role(tx, &first, account, organisation, role)?;
                people::confirm_grant(tx, &second, grant)?;
            } else {
                people::grant_role(tx, &system, account, organisation, role)?;
            }
            Ok(account)
        })?;
        Ok(Person {
            account,
            name: name.to_owned(),
            mail: mail.to_owned(),
            role,
            organisation,
            organisation_name: organisation_name.to_owned(),
        })
    }
}

/// Every administration gets a function contact and account, and is enrolled.
fn enrol(app: &App, bar: &Progress, administrator: &Person, hash: &str) -> Result<Vec<Person>> {
    let admin = administrator.clone();
    let administrations = app.db.read_now(|tx| {
        let admin = actor(tx, &admin)?;
        let filter = Filter { administrations: true, ..Filter::default() };
        let mut all: Vec<Organisation> = Vec::new();
        let mut cursor = None;
        loop {
            let listed = directory::list(tx, &admin, &filter, cursor.as_deref(), 200)?;
            all.extend(listed.page.rows);
            cursor = listed.page.next;
            if cursor.is_none() {
                return Ok(all);
            }
        }
    })?;
    bar.length("Verwaltungen anbinden", administrations.len());
    let mut people = Vec::new();
    for (index, chunk) in administrations.chunks(CHUNK).enumerate() {
        let (chunk, admin, hash) = (chunk.to_vec(), administrator.clone(), hash.to_owned());
        let begin = index * CHUNK;
        let enrolled: Vec<Person> = app.db.write_now(move |tx| {
            let admin = actor(tx, &admin)?;
            chunk.iter().enumerate().map(|(at, org)| enrol_one(tx, &admin, org, begin + at, &hash)).collect()
        })?;
        people.extend(enrolled);
        bar.advance(CHUNK);
    }
    Ok(people)
}

fn enrol_one(
    tx: &mut Tx<'_>,
    admin: &Actor,
    organisation: &Organisation,
    number: usize,
    hash: &str,
) -> Result<Person, Error> {
    let system = Actor::system("demo");
    let mail = address(&format!("it-sicherheit@{}.example", slug(&organisation.name, number)))?;
    let name = named("IT-Sicherheit")?;
    let contact = ContactInput {
        role: ContactRole::ItSecurityOfficer,
        name: name.clone(),
        mail: Some(mail.clone()),
        // The block that the Bundesnetzagentur keeps free for films.
        phone: Phone::parse(&format!("030 23125 {number:03}")).ok(),
        out_of_band: None,
        is_function: true,
        certificate: None,
        pgp: None,
    };
    directory::add_contact(tx, admin, organisation.id, &contact)?;
    for next in [Enrolment::Invited, Enrolment::Enrolled] {
        let seen = directory::load(tx, organisation.id)?.version;
        directory::set_enrolment(tx, admin, organisation.id, next, seen)?;
    }
    let account = people::create_account(tx, &system, &mail, &name, Some(hash))?;
    people::grant_role(tx, &system, account, organisation.id, Role::Reporter)?;
    Ok(Person {
        account,
        name: name.into_string(),
        mail: mail.to_string(),
        role: Role::Reporter,
        organisation: organisation.id,
        organisation_name: organisation.name.clone(),
    })
}

/// A domain label from a name; the number keeps two places of the same name apart.
fn slug(name: &str, number: usize) -> String {
    let mut slug = String::new();
    for c in name.to_lowercase().chars() {
        match c {
            'ä' => slug.push_str("ae"),
            'ö' => slug.push_str("oe"),
            'ü' => slug.push_str("ue"),
            'ß' => slug.push_str("ss"),
            'a'..='z' | '0'..='9' => slug.push(c),
            _ if !slug.ends_with('-') && !slug.is_empty() => slug.push('-'),
            _ => {}
        }
    }
    format!("{}-{number}", slug.trim_end_matches('-').chars().take(50).collect::<String>())
}

fn address(text: &str) -> Result<MailAddress, Error> {
    MailAddress::parse(text).map_err(|why| Error::Internal(format!("{text}: {why}")))
}

fn named(text: &str) -> Result<Name, Error> {
    Name::parse(text).map_err(|why| Error::Internal(format!("{text}: {why}")))
}
