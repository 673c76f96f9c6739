//! Reports for others: under a mandate on its days and on no other, and without one as the organisation's to confirm.

use jiff::Timestamp;
use jiff::civil::date;

use super::*;
use crate::core::ids::{AnyId, MandateId};
use crate::core::text::{Name, Prose};
use crate::directory::model::{Grant, MandateScope, RelationInput};
use crate::directory::service::{Authority, WarnMandate};
use crate::incidents::model::{Audience, BehalfState, Filter, Flags, Inform, Nature, Supplement};
use crate::incidents::secret;
use crate::mail::outbox;
use crate::queue::Runner;

const SCOPES: &[MandateScope] = MandateScope::ALL;

impl House {
    fn set(&self, instant: &str) {
        self.clock.set(instant.parse::<Timestamp>().unwrap());
    }

    /// The city gives the provider a mandate for December.
    fn grant(&self, scope: MandateScope) -> Result<MandateId> {
        let (valid_from, valid_until) = (date(2026, 12, 1), date(2026, 12, 31));
        let grant = Grant { grantor: self.city, mandated: self.provider, scope, valid_from, valid_until };
        self.act("stadt", move |tx, actor| directory::grant_mandate(tx, actor, &grant))
    }

    fn try_file(&self, who: &str, organisation: OrgId) -> Result<service::Filed> {
        let report = report(organisation);
        self.act(who, move |tx, actor| service::file(tx, actor, &report))
    }

    /// What the list of somebody holds.
    fn listed(&self, who: &str) -> Vec<String> {
        let list = |tx: &mut Tx<'_>, actor: &Actor| service::list(tx, actor, &Filter::default(), None, 50);
        let mut all: Vec<_> =
            self.act(who, list).unwrap().rows.into_iter().map(|row| row.reference).collect();
        all.sort();
        all
    }

    fn may_write(&self, who: &str, case: &Incident) -> bool {
        let (reference, city) = (case.reference.clone(), self.city);
        let text = Prose::parse("Wir sehen nach.").unwrap();
        let audience = Audience::Organisation(city);
        self.act(who, move |tx, actor| service::message(tx, actor, &reference, audience, &text)).is_ok()
    }

    fn told(&self, about: MandateId) -> Vec<String> {
        let mails = self.db().read_now(|tx| outbox::list(tx, AnyId(about.0))).unwrap();
        mails.into_iter().map(|mail| mail.recipient).collect()
    }

    fn served(&self) {
        let input = RelationInput {
            provider: self.provider,
            organisation: self.city,
            service: Name::parse("Rechenzentrum").unwrap(),
            valid_from: date(2024, 1, 1),
            valid_until: None,
        };
        self.act("verwaltung", move |tx, actor| directory::add_relation(tx, actor, &input)).unwrap();
    }
}

fn hidden<T: std::fmt::Debug>(result: Result<T>) -> bool {
    matches!(result, Err(Error::NotFound))
}

#[tokio::test]
async fn a_provider_reports_and_reads_on_the_days_of_its_mandate_and_on_no_other() {
    for scope in SCOPES {
        for house in houses().await {
            house.set("2026-11-21T06:40:00Z");
            house.grant(*scope).unwrap();
            house.set("2026-11-30T22:59:59Z");
            assert!(hidden(house.try_file("dienst", house.city)), "a second before the first day");
            let beside = house.file("stadt", house.city, |_| {});
            assert!(house.listed("dienst").is_empty() && hidden(house.show("dienst", &beside)));

            house.set("2026-11-30T23:00:00Z");
            let own = house.file("dienst", house.city, |_| {});
            assert!(!own.is_unconfirmed, "the report stands");
            for instant in ["2026-11-30T23:00:01Z", "2026-12-31T22:59:58Z"] {
                house.set(instant);
                let view = house.show("dienst", &own).unwrap();
                assert_eq!(view.report.unwrap().title, own.title);
                assert_eq!(view.behalf.unwrap().through, Some(house.provider));
                let reads_all = *scope != MandateScope::Report;
                assert_eq!(house.show("dienst", &beside).is_ok(), reads_all, "{scope:?}");
                let mut expected = vec![own.reference.clone()];
                expected.extend(reads_all.then(|| beside.reference.clone()));
                expected.sort();
                assert_eq!(house.listed("dienst"), expected);
                assert_eq!(house.may_write("dienst", &own), *scope == MandateScope::Act, "{scope:?}");
            }

            house.set("2026-12-31T23:00:00Z");
            assert!(hidden(house.show("dienst", &own)), "not even what was reported while it held");
            assert!(house.listed("dienst").is_empty() && !house.may_write("dienst", &own));
            assert!(hidden(house.try_file("dienst", house.city)), "the first second after the last day");
            assert!(house.show("stadt", &own).is_ok(), "it is the city's own case");
        }
    }
}

