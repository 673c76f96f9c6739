//! One incident: who looks at it decides whether the team's page or the organisation's is shown, from the same view.

mod organisation;
mod parts;
mod team;

use std::collections::BTreeSet;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};

use super::words::Names;
use crate::access::guard::Visitor;
use crate::access::service as access;
use crate::core::actor::{Actor, Role};
use crate::core::error::Result;
use crate::core::ids::{AccountId, OrgId};
use crate::directory::service as directory;
use crate::escalation::service as escalation;
use crate::incidents::evidence::model::Evidence;
use crate::incidents::evidence::service as evidence;
use crate::incidents::model::{Audience, shown_title};
use crate::incidents::service::{self as incidents, View};
use crate::store::Tx;
use crate::web::site::Site;
use crate::web::{Failure, Form};

/// Everything a page about one case needs, read in one transaction.
pub(super) struct Case {
    view: View,
    names: Names,
    steps: Vec<escalation::StepView>,
    files: Vec<Evidence>,
    analysts: Vec<(AccountId, String)>,
    nameable: Vec<(AccountId, String)>,
    /// The accounts of the organisations for which the viewer acts here; empty for the team.
    colleagues: Vec<AccountId>,
    /// To whom the case can be escalated.
    targets: escalation::Targets,
}

/// Loads the case and records that it was seen.
pub(super) fn load(tx: &mut Tx<'_>, actor: &Actor, reference: &str) -> Result<Case> {
    let view = incidents::show(tx, actor, reference)?;
    let steps = escalation::steps_of(tx, actor, view.incident.id)?;
    let files = evidence::list(tx, actor, reference)?;
    let targets = if view.may.escalate {
        escalation::choices(tx, actor, view.incident.id)?
    } else {
        Default::default()
    };
    let mut organisations: BTreeSet<OrgId> = view.involvements.iter().map(|i| i.organisation).collect();
    organisations.extend(view.incident.organisation);
    organisations.extend(view.incident.holder);
    organisations.extend(view.acting.iter().copied());
    organisations
        .extend(view.behalf.iter().flat_map(|it| [it.organisation, it.through, it.claimed]).flatten());
    organisations.extend(view.entries.iter().filter_map(|entry| match entry.audience {
        Audience::Organisation(org) => Some(org),
        Audience::Team | Audience::Involved => None,
    }));
    let ids: Vec<OrgId> = organisations.into_iter().collect();
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
    let accounts: Vec<AccountId> = view.incident.assignee.into_iter().chain(view.named.clone()).collect();
    let names = Names { organisations: directory::names(tx, &ids)?, accounts: access::names(tx, &accounts)? };
    Ok(Case { view, names, steps, files, analysts, nameable, colleagues, targets })
}

/// What a refused or stale form leaves to be shown again.
#[derive(Default)]
pub(super) struct Again {
    pub form: Option<Form>,
    /// Which form was sent.
    pub open_form: &'static str,
    /// Whether somebody else was faster.
    pub stale: bool,
}

impl Again {
    fn status(&self) -> StatusCode {
        match (&self.form, self.stale) {
            (_, true) => StatusCode::CONFLICT,
            (Some(_), false) => StatusCode::UNPROCESSABLE_ENTITY,
            (None, false) => StatusCode::OK,
        }
    }
}

/// Renders the case for whoever looks at it.
pub(super) fn render(visitor: &Visitor, case: Case, again: Again) -> Result<HttpResponse, Failure> {
    let status = again.status();
    let title = shown_title(&case.view.incident.title);
    let window = format!("{} · {title}", case.view.incident.reference);
    let mut sh = visitor.shell(window).printed(&case.view.incident.reference, case.view.incident.tlp);
    if status != StatusCode::OK {
        sh = sh.failed();
    }
    if case.view.may.is_team {
        visitor.answer(status, &team::page(sh, title, case, again))
    } else {
        let viewer = visitor.actor.account;
        visitor.answer(status, &organisation::page(sh, title, viewer, case, again.form.unwrap_or_default()))
    }
}

/// Shows the case.
pub(super) async fn show(
    visitor: Visitor,
    site: Data<Site>,
    reference: Path<String>,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    let case = site.db.write(move |tx| load(tx, &actor, &reference)).await?;
    render(&visitor, case, Again::default())
}
