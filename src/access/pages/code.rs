//! Codes of the second factor: the second step of signing in, and how every page that takes a code compares it.

use actix_web::HttpResponse;
use actix_web::web::{self, Data, ServiceConfig};
use askama::Template;

use super::sign_in::Way;
use super::{by_address, count, settings};
use crate::access::factor::{Code, FactorSeal, Missing};
use crate::access::guard::{Visitor, local_path};
use crate::access::service::factors::{self, Proof};
use crate::access::service::limits::{self, Attempt};
use crate::access::settings::AccessSettings;
use crate::core::actor::Actor;
use crate::core::error::{Error, FieldError, Result};
use crate::store::Tx;
use crate::web::site::Site;
use crate::web::{Failure, Form, FormData, Query, Shell};

pub(super) fn configure(cfg: &mut ServiceConfig) {
    cfg.service(web::resource("/anmelden/code").get(show).post(pass));
}

#[derive(Template)]
#[template(path = "access/templates/code.html")]
struct CodePage {
    sh: Shell,
    form: Form,
    may_report: bool,
}

fn page(visitor: &Visitor, form: Form) -> Result<CodePage> {
    let may_report = !visitor.person()?.is_cert();
    Ok(CodePage { sh: visitor.shell_of("access-code-title"), form, may_report })
}

async fn show(visitor: Visitor, way: Query<Way>) -> Result<HttpResponse, Failure> {
    let back = local_path(&way.weiter);
    visitor.person()?;
    match visitor.missing() {
        Some(Missing::Code) => {
            visitor.page(&page(&visitor, Form::filled(FormData::default().with("weiter", back)))?)
        }
        _ => Ok(visitor.redirect(&visitor.way_on(back).unwrap_or_else(|| back.to_owned()), "")),
    }
}

async fn pass(
    visitor: Visitor,
    site: Data<Site>,
    seal: Data<FactorSeal>,
    handed_in: Option<Data<AccessSettings>>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    visitor.person()?;
    typed.only(&["code", "weiter"])?;
    let back = local_path(typed.get("weiter"));
    if visitor.missing() != Some(Missing::Code) && Code::parse(typed.get("code")).is_ok() {
        return Ok(visitor.redirect(&visitor.way_on(back).unwrap_or_else(|| back.to_owned()), ""));
    }
    let settings = settings(handed_in);
    match proven(&visitor, &site, &seal, &settings, typed.get("code"), factors::pass).await {
        Ok(()) => {
            visitor.verified()?;
            Ok(visitor.redirect(back, ""))
        }
        Err(error) => {
            let page = page(&visitor, Form::refused(typed, error)?)?;
            visitor.again(&CodePage { sh: page.sh.failed(), ..page })
        }
    }
}

/// Compares what was typed and does what it opens. Each try is counted, a right one forgets those before it, a wrong one
/// is recorded.
pub(super) async fn proven(
    visitor: &Visitor,
    site: &Site,
    seal: &FactorSeal,
    settings: &AccessSettings,
    typed: &str,
    mut service: impl FnMut(&mut Tx<'_>, &Actor, &Proof) -> Result<()> + Send + 'static,
) -> Result<()> {
    let actor = visitor.person()?.clone();
    let account = actor.account.ok_or(Error::SignInNeeded)?;
    let code = Code::parse(typed).map_err(|reason| FieldError::new("code", reason))?;
    let tries = Attempt::new("code", &account.to_string(), settings.limits.code_account);
    let address = by_address(visitor, "factor_address", settings.limits.sign_in_address);
    count(&site.db, vec![tries.clone(), address]).await?;
    let done = match proof(visitor, site, seal, &actor, code).await {
        Ok(proof) => {
            let actor = actor.clone();
            let act = move |tx: &mut Tx<'_>| {
                service(tx, &actor, &proof)?;
                limits::forget(tx, &tries)
            };
            site.db.write(act).await
        }
        Err(error) => Err(error),
    };
    if matches!(done, Err(Error::Invalid(_))) {
        site.db.write(move |tx| factors::refused(tx, &actor)).await?;
    }
    done
}

/// What a code proves: of the second factor in use, or of one that was begun in this session. A recovery code is compared
/// when it is taken.
async fn proof(
    visitor: &Visitor,
    site: &Site,
    seal: &FactorSeal,
    actor: &Actor,
    code: Code,
) -> Result<Proof> {
    let code = match code {
        Code::Recovery(letters) => return Ok(Proof::Recovery(letters)),
        Code::Time(code) => code,
    };
    let asking = actor.clone();
    let own = site.db.read(move |tx| factors::own(tx, &asking)).await?;
    let sealed = own.sealed.filter(|sealed| own.since.is_some() || visitor.has_begun(sealed));
    let (Some(account), Some(sealed)) = (actor.account, sealed) else {
        return Err(Error::Conflict("access-factor-none"));
    };
    let secret = seal.open(account, &sealed)?;
    let step = secret.step_of(code, site.db.env().now());
    let step = step.ok_or_else(|| FieldError::new("code", "access-code-wrong"))?;
    Ok(Proof::Step { step, sealed })
}
