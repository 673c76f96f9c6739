//! A wave of reports becomes one case, and each reporter keeps the own one.

use std::fmt::Write as _;

use jiff::Unit;

use super::later::later;
use super::*;

use crate::core::env::Env;
use crate::core::text::{MailAddress, Prose, Title};
use crate::incidents::model::{Audience, Entry, Filter, Inform, Nature, Row};
use crate::incidents::service::{Plan, Told};
use crate::incidents::status::{CloseReason, Status};
use crate::store::schema::incident_merges;

/// As many as one wave has.
const WAVE: usize = 200;

impl House {
    fn merge(&self, lead: &Incident, members: &[&Incident]) -> Result<usize> {
        self.merge_as("analyse1", lead, members)
    }

    fn merge_as(&self, who: &str, lead: &Incident, members: &[&Incident]) -> Result<usize> {
        let lead = lead.reference.clone();
        let members: Vec<String> = members.iter().map(|case| case.reference.clone()).collect();
        self.act(who, move |tx, actor| service::merge(tx, actor, &lead, &members))
    }

    fn detach(&self, lead: &Incident, member: &Incident) -> Result<usize> {
        let (lead, member) = (lead.reference.clone(), vec![member.reference.clone()]);
        self.act("analyse1", move |tx, actor| service::detach(tx, actor, &lead, &member))
    }

    fn move_to(&self, case: &Incident, to: Status) -> Result<()> {
        let (reference, seen) = (case.reference.clone(), self.load(case).version);
        self.act("analyse1", move |tx, actor| service::set_status(tx, actor, &reference, seen, to))
    }

    fn close_with(&self, case: &Incident, reason: CloseReason) -> Result<()> {
        let (reference, seen) = (case.reference.clone(), self.load(case).version);
        self.act("analyse1", move |tx, actor| service::close(tx, actor, &reference, seen, reason))
    }

    fn write_in(&self, who: &str, case: &Incident, org: OrgId, text: &'static str) -> Result<()> {
        let reference = case.reference.clone();
        self.act(who, move |tx, actor| {
            let text = Prose::parse(text).unwrap();
            service::message(tx, actor, &reference, Audience::Organisation(org), &text)
        })
    }

    fn rows(&self, who: &str, filter: Filter) -> Vec<Row> {
        let actor = self.actor(who);
        self.db().read_now(|tx| service::list(tx, &actor, &filter, None, 500)).unwrap().rows
    }

    fn considered(&self, who: &str, lead: Option<&Incident>, cases: &[&Incident]) -> Result<Plan> {
        let (actor, lead) = (self.actor(who), lead.map(|lead| lead.reference.clone()));
        let cases: Vec<String> = cases.iter().map(|case| case.reference.clone()).collect();
        self.db().read_now(|tx| service::consider(tx, &actor, lead.as_deref(), &cases))
    }

    pub(super) fn mails_to(&self, address: &str) -> Vec<String> {
        let address = MailAddress::parse(address).unwrap().to_string();
        let sent = outbox::table.filter(outbox::recipient.eq(address)).select(outbox::message_id);
        self.db().read_now(|tx| Ok(sent.load(tx.conn)?)).unwrap()
    }
}

/// Everything that somebody is shown of a case, a line for each field.
fn seen(view: &View) -> String {
    let mut all = String::new();
    let i = &view.incident;
    let mut say = |name: &str, value: String| writeln!(all, "{name}: {value}").unwrap();
    say("reference", i.reference.clone());
    say("title", i.title.clone());
    say("status", format!("{:?} {:?}", i.status, i.close_reason));
    say("class", format!("{:?} {:?} {:?}", i.class, i.category, i.priority));
    say("label", i.tlp.to_string());
    say("due", format!("{:?} {:?}", i.deadline_at, i.deadline_kind));
    say("waits", format!("{:?} {:?} {:?}", i.waiting_on, i.follow_up_at, i.priority_reason));
    say("marks", format!("{} {} {}", i.is_restricted, i.is_unconfirmed, i.is_drill));
    say("part of a larger one", i.merged.is_some().to_string());
    say("report", view.report.as_ref().map(|report| report.description.clone()).unwrap_or_default());
    say("later", view.later.iter().map(|report| report.description.as_str()).collect::<Vec<_>>().join(" | "));
    say("involved", view.involvements.len().to_string());
    say("members", format!("{} {:?}", view.members.len(), view.lead));
    for entry in view.entries.iter().rev() {
        let facts = serde_json::to_string(&entry.facts).unwrap();
        say(
            "line",
            format!("{} {} {facts} {}", entry.kind, entry.author, entry.body.as_deref().unwrap_or_default()),
        );
    }
    all
}

