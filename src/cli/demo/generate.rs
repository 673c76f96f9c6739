//! Generated incidents: seeded, spread over organisations, states and two years, through the same services.

use std::sync::Arc;

use anyhow::Result;
use jiff::{SignedDuration, Timestamp};

use super::report::Progress;
use super::setup::{Cast, Person, actor};
use crate::app::App;
use crate::core::actor::Actor;
use crate::core::env::{Env, ManualClock, SystemRandom};
use crate::core::error::Result as Outcome;
use crate::core::ids::AccountId;
use crate::core::tlp::Tlp;
use crate::incidents::input::RawReport;
use crate::incidents::model::{Class, Impact, Observed, Spread, Triage};
use crate::incidents::service as incidents;
use crate::incidents::status::{CloseReason, Status};
use crate::mail::dead::drop_queued;
use crate::mail::outbox::MailPurpose;
use crate::store::Tx;

/// How many points in time the two years are cut into: what is filed at one is one transaction.
const SLOTS: u32 = 1460;
const SLOT: SignedDuration = SignedDuration::from_hours(12);

/// A small generator with a fixed beginning (SplitMix64): the same data every time, and no secret.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end.max(1) as u64).unwrap_or(0)
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

const WHAT: [(&str, Observed); 10] = [
    ("Mail im Namen der Sparkasse an mehrere Postfächer", Observed::Mail),
    ("Verdächtiger Anhang im Einwohnermeldeamt geöffnet", Observed::Malware),
    ("Webserver zeigt fremde Startseite", Observed::Website),
    ("USB-Stick mit Kita-Listen verloren", Observed::Device),
    ("Fernwartung offen im Internet", Observed::Vulnerability),
    ("Weiterleitungsregel im Postfach des Bauamts", Observed::Account),
    ("Fachverfahren Wohngeld nicht erreichbar", Observed::Outage),
    ("Virenscanner meldet Fund auf Dateiserver", Observed::Malware),
    ("Gefälschte Anmeldeseite für Webmail", Observed::Mail),
    ("Liste mit Anschriften an falschen Verteiler geschickt", Observed::Data),
];

/// Files and works `count` incidents in the past. No mail of theirs is sent: their time is over.
pub(super) fn incidents(app: &Arc<App>, cast: &Cast, count: u32, bar: &Progress) -> Result<()> {
    bar.length("Vorgänge der letzten zwei Jahre", count as usize);
    let now = app.env.now();
    let clock = Arc::new(ManualClock::at(now));
    let env = Env::new(clock.clone(), Arc::new(SystemRandom::default()));
    let past = app.open_past(env)?;
    let mut dice = Dice(2026);
    let begin = now - SLOT * i32::try_from(SLOTS)?;
    let mut done = 0;
    for slot in 0..SLOTS {
        let upto = u64::from(count) * u64::from(slot + 1) / u64::from(SLOTS);
        let here = usize::try_from(upto)? - done;
        if here == 0 {
            continue;
        }
        let at = begin + SLOT * i32::try_from(slot)?;
        clock.set(at);
        let plans: Vec<Plan> = (0..here).map(|_| Plan::draw(&mut dice, cast, at, now)).collect();
        let analysts = [cast.analyst.clone(), cast.second_analyst.clone()];
        past.write_now(move |tx| {
            let desk = [actor(tx, &analysts[0])?, actor(tx, &analysts[1])?];
            plans.iter().try_for_each(|plan| plan.carry_out(tx, &desk))
        })?;
        done += here;
        bar.advance(here);
    }
    app.db.write_now(|tx| drop_queued(tx, MailPurpose::Incident))?;
    Ok(())
}

/// One incident as it will have been.
struct Plan {
    person: Person,
    report: RawReport,
    observed: Observed,
    impact: Impact,
    spread: Spread,
    desk: usize,
    /// How far it came: 0 reported, 1 triaged, 2 in progress, 3 contained, 4 closed.
    stage: usize,
    deadline: Option<Timestamp>,
}

impl Plan {
    fn draw(dice: &mut Dice, cast: &Cast, at: Timestamp, now: Timestamp) -> Self {
        let person = dice.pick(&cast.reporters).clone();
        let (title, observed) = *dice.pick(&WHAT);
        let age = now.duration_since(at).as_hours() / 24;
        // Old cases are closed, the last weeks are open.
        let stage = if age > 30 && dice.below(20) > 0 { 4 } else { dice.below(4) };
        let deadline = (stage < 4 && dice.below(3) > 0)
            .then(|| now + SignedDuration::from_mins(i64::try_from(dice.below(20_000)).unwrap_or(0) - 300));
        let report = RawReport {
            organisation: person.organisation.to_string(),
            title: title.to_owned(),
            description: format!("{title}. Beispiel, frei erfunden."),
            observed: observed.code().to_owned(),
            inform: dice.pick(&["by_name", "by_name", "anonymous", "nobody"]).to_string(),
            ..RawReport::default()
        };
        Self {
            person,
            report,
            observed,
            impact: *dice.pick(Impact::ALL),
            spread: *dice.pick(Spread::ALL),
            desk: dice.below(3),
            stage,
            deadline,
        }
    }

    fn carry_out(&self, tx: &mut Tx<'_>, desk: &[Actor; 2]) -> Outcome<()> {
        let reporter = actor(tx, &self.person)?;
        let filed = incidents::file(tx, &reporter, &self.report.parse()?)?;
        let analyst = &desk[self.desk % 2];
        let mut version = 1;
        let next = |version: &mut i32| {
            *version += 1;
            *version - 1
        };
        if self.stage >= 1 {
            let triage = Triage {
                class: Class::Incident,
                category: self.observed.suggests(),
                impact: self.impact,
                spread: self.spread,
                priority: None,
                tlp: Tlp::Amber,
            };
            incidents::triage(tx, analyst, &filed.reference, next(&mut version), &triage)?;
        }
        if self.stage >= 2 && self.desk < 2 {
            let who: Option<AccountId> = analyst.account;
            incidents::assign(tx, analyst, &filed.reference, next(&mut version), who)?;
        }
        if self.stage >= 2 {
            incidents::set_status(tx, analyst, &filed.reference, next(&mut version), Status::InProgress)?;
        }
        if self.stage == 3 {
            incidents::set_status(tx, analyst, &filed.reference, next(&mut version), Status::Contained)?;
        }
        if self.stage == 4 {
            incidents::close(tx, analyst, &filed.reference, next(&mut version), CloseReason::Resolved)?;
        }
        if let Some(deadline) = self.deadline {
            incidents::set_deadline(tx, filed.id, Some(("respond", deadline)))?;
        }
        Ok(())
    }
}
