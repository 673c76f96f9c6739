//! What an organisation states later: more, a correction, the end; or that it was a false alarm.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, ServiceConfig, resource};
use askama::Template;

use crate::access::guard::Visitor;
use crate::access::policy::Action;
use crate::core::error::{Error, FieldError, Result};
use crate::core::i18n::{Lang, text};
use crate::core::text::{Fields, Line, Prose};
use crate::incidents::model::{Flags, Inform, Nature, Supplement};
use crate::incidents::service::{self, Stating, Withdrawn};
use crate::web::site::Site;
use crate::web::{Choice, Failure, Form, FormData, Shell, idempotency};

/// The routes of these pages.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(resource("/vorgaenge/{reference}/nachtrag").get(ask).post(state))
        .service(resource("/vorgaenge/{reference}/fehlalarm").get(ask_back).post(withdraw));
}

/// What may be stated by the first form; a withdrawal has its own.
const NATURES: [Nature; 3] = [Nature::News, Nature::Correction, Nature::End];
const FLAGS: [&str; 4] = ["critical_service", "personal_data", "malicious", "beyond_house"];
const LABELS: &[(&str, &str)] = &[
    ("nature", "incident-later-nature"),
    ("text", "incident-later-text"),
    ("contact_phone", "incident-later-phone"),
    ("flags", "incident-later-flags"),
    ("inform", "incident-later-inform"),
];

const WITHDRAWAL_LABELS: &[(&str, &str)] = &[("text", "incident-withdraw-why")];

#[derive(Template)]
#[template(path = "incidents/templates/later.html")]
struct LaterPage {
    sh: Shell,
    form: Form,
    stating: Stating,
    natures: Vec<Choice>,
    flags: Vec<Choice>,
    informs: Vec<Choice>,
}

#[derive(Template)]
#[template(path = "incidents/templates/withdraw.html")]
struct WithdrawPage {
    sh: Shell,
    form: Form,
    stating: Stating,
    is_stale: bool,
}

fn word(family: &str, code: &str) -> Choice {
    Choice::new(code, text(Lang::De, &format!("{family}-{}", code.replace('_', "-"))))
}

fn set_flags(flags: Flags) -> impl Iterator<Item = &'static str> {
    let set = [flags.critical_service, flags.personal_data, flags.malicious, flags.beyond_house];
    FLAGS.into_iter().zip(set).filter_map(|(name, set)| set.then_some(name))
}

/// The form as it begins: what is in force.
fn before(stating: &Stating) -> FormData {
    let form = FormData::default()
        .with("contact_phone", stating.last.contact_phone.as_str())
        .with("inform", stating.last.inform.code());
    set_flags(stating.last.flags).fold(form, |form, flag| form.with("flags", flag))
}

fn page(
    visitor: &Visitor,
    stating: Stating,
    form: Form,
    status: StatusCode,
) -> Result<HttpResponse, Failure> {
    let mut sh = visitor.shell_of("incident-later-title");
    if status != StatusCode::OK {
        sh = sh.failed();
    }
    let natures = NATURES.iter().map(|nature| word("incident-nature", nature.code())).collect();
    let flags = FLAGS.iter().map(|flag| word("incident-flag", flag)).collect();
    let informs = Inform::ALL.iter().map(|inform| word("incident-inform", inform.code())).collect();
    visitor.answer(status, &LaterPage { sh, form, stating, natures, flags, informs })
}

/// The case for a form, for who may do that.
async fn opened(
    visitor: &Visitor,
    site: &Site,
    reference: String,
    action: Action,
) -> Result<Stating, Failure> {
    let actor = visitor.require()?.clone();
    Ok(site.db.write(move |tx| service::stating(tx, &actor, &reference, action)).await?)
}

async fn ask(visitor: Visitor, site: Data<Site>, reference: Path<String>) -> Result<HttpResponse, Failure> {
    let stating = opened(&visitor, &site, reference.into_inner(), Action::SupplementReport).await?;
    let form = Form::filled(before(&stating));
    page(&visitor, stating, form, StatusCode::OK)
}