/// The lines of a timeline that people wrote.
fn said(entries: &[Entry]) -> Vec<&str> {
    entries.iter().filter(|entry| entry.kind == "message").filter_map(|entry| entry.body.as_deref()).collect()
}

fn titled(title: &'static str) -> impl Fn(&mut NewReport) {
    move |report| report.title = Title::parse(title).unwrap()
}

#[tokio::test]
async fn a_wave_of_two_hundred_reports_becomes_one_case_and_three_reporters_keep_their_own() {
    for house in houses().await {
        let words = ["Mail im Dorf", "Mail in der Stadt", "Mail im Rechenzentrum"];
        let wave: Vec<Incident> = (0..WAVE)
            .map(|number| {
                let (who, org) = match number % 3 {
                    0 => ("amt", house.village),
                    1 => ("stadt", house.city),
                    _ => ("dienst", house.provider),
                };
                house.file(who, org, titled(words[number % 3]))
            })
            .collect();
        let lead = house.file("amt", house.office, titled("Geheim: die Welle"));
        house.triage(&lead, |_| {}).unwrap();
        let (village, city, provider) = (&wave[0], &wave[1], &wave[2]);
        house.write_in("stadt", city, house.city, "Geht das alle an?").unwrap();
        let three = [("amt", village), ("stadt", city), ("dienst", provider)];
        let before = three.map(|(who, case)| seen(&house.show(who, case).unwrap()));

        let all: Vec<&Incident> = wave.iter().collect();
        let began = Env::system().now();
        assert_eq!(house.merge(&lead, &all).unwrap(), WAVE);
        println!(
            "merge: {WAVE} reports into one in {} ms",
            (Env::system().now() - began).total(Unit::Millisecond).unwrap()
        );

        assert_eq!(house.rows("analyse1", Filter { open: Some(true), ..Filter::default() }).len(), 1);
        let merged = three.map(|(who, case)| seen(&house.show(who, case).unwrap()));
        house.move_to(&lead, Status::InProgress).unwrap();
        let began = Env::system().now();
        let reference = lead.reference.clone();
        let told = house.act("analyse1", move |tx, actor| {
            let text = Prose::parse("Bitte ändern Sie alle Passwörter.").unwrap();
            service::tell_members(tx, actor, &reference, &[], &text)
        });
        assert_eq!(told.unwrap(), Told { written: WAVE + 1, nobody: 0 });
        println!(
            "merge: {} reporters told in {} ms",
            WAVE + 1,
            (Env::system().now() - began).total(Unit::Millisecond).unwrap()
        );
        let began = Env::system().now();
        assert_eq!(house.detach(&lead, city).unwrap(), 1);
        println!(
            "merge: 1 report detached in {} ms",
            (Env::system().now() - began).total(Unit::Millisecond).unwrap()
        );
        let after = three.map(|(who, case)| seen(&house.show(who, case).unwrap()));
        for (at, (who, _)) in three.iter().enumerate() {
            let text = format!("{}---\n{}---\n{}", before[at], merged[at], after[at]);
            insta::assert_snapshot!(format!("views_of_{who}_before_merged_and_after"), text);
        }
        for text in before.iter().chain(&merged).chain(&after) {
            assert!(!text.contains("Geheim") && !text.contains(&lead.reference), "{text}");
            let own = words.iter().filter(|word| text.contains(*word)).count();
            assert_eq!(own, 1, "nobody reads another's title: {text}");
        }
        let team = house.show("analyse1", &lead).unwrap();
        assert_eq!(team.members.len(), WAVE - 1);
        let threads = house.act("analyse1", move |tx, _| service::threads(tx, &team.members, 1_000)).unwrap();
        assert_eq!(threads.iter().filter(|(_, entry)| entry.kind == "message").count(), WAVE - 1);
        assert!(threads.iter().any(|(case, _)| *case == village.id), "each line says whose case it is in");
    }
}

#[tokio::test]
async fn what_becomes_of_the_leading_case_each_reporter_sees_as_the_own() {
    for house in houses().await {
        let lead = house.file("amt", house.office, |_| {});
        let member = house.file("stadt", house.city, |_| {});
        house.triage(&lead, |_| {}).unwrap();
        house.merge(&lead, &[&member]).unwrap();
        let status = || {
            let seen = house.show("stadt", &member).unwrap().incident;
            (seen.status, seen.close_reason)
        };
        let open = |open| house.rows("stadt", Filter { open: Some(open), ..Filter::default() }).len();
        assert_eq!((status(), open(true), open(false)), ((Status::Triaged, None), 1, 0));
        for to in [Status::InProgress, Status::Contained] {
            house.move_to(&lead, to).unwrap();
            assert_eq!(status(), (to, None));
            assert_eq!(house.rows("stadt", Filter { status: Some(to), ..Filter::default() })[0].status, to);
            assert!(
                house.rows("stadt", Filter { status: Some(Status::Closed), ..Filter::default() }).is_empty()
            );
        }
        house.close_with(&lead, CloseReason::Resolved).unwrap();
        assert_eq!(
            (status(), open(true), open(false)),
            ((Status::Closed, Some(CloseReason::Resolved)), 0, 1)
        );
        let team = house.load(&member);
        assert_eq!((team.status, team.close_reason), (Status::Closed, Some(CloseReason::Merged)));
        house.move_to(&lead, Status::InProgress).unwrap();
        assert_eq!((status(), open(true)), ((Status::InProgress, None), 1));
        let kinds: Vec<_> =
            house.show("stadt", &member).unwrap().entries.into_iter().map(|e| e.kind).collect();
        assert_eq!(kinds, ["status", "status", "status", "status", "merged", "filed"]);
    }
}

