//! An organisation's mandates: the list for both sides, granting one, and ending one.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::Deserialize;

use super::{Site, choices, framed, german, id};
use crate::access::guard::Visitor;
use crate::access::policy::Action;
use crate::core::error::Result;
use crate::core::ids::{MandateId, OrgId};
use crate::core::text::Fields;
use crate::directory::model::{
    Closed, Grant, MandateScope, OrgName, Standing, WARNED_BEFORE, parse_day, today,
};
use crate::directory::service::{self, MandateView, Mandates};
use crate::store::Tx;
use crate::web::{Choice, Failure, Form, FormData, Query, Shell};

#[derive(Template)]
#[template(path = "directory/templates/mandates.html")]
struct ListBody<'a> {
    sh: &'a Shell,
    org: OrgId,
    view: &'a Mandates,
    dense: bool,
}

impl ListBody<'_> {
    fn day(day: &Date) -> String {
        german(*day)
    }

    /// What stands beside the name: words and the tag's tone.
    fn state(&self, view: &MandateView) -> (String, &'static str) {
        let said = |key: &str| self.sh.t(key).into_owned();
        match view.standing {
            Standing::Coming => (said("directory-mandate-coming"), "info"),
            Standing::Valid { days_left } if days_left <= WARNED_BEFORE => {
                let days = i64::from(days_left);
                (self.sh.tn("directory-mandate-ends-in", "days", days).into_owned(), "warn")
            }
            Standing::Valid { .. } => (said("directory-mandate-valid"), "ok"),
            Standing::Ended => (said("directory-mandate-ended"), ""),
            Standing::Closed(Closed::Revoked) => (said("directory-mandate-revoked"), ""),
            Standing::Closed(Closed::LaidDown) => (said("directory-mandate-laid-down"), ""),
        }
    }

    fn is_open(view: &MandateView) -> bool {
        matches!(view.standing, Standing::Coming | Standing::Valid { .. })
    }
}

/// `GET /register/{id}/mandate`.
pub async fn list(site: Site, visitor: Visitor, path: web::Path<String>) -> Result<HttpResponse, Failure> {
    let org: OrgId = id(&path)?;
    let actor = visitor.actor.clone();
    let view = site.db.read(move |tx| service::mandates(tx, &actor, org)).await?;
    let title = format!("{} · {}", visitor.shell_of("directory-mandates").title, view.name.name);
    let sh = visitor.shell(title);
    let body = ListBody { sh: &sh, org, view: &view, dense: visitor.actor.is_cert() };
    framed(&visitor, StatusCode::OK, &sh, &body)
}

/// The form's fields with the Fluent keys of their names.
const LABELS: [(&str, &str); 4] = [
    ("mandated", "directory-mandate-whom"),
    ("scope", "directory-mandate-scope"),
    ("valid_from", "directory-valid-from"),
    ("valid_until", "directory-mandate-until"),
];

/// What is looked for in the register.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Search {
    suche: String,
}

#[derive(Template)]
#[template(path = "directory/templates/mandate.html")]
struct FormBody<'a> {
    sh: &'a Shell,
    form: Form,
    org: OrgId,
    org_name: OrgName,
    suche: String,
    found: Vec<Choice>,
    scopes: Vec<Choice>,
}

/// `GET /register/{id}/mandate/neu`.
pub async fn new(
    site: Site,
    visitor: Visitor,
    path: web::Path<String>,
    query: Query<Search>,
) -> Result<HttpResponse, Failure> {
    let from = today(visitor.env().now());
    let until = from.saturating_add(1.year()).saturating_sub(1.day());
    let typed = FormData::default()
        .with("suche", query.suche.as_str())
        .with("valid_from", german(from))
        .with("valid_until", german(until));
    page(&site, &visitor, StatusCode::OK, Form::filled(typed), id(&path)?).await
}

