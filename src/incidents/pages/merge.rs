//! Merging: choosing what belongs together and what leads, all that was merged into a case, writing to its reporters,
//! taking cases out again.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, ServiceConfig, resource};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::access::guard::Visitor;
use crate::core::actor::Actor;
use crate::core::error::{Error, FieldError, Result};
use crate::core::i18n::{Lang, text, text_with};
use crate::core::ids::OrgId;
use crate::core::text::{Block, Prose};
use crate::directory::model::OrgName;
use crate::directory::service as directory;
use crate::incidents::merging::Refusal;
use crate::incidents::model::{Filter, Incident, Row, shown_title};
use crate::incidents::service;
use crate::store::Tx;
use crate::web::site::Site;
use crate::web::{Failure, Form, FormData, Shell, idempotency};

/// The routes of these pages.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(resource("/vorgaenge/zusammenfuehren").get(choose).post(merge))
        .service(resource("/vorgaenge/{reference}/teile").get(members))
        .service(resource("/vorgaenge/{reference}/teile/nachricht").post(tell))
        .service(resource("/vorgaenge/{reference}/teile/loesen").post(detach));
}

const LABELS: &[(&str, &str)] =
    &[("ref", "merge-which"), ("lead", "merge-lead"), ("suche", "merge-search"), ("text", "merge-tell-text")];
/// How many cases a search adds to the choice.
const FOUND: i64 = 20;

/// A case as these pages list it.
pub(super) struct Line {
    pub reference: String,
    pub title: String,
    pub organisation: String,
    pub status: String,
    pub priority: Option<i32>,
    pub is_unconfirmed: bool,
    /// Whether it is to be merged.
    pub is_chosen: bool,
    pub is_lead: bool,
    pub refusal: Option<&'static str>,
}

pub(super) fn line(row: &Row, names: &HashMap<OrgId, OrgName>) -> Line {
    let organisation = match row.organisation.and_then(|id| names.get(&id)) {
        Some(name) => name.name.clone(),
        None => text(Lang::De, "desk-organisation-loose").into_owned(),
    };
    Line {
        reference: row.reference.clone(),
        title: shown_title(&row.title),
        organisation,
        status: text(Lang::De, &format!("incident-status-{}", row.status.code().replace('_', "-")))
            .into_owned(),
        priority: row.priority,
        is_unconfirmed: row.is_unconfirmed,
        is_chosen: false,
        is_lead: false,
        refusal: None,
    }
}

pub(super) fn names_of<'a>(
    tx: &mut Tx<'_>,
    rows: impl Iterator<Item = &'a Row>,
) -> Result<HashMap<OrgId, OrgName>> {
    let ids: Vec<OrgId> = rows.filter_map(|row| row.organisation).collect();
    directory::names(tx, &ids)
}

#[derive(Template)]
#[template(path = "incidents/templates/merge.html")]
struct MergePage {
    sh: Shell,
    form: Form,
    lines: Vec<Line>,
    /// What the search found beside them.
    found: Vec<Line>,
    is_searched: bool,
    lead: String,
    lead_refusal: Option<&'static str>,
    unknown: Vec<String>,
    /// Where the merge makes the leading case more urgent.
    raised: Option<i32>,
    /// How many would be merged.
    count: usize,
    can_merge: bool,
}

/// The choice as it was sent: what is to be merged, what leads, and what a search adds.
pub(super) struct Chosen {
    pub references: Vec<String>,
    lead: Option<String>,
    pub words: String,
}