#[tokio::test]
async fn a_reporter_goes_on_writing_and_the_team_of_the_leading_case_hears() {
    for house in houses().await {
        let lead = house.file("amt", house.office, |_| {});
        let member = house.file("stadt", house.city, |_| {});
        house.triage(&lead, |_| {}).unwrap();
        house.merge(&lead, &[&member]).unwrap();
        house.wait(&lead, "Betreiber", 48).unwrap();
        let before = house.mails_to("analyse2@stelle.example").len();
        house.write_in("stadt", &member, house.city, "Es geht weiter").unwrap();
        assert!(house.mails_to("analyse2@stelle.example").len() > before, "the team hears");
        let (lead_now, member_now) = (house.load(&lead), house.load(&member));
        assert_eq!(lead_now.follow_up_at, None, "the leading case is back in the queue");
        assert!(member_now.merged.is_some());
        let own = |who, case| house.show(who, case).unwrap();
        assert_eq!(said(&own("stadt", &member).entries), ["Es geht weiter"]);
        assert!(
            said(&own("amt", &lead).entries).is_empty(),
            "who reported the leading case reads none of it"
        );
        let reference = member.reference.clone();
        let stated = later(Nature::News, Inform::ByName, "Zwei Rechner mehr");
        house.act("stadt", move |tx, actor| service::state(tx, actor, &reference, &stated)).unwrap();
        assert_eq!(own("stadt", &member).later.len(), 1);
        assert!(own("analyse1", &lead).later.is_empty(), "nothing moves");
        assert!(matches!(house.show("amt", &member), Err(Error::NotFound)));
        assert!(matches!(house.show("stadt", &lead), Err(Error::NotFound)));
    }
}

#[tokio::test]
async fn who_writes_after_the_end_has_a_case_of_the_own_again_and_nobody_else_is_told() {
    for house in houses().await {
        let lead = house.file("amt", house.office, |_| {});
        let [member, other] =
            [("stadt", house.city), ("dienst", house.provider)].map(|(w, o)| house.file(w, o, |_| {}));
        house.triage(&lead, |_| {}).unwrap();
        house.merge(&lead, &[&member, &other]).unwrap();
        house.close_with(&lead, CloseReason::Resolved).unwrap();
        let quiet = seen(&house.show("dienst", &other).unwrap());
        house.write_in("stadt", &member, house.city, "Es ist wieder da").unwrap();
        let now = house.load(&member);
        assert_eq!((now.status, now.merged.is_some()), (Status::Reported, false));
        assert_eq!(house.load(&lead).status, Status::Closed);
        assert_eq!(seen(&house.show("dienst", &other).unwrap()), quiet);
    }
}

#[tokio::test]
async fn whoever_is_taken_out_stands_where_it_stood_with_all_that_was_said_meanwhile() {
    for house in houses().await {
        let lead = house.file("amt", house.office, |_| {});
        let member = house.file("stadt", house.city, |_| {});
        house.triage(&lead, |_| {}).unwrap();
        house.triage(&member, |_| {}).unwrap();
        house.move_to(&member, Status::Contained).unwrap();
        house.merge(&lead, &[&member]).unwrap();
        assert_eq!(
            house.show("stadt", &member).unwrap().incident.status,
            Status::Contained,
            "not told to go back"
        );
        house.write_in("analyse1", &member, house.city, "Wie viele?").unwrap();
        house.detach(&lead, &member).unwrap();
        let now = house.load(&member);
        assert_eq!((now.status, now.close_reason, now.closed_at), (Status::Contained, None, None));
        assert_eq!(now.priority, Some(3));
        assert_eq!(said(&house.show("stadt", &member).unwrap().entries), ["Wie viele?"]);
        assert_eq!(house.rows("analyse1", Filter { open: Some(true), ..Filter::default() }).len(), 2);
        assert_eq!(refused(house.detach(&lead, &member)), [("ref", "merge-refused-no-member")]);
        house.merge(&lead, &[&member]).expect("and back again");
    }
}

