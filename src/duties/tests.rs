//! Duties as the people concerned meet them, on each engine at hand.

use std::path::Path;
use std::sync::Arc;

use diesel::prelude::*;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::book::{Book, Content, Sector};
use super::model::{Draft, Kind as MarkKind, NewMark};
use super::rule::{Applies, Standing};
use super::service::{self, Said, Shown, Taken, Which};
use super::vcv;
use crate::access::model::OrgBook;
use crate::access::testing::{mail, person, somebody, system};
use crate::core::actor::{Actor, Role};
use crate::core::env::{Env, ManualClock, SystemRandom};
use crate::core::error::{Error, Result};
use crate::core::ids::{AnyId, OrgId};
use crate::core::text::{Line, Name, Prose, Title};
use crate::directory::model::{Kind, Level, OrganisationInput};
use crate::directory::service as directory;
use crate::incidents::fanout::model::{Answer, NewAnswer, NewFanout, Patience};
use crate::incidents::fanout::service as fanout;
use crate::incidents::model::{Class, Flags, Inform, Nature, NewReport, Part, Supplement, Triage};
use crate::incidents::service as incidents;
use crate::incidents::status::CloseReason;
use crate::incidents::testing::{report, triage};
use crate::mail::outbox::{self, OutboxSettings};
use crate::store::schema::{incident_origins as origins, incidents as rows, jobs};
use crate::store::testing::{TestDb, databases, try_write, write};
use crate::store::tx::Provided;
use crate::store::{At, Tx};
use crate::web::testing::settings;

const NOW: &str = "2026-11-20T15:30:00Z";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

struct House {
    test: TestDb,
    clock: Arc<ManualClock>,
    cert: OrgId,
    town: OrgId,
    other: OrgId,
    people: Vec<(&'static str, Actor)>,
}

fn houses() -> Vec<House> {
    let clock = Arc::new(ManualClock::at(at(NOW)));
    let env = Env::new(clock.clone(), Arc::new(SystemRandom::default()));
    let provided = || {
        Provided::default()
            .with(OrgBook(Arc::new(directory::Book)))
            .with(settings())
            .with(Book::load(Path::new("")).unwrap())
            .with(OutboxSettings { domain: "cert.example".into(), bounces: mail("bounces@cert.example") })
    };
    databases(&env, provided).into_iter().map(|test| house(test, clock.clone())).collect()
}

fn house(test: TestDb, clock: Arc<ManualClock>) -> House {
    clock.set(at(NOW));
    let cert = write(&test.db, |tx| directory::ensure_cert(tx, &system(), "ThüringenCERT"));
    let boss = somebody(cert, Role::CertLead);
    let org = |name: &'static str| {
        let boss = boss.clone();
        let input = OrganisationInput {
            key: None,
            kind: Kind::Gemeinde,
            level: Level::Municipal,
            name: Name::parse(name).unwrap(),
            district: None,
            is_administration: true,
            seat: None,
            postcode: None,
            valid_from: Date::constant(2020, 1, 1),
            valid_until: None,
        };
        write(&test.db, move |tx| directory::add_organisation(tx, &boss, &input))
    };
    let (town, other) = (org("Stadt Bergrode"), org("Stadt Talhausen"));
    let people = [
        ("melderin", town, Role::Reporter),
        ("stadtleitung", town, Role::OrgLead),
        ("nachbarin", other, Role::Reporter),
        ("analyse1", cert, Role::Analyst),
        ("leitung", cert, Role::CertLead),
        ("revision", cert, Role::Auditor),
    ];
    let people = people.map(|(name, org, role)| (name, person(&test.db, cert, name, org, role)));
    House { test, clock, cert, town, other, people: people.into() }
}

impl House {
    fn act<T: Send + 'static>(
        &self,
        who: &str,
        f: impl Fn(&mut Tx<'_>, &Actor) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (_, actor) = self.people.iter().find(|(name, _)| *name == who).unwrap().clone();
        try_write(&self.test.db, move |tx| f(tx, &actor))
    }

    fn file(&self, change: impl Fn(&mut NewReport)) -> String {
        let mut report = report(self.town);
        report.flags.personal_data = true;
        change(&mut report);
        self.act("melderin", move |tx, actor| Ok(incidents::file(tx, actor, &report)?.reference)).unwrap()
    }