/// Whether this is how a reference is written.
fn is_reference(word: &str) -> bool {
    let mut parts = word.splitn(3, '-');
    let [Some(prefix), Some(year), Some(number)] = [parts.next(), parts.next(), parts.next()] else {
        return false;
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    ["TH", "UE"].contains(&prefix) && digits(year) && digits(number)
}

impl Chosen {
    /// References in the search are chosen, whatever else stands there is looked for in the titles.
    pub fn of(typed: &FormData) -> Self {
        let sought = Block::<10_000>::parse_optional(typed.get("suche")).ok().flatten();
        let sought = sought.map(Block::into_string).unwrap_or_default();
        let (mut references, mut words) = (Vec::new(), Vec::new());
        references.extend(typed.all("ref").map(str::to_owned));
        for word in sought.split([' ', ',', ';', '\n', '\r', '\t']).filter(|word| !word.is_empty()) {
            let spelled = word.to_uppercase();
            if is_reference(&spelled) { references.push(spelled) } else { words.push(word) }
        }
        let words: String = words.join(" ").chars().take(100).collect();
        let lead = Some(typed.get("lead")).filter(|lead| !lead.is_empty()).map(str::to_owned);
        Self { references, lead, words }
    }
}

/// What the words find in the titles of open cases.
pub(super) fn sought(tx: &mut Tx<'_>, actor: &Actor, words: &str) -> Result<Vec<Row>> {
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let filter =
        Filter { open: Some(true), with_waiting: true, text: Some(words.to_owned()), ..Filter::default() };
    Ok(service::list(tx, actor, &filter, None, FOUND)?.rows)
}

async fn page(
    visitor: &Visitor,
    site: &Site,
    status: StatusCode,
    form: Form,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    let chosen = Chosen::of(&form.data);
    let words = chosen.words.clone();
    let asked_lead = chosen.lead.clone().unwrap_or_default();
    let (plan, found, names) = site
        .db
        .read(move |tx| {
            let plan = service::consider(tx, &actor, chosen.lead.as_deref(), &chosen.references)?;
            let mut found = sought(tx, &actor, &chosen.words)?;
            found.retain(|row| plan.cases.iter().all(|one| one.row.id != row.id));
            let names = names_of(tx, plan.cases.iter().map(|one| &one.row).chain(&found))?;
            Ok((plan, found, names))
        })
        .await?;
    let mut sh = visitor.shell_of("merge-title");
    sh.failed = form.has_errors();
    let lines: Vec<Line> = plan
        .cases
        .iter()
        .map(|one| Line {
            is_chosen: true,
            is_lead: Some(one.row.id) == plan.lead,
            refusal: one.refusal.map(Refusal::key),
            ..line(&one.row, &names)
        })
        .collect();
    let (count, refused) = (plan.members().count(), plan.members().any(|one| one.refusal.is_some()));
    let is_able = plan.lead.is_some() && plan.lead_refusal.is_none() && plan.unknown.is_empty();
    visitor.answer(
        status,
        &MergePage {
            lines,
            found: found.iter().map(|row| line(row, &names)).collect(),
            is_searched: !words.is_empty(),
            lead: plan.leading().map_or(asked_lead, |one| one.row.reference.clone()),
            lead_refusal: plan.lead_refusal.map(Refusal::key),
            raised: plan.raised,
            can_merge: count > 0 && is_able && !refused,
            count,
            unknown: plan.unknown,
            form: form.labelled(LABELS),
            sh,
        },
    )
}

async fn choose(visitor: Visitor, site: Data<Site>, request: HttpRequest) -> Result<HttpResponse, Failure> {
    let asked = FormData::parse(request.query_string().as_bytes())?;
    asked.only(&["ref", "lead", "suche"])?;
    page(&visitor, &site, StatusCode::OK, Form::filled(asked)).await
}

async fn merge(visitor: Visitor, site: Data<Site>, typed: FormData) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    typed.only(&["ref", "lead", "suche", "tun"])?;
    match typed.get("tun") {
        "zusammenfuehren" => {}
        "pruefen" => return page(&visitor, &site, StatusCode::OK, Form::filled(typed)).await,
        _ => {
            let form = Form::refused(typed, field("tun", "error-choice"))?;
            return page(&visitor, &site, StatusCode::UNPROCESSABLE_ENTITY, form).await;
        }
    }
    let Chosen { references, lead, .. } = Chosen::of(&typed);
    let done = site
        .db
        .write(move |tx| {
            let plan = service::consider(tx, &actor, lead.as_deref(), &references)?;
            let Some(lead) = plan.leading().map(|one| one.row.reference.clone()) else {
                return Err(field("lead", "merge-refused-no-lead"));
            };
            service::merge(tx, &actor, &lead, &references).map(|_| lead)
        })
        .await;
    match done {
        Ok(lead) => Ok(visitor.redirect(&format!("/vorgaenge/{lead}/teile"), "merge-done")),
        Err(error @ Error::Invalid(_)) => {
            let form = Form::refused(typed, error)?;
            page(&visitor, &site, StatusCode::UNPROCESSABLE_ENTITY, form).await
        }
        // What it is now stands on the page, with what was chosen.
        Err(Error::Stale) => page(&visitor, &site, StatusCode::CONFLICT, Form::filled(typed)).await,
        Err(error) => Err(Failure::from(error).keeping(typed)),
    }
}