#[tokio::test]
async fn one_conflict_and_nothing_is_merged() {
    for house in houses().await {
        let [lead, good, closed, elsewhere, leads, part] =
            [(); 6].map(|()| house.file("amt", house.office, |_| {}));
        let drill = house.file("amt", house.office, |report| report.is_drill = true);
        let named = house.file("stadt", house.city, |_| {});
        for case in [&lead, &leads, &closed] {
            house.triage(case, |_| {}).unwrap();
        }
        house.close_with(&closed, CloseReason::FalseAlarm).unwrap();
        house.merge(&leads, &[&elsewhere]).unwrap();
        house.restrict("analyse1", &named, Some(vec![house.account("analyse1")])).unwrap();
        for (case, why) in [
            (&closed, "merge-refused-closed"),
            (&elsewhere, "merge-refused-merged"),
            (&leads, "merge-refused-leads"),
            (&drill, "merge-refused-drill"),
            (&named, "merge-refused-restricted"),
        ] {
            assert_eq!(refused(house.merge(&lead, &[&good, case])), [("ref", why)]);
        }
        assert_eq!(refused(house.merge(&closed, &[&good])), [("lead", "merge-refused-lead-closed")]);
        assert_eq!(refused(house.merge(&elsewhere, &[&good])), [("lead", "merge-refused-lead-merged")]);
        assert_eq!(refused(house.merge(&part, &[&lead])), [("ref", "merge-refused-further")]);
        assert_eq!(refused(house.merge(&lead, &[&lead])), [("ref", "merge-refused-none")]);
        assert_eq!(refused(house.merge_as("analyse2", &lead, &[&named])), [("ref", "merge-refused-unknown")]);
        let merges: i64 =
            house.db().read_now(|tx| Ok(incident_merges::table.count().get_result(tx.conn)?)).unwrap();
        assert_eq!(merges, 1);
        assert!(matches!(house.close_with(&lead, CloseReason::Merged), Err(Error::Invalid(_))));
        let frozen = house.move_to(&elsewhere, Status::InProgress);
        assert!(matches!(frozen, Err(Error::Conflict("incident-refused-merged"))), "{frozen:?}");
    }
}

#[tokio::test]
async fn restricted_cases_are_merged_by_who_is_named_in_both_and_shown_to_nobody_else() {
    for house in houses().await {
        let [lead, member] = [(); 2].map(|()| house.file("stadt", house.city, |_| {}));
        let one = house.account("analyse1");
        house.restrict("analyse1", &lead, Some(vec![one, house.account("analyse2")])).unwrap();
        house.restrict("analyse1", &member, Some(vec![one])).unwrap();
        assert_eq!(
            refused(house.merge_as("analyse2", &lead, &[&member])),
            [("ref", "merge-refused-unknown")]
        );
        house.merge(&lead, &[&member]).unwrap();
        assert_eq!(house.show("analyse1", &lead).unwrap().members.len(), 1);
        assert_eq!(house.show("analyse2", &lead).unwrap().members.len(), 0, "not even counted");
        assert!(matches!(house.show("analyse2", &member), Err(Error::NotFound)));
        assert!(house.load(&member).is_restricted && house.load(&lead).is_restricted);
    }
}

#[tokio::test]
async fn the_more_urgent_priority_goes_over_to_the_leading_case() {
    for house in houses().await {
        let [lead, member] = [(); 2].map(|()| house.file("stadt", house.city, |_| {}));
        house.triage(&lead, |_| {}).unwrap();
        let why = || Line::parse("Wasserwerk").unwrap();
        house.triage(&member, |triage| triage.priority = Some((1, why()))).unwrap();
        assert_eq!(house.considered("analyse1", Some(&lead), &[&member]).unwrap().raised, Some(1));
        house.merge(&lead, &[&member]).unwrap();
        let lead = house.load(&lead);
        assert_eq!(lead.priority, Some(1));
        assert!(lead.priority_reason.unwrap().contains(&member.reference));
    }
}

#[tokio::test]
async fn merging_is_the_teams_matter_alone() {
    for house in houses().await {
        let [lead, member] = [(); 2].map(|()| house.file("stadt", house.city, |_| {}));
        for (who, hidden) in
            [("stadt", true), ("amt", true), ("verwaltung", true), ("freigabe", true), ("revision", false)]
        {
            let plan = house.considered(who, Some(&lead), &[&member]);
            assert_eq!(matches!(plan, Err(Error::NotFound)), hidden, "{who}: {plan:?}");
            assert!(plan.is_err(), "{who}");
            assert!(house.merge_as(who, &lead, &[&member]).is_err(), "{who}");
        }
    }
}
