//! The cast: a small register, and people with each role at the CERT and at three houses, each signed in by the page and
//! with an API token.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::SignedDuration;
use meldekette::access::password::{Password, hash_now};
use meldekette::access::service::tokens::NewToken;
use meldekette::access::service::{first, people, tokens};
use meldekette::core::actor::{Actor, Role, Scope};
use meldekette::core::ids::{AccountId, OrgId};
use meldekette::core::text::{MailAddress, Name};
use meldekette::directory::service::{self as directory, ImportOptions};

use super::app::House;
use super::client::{Door, Visitor};

/// The password of everybody.
pub const PASSWORD: &str = "drei Kühe im Rathaus";

/// A land, a district, an administration ("Eigen") that runs a municipality ("Mitglied"), a city ("Fremd"), a provider.
pub const REGISTER: &str = "\
# source: pruefung
key,second_key,ags,kind,level,name,sign,parent,district,administered_by,administration,seat,postcode,population,valid_from,valid_until
160000000000,,16,land,state,Land Thüringen,,,,,no,Erfurt,,2126846,2023-11-30,
160510000000,,16051000,kreisfreie_stadt,district,Stadt Fremd,EF,160000000000,160510000000,,yes,Fremd,99084,214969,2023-11-30,
160610000000,,16061,landkreis,district,Landkreis Nord,EIC,160000000000,160610000000,,yes,Nord,,103987,2023-11-30,
160615001000,,,verwaltungsgemeinschaft,municipal,Verwaltungsgemeinschaft Eigen,EIC,160610000000,160610000000,,yes,Eigen,37339,6685,2023-11-30,
160615001003,,16061003,gemeinde,municipal,Gemeinde Mitglied,EIC,160610000000,160610000000,160615001000,no,,37339,1231,2023-11-30,
rz-muster,,,service_provider,state,Rechenzentrum Muster,,160000000000,,,no,Erfurt,,,2023-11-30,
";

/// The houses.
#[derive(Debug, Clone, Copy)]
pub struct Houses {
    pub cert: OrgId,
    pub land: OrgId,
    pub own: OrgId,
    pub member: OrgId,
    pub foreign: OrgId,
    pub provider: OrgId,
}

/// Somebody with a browser and a program.
#[derive(Clone)]
pub struct Person {
    pub account: AccountId,
    pub mail: String,
    pub visitor: Visitor,
    /// With a program that may read the register alone.
    pub register_only: Visitor,
    /// With a program that may read cases alone.
    pub cases_only: Visitor,
}

/// Everybody.
pub struct Cast {
    pub houses: Houses,
    people: BTreeMap<&'static str, Person>,
    pub stranger: Visitor,
    pub hash: Arc<str>,
}

/// Name in the tests, name on pages, role, house.
type Part = (&'static str, &'static str, Role, fn(&Houses) -> OrgId);

const PARTS: [Part; 16] = [
    ("analyst", "Analyse Eins", Role::Analyst, |h| h.cert),
    ("analyst2", "Analyse Zwei", Role::Analyst, |h| h.cert),
    ("approver", "Freigabe Eins", Role::Approver, |h| h.cert),
    ("cert_lead", "Leitung Eins", Role::CertLead, |h| h.cert),
    ("auditor", "Revision Eins", Role::Auditor, |h| h.cert),
    ("administrator3", "Verwaltung Drei", Role::Administrator, |h| h.cert),
    ("reporter", "KNReigenMelderin", Role::Reporter, |h| h.own),
    ("reporter2", "KNReigenKollegin", Role::Reporter, |h| h.own),
    ("org_lead", "KNReigenLeitung", Role::OrgLead, |h| h.own),
    ("member.reporter", "KNRmitgliedMelderin", Role::Reporter, |h| h.member),
    ("member.org_lead", "KNRmitgliedLeitung", Role::OrgLead, |h| h.member),
    ("foreign.reporter", "KNRfremdMelderin", Role::Reporter, |h| h.foreign),
    ("foreign.org_lead", "KNRfremdLeitung", Role::OrgLead, |h| h.foreign),
    ("land.org_lead", "KNRlandLeitung", Role::OrgLead, |h| h.land),
    ("provider.reporter", "KNRdienstMelderin", Role::Reporter, |h| h.provider),
    ("provider.org_lead", "KNRdienstLeitung", Role::OrgLead, |h| h.provider),
];

