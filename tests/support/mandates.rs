//! Houses that let "Eigen" report for them: by mandates that are to come, hold with each scope, are over or revoked; and
//! one that it serves without a mandate. Each has a case with words of its own.

use std::collections::BTreeMap;

use diesel::prelude::*;
use jiff::ToSpan as _;
use meldekette::core::actor::{Actor, Role};
use meldekette::core::ids::{AccountId, EvidenceId, IncidentId, MandateId, OrgId, ServiceRelationId};
use meldekette::core::text::Prose;
use meldekette::directory::model::{Grant, Kind, Level, MandateScope, OrganisationInput, today};
use meldekette::directory::service as directory;
use meldekette::incidents::evidence::model::{NewFile, Wanted};
use meldekette::incidents::model::Audience;
use meldekette::incidents::service as incidents;
use meldekette::store::schema::{mandates, service_relations};

use super::app::House;
use super::cast::{Cast, account, named};
use super::town::{Case, a_file, add_file, canary, report};

/// A mandate to report, for a year from today.
pub async fn between(house: &House, lead: AccountId, grantor: OrgId, mandated: OrgId) -> MandateId {
    granted(house, lead, grantor, mandated, MandateScope::Report, 0).await
}

async fn granted(
    house: &House,
    lead: AccountId,
    grantor: OrgId,
    mandated: OrgId,
    scope: MandateScope,
    in_days: i32,
) -> MandateId {
    house
        .act(lead, move |tx, actor| {
            let valid_from = today(tx.now()) + in_days.days();
            let valid_until = valid_from + 365.days();
            let grant = Grant { grantor, mandated, scope, valid_from, valid_until };
            directory::grant_mandate(tx, actor, &grant)
        })
        .await
}

/// A body that runs no administration of its own.
async fn grantor(house: &House, cast: &Cast, name: &'static str) -> OrgId {
    let input = OrganisationInput {
        key: None,
        kind: Kind::Gemeinde,
        level: Level::Municipal,
        name: named(name),
        district: None,
        is_administration: false,
        seat: None,
        postcode: None,
        valid_from: jiff::civil::date(2024, 1, 1),
        valid_until: None,
    };
    let administrator = cast.person("administrator").account;
    house.act(administrator, move |tx, actor| directory::add_organisation(tx, actor, &input)).await
}

/// Files for the house; the CERT answers, to the house and among itself.
async fn filed(house: &House, cast: &Cast, by: AccountId, word: &'static str, org: OrgId) -> Case {
    let report = report(word, org, "by_name").parse().unwrap();
    let filed = house.act(by, move |tx, actor| incidents::file(tx, actor, &report)).await;
    let (id, reference): (IncidentId, String) = (filed.id, filed.reference.clone());
    house
        .act(cast.person("analyst2").account, move |tx, actor| {
            let say = |what: &str| Prose::parse(&canary(word, what)).unwrap();
            incidents::message(tx, actor, &reference, Audience::Team, &say("Teamnotiz"))?;
            incidents::message(tx, actor, &reference, Audience::Organisation(org), &say("Antwort"))
        })
        .await;
    Case { id, reference: filed.reference }
}

type Built = (BTreeMap<&'static str, OrgId>, BTreeMap<&'static str, Case>);

