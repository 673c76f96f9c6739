//! One incident: who looks at it decides whether the team's page or the organisation's is shown, from the same view.

mod document;
mod dossier;
mod house;
mod merged;
mod organisation;
mod parts;
pub(super) mod proposal;
mod sift;
mod tasks;
mod team;

pub(super) use document::download;
pub(super) use dossier::download as archive;

use std::collections::BTreeSet;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::web::{Data, Path};
use jiff::Timestamp;

use super::queue;
use super::words::Names;
use crate::access::guard::Visitor;
use crate::access::service as access;
use crate::core::actor::{Actor, Role};
use crate::core::error::{Error, Result};
use crate::core::ids::{AccountId, IncidentId, OrgId};
use crate::correspondence::threads::service as letters;
use crate::directory::service as directory;
use crate::duties::service as duties;
use crate::escalation::service as escalation;
use crate::incidents::evidence::model::Evidence;
use crate::incidents::evidence::service as evidence;
use crate::incidents::fanout::model::Counts;
use crate::incidents::fanout::service as fanout;
use crate::incidents::model::{Audience, Entry, Handover, shown_title};
use crate::incidents::observables::model::Listed;
use crate::incidents::observables::service as observables;
use crate::incidents::service::{self as incidents, View};
use crate::incidents::similar;
use crate::incidents::tasks::service::{self as case_tasks, Board};
use crate::incidents::timeline::model::Sift;
use crate::incidents::timeline::service as timeline;
use crate::incidents::worklist::service as worklist;
use crate::store::Tx;
use crate::web::markdown::Html;
use crate::web::site::Site;
use crate::web::{Choice, Failure, Form, Query};

/// Everything a page about one case needs, read in one transaction.
pub(super) struct Case {
    view: View,
    names: Names,
    steps: Vec<escalation::StepView>,
    files: Vec<Evidence>,
    observables: Vec<Listed>,
    tasks: Board,
    blocks: Vec<Choice>,
    /// To whom the case can be given.
    people: Vec<Choice>,
    nameable: Vec<(AccountId, String)>,
    /// The accounts of the organisations for which the viewer acts here; empty for the team.
    colleagues: Vec<AccountId>,
    /// Who reports, for whoever judges the report.
    house: Option<house::House>,
    /// What other cases look like it, for the same.
    similar: Vec<similar::Similar>,
    /// What somebody left for whoever works on it next, for the team.
    handover: Option<Handover>,
    /// To whom the case can be escalated.
    targets: escalation::Targets,
    /// What was written in the cases that were merged into it, for the team.
    threads: Vec<(IncidentId, Entry)>,
    /// What is written with third parties, for the team.
    letters: letters::Counts,
    /// What is to be reported next, to whom it concerns.
    duties: Option<Vec<duties::Due>>,
    /// Whom a note can call to the case.
    mentionable: Vec<(AccountId, String)>,
    /// What those said who are asked whether they are affected, for the team and the provider.
    asked: Option<Counts>,
    /// Whose own mail is not trusted, and since when, for the team.
    offline: Vec<(OrgId, Timestamp)>,
}

/// Whose own mail is not trusted, of those who have a part in the case and the administrations that run them.
fn offline(tx: &mut Tx<'_>, actor: &Actor, view: &View) -> Result<Vec<(OrgId, Timestamp)>> {
    if !view.may.is_team {
        return Ok(Vec::new());
    }
    let parts: Vec<OrgId> =
        view.involvements.iter().map(|part| part.organisation).chain(view.incident.organisation).collect();
    let houses: BTreeSet<OrgId> =
        directory::administrations_of(tx, &parts)?.into_values().chain(parts).collect();
    directory::marked_among(tx, actor, &houses.into_iter().collect::<Vec<_>>())
}