/// The typed report of what was sent.
fn parse(typed: &FormData) -> Result<Supplement> {
    let mut fields = Fields::default();
    let nature = Nature::parse(typed.get("nature")).filter(|nature| NATURES.contains(nature));
    let nature = fields.keep("nature", nature.ok_or("incident-later-nature-required"));
    let text = fields.keep("text", Prose::parse(typed.get("text")));
    let phone = Some(typed.get("contact_phone")).filter(|phone| !phone.trim().is_empty());
    let contact_phone = fields.keep("contact_phone", phone.map(Line::<60>::parse).transpose());
    let inform = fields.keep("inform", Inform::parse(typed.get("inform")).ok_or("incident-inform-required"));
    if typed.all("flags").any(|flag| !FLAGS.contains(&flag)) {
        fields.refuse("flags", "error-choice");
    }
    let has = |flag| typed.all("flags").any(|set| set == flag);
    let flags = Flags {
        critical_service: has("critical_service"),
        personal_data: has("personal_data"),
        malicious: has("malicious"),
        beyond_house: has("beyond_house"),
    };
    let later = (|| {
        Some(Supplement {
            nature: nature?,
            text: text?,
            contact_phone: contact_phone?,
            flags,
            inform: inform?,
        })
    })();
    fields.done(later)
}

/// Of a form that was sent before with other content.
fn used() -> FieldError {
    FieldError::new("text", "incident-later-used")
}

async fn state(
    visitor: Visitor,
    site: Data<Site>,
    reference: Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    typed.only(&["once", "nature", "text", "contact_phone", "flags", "inform"])?;
    let (what, form) = (reference.clone(), typed.clone());
    let done = site
        .db
        .write(move |tx| {
            let later = parse(&form)?;
            idempotency::form(tx, &actor, &what, (&form, used()), |tx| {
                service::state(tx, &actor, &what, &later)
            })
        })
        .await;
    let error = match done {
        Ok(()) => return Ok(visitor.redirect(&format!("/vorgaenge/{reference}"), "incident-later-done")),
        Err(error) => error,
    };
    let form = Form::refused(typed.clone(), error)
        .map_err(|error| Failure::from(error).keeping(typed))?
        .labelled(LABELS);
    let stating = opened(&visitor, &site, reference.into_inner(), Action::SupplementReport).await?;
    page(&visitor, stating, form, StatusCode::UNPROCESSABLE_ENTITY)
}

fn back_page(
    visitor: &Visitor,
    stating: Stating,
    form: Form,
    status: StatusCode,
) -> Result<HttpResponse, Failure> {
    let mut sh = visitor.shell_of("incident-withdraw-title");
    if status != StatusCode::OK {
        sh = sh.failed();
    }
    let is_stale = status == StatusCode::CONFLICT;
    visitor.answer(status, &WithdrawPage { sh, form, stating, is_stale })
}

async fn ask_back(
    visitor: Visitor,
    site: Data<Site>,
    reference: Path<String>,
) -> Result<HttpResponse, Failure> {
    let stating = opened(&visitor, &site, reference.into_inner(), Action::WithdrawReport).await?;
    back_page(&visitor, stating, Form::default(), StatusCode::OK)
}

async fn withdraw(
    visitor: Visitor,
    site: Data<Site>,
    reference: Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    typed.only(&["once", "version", "text"])?;
    let (what, form) = (reference.clone(), typed.clone());
    let done = site
        .db
        .write(move |tx| {
            let seen = form.get("version").parse().map_err(|_| FieldError::new("version", "error-number"))?;
            let why = Prose::parse(form.get("text")).map_err(|reason| FieldError::new("text", reason))?;
            let mut become_of = None;
            idempotency::form(tx, &actor, &what, (&form, used()), |tx| {
                become_of = Some(service::withdraw(tx, &actor, &what, seen, &why)?);
                Ok(())
            })?;
            Ok(become_of)
        })
        .await;
    let (form, status) = match done {
        Ok(done) => {
            let note = match done {
                Some(Withdrawn::Closed) => "incident-withdraw-closed",
                Some(Withdrawn::Asked) => "incident-withdraw-asked",
                None => "incident-later-done",
            };
            return Ok(visitor.redirect(&format!("/vorgaenge/{reference}"), note));
        }
        Err(Error::Stale) => (Form::filled(typed), StatusCode::CONFLICT),
        Err(error) => {
            let refused = Form::refused(typed.clone(), error);
            let form =
                refused.map_err(|error| Failure::from(error).keeping(typed))?.labelled(WITHDRAWAL_LABELS);
            (form, StatusCode::UNPROCESSABLE_ENTITY)
        }
    };
    let stating = opened(&visitor, &site, reference.into_inner(), Action::WithdrawReport).await?;
    back_page(&visitor, stating, form, status)
}