impl Cast {
    /// Imports the register, makes the accounts, signs everybody in.
    pub async fn play(house: &House, door: &Door) -> Self {
        let houses = register(house).await;
        let hash: Arc<str> = hash_now(&Password::typed(PASSWORD), &house.app.env).unwrap().into();
        let mut accounts = vec![];
        let (cert, first_hash) = (houses.cert, Arc::clone(&hash));
        let administrators = house
            .write(move |tx| {
                let system = Actor::system("test");
                let links = first::first_administrators(tx, &system, cert)?;
                let mut made = Vec::new();
                for (token, number) in links.iter().zip(["Eins", "Zwei"]) {
                    let (mail, name) = (
                        address(&format!("verwaltung.{number}@cert.example")),
                        named(&format!("Verwaltung {number}")),
                    );
                    made.push(first::become_administrator(tx, &system, token, &mail, &name, &first_hash)?);
                }
                Ok(made)
            })
            .await;
        let [one, two] = administrators[..] else { panic!("two administrators") };
        accounts.push(("administrator", one, "verwaltung.eins@cert.example".to_owned()));
        accounts.push(("administrator2", two, "verwaltung.zwei@cert.example".to_owned()));
        for (key, name, role, at) in PARTS {
            let (mail, org) = (format!("{}@pruefung.example", key.replace('_', "-")), at(&houses));
            let account = account(house, (one, two), &mail, name, role, org, &hash).await;
            accounts.push((key, account, mail));
        }
        let mut people = BTreeMap::new();
        for (key, account, mail) in accounts {
            let visitor = door.sign_in(&mail, PASSWORD).await;
            let all = token(house, account, Scope::ALL.to_vec()).await;
            let register = token(house, account, vec![Scope::DirectoryRead]).await;
            let cases = token(house, account, vec![Scope::IncidentsRead]).await;
            let with = |token| Visitor { token: Some(token), ..visitor.clone() };
            let (visitor, register_only, cases_only) = (with(all), with(register), with(cases));
            people.insert(key, Person { account, mail, visitor, register_only, cases_only });
        }
        Self { houses, people, stranger: door.stranger().await, hash }
    }

    /// Somebody by the name in the tests.
    pub fn person(&self, key: &str) -> &Person {
        self.people.get(key).unwrap_or_else(|| panic!("nobody is called {key}"))
    }

    /// Everybody, by name.
    pub fn people(&self) -> impl Iterator<Item = (&'static str, &Person)> {
        self.people.iter().map(|(key, person)| (*key, person))
    }
}

async fn register(house: &House) -> Houses {
    let system = Actor::system("test");
    let options = ImportOptions::default();
    let done = directory::import(&house.app.db, &system, REGISTER.as_bytes().to_vec(), options).await;
    done.unwrap().unwrap();
    let cert_name = house.app.settings.cert_name.clone();
    house
        .write(move |tx| {
            let cert = directory::ensure_cert(tx, &Actor::system("test"), &cert_name)?;
            let mut by =
                |key: &str| directory::lookup_by_key(tx, key).map(|org| org.expect("an organisation").id);
            Ok(Houses {
                cert,
                land: by("160000000000")?,
                own: by("160615001000")?,
                member: by("160615001003")?,
                foreign: by("160510000000")?,
                provider: by("rz-muster")?,
            })
        })
        .await
}

/// An account with a role that counts.
pub async fn account(
    house: &House,
    (one, two): (AccountId, AccountId),
    mail: &str,
    name: &str,
    role: Role,
    org: OrgId,
    hash: &Arc<str>,
) -> AccountId {
    let (mail, name, hash) = (address(mail), named(name), Arc::clone(hash));
    house.clock.advance(SignedDuration::from_secs(1));
    house
        .write(move |tx| {
            let system = Actor::system("test");
            let account = people::create_account(tx, &system, &mail, &name, Some(&hash))?;
            if role.is_privileged() {
                let one = people::load_actor(tx, one)?.expect("an administrator");
                let two = people::load_actor(tx, two)?.expect("an administrator");
                let grant = people::grant_role(tx, &one, account, org, role)?;
                people::confirm_grant(tx, &two, grant)?;
            } else {
                people::grant_role(tx, &system, account, org, role)?;
            }
            Ok(account)
        })
        .await
}

/// An API token of an account.
pub async fn token(house: &House, account: AccountId, scopes: Vec<Scope>) -> String {
    let new = NewToken { name: named("Programm"), scopes, valid_for: SignedDuration::from_hours(24 * 30) };
    house.act(account, move |tx, actor| tokens::issue(tx, actor, account, &new)).await
}

/// A checked address.
pub fn address(text: &str) -> MailAddress {
    MailAddress::parse(text).unwrap()
}

/// A checked name.
pub fn named(text: &str) -> Name {
    Name::parse(text).unwrap()
}
