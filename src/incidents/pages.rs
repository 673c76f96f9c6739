//! The town hall's pages: filing a report, and the list of its own cases.

use actix_web::web::{Data, ServiceConfig};
use actix_web::{HttpResponse, web};
use askama::Template;
use jiff::Timestamp;
use serde::Deserialize;

use super::input::RawReport;
use super::model::{Filter, Inform, NewReport, Observed, Row, shown_title};
use super::service;
use crate::access::guard::Visitor;
use crate::core::actor::Actor;
use crate::core::error::{Error, FieldError};
use crate::core::i18n::{Lang, text};
use crate::core::ids::OrgId;
use crate::directory::model::OrgName;
use crate::directory::service as directory;
use crate::store::Tx;
use crate::web::idempotency::{self, Answer, Key};
use crate::web::site::Site;
use crate::web::{Choice, Failure, Form, FormData, Query, Shell};

/// The routes of these pages.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(web::resource("/melden").get(ask).post(file)).service(web::resource("/vorgaenge").get(list));
}

#[derive(Template)]
#[template(path = "incidents/templates/report.html")]
struct ReportPage {
    sh: Shell,
    form: Form,
    organisations: Vec<Choice>,
    observed: Vec<Choice>,
    flags: Vec<Choice>,
    inform: Vec<Choice>,
}

const FLAGS: [&str; 4] = ["critical_service", "personal_data", "malicious", "beyond_house"];

fn choices<T: Copy>(all: &[T], code: impl Fn(T) -> &'static str, family: &str) -> Vec<Choice> {
    all.iter()
        .map(|v| Choice::new(code(*v), text(Lang::De, &format!("{family}-{}", code(*v).replace('_', "-")))))
        .collect()
}

impl ReportPage {
    fn new(sh: Shell, form: Form, organisations: Vec<Choice>) -> Self {
        Self {
            sh,
            form,
            organisations,
            observed: choices(Observed::ALL, Observed::code, "incident-observed"),
            flags: choices(&FLAGS, |flag| flag, "incident-flag"),
            inform: choices(Inform::ALL, Inform::code, "incident-inform"),
        }
    }
}

/// For whom the visitor may report, by name.
fn reportable(tx: &mut Tx<'_>, actor: &Actor) -> Result<Vec<Choice>, Error> {
    let organisations = directory::acting_for(tx, actor)?;
    let names = directory::names(tx, &organisations)?;
    let mut choices: Vec<Choice> = organisations
        .iter()
        .filter_map(|id| names.get(id).map(|name| Choice::new(id.to_string(), name.name.clone())))
        .collect();
    choices.sort_by(|a, b| a.label.cmp(&b.label));
    Ok(choices)
}

async fn ask(visitor: Visitor, site: Data<Site>) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    let organisations = site.db.read(move |tx| reportable(tx, &actor)).await?;
    let once = visitor.env().token();
    let form = Form::filled(FormData::default().with("once", once).with("inform", "by_name"));
    let sh = visitor.shell_of("incident-report-title");
    visitor.page(&ReportPage::new(sh, form, organisations))
}

fn raw(typed: &FormData) -> RawReport {
    let get = |name: &str| typed.get(name).to_owned();
    RawReport {
        organisation: get("organisation"),
        title: get("title"),
        description: get("description"),
        measures: get("measures"),
        observed: get("observed"),
        contact_name: get("contact_name"),
        contact_phone: get("contact_phone"),
        inform: get("inform"),
        personal_data: typed.is("flags", "personal_data"),
        malicious: typed.is("flags", "malicious"),
        beyond_house: typed.is("flags", "beyond_house"),
        critical_service: typed.is("flags", "critical_service"),
        occurred_at: String::new(),
        detected_at: get("detected_at"),
        aware_at: get("detected_at"),
        drill: typed.is("drill", "ja"),
    }
}

const FIELDS: [&str; 12] = [
    "once",
    "organisation",
    "observed",
    "title",
    "description",
    "detected_at",
    "measures",
    "flags",
    "contact_name",
    "contact_phone",
    "inform",
    "drill",
];