    fn show(&self, who: &str, reference: &str) -> Result<Shown> {
        let reference = reference.to_owned();
        self.act(who, move |tx, actor| service::show(tx, actor, &reference))
    }

    fn triage(&self, reference: &str, class: Class) {
        let (reference, decided) = (reference.to_owned(), Triage { class, ..triage() });
        let done = self.act("analyse1", move |tx, actor| {
            let version = incidents::load_by_reference(tx, &reference)?.version;
            incidents::triage(tx, actor, &reference, version, &decided)
        });
        done.map(drop).unwrap();
    }

    fn mark(&self, who: &str, reference: &str, which: &Which, kind: MarkKind, when: &str) -> Result<()> {
        let (reference, which) = (reference.to_owned(), which.clone());
        let new = NewMark { kind, at: at(when), receipt: Some(Line::parse("TLfDI-4711").unwrap()) };
        self.act(who, move |tx, actor| service::mark(tx, actor, &reference, &which, &new))
    }
}

fn dsgvo(organisation: OrgId) -> Which {
    Which { organisation, rule_set: "dsgvo".to_owned(), stage: "report".to_owned() }
}

/// Organisations and sets of what is shown.
fn sets(shown: &Shown) -> Vec<(OrgId, String)> {
    shown.duties.iter().map(|duty| (duty.organisation, duty.set.key.clone())).collect()
}

#[test]
fn a_house_sees_its_own_duty_with_its_clock_and_the_team_also_the_certs() {
    for house in houses() {
        let reference = house.file(|report| report.times.detected = Some(at("2026-11-20T06:00:00Z")));
        let shown = house.show("melderin", &reference).unwrap();
        assert_eq!(sets(&shown), [(house.town, "dsgvo".to_owned())]);
        let duty = &shown.duties[0];
        assert_eq!(duty.aware_at, at("2026-11-20T06:00:00Z"), "the strictest reading");
        assert_eq!(duty.steps[0].standing, Standing::Runs { due_at: at("2026-11-23T06:00:00Z") });
        assert!(shown.may_mark && !shown.is_team);
        for who in ["analyse1", "revision"] {
            let team = house.show(who, &reference).unwrap();
            let mut found = sets(&team);
            found.sort();
            let mut all = [(house.town, "dsgvo".to_owned()), (house.cert, "vcv".to_owned())];
            all.sort();
            assert_eq!(found, all, "{who}");
            assert_eq!(team.may_mark, who == "analyse1");
        }
        assert!(matches!(house.show("nachbarin", &reference), Err(Error::NotFound)));
    }
}

#[test]
fn whoever_is_told_of_a_case_sees_nothing_of_what_others_owe() {
    for house in houses() {
        let reference = house.file(|_| {});
        let (other, of) = (house.other, reference.clone());
        house
            .act("analyse1", move |tx, _| {
                let id = incidents::load_by_reference(tx, &of)?.id;
                incidents::involve(tx, id, other, Part::Handler)
            })
            .unwrap();
        assert!(matches!(house.show("nachbarin", &reference), Err(Error::Forbidden(_))));
        let of = reference.clone();
        let next = house.act("nachbarin", move |tx, actor| service::next(tx, actor, &of)).unwrap();
        assert!(next.is_none());
    }
}

#[test]
fn the_class_decides_for_the_land_and_nobody_reports_a_drill() {
    for house in houses() {
        let reference = house.file(|_| {});
        let vcv = |shown: &Shown| {
            let duty = shown.duties.iter().find(|duty| duty.set.key == "vcv");
            duty.map(|duty| duty.applies)
        };
        assert_eq!(vcv(&house.show("analyse1", &reference).unwrap()), Some(Applies::Perhaps));
        house.triage(&reference, Class::Significant);
        assert_eq!(vcv(&house.show("analyse1", &reference).unwrap()), Some(Applies::Yes));
        house.triage(&reference, Class::Incident);
        assert_eq!(vcv(&house.show("analyse1", &reference).unwrap()), None);
        let drill = house.file(|report| report.is_drill = true);
        assert!(house.show("analyse1", &drill).unwrap().duties.is_empty());
    }
}