/// Loads the case and records that it was seen.
pub(super) fn load(tx: &mut Tx<'_>, actor: &Actor, reference: &str) -> Result<Case> {
    let view = incidents::show(tx, actor, reference)?;
    worklist::opened(tx, actor, view.incident.id)?;
    let steps = escalation::steps_of(tx, actor, view.incident.id)?;
    let files = evidence::list(tx, actor, reference)?;
    let board = case_tasks::summary(tx, actor, reference)?;
    let blocks = if view.may.triage { tasks::blocks(tx)? } else { Vec::new() };
    let observables =
        if view.may.is_team { observables::of_case(tx, actor, reference)?.1 } else { Vec::new() };
    let targets = if view.may.escalate {
        escalation::choices(tx, actor, view.incident.id)?
    } else {
        Default::default()
    };
    let threads = incidents::threads(tx, &view.members, merged::LINES)?;
    let mut organisations: BTreeSet<OrgId> = view.involvements.iter().map(|i| i.organisation).collect();
    organisations.extend(view.incident.organisation);
    organisations.extend(view.incident.holder);
    organisations.extend(view.acting.iter().copied());
    organisations
        .extend(view.behalf.iter().flat_map(|it| [it.organisation, it.through, it.claimed]).flatten());
    organisations.extend(view.members.iter().filter_map(|row| row.organisation));
    organisations.extend(view.links.iter().filter_map(|link| link.other.organisation));
    let offline = offline(tx, actor, &view)?;
    organisations.extend(offline.iter().map(|(org, _)| *org));
    let lines = view.entries.iter().chain(threads.iter().map(|(_, entry)| entry));
    organisations.extend(lines.filter_map(|entry| match entry.audience {
        Audience::Organisation(org) => Some(org),
        Audience::Team | Audience::Involved => None,
    }));
    let similar = if view.may.triage { similar::similar(tx, actor, &view.incident)? } else { Vec::new() };
    organisations.extend(similar.iter().flat_map(|it| it.organisations()));
    organisations.extend(board.tasks.iter().filter_map(|task| task.owner.organisation()));
    let mut ids: Vec<OrgId> = organisations.into_iter().collect();
    let analysts =
        if view.may.triage { access::holders(tx, &[Role::Analyst, Role::CertLead])? } else { Vec::new() };
    let mut nameable = analysts.clone();
    if view.may.restrict {
        for involved in &view.involvements {
            nameable.extend(access::members(tx, involved.organisation)?);
        }
    }
    let mut colleagues = Vec::new();
    if !view.may.is_team {
        for organisation in &view.acting {
            let administration = directory::administration_of(tx, *organisation)?;
            for house in BTreeSet::from([*organisation, administration]) {
                colleagues.extend(access::members(tx, house)?.into_iter().map(|(account, _)| account));
            }
        }
        colleagues.extend(actor.account);
    }
    let house = match view.incident.organisation.filter(|_| view.may.triage) {
        Some(org) => Some(house::house(tx, actor, org, view.incident.id)?),
        None => None,
    };
    let owners = board.tasks.iter().filter_map(|task| task.owner.account());
    let accounts: Vec<AccountId> =
        view.incident.assignee.into_iter().chain(view.named.clone()).chain(owners).collect();
    let duties = duties::next(tx, actor, reference)?;
    ids.extend(duties.iter().flatten().map(|due| due.organisation));
    let names = Names { organisations: directory::names(tx, &ids)?, accounts: access::names(tx, &accounts)? };
    let mentionable = if view.may.triage { timeline::mentionable(tx, actor, reference)? } else { Vec::new() };
    let letters = if view.may.is_team { letters::counts(tx, &view.incident)? } else { Default::default() };
    let asked = fanout::summary(tx, view.incident.id)?
        .filter(|(fanout, _)| view.may.is_team || view.acting.contains(&fanout.source))
        .map(|(_, counts)| counts);
    let handover = if view.may.is_team { incidents::handover(tx, &view.incident)? } else { None };
    let people = if view.may.triage { queue::present(tx, actor, analysts.clone())? } else { Vec::new() };
    Ok(Case {
        view,
        names,
        steps,
        files,
        tasks: board,
        blocks,
        people,
        handover,
        nameable,
        colleagues,
        house,
        similar,
        targets,
        threads,
        observables,
        letters,
        duties,
        mentionable,
        asked,
        offline,
    })
}

/// What a refused or stale form leaves to be shown again.
#[derive(Default)]
pub(super) struct Again {
    pub form: Option<Form>,
    /// Which form was sent.
    pub open_form: &'static str,
    /// Whether somebody else was faster.
    pub stale: bool,
    /// What the timeline is narrowed to.
    pub sift: Sift,
    /// How what was typed will look, and to whom.
    pub preview: Option<(Audience, Html)>,
}

impl Again {
    fn status(&self) -> StatusCode {
        match (&self.form, self.stale) {
            (_, true) => StatusCode::CONFLICT,
            (Some(form), false) if form.has_errors() => StatusCode::UNPROCESSABLE_ENTITY,
            // Also a form that was filled and not sent.
            _ => StatusCode::OK,
        }
    }
}

/// Renders the case for whoever looks at it.
pub(super) fn render(visitor: &Visitor, case: Case, again: Again) -> Result<HttpResponse, Failure> {
    let status = again.status();
    let title = shown_title(&case.view.incident.title);
    let window = format!("{} · {title}", case.view.incident.reference);
    // On paper the strictest label holds of everything that stands on the page.
    let labels = case.view.members.iter().map(|row| row.tlp);
    let label = labels.chain([case.view.incident.tlp]).max().unwrap_or(case.view.incident.tlp);
    let mut sh = visitor.shell(window).printed(&case.view.incident.reference, label);
    if status != StatusCode::OK {
        sh = sh.failed();
    }
    let viewer = visitor.actor.account;
    if case.view.may.is_team {
        visitor.answer(status, &team::page(sh, title, viewer, case, again))
    } else {
        visitor.answer(status, &organisation::page(sh, title, viewer, case, again.form.unwrap_or_default()))
    }
}

/// Shows the case.
pub(super) async fn show(
    visitor: Visitor,
    site: Data<Site>,
    reference: Path<String>,
    query: Query<sift::SiftQuery>,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    let sift = query.read()?;
    let (who, of, at) = (actor.clone(), reference.clone(), reference.clone());
    match site.db.write(move |tx| load(tx, &actor, &reference)).await {
        Ok(case) => render(&visitor, case, Again { sift, ..Again::default() }),
        // Of the case exists a question only.
        Err(Error::NotFound) if site.db.read(move |tx| fanout::asks(tx, &who, &of)).await? => {
            let page = format!("/vorgaenge/{at}/betroffenheit");
            Ok(HttpResponse::SeeOther().insert_header((LOCATION, page)).finish())
        }
        Err(error) => Err(error.into()),
    }
}
