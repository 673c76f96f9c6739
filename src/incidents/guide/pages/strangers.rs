//! The guided report without an account. A random code in a cookie holds the draft; typed in elsewhere it goes on there.
//! Beginning takes a ticket of the page and is limited, so that nobody floods the CERT or fills the disk.

use actix_web::cookie::Cookie;
use actix_web::cookie::time::Duration;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, ResponseError as _, web};
use askama::Template;

use super::step::question;
use super::{Waiting, Writer, arrived, review, step, titled};
use crate::access::guard::{Try, Visitor, count_try};
use crate::core::error::{Error, FieldError, Result};
use crate::core::i18n::{Lang, text};
use crate::incidents::guide::model::Step;
use crate::incidents::guide::service::{self, Arrived, HELD, Held, Key};
use crate::incidents::model::FILED_UNDER;
use crate::incidents::secret;
use crate::web::site::Site;
use crate::web::visit::cookie;
use crate::web::{Failure, Form, FormData, Shell};

/// Where it begins.
pub(super) const HOME: &str = "/ohne-konto";
const DRAFT: &str = "__Host-mk-draft";
/// Letters of a draft's code: 80 bits.
const LETTERS: usize = 16;

pub(super) fn configure(cfg: &mut ServiceConfig) {
    cfg.service(web::resource("/ohne-konto").get(start).post(begin))
        .service(web::resource("/ohne-konto/weiter").post(go_on))
        .service(web::resource("/ohne-konto/verwerfen").post(discard))
        .service(web::resource("/ohne-konto/pruefen").get(summary).post(send))
        .service(web::resource("/ohne-konto/beleg").get(receipt))
        .service(web::resource("/ohne-konto/{schritt}").get(show).post(save));
}

fn writer(visitor: &Visitor, code: String) -> Writer {
    Writer { actor: visitor.stranger(), key: Key::Held(Held::of(&code)), code: Some(code) }
}

/// Whoever holds the draft of this browser's cookie.
fn holder(visitor: &Visitor, request: &HttpRequest) -> Option<Writer> {
    let code = secret::read(request.cookie(DRAFT)?.value(), LETTERS)?;
    Some(writer(visitor, code))
}

/// The browser knows the code as long as the draft lies: each save counts both anew.
fn hold(mut answer: HttpResponse, code: String) -> Result<HttpResponse> {
    set(&mut answer, cookie(DRAFT, code).max_age(Duration::seconds(HELD.as_secs())).finish())?;
    Ok(answer)
}

fn let_go(mut answer: HttpResponse) -> Result<HttpResponse> {
    set(&mut answer, cookie(DRAFT, String::new()).max_age(Duration::ZERO).finish())?;
    Ok(answer)
}

fn set(answer: &mut HttpResponse, cookie: Cookie<'_>) -> Result<()> {
    answer.add_cookie(&cookie).map_err(|error| Error::Internal(error.to_string()))
}

#[derive(Template)]
#[template(path = "incidents/guide/templates/strangers.html")]
struct StartPage {
    sh: Shell,
    form: Form,
    /// The draft of this browser, and its code.
    draft: Option<(Waiting, String)>,
    ticket: String,
}

async fn start(visitor: Visitor, site: Data<Site>, request: HttpRequest) -> Result<HttpResponse, Failure> {
    front(&visitor, &site, &request, Form::default()).await
}

async fn front(
    visitor: &Visitor,
    site: &Site,
    request: &HttpRequest,
    form: Form,
) -> Result<HttpResponse, Failure> {
    let draft = match holder(visitor, request) {
        Some(writer) => match writer.open(site).await {
            Ok(opened) if opened.draft.reference.is_none() => Some(Waiting::of(&opened)).zip(writer.code),
            Ok(_) | Err(Error::NotFound) => None,
            Err(error) => return Err(error.into()),
        },
        None => None,
    };
    let status = if form.has_errors() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let mut sh = visitor.shell_of("guide-stranger-title");
    sh.failed = form.has_errors();
    let ticket = visitor.ticket();
    visitor.answer(status, &StartPage { sh, form, draft, ticket })
}

/// Begins a draft, or a trial run. The button that was pressed twice begins one; the other one begins another.
async fn begin(
    visitor: Visitor,
    site: Data<Site>,
    request: HttpRequest,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    typed.only(&["karte", "art"])?;
    let is_drill = match typed.get("art") {
        "vorfall" | "" => false,
        "probe" => true,
        _ => return Err(Error::from(FieldError::new("art", "error-choice")).into()),
    };
    let bytes = match visitor.redeem(typed.get("karte")) {
        Ok(bytes) => bytes,
        Err(reason) => {
            let form = Form::refused(typed, FieldError::new("karte", reason).into())?;
            return front(&visitor, &site, &request, form).await;
        }
    };
    count_try(&request, &visitor, Try::Begin).await?;
    let (of_incident, of_drill) = bytes.split_at(LETTERS);
    let code = secret::code(if is_drill { of_drill } else { of_incident });
    let (actor, held) = (visitor.stranger(), Held::of(&code));
    site.db.write(move |tx| service::begin_held(tx, &actor, &held, is_drill)).await?;
    Ok(hold(visitor.redirect("/ohne-konto/lage", ""), code)?)
}