#[test]
fn what_was_sent_is_noted_once_with_its_receipt_and_taken_back() {
    for house in houses() {
        let reference = house.file(|report| report.times.occurred = Some(at("2026-11-20T15:10:00Z")));
        let which = dsgvo(house.town);
        house.clock.advance(SignedDuration::from_hours(2));
        let mark = |who: &str, when: &str| house.mark(who, &reference, &which, MarkKind::Sent, when);
        assert!(matches!(mark("nachbarin", "2026-11-20T16:00:00Z"), Err(Error::NotFound)));
        assert!(matches!(mark("revision", "2026-11-20T16:00:00Z"), Err(Error::Forbidden(_))));
        for (when, why) in
            [("2026-11-20T18:00:00Z", "duty-error-ahead"), ("2026-11-20T15:00:00Z", "duty-error-before")]
        {
            match mark("melderin", when) {
                Err(Error::Invalid(errors)) => assert_eq!(errors[0].reason, why),
                other => panic!("{when}: {other:?}"),
            }
        }
        let asked = house.mark("melderin", &reference, &which, MarkKind::Asked, "2026-11-20T16:00:00Z");
        assert!(matches!(asked, Err(Error::Invalid(_))), "nobody asks for such a report");
        mark("melderin", "2026-11-20T15:20:00Z").unwrap();
        let (of, again) = (reference.clone(), which.clone());
        house
            .act("melderin", move |tx, actor| service::unmark(tx, actor, &of, &again, MarkKind::Sent))
            .unwrap();
        let again = which.clone();
        mark("melderin", "2026-11-20T16:00:00Z").unwrap();
        assert!(matches!(mark("analyse1", "2026-11-20T16:30:00Z"), Err(Error::Stale)));
        let sent = |shown: Shown| {
            let duty = shown.duties.into_iter().find(|duty| duty.organisation == house.town).unwrap();
            duty.steps[0].clone()
        };
        let step = sent(house.show("analyse1", &reference).unwrap());
        let mark = step.sent.unwrap();
        assert_eq!((mark.at, mark.receipt.as_str()), (at("2026-11-20T16:00:00Z"), "TLfDI-4711"));
        assert!(matches!(step.standing, Standing::Sent { .. }));
        let of = reference.clone();
        let next = house.act("melderin", move |tx, actor| service::next(tx, actor, &of)).unwrap();
        assert!(next.unwrap().is_empty());
        let of = reference.clone();
        house
            .act("melderin", move |tx, actor| service::unmark(tx, actor, &of, &again, MarkKind::Sent))
            .unwrap();
        assert!(matches!(sent(house.show("melderin", &reference).unwrap()).standing, Standing::Runs { .. }));
    }
}

impl House {
    /// Looks at the clocks of a case, as the timer does.
    fn remind(&self, reference: &str) {
        let reference = reference.to_owned();
        let looked = self.act("analyse1", move |tx, _| {
            let id = incidents::load_by_reference(tx, &reference)?.id;
            service::remind(tx, id)
        });
        looked.unwrap();
    }

    /// What the timeline says of clocks to somebody.
    fn told(&self, who: &str, reference: &str) -> Vec<String> {
        let reference = reference.to_owned();
        let view = self.act(who, move |tx, actor| incidents::show(tx, actor, &reference)).unwrap();
        let kinds = view.entries.into_iter().map(|entry| entry.kind);
        kinds.filter(|kind| ["duty_ends", "duty_over"].contains(&kind.as_str())).collect()
    }

    fn mails(&self, reference: &str) -> usize {
        let reference = reference.to_owned();
        let mails = self.act("analyse1", move |tx, _| {
            let id = incidents::load_by_reference(tx, &reference)?.id;
            outbox::list(tx, AnyId(id.0))
        });
        mails.unwrap().len()
    }
}

