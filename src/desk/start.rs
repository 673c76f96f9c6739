//! The first page after signing in: three choices and what waits, for a town hall; the own place of work, for the CERT.

use actix_web::HttpResponse;
use actix_web::http::header::LOCATION;
use actix_web::web::Data;
use askama::Template;
use jiff::Timestamp;

use super::setup::{self, Step};
use crate::access::guard::Visitor;
use crate::advisories::service as advisories;
use crate::core::actor::{Actor, Role};
use crate::core::error::{Error, Result};
use crate::core::ids::OrgId;
use crate::directory::service as directory;
use crate::escalation::service as escalation;
use crate::incidents::fanout::service::{self as fanout, Waiting as Question};
use crate::incidents::guide::model::Draft;
use crate::incidents::guide::service as guide;
use crate::incidents::model::Filter;
use crate::incidents::service as incidents;
use crate::incidents::tasks::model::Mine;
use crate::incidents::tasks::service as tasks;
use crate::store::Tx;
use crate::web::site::Site;
use crate::web::{Failure, Shell};

/// How much that is asked is listed at most.
const MOST_ASKED: i64 = 20;
/// How many cases with a message to read are listed at most.
const MOST_SPOKEN: usize = 10;
/// How many open cases are counted at most.
const MANY: i64 = 100;

struct Waiting {
    reference: String,
    by: String,
}

struct Begun {
    title: String,
    is_drill: bool,
    at: Timestamp,
}

struct Unread {
    reference: String,
    title: String,
    at: Timestamp,
}

#[derive(Template)]
#[template(path = "desk/templates/start.html")]
struct StartPage {
    sh: Shell,
    name: String,
    cases: i64,
    waits: Vec<Waiting>,
    /// Cases with a message of the CERT that the viewer has not opened, and since when.
    spoken: Vec<(String, Timestamp)>,
    /// What the CERT asks of the own houses.
    asked: Vec<Mine>,
    /// Whether what happened at a provider concerns them.
    questions: Vec<Question>,
    /// Reports that were begun and not sent.
    drafts: Vec<Begun>,
    unread: Vec<Unread>,
    /// Own houses with an emergency card.
    cards: Vec<(OrgId, String)>,
    setup: Vec<Step>,
}

/// Where somebody at the CERT works, by what the role is for.
fn place_of_work(actor: &Actor) -> Option<&'static str> {
    let has = |role| actor.has(role);
    if has(Role::Analyst) || has(Role::CertLead) {
        Some("/eingang")
    } else if has(Role::Approver) {
        Some("/warnmeldungen")
    } else if has(Role::Auditor) {
        Some("/protokoll")
    } else if has(Role::Administrator) {
        Some("/konten")
    } else {
        None
    }
}

/// What the start page is made of.
struct Found {
    cases: i64,
    steps: Vec<escalation::Waiting>,
    spoken: Vec<(String, Timestamp)>,
    asked: Vec<Mine>,
    questions: Vec<Question>,
    drafts: Vec<Begun>,
    unread: Vec<Unread>,
    cards: Vec<(OrgId, String)>,
    setup: Vec<Step>,
}

/// The actor's drafts; none for who reports for nobody.
fn begun(tx: &mut Tx<'_>, actor: &Actor) -> Result<Vec<Begun>> {
    let drafts = match guide::list(tx, actor) {
        Err(Error::NotFound) => return Ok(Vec::new()),
        drafts => drafts?,
    };
    let of = |draft: Draft| Begun {
        title: draft.answers.get("title").to_owned(),
        is_drill: draft.is_drill,
        at: draft.updated_at,
    };
    Ok(drafts.into_iter().map(of).collect())
}

fn found(tx: &mut Tx<'_>, actor: &Actor) -> Result<Found> {
    let open = Filter { open: Some(true), with_waiting: true, real_only: true, ..Filter::default() };
    let cases = incidents::count(tx, actor, &open, MANY)?;
    let steps = escalation::waiting_for(tx, actor)?;
    let spoken = incidents::unread_messages(tx, actor, MOST_SPOKEN)?;
    let asked = tasks::asked_of_houses(tx, actor, MOST_ASKED)?;
    let mut questions = fanout::list(tx, actor, MOST_ASKED)?;
    questions.retain(|one| one.is_open);
    let unread = advisories::unread(tx, actor, 10)?
        .into_iter()
        .map(|row| Unread {
            reference: row.reference.as_str().to_owned(),
            title: row.title,
            at: row.published_at.unwrap_or(row.updated_at),
        })
        .collect();
    let cards = directory::houses_with_card(tx, actor)?;
    let setup = setup::steps(tx, actor)?;
    Ok(Found { cases, steps, spoken, asked, questions, drafts: begun(tx, actor)?, unread, cards, setup })
}

/// Shows the start page, or leads to it.
pub(super) async fn show(visitor: Visitor, site: Data<Site>) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    if let Some(place) = place_of_work(&actor) {
        return Ok(HttpResponse::SeeOther().insert_header((LOCATION, place)).finish());
    }
    let name = actor.name.clone();
    let found = site.db.read(move |tx| found(tx, &actor)).await?;
    let Found { cases, steps, spoken, asked, questions, drafts, unread, cards, setup } = found;
    let sh = visitor.shell_of("desk-start-title");
    let waits = steps
        .into_iter()
        .map(|step| Waiting {
            by: sh.tn("desk-wait-by", "at", sh.spoken(step.acknowledge_by)).into_owned(),
            reference: step.reference,
        })
        .collect();
    visitor.page(&StartPage {
        sh,
        name,
        cases,
        waits,
        spoken,
        asked,
        questions,
        drafts,
        unread,
        cards,
        setup,
    })
}
