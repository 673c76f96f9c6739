//! Signing in and out, and asking for a new password.

use actix_web::HttpResponse;
use actix_web::web::{self, Data, ServiceConfig};
use askama::Template;
use serde::Deserialize;

use super::{by_address, count, plainly, settings};
use crate::access::guard::{Visitor, local_path};
use crate::access::password::{self, Password};
use crate::access::service::job::SendReset;
use crate::access::service::limits::{self, Attempt};
use crate::access::service::sessions;
use crate::access::service::sign_in::{self, Welcome};
use crate::access::settings::AccessSettings;
use crate::core::error::{Error, FieldError, Result};
use crate::core::text::{Fields, MailAddress};
use crate::queue;
use crate::web::site::Site;
use crate::web::{Failure, Form, FormData, Query, Shell};

pub(super) fn configure(cfg: &mut ServiceConfig) {
    cfg.service(web::resource("/anmelden").get(show).post(enter))
        .service(web::resource("/abmelden").post(leave))
        .service(web::resource("/passwort-vergessen").get(forgotten).post(send_reset));
}

#[derive(Template)]
#[template(path = "access/templates/sign_in.html")]
struct SignInPage {
    sh: Shell,
    form: Form,
}

#[derive(Template)]
#[template(path = "access/templates/forgotten.html")]
struct ForgottenPage {
    sh: Shell,
    form: Form,
}

#[derive(Deserialize)]
pub(super) struct Way {
    /// Where to go afterwards.
    #[serde(default)]
    pub weiter: String,
}

async fn show(visitor: Visitor, way: Query<Way>) -> Result<HttpResponse, Failure> {
    let back = local_path(&way.weiter);
    if let Some(on) = visitor.way_on(back) {
        return Ok(visitor.redirect(&on, ""));
    }
    if visitor.is_signed_in() {
        return Ok(visitor.redirect(back, ""));
    }
    let form = Form::filled(FormData::default().with("weiter", back));
    visitor.page(&SignInPage { sh: visitor.shell_of("access-sign-in-title"), form })
}

async fn enter(
    visitor: Visitor,
    site: Data<Site>,
    handed_in: Option<Data<AccessSettings>>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    typed.only(&["mail", "password", "weiter"])?;
    match sign_in(&visitor, &site, &settings(handed_in), &typed).await {
        Ok(welcome) => {
            visitor.let_in(&welcome)?;
            Ok(visitor.redirect(local_path(typed.get("weiter")), ""))
        }
        Err(error) => {
            let form = Form::refused(typed, plainly(error))?;
            visitor.again(&SignInPage { sh: visitor.shell_of("access-sign-in-title").failed(), form })
        }
    }
}

/// The same sentence and the same work whether the address, the password or the account is wrong.
async fn sign_in(
    visitor: &Visitor,
    site: &Site,
    settings: &AccessSettings,
    typed: &FormData,
) -> Result<Welcome> {
    let mut fields = Fields::default();
    let mail = fields.keep("mail", MailAddress::parse(typed.get("mail")));
    if typed.get("password").is_empty() {
        fields.refuse("password", "error-required");
    }
    let mail = fields.done(mail)?;
    let limits = &settings.limits;
    let guess = Attempt::new("sign_in", &format!("{mail} {}", visitor.limited_as()), limits.sign_in);
    let account = Attempt::new("sign_in_account", mail.as_str(), limits.sign_in_account);
    let address = by_address(visitor, "sign_in_address", limits.sign_in_address);
    count(&site.db, vec![guess.clone(), account, address]).await?;

    let asked = mail.clone();
    let candidate = site.db.read(move |tx| sign_in::candidate(tx, &asked)).await?;
    let hash = candidate.as_ref().map(|candidate| candidate.hash.clone());
    let right = password::verify(Password::typed(typed.get("password")), hash).await?;
    let verified = candidate.filter(|_| right);
    let actor = visitor.stranger();
    let conclude = move |tx: &mut crate::store::Tx<'_>| {
        let welcome = sign_in::conclude(tx, &actor, &mail, verified.as_ref())?;
        if welcome.is_some() {
            limits::forget(tx, &guess)?;
        }
        Ok(welcome)
    };
    let welcome = site.db.write(conclude).await?;
    welcome.ok_or_else(|| FieldError::new("mail", "access-error-sign-in").into())
}

async fn leave(visitor: Visitor, site: Data<Site>, typed: FormData) -> Result<HttpResponse, Failure> {
    typed.only(&[])?;
    let actor = visitor.person().unwrap_or(&visitor.actor).clone();
    site.db.write(move |tx| sessions::signed_out(tx, &actor)).await?;
    visitor.let_out();
    Ok(visitor.redirect("/anmelden", "access-signed-out"))
}

async fn forgotten(visitor: Visitor) -> Result<HttpResponse, Failure> {
    let sh = visitor.shell_of("access-forgotten-title");
    visitor.page(&ForgottenPage { sh, form: Form::default() })
}

async fn send_reset(
    visitor: Visitor,
    site: Data<Site>,
    handed_in: Option<Data<AccessSettings>>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    typed.only(&["mail"])?;
    match ask_for_reset(&visitor, &site, &settings(handed_in), &typed).await {
        Ok(()) => Ok(visitor.redirect("/anmelden", "access-reset-sent")),
        Err(error) => {
            let form = Form::refused(typed, plainly(error))?;
            visitor.again(&ForgottenPage { sh: visitor.shell_of("access-forgotten-title").failed(), form })
        }
    }
}

/// Leaves a job behind and nothing else, so that nobody learns by words or time whether there is an account.
async fn ask_for_reset(
    visitor: &Visitor,
    site: &Site,
    settings: &AccessSettings,
    typed: &FormData,
) -> Result<()> {
    let refused = |reason| Error::from(FieldError::new("mail", reason));
    let mail = MailAddress::parse(typed.get("mail")).map_err(refused)?;
    let account = Attempt::new("reset", mail.as_str(), settings.limits.reset_account);
    let address = by_address(visitor, "reset_address", settings.limits.reset_address);
    count(&site.db, vec![account, address]).await?;
    let job = SendReset { mail: mail.to_string() };
    site.db.write(move |tx| queue::enqueue(tx, &job, tx.now())).await
}