/// `POST /register/{id}/mandate/neu`.
pub async fn grant(
    site: Site,
    visitor: Visitor,
    path: web::Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let org: OrgId = id(&path)?;
    typed.only(&["suche", "mandated", "scope", "valid_from", "valid_until"])?;
    let done = match parse(&typed, org) {
        Ok(grant) => {
            let actor = visitor.actor.clone();
            site.db.write(move |tx| service::grant_mandate(tx, &actor, &grant)).await
        }
        Err(refused) => Err(refused),
    };
    match done {
        Ok(_) => Ok(visitor.redirect(&format!("/register/{org}/mandate"), "directory-note-mandate-granted")),
        Err(error) => {
            let form = Form::refused(typed, error)?;
            page(&site, &visitor, StatusCode::UNPROCESSABLE_ENTITY, form, org).await
        }
    }
}

fn parse(typed: &FormData, grantor: OrgId) -> Result<Grant> {
    let mut fields = Fields::default();
    let mandated = match typed.get("mandated") {
        "" => Err("directory-mandate-error-whom"),
        id => id.parse().map_err(|_| "error-choice"),
    };
    let mandated = fields.keep("mandated", mandated);
    let scope = match typed.get("scope") {
        "" => Err("error-required"),
        code => MandateScope::parse(code).ok_or("error-choice"),
    };
    let scope = fields.keep("scope", scope);
    let valid_from = fields.keep("valid_from", parse_day(typed.get("valid_from")));
    let valid_until = fields.keep("valid_until", parse_day(typed.get("valid_until")));
    let grant = (|| {
        let (valid_from, valid_until) = (valid_from?, valid_until?);
        Some(Grant { grantor, mandated: mandated?, scope: scope?, valid_from, valid_until })
    })();
    fields.done(grant)
}

async fn page(
    site: &Site,
    visitor: &Visitor,
    status: StatusCode,
    form: Form,
    org: OrgId,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.actor.clone();
    let suche: String = form.value("suche").chars().take(100).collect();
    let words = suche.clone();
    let (org_name, found) = site
        .db
        .read(move |tx| {
            let name = service::form_for(tx, &actor, org, Action::GrantMandate)?;
            Ok((name, service::mandate_choices(tx, &actor, org, &words)?))
        })
        .await?;
    let mut sh =
        visitor.shell(format!("{} · {}", visitor.shell_of("directory-mandate-new").title, org_name.name));
    sh.failed = form.has_errors();
    let label = |name: OrgName| match name.sign.as_str() {
        "" => name.name,
        sign => format!("{} ({sign})", name.name),
    };
    let found = found.into_iter().map(|(id, name)| Choice::new(id.to_string(), label(name))).collect();
    let scopes = choices(MandateScope::ALL, MandateScope::code, MandateScope::label);
    let form = form.labelled(&LABELS);
    framed(visitor, status, &sh, &FormBody { sh: &sh, form, org, org_name, suche, found, scopes })
}

/// `POST /register/{id}/mandate/{mandate}/widerrufen`, by who granted it.
pub async fn revoke(
    site: Site,
    visitor: Visitor,
    path: web::Path<(String, String)>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    end(&site, &visitor, &path, &typed, "directory-note-mandate-revoked", service::revoke_mandate).await
}

/// `POST /register/{id}/mandate/{mandate}/niederlegen`, by who holds it.
pub async fn lay_down(
    site: Site,
    visitor: Visitor,
    path: web::Path<(String, String)>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    end(&site, &visitor, &path, &typed, "directory-note-mandate-laid-down", service::lay_down_mandate).await
}

type End = fn(&mut Tx<'_>, &crate::core::actor::Actor, OrgId, MandateId) -> Result<()>;

async fn end(
    site: &Site,
    visitor: &Visitor,
    path: &(String, String),
    typed: &FormData,
    note: &str,
    end: End,
) -> Result<HttpResponse, Failure> {
    let (org, mandate) = (id::<OrgId>(&path.0)?, id::<MandateId>(&path.1)?);
    typed.only(&[])?;
    let actor = visitor.actor.clone();
    site.db.write(move |tx| end(tx, &actor, org, mandate)).await?;
    Ok(visitor.redirect(&format!("/register/{org}/mandate"), note))
}
