//! The forms of the roster: shifts to be, and the duty to be handed over.

use actix_web::HttpResponse;
use actix_web::web::Data;
use askama::Template;

use super::HERE;
use crate::access::guard::Visitor;
use crate::access::policy::{Action, Facts, check};
use crate::core::actor::Actor;
use crate::core::error::{Error, Result};
use crate::core::i18n::{Lang, text};
use crate::core::ids::{AccountId, HandoverId, ShiftId};
use crate::core::text::{Block, Fields, Refusal};
use crate::core::when;
use crate::escalation::roster::service::{self, Deputy, NewHandover, NewShifts};
use crate::store::Tx;
use crate::web::site::Site;
use crate::web::{Choice, Failure, Form, FormData, Shell};

/// Who takes turns, one field each.
const TURNS: [(&str, &str); 6] = [
    ("wer", "roster-turn-1"),
    ("wer2", "roster-turn-2"),
    ("wer3", "roster-turn-3"),
    ("wer4", "roster-turn-4"),
    ("wer5", "roster-turn-5"),
    ("wer6", "roster-turn-6"),
];
const PLAN: &[&str] = &["von", "bis", "wochen", "wer", "wer2", "wer3", "wer4", "wer5", "wer6", "vertretung"];
/// What the summary of refused input calls the fields.
const PLAN_LABELS: &[(&str, &str)] = &[
    ("von", "roster-from"),
    ("bis", "roster-until"),
    ("wochen", "roster-weeks"),
    TURNS[0],
    TURNS[1],
    TURNS[2],
    TURNS[3],
    TURNS[4],
    TURNS[5],
    ("vertretung", "roster-deputy"),
];
const HANDOVER_LABELS: &[(&str, &str)] = &[
    ("wem", "roster-to"),
    ("von", "roster-handover-from"),
    ("bis", "roster-handover-until"),
    ("note", "roster-note"),
];
/// The word for whose turn it is next.
const NEXT: &str = "naechste";

#[derive(Template)]
#[template(path = "escalation/roster/templates/plan.html")]
struct PlanPage {
    sh: Shell,
    form: Form,
    turns: [(&'static str, &'static str); 6],
    people: Vec<Choice>,
    deputies: Vec<Choice>,
}

#[derive(Template)]
#[template(path = "escalation/roster/templates/handover.html")]
struct HandoverPage {
    sh: Shell,
    form: Form,
    people: Vec<Choice>,
}

fn choices(people: Vec<(AccountId, String)>) -> Vec<Choice> {
    people.into_iter().map(|(id, name)| Choice::new(id.to_string(), name)).collect()
}

async fn plan_page(site: &Site, visitor: &Visitor, form: Form) -> Result<PlanPage, Failure> {
    let actor = visitor.require()?.clone();
    let load = move |tx: &mut Tx<'_>| {
        let board = service::board(tx, &actor)?;
        check(tx, &actor, Action::PlanRoster, Facts::of(&actor))?;
        Ok(choices(board.team))
    };
    let people = site.db.read(load).await?;
    let next = Choice::new(NEXT, text(Lang::De, "roster-deputy-next"));
    let deputies = [next].into_iter().chain(people.iter().cloned()).collect();
    Ok(PlanPage { sh: visitor.shell_of("roster-plan"), form, turns: TURNS, people, deputies })
}

/// `GET /bereitschaft/planen`.
pub(super) async fn ask_plan(visitor: Visitor, site: Data<Site>) -> Result<HttpResponse, Failure> {
    let form = Form::filled(FormData::default().with("wochen", "1").with("vertretung", NEXT));
    visitor.page(&plan_page(&site, &visitor, form).await?)
}

fn person(word: &str) -> Result<Option<AccountId>, Refusal> {
    if word.is_empty() { Ok(None) } else { word.parse().map(Some).map_err(|_| "error-choice") }
}