/// Builds them. `beside` is a case of the house that granted "Eigen" a mandate to report: it came another way.
pub async fn build(house: &House, cast: &Cast) -> Built {
    let (mut grantors, mut cases) = (BTreeMap::new(), BTreeMap::new());
    let (own, reporter) = (cast.houses.own, cast.person("reporter2").account);
    let administrators = (cast.person("administrator").account, cast.person("administrator2").account);
    let mail = "leitung@auftraggeber.example";
    let any = cast.houses.land;
    let lead = account(house, administrators, mail, "Leitung", Role::OrgLead, any, &cast.hash).await;
    for (relation, name, word) in [
        ("coming", "Gemeinde Künftig", "mandatkuenftig"),
        ("reports", "Gemeinde Meldet", "mandatmeldet"),
        ("reads", "Gemeinde Liest", "mandatliest"),
        ("acts", "Gemeinde Handelt", "mandathandelt"),
        ("ended", "Gemeinde Vorbei", "mandatvorbei"),
        ("revoked", "Gemeinde Widerrufen", "mandatwiderrufen"),
        ("served", "Gemeinde Bedient", "mandatbedient"),
    ] {
        let org = grantor(house, cast, name).await;
        let system = Actor::system("test");
        house
            .write(move |tx| {
                meldekette::access::service::people::grant_role(tx, &system, lead, org, Role::OrgLead)
            })
            .await;
        grantors.insert(relation, org);
        let grant = |scope, in_days| granted(house, lead, org, own, scope, in_days);
        let case = match relation {
            "coming" => {
                grant(MandateScope::Act, 30).await;
                filed(house, cast, lead, word, org).await
            }
            "reports" => {
                grant(MandateScope::Report, 0).await;
                cases.insert("beside", filed(house, cast, lead, "mandatneben", org).await);
                filed(house, cast, reporter, word, org).await
            }
            "reads" => {
                grant(MandateScope::Read, 0).await;
                filed(house, cast, lead, word, org).await
            }
            "acts" => {
                grant(MandateScope::Act, 0).await;
                filed(house, cast, lead, word, org).await
            }
            "ended" => {
                let mandate = grant(MandateScope::Act, 0).await;
                let case = filed(house, cast, reporter, word, org).await;
                let yesterday = (today(house.app.env.now()) - 1.day()).to_string();
                house
                    .write(move |tx| {
                        let days = (
                            mandates::valid_from.eq("2025-01-01"),
                            mandates::valid_until.eq(yesterday.clone()),
                        );
                        diesel::update(mandates::table.find(mandate)).set(days).execute(tx.conn)?;
                        Ok(())
                    })
                    .await;
                case
            }
            "revoked" => {
                let mandate = grant(MandateScope::Act, 0).await;
                let case = filed(house, cast, reporter, word, org).await;
                house.act(lead, move |tx, actor| directory::revoke_mandate(tx, actor, org, mandate)).await;
                case
            }
            _ => {
                serve(house, own, org).await;
                filed(house, cast, reporter, word, org).await
            }
        };
        cases.insert(relation, case);
        house.work().await;
    }
    grantors.insert("beside", grantors["reports"]);
    (grantors, cases)
}

/// A file in each of these cases, for the house whose case it is.
pub async fn files(
    house: &House,
    cast: &Cast,
    cases: &BTreeMap<&'static str, Case>,
) -> BTreeMap<&'static str, EvidenceId> {
    let mut files = BTreeMap::new();
    for (relation, word) in [
        ("coming", "mandatkuenftig"),
        ("reports", "mandatmeldet"),
        ("beside", "mandatneben"),
        ("reads", "mandatliest"),
        ("acts", "mandathandelt"),
        ("ended", "mandatvorbei"),
        ("revoked", "mandatwiderrufen"),
        ("served", "mandatbedient"),
    ] {
        let [name, content] = ["Dateiname", "Beweis"].map(|what| canary(word, what));
        let audience = Some(Wanted::Organisation);
        let file = NewFile { audience, ..a_file(&format!("{name}.txt"), content.len() as u64) };
        files.insert(
            relation,
            add_file(house, cast, "analyst2", &cases[relation], file, content.as_bytes()).await,
        );
    }
    files
}

/// The register says that one serves the other.
async fn serve(house: &House, provider: OrgId, org: OrgId) {
    house
        .write(move |tx| {
            let row = (
                service_relations::id.eq(tx.id::<ServiceRelationId>()),
                service_relations::provider_id.eq(provider),
                service_relations::organisation_id.eq(org),
                service_relations::service.eq("Rechenzentrum"),
                service_relations::source.eq("pruefung"),
                service_relations::is_example.eq(false),
                service_relations::valid_from.eq("2024-01-01"),
            );
            diesel::insert_into(service_relations::table).values(row).execute(tx.conn)?;
            Ok(())
        })
        .await;
}