#[test]
fn a_house_is_told_once_before_its_time_is_over_and_once_behind_it() {
    for house in houses() {
        let reference = house.file(|_| {});
        house.triage(&reference, Class::Incident);
        let before = house.mails(&reference);
        house.clock.set(at("2026-11-22T21:29:59Z"));
        house.remind(&reference);
        assert_eq!((house.told("melderin", &reference).len(), house.mails(&reference)), (0, before));
        house.clock.set(at("2026-11-22T21:30:00Z"));
        house.remind(&reference);
        house.remind(&reference);
        assert_eq!(house.told("melderin", &reference), ["duty_ends"]);
        assert_eq!(house.told("analyse1", &reference), ["duty_ends"]);
        let mails = house.mails(&reference);
        assert!(mails > before, "nobody was written to");
        house.clock.set(at("2026-11-23T15:30:00Z"));
        house.remind(&reference);
        assert_eq!(house.told("melderin", &reference).len(), 2);
        assert!(house.mails(&reference) > mails);
        house.clock.set(at("2026-12-30T15:30:00Z"));
        house.remind(&reference);
        assert_eq!(house.told("melderin", &reference).len(), 2, "each once");
    }
}

#[test]
fn whoever_sent_its_report_or_owes_none_and_who_came_from_elsewhere_is_told_nothing() {
    for house in houses() {
        let sent = house.file(|_| {});
        house.clock.advance(SignedDuration::from_hours(1));
        let which = dsgvo(house.town);
        house.mark("melderin", &sent, &which, MarkKind::Sent, "2026-11-20T16:00:00Z").unwrap();
        let drill = house.file(|report| report.is_drill = true);
        let none = house.file(|report| report.flags.personal_data = false);
        let old = house.file(|_| {});
        let of = old.clone();
        house
            .act("analyse1", move |tx, _| {
                let id = incidents::load_by_reference(tx, &of)?.id;
                let row = (
                    origins::incident_id.eq(id),
                    origins::system.eq("rt"),
                    origins::origin.eq("https://rt.example"),
                    origins::reference.eq("4711"),
                    origins::imported_at.eq(At(at("2026-12-20T12:00:00Z"))),
                );
                Ok(diesel::insert_into(origins::table).values(row).execute(tx.conn)?)
            })
            .unwrap();
        house.clock.set(at("2026-12-24T12:00:00Z"));
        for reference in [&sent, &drill, &none, &old] {
            let mails = house.mails(reference);
            house.remind(reference);
            assert!(house.told("melderin", reference).is_empty() && house.mails(reference) == mails);
        }
    }
}

#[test]
fn who_is_triaged_late_is_told_before_the_end_all_the_same() {
    for house in houses() {
        let town = house.town;
        house
            .act("stadtleitung", move |tx, actor| service::set_sectors(tx, actor, town, &[Sector::Water]))
            .unwrap();
        let reference = house.file(|report| report.flags.personal_data = false);
        house.clock.advance(SignedDuration::from_hours(19));
        house.remind(&reference);
        assert!(house.told("melderin", &reference).is_empty(), "nobody knows yet whether it is a duty");
        assert_eq!(
            house.told("analyse1", &reference),
            ["duty_ends", "duty_ends"],
            "of the house, and the CERT's"
        );
        house.triage(&reference, Class::Significant);
        house.remind(&reference);
        assert_eq!(house.told("melderin", &reference), ["duty_ends"]);
    }
}

#[test]
fn whatever_is_not_its_own_yet_brings_a_house_no_duty() {
    for house in houses() {
        let reference = house.file(|_| {});
        let of = reference.clone();
        house
            .act("analyse1", move |tx, _| {
                let case = rows::table.filter(rows::reference.eq(&of));
                Ok(diesel::update(case).set(rows::is_unconfirmed.eq(true)).execute(tx.conn)?)
            })
            .unwrap();
        house.clock.advance(SignedDuration::from_hours(80));
        house.remind(&reference);
        let team = house.show("analyse1", &reference).unwrap();
        assert!(team.duties.iter().all(|duty| duty.organisation == house.cert), "{:?}", sets(&team));
        assert!(house.told("analyse1", &reference).iter().all(|kind| kind == "duty_ends"));
    }
}