fn planned(tx: &mut Tx<'_>, actor: &Actor, typed: &FormData) -> Result<Vec<ShiftId>> {
    check(tx, actor, Action::ShowRoster, Facts::of(actor))?;
    check(tx, actor, Action::PlanRoster, Facts::of(actor))?;
    let mut fields = Fields::default();
    let from = fields.keep("von", when::parse_near(typed.get("von"), tx.now()));
    let until = fields.keep("bis", when::parse_near(typed.get("bis"), tx.now()));
    let weeks = typed.get("wochen").trim().parse().map_err(|_| "roster-error-weeks");
    let weeks = fields.keep("wochen", weeks);
    let mut people = Vec::new();
    for (field, _) in TURNS {
        people.extend(fields.keep(field, person(typed.get(field))).flatten());
    }
    let deputy = match typed.get("vertretung") {
        NEXT => Ok(Deputy::Next),
        word => person(word).map(|one| one.map_or(Deputy::Nobody, Deputy::Person)),
    };
    let deputy = fields.keep("vertretung", deputy);
    let ((from, until), (weeks, deputy)) = fields.done(from.zip(until).zip(weeks.zip(deputy)))?;
    service::plan(tx, actor, &NewShifts { from, until, weeks, people, deputy })
}

/// `POST /bereitschaft/planen`.
pub(super) async fn plan(
    visitor: Visitor,
    site: Data<Site>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    typed.only(PLAN)?;
    let asked = typed.clone();
    match site.db.write(move |tx| planned(tx, &actor, &asked)).await {
        Ok(_) => Ok(visitor.redirect(HERE, "roster-done-planned")),
        Err(error @ Error::Invalid(_)) => {
            let form = Form::refused(typed, error)?.labelled(PLAN_LABELS);
            let mut page = plan_page(&site, &visitor, form).await?;
            page.sh = page.sh.failed();
            visitor.again(&page)
        }
        Err(error) => Err(Failure::from(error).keeping(typed)),
    }
}

async fn handover_page(site: &Site, visitor: &Visitor, form: Form) -> Result<HandoverPage, Failure> {
    let actor = visitor.require()?.clone();
    let board = site.db.read(move |tx| service::board(tx, &actor)).await?;
    Ok(HandoverPage { sh: visitor.shell_of("roster-hand-over"), form, people: choices(board.others) })
}

/// `GET /bereitschaft/uebergabe`.
pub(super) async fn ask_handover(visitor: Visitor, site: Data<Site>) -> Result<HttpResponse, Failure> {
    visitor.page(&handover_page(&site, &visitor, Form::default()).await?)
}

fn handed_over(tx: &mut Tx<'_>, actor: &Actor, typed: &FormData) -> Result<HandoverId> {
    check(tx, actor, Action::ShowRoster, Facts::of(actor))?;
    let mut fields = Fields::default();
    let now = tx.now();
    let moment = |word: &str| match word.trim() {
        "" => Ok(None),
        word => when::parse_near(word, now).map(Some),
    };
    let to = fields.keep("wem", person(typed.get("wem")).and_then(|to| to.ok_or("error-required")));
    let from = fields.keep("von", moment(typed.get("von")));
    let until = fields.keep("bis", moment(typed.get("bis")));
    let note = fields.keep("note", Block::<2000>::parse_optional(typed.get("note")));
    let ((to, note), (from, until)) = fields.done(to.zip(note).zip(from.zip(until)))?;
    let note = note.map(Block::into_string).unwrap_or_default();
    service::hand_over(tx, actor, &NewHandover { to, from, until, note })
}

/// `POST /bereitschaft/uebergabe`.
pub(super) async fn hand_over(
    visitor: Visitor,
    site: Data<Site>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    typed.only(&["wem", "von", "bis", "note"])?;
    let asked = typed.clone();
    match site.db.write(move |tx| handed_over(tx, &actor, &asked)).await {
        Ok(_) => Ok(visitor.redirect(HERE, "roster-done-offered")),
        Err(error @ Error::Invalid(_)) => {
            let form = Form::refused(typed, error)?.labelled(HANDOVER_LABELS);
            let mut page = handover_page(&site, &visitor, form).await?;
            page.sh = page.sh.failed();
            visitor.again(&page)
        }
        Err(error) => Err(Failure::from(error).keeping(typed)),
    }
}
