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
use crate::core::when;
use crate::directory::model::OrgName;
use crate::directory::service as directory;
use crate::store::Tx;
use crate::web::idempotency::{self, Answer, Key, Sent};
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
    /// What came before under the form that was sent: this one is another.
    used_for: Option<String>,
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
            used_for: None,
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
    let form = Form::filled(FormData::default().with("once", once));
    let sh = visitor.shell_of("incident-report-title");
    visitor.page(&ReportPage::new(sh, form, organisations))
}

fn raw(typed: &FormData, now: Timestamp) -> RawReport {
    let get = |name: &str| typed.get(name).to_owned();
    // The page asks for one time. What cannot be read is refused under its own words.
    let noticed = when::parse_near(typed.get("detected_at"), now);
    let noticed = noticed.map_or_else(|_| get("detected_at"), |at| at.to_string());
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
        detected_at: noticed.clone(),
        aware_at: noticed,
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
    let outcome = match raw(&typed, visitor.env().now()).parse() {
        Ok(report) => file_once(&site, actor, report, &typed).await,
        Err(error) => Err(error),
    };
    let (form, used_for) = match outcome {
        Ok(Sent::Done(answer)) => {
            return Ok(visitor.redirect(&format!("/vorgaenge/{}", answer.body), "incident-filed"));
        }
        Ok(Sent::Other(answer)) => {
            (Form::filled(typed.replacing("once", visitor.env().token())), Some(answer.body))
        }
        Err(error) => (Form::refused(typed, under_its_field(error))?.labelled(LABELS), None),
    };
    let actor = visitor.actor.clone();
    let organisations = site.db.read(move |tx| reportable(tx, &actor)).await?;
    let sh = visitor.shell_of("incident-report-title").failed();
    visitor.again(&ReportPage { used_for, ..ReportPage::new(sh, form, organisations) })
}

/// The page shows one time where a report has two: a fault is told once, where it was typed. Where nothing is chosen,
/// there is a choice to make rather than a field to fill in.
fn under_its_field(error: Error) -> Error {
    let Error::Invalid(mut errors) = error else { return error };
    errors.retain(|error| error.field != "aware_at");
    for error in errors.iter_mut().filter(|error| error.reason == "error-required") {
        error.reason = match error.field {
            "observed" => "incident-observed-required",
            "inform" => "incident-inform-required",
            _ => error.reason,
        };
    }
    Error::Invalid(errors)
}

/// Files the report. A form that is sent twice, by a double click or a lost answer, files once; another report under
/// the same form, after going back, is not taken for the first.
async fn file_once(site: &Site, actor: Actor, report: NewReport, typed: &FormData) -> Result<Sent, Error> {
    let key = Key::parse(typed.get("once")).map_err(|_| Error::Conflict("incident-refused-form"))?;
    let print = idempotency::fingerprint("POST", "/melden", &typed.content());
    site.db
        .write(move |tx| {
            let account = actor.account.ok_or(Error::SignInNeeded)?;
            idempotency::attempt(tx, account, &key, &print, |tx| {
                let filed = service::file(tx, &actor, &report)?;
                Ok(Answer { status: 303, body: filed.reference })
            })
        })
        .await
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