/// What the summary of refused input calls the fields.
const LABELS: &[(&str, &str)] = &[
    ("organisation", "incident-organisation-label"),
    ("observed", "incident-observed-label"),
    ("title", "incident-title-label"),
    ("description", "incident-description-label"),
    ("detected_at", "incident-detected-label"),
    ("measures", "incident-measures-label"),
    ("flags", "incident-flags-label"),
    ("contact_name", "incident-contact-label"),
    ("contact_phone", "incident-phone-label"),
    ("inform", "incident-inform-label"),
];

async fn file(visitor: Visitor, site: Data<Site>, typed: FormData) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    typed.only(&FIELDS)?;
    let outcome = match raw(&typed).parse() {
        Ok(report) => file_once(&site, actor, report, typed.get("once")).await,
        Err(error) => Err(error),
    };
    match outcome {
        Ok(reference) => Ok(visitor.redirect(&format!("/vorgaenge/{reference}"), "incident-filed")),
        Err(error) => {
            let form = Form::refused(typed.clone(), error)
                .map_err(|error| Failure::from(error).keeping(typed))?
                .labelled(LABELS);
            let actor = visitor.actor.clone();
            let organisations = site.db.read(move |tx| reportable(tx, &actor)).await?;
            let sh = visitor.shell_of("incident-report-title").failed();
            visitor.again(&ReportPage::new(sh, form, organisations))
        }
    }
}

/// Files the report; a form that is sent twice, by a double click or a lost answer, files once.
async fn file_once(site: &Site, actor: Actor, report: NewReport, once: &str) -> Result<String, Error> {
    let key = Key::parse(once).map_err(|_| Error::Conflict("incident-refused-form"))?;
    // The form's own token makes the request; a corrected form under the same token is the same report.
    let print = idempotency::fingerprint("POST", "/melden", once.as_bytes());
    let answer = site
        .db
        .write(move |tx| {
            let account = actor.account.ok_or(Error::SignInNeeded)?;
            idempotency::once(tx, account, &key, &print, |tx| {
                let filed = service::file(tx, &actor, &report)?;
                Ok(Answer { status: 303, body: filed.reference })
            })
        })
        .await?;
    Ok(answer.body)
}

/// A row as the list shows it.
struct Listed {
    reference: String,
    title: String,
    organisation: String,
    status_key: String,
    is_drill: bool,
    reported_at: Timestamp,
}

#[derive(Template)]
#[template(path = "incidents/templates/list.html")]
struct ListPage {
    sh: Shell,
    rows: Vec<Listed>,
    open: bool,
    next: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct ListQuery {
    abgeschlossen: String,
    ab: Option<String>,
}

fn listed(row: Row, names: &std::collections::HashMap<OrgId, OrgName>) -> Listed {
    Listed {
        title: shown_title(&row.title),
        organisation: row.organisation.and_then(|id| names.get(&id)).map_or_else(
            || text(Lang::De, "incident-organisation-withheld").into_owned(),
            |name| name.name.clone(),
        ),
        status_key: format!("incident-status-{}", row.status.code().replace('_', "-")),
        is_drill: row.is_drill,
        reference: row.reference,
        reported_at: row.reported_at,
    }
}

async fn list(visitor: Visitor, site: Data<Site>, query: Query<ListQuery>) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    let open = match query.abgeschlossen.as_str() {
        "" => true,
        "ja" => false,
        _ => return Err(Error::from(FieldError::new("abgeschlossen", "error-choice")).into()),
    };
    let filter = Filter { open: Some(open), with_waiting: true, ..Filter::default() };
    let cursor = query.ab.clone();
    let (page, names) = site
        .db
        .read(move |tx| {
            let page = service::list(tx, &actor, &filter, cursor.as_deref(), 50)?;
            let ids: Vec<OrgId> = page.rows.iter().filter_map(|row| row.organisation).collect();
            let names = directory::names(tx, &ids)?;
            Ok((page, names))
        })
        .await?;
    let ended = if open { "" } else { "abgeschlossen=ja&" };
    visitor.page(&ListPage {
        sh: visitor.shell_of("incident-list-title"),
        rows: page.rows.into_iter().map(|row| listed(row, &names)).collect(),
        open,
        next: page.next.map(|next| format!("/vorgaenge?{ended}ab={next}")),
    })
}