#[tokio::test]
async fn who_revokes_a_mandate_shuts_the_provider_out_at_once_and_both_sides_read_of_it() {
    for house in houses().await {
        house.set("2026-11-21T06:40:00Z");
        let mandate = house.grant(MandateScope::Act).unwrap();
        assert_eq!(house.told(mandate).len(), 2, "both sides read that it was granted");
        assert_eq!(
            refused(house.grant(MandateScope::Act)),
            [("valid_from", "directory-mandate-error-overlap")]
        );
        house.grant(MandateScope::Report).expect("another scope may stand beside it");
        house.set("2026-12-10T10:00:00Z");
        let case = house.file("dienst", house.city, |_| {});
        house.set("2026-12-10T10:00:01Z");
        let (city, provider) = (house.city, house.provider);
        let foreign =
            house.act("stadt", move |tx, actor| directory::lay_down_mandate(tx, actor, provider, mandate));
        assert!(hidden(foreign), "the city does not lay down what another house holds");
        let revoke =
            move |tx: &mut Tx<'_>, actor: &Actor| directory::revoke_mandate(tx, actor, city, mandate);
        house.act("stadt", revoke).unwrap();
        assert_eq!(house.told(mandate).len(), 4);
        assert!(!house.may_write("dienst", &case), "only the mandate to report is left");
        assert!(house.show("dienst", &case).is_ok());
        let again = house.act("stadt", revoke);
        assert!(matches!(again, Err(Error::Conflict("directory-mandate-error-over"))), "{again:?}");
        house.grant_now(MandateScope::Act).expect("a new one may follow");
    }
}

impl House {
    fn grant_now(&self, scope: MandateScope) -> Result<MandateId> {
        let (grantor, mandated) = (self.city, self.provider);
        self.act("stadt", move |tx, actor| {
            let day = crate::directory::model::today(tx.now());
            let grant = Grant { grantor, mandated, scope, valid_from: day, valid_until: day };
            directory::grant_mandate(tx, actor, &grant)
        })
    }
}

#[tokio::test]
async fn both_sides_are_reminded_once_thirty_days_before_the_end_and_never_of_a_revoked_mandate() {
    for house in houses().await {
        house.set("2026-11-21T06:40:00Z");
        let mandates = [house.grant(MandateScope::Read).unwrap(), house.grant(MandateScope::Act).unwrap()];
        let short = house.grant_now(MandateScope::Report).unwrap();
        let (city, revoked) = (house.city, mandates[1]);
        house.act("stadt", move |tx, actor| directory::revoke_mandate(tx, actor, city, revoked)).unwrap();
        let runner = Runner::new(house.db().clone()).register::<WarnMandate>();
        for (instant, told) in [
            ("2026-12-01T05:59:59Z", [2, 4]),
            ("2026-12-01T06:00:00Z", [4, 4]),
            ("2026-12-31T10:00:00Z", [4, 4]),
        ] {
            house.set(instant);
            runner.run_due().await.unwrap();
            assert_eq!(mandates.map(|mandate| house.told(mandate).len()), told, "{instant}");
        }
        assert_eq!(house.told(short).len(), 2, "a mandate of a day says its end when it is granted");
    }
}