#[test]
fn a_case_that_becomes_part_of_another_keeps_its_duty_and_the_land_reports_once() {
    for house in houses() {
        let town = house.town;
        house
            .act("stadtleitung", move |tx, actor| service::set_sectors(tx, actor, town, &[Sector::Water]))
            .unwrap();
        let (lead, member) = (house.file(|_| {}), house.file(|_| {}));
        house.triage(&lead, Class::Incident);
        house.triage(&member, Class::Significant);
        let (into, part) = (lead.clone(), [member.clone()]);
        house.act("analyse1", move |tx, actor| incidents::merge(tx, actor, &into, &part).map(drop)).unwrap();
        let keys = |reference: &str| -> Vec<String> {
            let shown = house.show("analyse1", reference).unwrap();
            shown.duties.iter().map(|duty| duty.set.key.clone()).collect()
        };
        assert_eq!(keys(&member), ["bsig", "dsgvo"], "the graver class of both, and none of the CERT's");
        assert_eq!(keys(&lead), ["dsgvo"]);
    }
}

#[test]
fn what_is_due_at_once_is_not_late_at_once_and_never_sent_too_late() {
    for house in houses() {
        let town = house.town;
        let said = Said { binds: true, why: "Die Stadt betreibt das Rechenzentrum.".to_owned() };
        let set = house
            .act("leitung", move |tx, actor| service::say(tx, actor, town, "dsgvo-auftrag", Some(&said)));
        set.unwrap();
        let reference = house.file(|_| {});
        let standing = || {
            let shown = house.show("melderin", &reference).unwrap();
            shown.duties.iter().find(|duty| duty.set.key == "dsgvo-auftrag").unwrap().steps[0].clone()
        };
        house.clock.advance(SignedDuration::from_hours(3));
        assert!(matches!(standing().standing, Standing::Runs { .. }), "it needs its time");
        let stage = standing().stage.key;
        let which = Which { organisation: town, rule_set: "dsgvo-auftrag".to_owned(), stage };
        house.mark("melderin", &reference, &which, MarkKind::Sent, "2026-11-20T18:00:00Z").unwrap();
        assert!(!standing().standing.was_late());
    }
}

#[test]
fn whether_its_own_data_are_affected_each_house_says_itself() {
    for house in houses() {
        let other = house.other;
        let reference = house.file(|report| report.flags.personal_data = false);
        let of = reference.clone();
        house
            .act("analyse1", move |tx, _| {
                let id = incidents::load_by_reference(tx, &of)?.id;
                incidents::involve(tx, id, other, Part::Affected)
            })
            .unwrap();
        let keys = |who: &str| house.show(who, &reference).map(|shown| shown.duties.len());
        assert_eq!(keys("melderin").unwrap(), 0);
        let of = reference.clone();
        let later = Supplement {
            nature: Nature::News,
            text: Prose::parse("Auch unsere Bürgerdaten.").unwrap(),
            contact_phone: None,
            flags: Flags { personal_data: true, ..Flags::default() },
            inform: Inform::ByName,
        };
        house.act("nachbarin", move |tx, actor| incidents::state(tx, actor, &of, &later)).unwrap();
        assert_eq!((keys("nachbarin").unwrap(), keys("melderin").unwrap()), (1, 0));
    }
}

#[test]
fn other_rules_have_all_open_cases_looked_at_once() {
    for house in houses() {
        let reference = house.file(|_| {});
        let waiting = || {
            house.act("analyse1", |tx, _| {
                Ok(jobs::table.filter(jobs::name.eq("duty.sweep")).count().get_result::<i64>(tx.conn)?)
            })
        };
        house.act("analyse1", |tx, _| service::on_start(tx)).unwrap();
        assert_eq!(waiting().unwrap(), 1);
        house.act("analyse1", |tx, _| service::on_start(tx)).unwrap();
        assert_eq!(waiting().unwrap(), 1, "these rules are known");
        house.act("analyse1", |tx, _| service::sweep(tx, None)).unwrap();
        let looks = house.act("analyse1", move |tx, _| {
            let id = incidents::load_by_reference(tx, &reference)?.id.to_string();
            let looks = jobs::table
                .filter(jobs::name.eq("duty.remind"))
                .filter(jobs::dedup_key.eq(Some(id)).assume_not_null());
            Ok(looks.count().get_result::<i64>(tx.conn)?)
        });
        assert_eq!(looks.unwrap(), 1);
    }
}