#[derive(Template)]
#[template(path = "incidents/templates/members.html")]
struct MembersPage {
    sh: Shell,
    form: Form,
    case: Incident,
    may_merge: bool,
    lines: Vec<Line>,
}

async fn list(
    visitor: &Visitor,
    site: &Site,
    status: StatusCode,
    form: Form,
    reference: String,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    let (case, rows, may_merge, names) = site
        .db
        .write(move |tx| {
            let (case, rows, may_merge) = service::members(tx, &actor, &reference)?;
            let names = names_of(tx, rows.iter())?;
            Ok((case, rows, may_merge, names))
        })
        .await?;
    let title = text_with(Lang::De, "merge-members-window", &[("reference", case.reference.as_str().into())]);
    let mut sh = visitor.shell(title.into_owned());
    sh.failed = form.has_errors();
    let lines = rows
        .iter()
        .map(|row| Line { is_chosen: form.is("ref", &row.reference), ..line(row, &names) })
        .collect();
    visitor.answer(status, &MembersPage { sh, form: form.labelled(LABELS), case, may_merge, lines })
}

async fn members(
    visitor: Visitor,
    site: Data<Site>,
    reference: Path<String>,
) -> Result<HttpResponse, Failure> {
    list(&visitor, &site, StatusCode::OK, Form::default(), reference.into_inner()).await
}

/// A refused form of the members' page, shown again.
async fn again(
    visitor: Visitor,
    site: Data<Site>,
    reference: String,
    typed: FormData,
    error: Error,
) -> Result<HttpResponse, Failure> {
    if matches!(error, Error::Stale) {
        return list(&visitor, &site, StatusCode::CONFLICT, Form::filled(typed), reference).await;
    }
    let form = Form::refused(typed.clone(), error).map_err(|error| Failure::from(error).keeping(typed))?;
    list(&visitor, &site, StatusCode::UNPROCESSABLE_ENTITY, form, reference).await
}

/// Writes to all reporters, or to those that are ticked.
async fn tell(
    visitor: Visitor,
    site: Data<Site>,
    reference: Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let (actor, reference) = (visitor.require()?.clone(), reference.into_inner());
    typed.only(&["once", "ref", "text", "an"])?;
    let (form, about) = (typed.clone(), reference.clone());
    let done = site
        .db
        .write(move |tx| {
            let text = Prose::parse(form.get("text")).map_err(|why| field("text", why))?;
            let references: Vec<String> = match form.get("an") {
                "alle" => Vec::new(),
                "gewaehlte" if form.has("ref") => form.all("ref").map(str::to_owned).collect(),
                "gewaehlte" => return Err(field("ref", "merge-refused-none")),
                _ => return Err(field("text", "error-choice")),
            };
            let used = FieldError::new("text", "desk-form-used");
            idempotency::form(tx, &actor, &about, (&form, used), |tx| {
                service::tell_members(tx, &actor, &about, &references, &text).map(|_| ())
            })
        })
        .await;
    match done {
        Ok(()) => Ok(visitor.redirect(&format!("/vorgaenge/{reference}/teile"), "merge-told")),
        Err(error) => again(visitor, site, reference, typed, error).await,
    }
}

pub(super) fn field(name: &'static str, why: &'static str) -> Error {
    FieldError::new(name, why).into()
}

/// Takes cases out: those that are ticked, or all.
async fn detach(
    visitor: Visitor,
    site: Data<Site>,
    reference: Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let (actor, reference) = (visitor.require()?.clone(), reference.into_inner());
    typed.only(&["once", "ref", "text", "an", "alle"])?;
    let (form, lead) = (typed.clone(), reference.clone());
    let done = site
        .db
        .write(move |tx| {
            let references: Vec<String> = match form.get("alle") {
                "ja" => {
                    let (_, rows, _) = service::members(tx, &actor, &lead)?;
                    rows.into_iter().map(|row| row.reference).collect()
                }
                "" => form.all("ref").map(str::to_owned).collect(),
                _ => return Err(field("alle", "error-choice")),
            };
            service::detach(tx, &actor, &lead, &references)
        })
        .await;
    match done {
        Ok(_) => Ok(visitor.redirect(&format!("/vorgaenge/{reference}/teile"), "merge-detached")),
        Err(error) => again(visitor, site, reference, typed, error).await,
    }
}