/// Goes on with a draft that was begun on another device.
async fn go_on(
    visitor: Visitor,
    site: Data<Site>,
    request: HttpRequest,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    typed.only(&["code"])?;
    count_try(&request, &visitor, Try::Code).await?;
    let found = match secret::read(typed.get("code"), LETTERS) {
        Some(code) => match writer(&visitor, code.clone()).open(&site).await {
            Ok(opened) => Some((code, Waiting::of(&opened).href)),
            Err(Error::NotFound) => None,
            Err(error) => return Err(error.into()),
        },
        None => None,
    };
    match found {
        Some((code, to)) => Ok(hold(visitor.redirect(&to, ""), code)?),
        None => {
            let unknown = FieldError::new("code", "guide-stranger-code-unknown");
            front(&visitor, &site, &request, Form::refused(typed, unknown.into())?).await
        }
    }
}

async fn discard(
    visitor: Visitor,
    site: Data<Site>,
    request: HttpRequest,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    typed.only(&[])?;
    let Writer { actor, key, .. } = holder(&visitor, &request).ok_or(Error::NotFound)?;
    site.db.write(move |tx| service::discard(tx, &actor, &key)).await?;
    Ok(let_go(visitor.redirect(HOME, "guide-discarded"))?)
}

/// Where a draft is asked for that this browser does not hold, or holds no more, it begins.
fn from_the_start(visitor: &Visitor, answer: Result<HttpResponse, Failure>) -> Result<HttpResponse, Failure> {
    match answer {
        Err(failure) if failure.status_code() == StatusCode::NOT_FOUND => Ok(visitor.redirect(HOME, "")),
        answer => answer,
    }
}

async fn show(
    visitor: Visitor,
    site: Data<Site>,
    request: HttpRequest,
    path: Path<String>,
) -> Result<HttpResponse, Failure> {
    let step = question(&path, Step::Houses)?;
    let Some(writer) = holder(&visitor, &request) else { return Ok(visitor.redirect(HOME, "")) };
    from_the_start(&visitor, step::page(&visitor, &site, writer, step).await)
}

async fn save(
    visitor: Visitor,
    site: Data<Site>,
    request: HttpRequest,
    path: Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let step = question(&path, Step::Houses)?;
    let writer = holder(&visitor, &request).ok_or(Error::NotFound)?;
    let code = writer.code.clone().unwrap_or_default();
    Ok(hold(step::take(&visitor, &site, writer, step, &request, typed).await?, code)?)
}

async fn summary(visitor: Visitor, site: Data<Site>, request: HttpRequest) -> Result<HttpResponse, Failure> {
    let Some(writer) = holder(&visitor, &request) else { return Ok(visitor.redirect(HOME, "")) };
    from_the_start(&visitor, review::page(&visitor, &site, &writer).await)
}

async fn send(
    visitor: Visitor,
    site: Data<Site>,
    request: HttpRequest,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let writer = holder(&visitor, &request).ok_or(Error::NotFound)?;
    review::take(&visitor, &site, &writer, typed).await
}

#[derive(Template)]
#[template(path = "incidents/guide/templates/receipt.html")]
struct ReceiptPage {
    sh: Shell,
    reference: String,
    is_drill: bool,
    receipt: String,
    measures: Vec<(String, String)>,
}

/// After sending: reference, receipt code, and what helps at once. For an hour, and for this browser alone.
async fn receipt(visitor: Visitor, site: Data<Site>, request: HttpRequest) -> Result<HttpResponse, Failure> {
    let writer = holder(&visitor, &request).ok_or(Error::NotFound)?;
    let receipt = writer.code.as_deref().map(secret::receipt_of).unwrap_or_default();
    let Writer { actor, key, .. } = writer;
    let arrived = site.db.read(move |tx| service::arrived(tx, &actor, &key)).await?;
    let Arrived { reference, is_drill, measures } = arrived;
    let title = titled(is_drill, &text(Lang::De, "guide-arrived-title"));
    let sh = visitor.shell(title).printed(&reference, FILED_UNDER);
    let measures = measures.into_iter().map(arrived::told).collect();
    visitor.page(&ReceiptPage { sh, reference, is_drill, receipt, measures })
}