#[test]
fn what_perhaps_is_no_duty_and_what_the_cert_owes_is_told_to_the_team_alone() {
    for house in houses() {
        let reference = house.file(|report| report.flags.personal_data = false);
        let mails = house.mails(&reference);
        house.clock.advance(SignedDuration::from_hours(18));
        house.remind(&reference);
        assert_eq!(house.told("analyse1", &reference), ["duty_ends"], "before triage");
        house.clock.advance(SignedDuration::from_hours(24));
        house.remind(&reference);
        assert_eq!(house.told("analyse1", &reference).len(), 1, "whether it is too late, triage decides");
        house.triage(&reference, Class::Significant);
        house.remind(&reference);
        assert_eq!(house.told("analyse1", &reference).len(), 2);
        assert!(house.told("melderin", &reference).is_empty() && house.mails(&reference) == mails);
    }
}

#[test]
fn a_draft_says_what_the_case_says_and_what_only_people_know_stays_open() {
    for house in houses() {
        let reference = house.file(|_| {});
        let open = |who: &str| {
            let (reference, which) = (reference.clone(), dsgvo(house.town));
            house.act(who, move |tx, actor| {
                service::open(tx, actor, &reference, &which, &settings(), Taken::Shown)
            })
        };
        let first = open("melderin").unwrap();
        assert!(first.saved.is_none() && first.draft.missing(&first.stage).contains(&Content::Persons));
        assert!(!first.draft.get(Content::What).is_empty());
        let save = |who: &str, seen: i32, what: &'static str| {
            let (reference, which) = (reference.clone(), dsgvo(house.town));
            house.act(who, move |tx, actor| {
                service::save(tx, actor, &reference, &which, seen, |stage| {
                    Draft::read(stage, |content| if content == "what" { what } else { "Alles gesagt." })
                })
            })
        };
        save("melderin", 0, "Ein Anhang wurde geöffnet.").unwrap();
        assert!(matches!(save("stadtleitung", 0, "Etwas anderes."), Err(Error::Stale)));
        save("stadtleitung", 1, "Ein Anhang wurde um 7 Uhr geöffnet.").unwrap();
        let second = open("analyse1").unwrap();
        assert_eq!(second.saved.unwrap().0, 2);
        assert_eq!(second.draft.get(Content::What), "Ein Anhang wurde um 7 Uhr geöffnet.");
        assert!(second.draft.missing(&second.stage).is_empty());
        assert!(matches!(save("nachbarin", 2, "Fremdes."), Err(Error::NotFound)));
    }
}

#[test]
fn who_is_affected_by_what_happened_at_its_provider_has_duties_since_it_was_asked() {
    for house in houses() {
        let (town, other) = (house.town, house.other);
        let reference = house.file(|_| {});
        let of = reference.clone();
        house
            .act("analyse1", move |tx, actor| {
                let new = NewFanout {
                    source: town,
                    service: None,
                    heading: Title::parse("Ausfall beim Dienstleister").unwrap(),
                    notice: Prose::parse("Bitte prüfen Sie Ihre Daten.").unwrap(),
                    is_named: false,
                    patience: Patience::Hours8,
                    others: Some(Prose::parse("Stadt Talhausen").unwrap()),
                };
                fanout::start(tx, actor, &of, &new, 1).map(|_| ())
            })
            .unwrap();
        assert!(house.show("nachbarin", &reference).unwrap().duties.is_empty(), "it has not answered");
        house.clock.advance(SignedDuration::from_hours(2));
        let says = |answer: Answer| {
            let of = reference.clone();
            house.act("nachbarin", move |tx, actor| {
                fanout::answer(tx, actor, &of, other, &NewAnswer { answer, note: None })
            })
        };
        says(Answer::Affected).unwrap();
        let shown = house.show("nachbarin", &reference).unwrap();
        let [duty] = shown.duties.as_slice() else { panic!("{:?}", shown.duties) };
        // The strictest reading: it knows since it was asked, not since it answered.
        assert_eq!((duty.set.key.as_str(), duty.organisation, duty.aware_at), ("dsgvo", other, at(NOW)));
        assert_eq!(shown.case.title, "Ausfall beim Dienstleister");
        assert!(!shown.is_team && shown.case.organisation.is_none());
        let which = Which { organisation: other, rule_set: "dsgvo".to_owned(), stage: "report".to_owned() };
        let of = reference.clone();
        let opened = house
            .act("nachbarin", move |tx, actor| {
                service::open(tx, actor, &of, &which, &settings(), Taken::Shown)
            })
            .unwrap();
        let words = format!("{opened:?}");
        assert!(words.contains("Bitte prüfen Sie Ihre Daten.") && !words.contains(".lckd"), "{words}");
        // What another owes is not shown to it, nor what it owes to another; the team sees both.
        let own = house.show("melderin", &reference).unwrap().duties;
        assert!(own.iter().all(|duty| duty.organisation == town));
        let all = house.show("analyse1", &reference).unwrap().duties;
        assert_eq!(all.iter().filter(|duty| duty.set.key == "dsgvo").count(), 2);
        says(Answer::NotAffected).unwrap();
        assert!(house.show("nachbarin", &reference).unwrap().duties.is_empty());
    }
}