#[tokio::test]
async fn without_a_mandate_the_organisation_confirms_and_the_provider_sees_the_status_alone() {
    for house in houses().await {
        assert!(
            hidden(house.try_file("dienst", house.city)),
            "whom it does not serve it does not report for"
        );
        house.served();
        let reportable = house.act("dienst", directory::reportable).unwrap();
        let for_city = reportable.iter().find(|it| it.organisation == house.city).unwrap();
        assert_eq!(for_city.authority, Authority::Service);
        let filed = house.try_file("dienst", house.city).unwrap();
        let id = filed.id;
        let case = house.db().read_now(|tx| service::load(tx, id)).unwrap();
        let code = filed.receipt.expect("a receipt code");
        assert!(case.is_unconfirmed && hidden(house.show("dienst", &case)));
        assert!(house.listed("dienst").is_empty());
        let inform = |house: &House| house.db().read_now(|tx| service::inform(tx, id)).unwrap();
        assert_eq!(inform(&house), Inform::Nobody, "nobody but the city permits that it is named");
        let status = |code: &str| {
            let (reference, code) = (case.reference.clone(), secret::fingerprint(code));
            house.db().read_now(|tx| service::status_by_receipt(tx, &reference, &code))
        };
        assert_eq!(status(&code).unwrap().behalf, BehalfState::Pending);
        assert!(hidden(status("2222-2222-2222")));

        let decide = |who: &str, is_ours: bool| {
            let reference = case.reference.clone();
            house.act(who, move |tx, actor| service::decide(tx, actor, &reference, is_ours))
        };
        assert!(hidden(decide("dienst", true)), "nobody confirms the own report");
        assert!(matches!(decide("analyse1", true), Err(Error::Forbidden(_))), "nor does the CERT");
        assert!(house.show("stadt", &case).unwrap().may.confirm);
        decide("stadt", true).unwrap();
        assert!(matches!(decide("stadt", false), Err(Error::Conflict("incident-refused-decided"))));
        assert!(!house.load(&case).is_unconfirmed);
        assert_eq!(inform(&house), Inform::ByName, "what was filed is in force now");
        assert_eq!(status(&code).unwrap().behalf, BehalfState::Confirmed);
        assert!(hidden(house.show("dienst", &case)), "without a mandate the status is all");
        house.grant_now(MandateScope::Report).unwrap();
        let seen = house.show("dienst", &case).expect("with one it sees what became of its report");
        assert!(seen.entries.iter().any(|entry| entry.kind == "report_confirmed"));
    }
}

#[tokio::test]
async fn a_refused_report_stays_with_the_cert_unconfirmed() {
    for house in houses().await {
        house.served();
        let filed = house.try_file("dienst", house.city).unwrap();
        let (id, reference) = (filed.id, filed.reference.clone());
        house.act("stadt", move |tx, actor| service::decide(tx, actor, &reference, false)).unwrap();
        let case = house.db().read_now(|tx| service::load(tx, id)).unwrap();
        assert!(case.is_unconfirmed);
        let view = house.show("analyse1", &case).unwrap();
        assert_eq!(view.behalf.unwrap().state, BehalfState::Refused);
        assert!(view.entries.iter().any(|entry| entry.kind == "report_refused"));
        let (reference, code) = (case.reference.clone(), secret::fingerprint(&filed.receipt.unwrap()));
        let status = house.db().read_now(|tx| service::status_by_receipt(tx, &reference, &code)).unwrap();
        assert_eq!(status.behalf, BehalfState::Refused);
    }
}

#[tokio::test]
async fn who_acts_for_a_house_adds_to_its_report_and_neither_takes_back_nor_permits_more() {
    for house in houses().await {
        house.set("2026-11-21T06:40:00Z");
        house.grant(MandateScope::Act).unwrap();
        house.set("2026-12-02T09:00:00Z");
        let case = house.file("stadt", house.city, |report| {
            report.inform = Inform::Anonymous;
            report.flags.personal_data = true;
        });
        let state = |inform, flags| {
            let text = Prose::parse("Wir haben das Netz getrennt.").unwrap();
            let later = Supplement { nature: Nature::Correction, text, contact_phone: None, flags, inform };
            let reference = case.reference.clone();
            house.act("dienst", move |tx, actor| service::state(tx, actor, &reference, &later))
        };
        let (same, less) =
            (Flags { personal_data: true, malicious: true, ..Flags::default() }, Flags::default());
        let both = [("inform", "incident-refused-source"), ("flags", "incident-refused-source")];
        assert_eq!(refused(state(Inform::ByName, less)), both);
        let told = |house: &House| {
            let mails = house.db().read_now(|tx| outbox::list(tx, AnyId(case.id.0))).unwrap();
            mails.into_iter().filter(|mail| mail.recipient.starts_with("stadt@")).count()
        };
        let before = told(&house);
        state(Inform::Nobody, same).unwrap();
        assert_eq!(told(&house), before + 1, "the house hears what was said in its name");
        let standing = house.show("stadt", &case).unwrap().standing.unwrap();
        assert_eq!((standing.inform, standing.flags), (Inform::Nobody, same));
    }
}
