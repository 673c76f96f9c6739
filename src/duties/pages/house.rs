//! What binds an organisation: its sectors, and what a person says of a rule set.

use std::collections::BTreeSet;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;

use crate::access::guard::Visitor;
use crate::core::error::{Error, Result};
use crate::core::i18n::{Lang, text};
use crate::core::ids::OrgId;
use crate::core::text::{Block, Fields};
use crate::duties::book::Sector;
use crate::duties::service::{self, Binds, Bound, Said};
use crate::web::site::Site;
use crate::web::{Choice, Failure, Form, FormData, Shell};

/// The answers to whether a set binds, with the Fluent keys of their names.
const ANSWERS: [(&str, &str); 3] =
    [("regel", "duty-as-rule"), ("ja", "duty-binds"), ("nein", "duty-does-not-bind")];

struct View {
    org: OrgId,
    found: Binds,
    sectors: Vec<Choice>,
}

#[derive(Template)]
#[template(path = "duties/templates/house_cert.html")]
struct DensePage {
    sh: Shell,
    form: Form,
    p: View,
}

#[derive(Template)]
#[template(path = "duties/templates/house_calm.html")]
struct CalmPage {
    sh: Shell,
    form: Form,
    p: View,
}

struct OneView {
    org: OrgId,
    name: String,
    set: Bound,
    answers: Vec<Choice>,
}

#[derive(Template)]
#[template(path = "duties/templates/rule_cert.html")]
struct DenseRule {
    sh: Shell,
    form: Form,
    p: OneView,
}

#[derive(Template)]
#[template(path = "duties/templates/rule_calm.html")]
struct CalmRule {
    sh: Shell,
    form: Form,
    p: OneView,
}

/// What is no organisation does not exist.
fn organisation(path: &str) -> Result<OrgId> {
    path.parse().map_err(|_| Error::NotFound)
}

fn word(key: &str) -> String {
    text(Lang::De, key).into_owned()
}

async fn load(site: &Site, visitor: &Visitor, org: OrgId) -> Result<Binds> {
    let actor = visitor.require()?.clone();
    site.db.read(move |tx| service::binds(tx, &actor, org)).await
}

async fn page(
    site: &Site,
    visitor: &Visitor,
    org: OrgId,
    refused: Option<Form>,
) -> Result<HttpResponse, Failure> {
    let found = load(site, visitor, org).await?;
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let form = refused.unwrap_or_else(|| {
        let with = |data: FormData, sector: &Sector| data.with("sektor", sector.code());
        Form::filled(found.sectors.iter().fold(FormData::default(), with))
    });
    let mut sh = visitor.shell_of("duty-title");
    sh.failed = status != StatusCode::OK;
    let sector = |sector: &Sector| {
        Choice::new(sector.code(), word(&format!("duty-sector-{}", sector.code().replace('_', "-"))))
    };
    let p = View { org, found, sectors: Sector::ALL.iter().map(sector).collect() };
    if visitor.actor.is_cert() {
        visitor.answer(status, &DensePage { sh, form, p })
    } else {
        visitor.answer(status, &CalmPage { sh, form, p })
    }
}

/// `GET /register/{id}/pflichten`.
pub(super) async fn show(
    visitor: Visitor,
    site: Data<Site>,
    path: Path<String>,
) -> Result<HttpResponse, Failure> {
    page(&site, &visitor, organisation(&path)?, None).await
}

/// `POST /register/{id}/pflichten`: the sectors.
pub(super) async fn save(
    visitor: Visitor,
    site: Data<Site>,
    path: Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let (actor, org) = (visitor.require()?.clone(), organisation(&path)?);
    typed.only(&["sektor"])?;
    let mut fields = Fields::default();
    let sectors = typed.all("sektor").map(|word| Sector::parse(word).ok_or("error-choice"));
    let sectors: Option<BTreeSet<Sector>> = fields.keep("sektor", sectors.collect());
    let done = match fields.done(sectors) {
        Ok(sectors) => {
            // The same one twice is one.
            let sectors: Vec<Sector> = sectors.into_iter().collect();
            site.db.write(move |tx| service::set_sectors(tx, &actor, org, &sectors)).await
        }
        Err(refused) => Err(refused),
    };
    match done {
        Ok(()) => Ok(visitor.redirect(&format!("/register/{org}/pflichten"), "duty-note-set")),
        Err(error) => page(&site, &visitor, org, Some(Form::refused(typed, error)?)).await,
    }
}

async fn rule_page(
    site: &Site,
    visitor: &Visitor,
    (org, key): (OrgId, &str),
    refused: Option<Form>,
) -> Result<HttpResponse, Failure> {
    let found = load(site, visitor, org).await?;
    let set = found.sets.into_iter().find(|set| set.key == key).ok_or(Error::NotFound)?;
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let form = refused.unwrap_or_else(|| {
        let (binds, why) = match &set.said {
            None => ("regel", ""),
            Some(Said { binds: true, why }) => ("ja", why.as_str()),
            Some(Said { binds: false, why }) => ("nein", why.as_str()),
        };
        Form::filled(FormData::default().with("gilt", binds).with("warum", why))
    });
    let mut sh = visitor.shell(set.name.clone());
    sh.failed = status != StatusCode::OK;
    let answers = ANSWERS.iter().map(|(value, key)| Choice::new(*value, word(key))).collect();
    let p = OneView { org, name: found.name, set, answers };
    if visitor.actor.is_cert() {
        visitor.answer(status, &DenseRule { sh, form, p })
    } else {
        visitor.answer(status, &CalmRule { sh, form, p })
    }
}

/// `GET /register/{id}/pflichten/{regel}`.
pub(super) async fn rule(
    visitor: Visitor,
    site: Data<Site>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    rule_page(&site, &visitor, (organisation(&path.0)?, &path.1), None).await
}

/// What the form says of a set: nothing where the rules decide. That a duty does not bind is said with a reason.
fn said(typed: &FormData) -> Result<Option<Said>> {
    let mut fields = Fields::default();
    let binds = fields.keep(
        "gilt",
        match typed.get("gilt") {
            "regel" => Ok(None),
            "ja" => Ok(Some(true)),
            "nein" => Ok(Some(false)),
            _ => Err("error-choice"),
        },
    );
    let why = match (binds, Block::<1000>::parse_optional(typed.get("warum"))) {
        (Some(Some(false)), Ok(None)) => Err("error-required"),
        (_, why) => why,
    };
    let why = fields.keep("warum", why);
    fields.done(binds.zip(why).map(|(binds, why)| {
        let why = why.map(Block::into_string).unwrap_or_default();
        binds.map(|binds| Said { binds, why })
    }))
}

/// `POST /register/{id}/pflichten/{regel}`.
pub(super) async fn decide(
    visitor: Visitor,
    site: Data<Site>,
    path: Path<(String, String)>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let (actor, org, key) = (visitor.require()?.clone(), organisation(&path.0)?, path.1.clone());
    typed.only(&["gilt", "warum"])?;
    let done = match said(&typed) {
        Ok(said) => site.db.write(move |tx| service::say(tx, &actor, org, &key, said.as_ref())).await,
        Err(refused) => Err(refused),
    };
    match done {
        Ok(()) => Ok(visitor.redirect(&format!("/register/{org}/pflichten"), "duty-note-set")),
        Err(error) => rule_page(&site, &visitor, (org, &path.1), Some(Form::refused(typed, error)?)).await,
    }
}