#[test]
fn an_organisation_says_what_it_runs_and_a_person_whether_a_rule_holds() {
    for house in houses() {
        let town = house.town;
        let reference = house.file(|_| {});
        let refused =
            house.act("melderin", move |tx, actor| service::set_sectors(tx, actor, town, &[Sector::Water]));
        assert!(matches!(refused, Err(Error::Forbidden(_))));
        house
            .act("stadtleitung", move |tx, actor| service::set_sectors(tx, actor, town, &[Sector::Water]))
            .unwrap();
        let of_town =
            |shown: Shown| -> Vec<String> { shown.duties.iter().map(|duty| duty.set.key.clone()).collect() };
        assert_eq!(of_town(house.show("melderin", &reference).unwrap()), ["bsig", "dsgvo"]);
        let said = Said { binds: false, why: "Die Wasserwerke gehören dem Zweckverband.".to_owned() };
        house.act("leitung", move |tx, actor| service::say(tx, actor, town, "bsig", Some(&said))).unwrap();
        assert_eq!(of_town(house.show("melderin", &reference).unwrap()), ["dsgvo"]);
        let binds = house.act("stadtleitung", move |tx, actor| service::binds(tx, actor, town)).unwrap();
        let bsig = binds.sets.iter().find(|set| set.key == "bsig").unwrap();
        assert!(bsig.why.is_none() && bsig.said.as_ref().is_some_and(|said| !said.binds));
        let unknown = house.act("leitung", move |tx, actor| service::say(tx, actor, town, "nichts", None));
        assert!(matches!(unknown, Err(Error::NotFound)));
        house.act("leitung", move |tx, actor| service::say(tx, actor, town, "bsig", None)).unwrap();
        assert_eq!(of_town(house.show("melderin", &reference).unwrap()), ["bsig", "dsgvo"]);
        let foreign = house.act("nachbarin", move |tx, actor| service::binds(tx, actor, town));
        assert!(matches!(foreign, Err(Error::NotFound)));
    }
}

#[test]
fn the_month_is_counted_by_category_for_who_sees_all_cases() {
    for house in houses() {
        let case = house.file(|_| {});
        house.triage(&case, Class::Incident);
        house.file(|report| report.is_drill = true);
        house.file(|_| {});
        let alarm = house.file(|_| {});
        house
            .act("analyse1", move |tx, actor| {
                let seen = incidents::load_by_reference(tx, &alarm)?.version;
                incidents::close(tx, actor, &alarm, seen, CloseReason::FalseAlarm)
            })
            .map(drop)
            .unwrap();
        let month = |who: &str, month: &'static str| {
            let month = month.parse::<Date>().unwrap();
            house.act(who, move |tx, actor| service::figures(tx, actor, month))
        };
        let found = month("leitung", "2026-11-01").unwrap();
        let category = vcv::number(triage().category) - 1;
        assert_eq!(found.by_category[category].total(), 1);
        assert_eq!((found.without_category.total(), found.total.total()), (1, 2));
        assert_eq!(month("revision", "2026-10-01").unwrap().total.total(), 0);
        assert!(matches!(month("melderin", "2026-11-01"), Err(Error::NotFound)));
    }
}
