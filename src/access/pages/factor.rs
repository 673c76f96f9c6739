//! One's own second factor: set up, renew the recovery codes, take it away.

use actix_web::HttpResponse;
use actix_web::web::{self, Data, ServiceConfig};
use askama::Template;
use jiff::Timestamp;
use qrcode::{Color, EcLevel, QrCode};

use super::code::proven;
use super::sign_in::Way;
use super::{plainly, present_password, settings};
use crate::access::factor::{Code, FactorSeal, Missing, Own, recovery_codes};
use crate::access::guard::{Visitor, local_path};
use crate::access::service::factors::{self, Proof};
use crate::access::service::passwords;
use crate::access::settings::AccessSettings;
use crate::access::totp::{SECRET, Secret};
use crate::core::actor::Actor;
use crate::core::error::{Error, Result};
use crate::core::text::Fields;
use crate::store::Tx;
use crate::web::site::Site;
use crate::web::{Failure, Form, FormData, Query, Shell};

type Settings = Option<Data<AccessSettings>>;

pub(super) fn configure(cfg: &mut ServiceConfig) {
    cfg.service(web::resource("/konto/zweiter-faktor").get(show).post(confirm))
        .service(web::resource("/konto/zweiter-faktor/beginnen").post(begin))
        .service(web::resource("/konto/zweiter-faktor/codes").get(show_renew).post(renew))
        .service(web::resource("/konto/zweiter-faktor/entfernen").get(show_turn_off).post(turn_off));
}

/// Where the own second factor stands.
enum Stage {
    None,
    Begun { qr: Qr, key: String },
    InUse { since: Timestamp, left: usize },
}

#[derive(Template)]
#[template(path = "access/templates/factor.html")]
struct FactorPage {
    sh: Shell,
    form: Form,
    stage: Stage,
    /// Whether nothing else can be reached before.
    is_missing: bool,
    may_report: bool,
}

#[derive(Template)]
#[template(path = "access/templates/recovery.html")]
struct RecoveryPage {
    sh: Shell,
    codes: Vec<String>,
    back: String,
}

#[derive(Template)]
#[template(path = "access/templates/renew_codes.html")]
struct RenewPage {
    sh: Shell,
    form: Form,
}

#[derive(Template)]
#[template(path = "access/templates/turn_off.html")]
struct TurnOffPage {
    sh: Shell,
    form: Form,
    mail: String,
}

/// A QR code as a path of unit squares, with the quiet zone that it needs.
struct Qr {
    size: usize,
    path: String,
}

/// Modules without anything around a QR code (ISO/IEC 18004).
const QUIET: usize = 4;

impl Qr {
    fn of(text: &str) -> Result<Self> {
        let failed = |error| Error::Internal(format!("QR code: {error}"));
        let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(failed)?;
        let width = code.width();
        let dark = code.to_colors().into_iter().enumerate().filter(|(_, color)| *color == Color::Dark);
        let square = |(at, _)| format!("M{} {}h1v1h-1z", at % width + QUIET, at / width + QUIET);
        Ok(Self { size: width + 2 * QUIET, path: dark.map(square).collect() })
    }
}

/// Whoever may manage their own second factor: where there is one, it was shown.
fn manager(visitor: &Visitor) -> Result<&Actor> {
    match visitor.missing() {
        Some(Missing::Code | Missing::Release) => Err(Error::SignInNeeded),
        _ => visitor.person(),
    }
}

async fn own(visitor: &Visitor, site: &Site) -> Result<Own> {
    let actor = manager(visitor)?.clone();
    site.db.read(move |tx| factors::own(tx, &actor)).await
}

async fn page(visitor: &Visitor, site: &Site, seal: &FactorSeal, form: Form) -> Result<FactorPage> {
    let actor = manager(visitor)?.clone();
    let may_report = !actor.is_cert();
    let asking = actor.clone();
    let (own, account) = site
        .db
        .read(move |tx| Ok((factors::own(tx, &asking)?, passwords::own_account(tx, &asking)?)))
        .await?;
    let stage = match (own.since, own.sealed.filter(|sealed| visitor.has_begun(sealed))) {
        (Some(since), _) => Stage::InUse { since, left: own.codes_left },
        (None, None) => Stage::None,
        (None, Some(sealed)) => {
            let secret = seal.open(account.id, &sealed)?;
            let uri = secret.uri("Meldekette", &account.mail);
            Stage::Begun { qr: Qr::of(&uri)?, key: secret.spelled().to_string() }
        }
    };
    let sh = visitor.shell_of("access-factor-title");
    Ok(FactorPage { sh, form, stage, is_missing: visitor.missing().is_some(), may_report })
}

async fn show(
    visitor: Visitor,
    site: Data<Site>,
    seal: Data<FactorSeal>,
    way: Query<Way>,
) -> Result<HttpResponse, Failure> {
    let form = Form::filled(FormData::default().with("weiter", local_path(&way.weiter)));
    visitor.page(&page(&visitor, &site, &seal, form).await?)
}

async fn begin(
    visitor: Visitor,
    site: Data<Site>,
    seal: Data<FactorSeal>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let actor = manager(&visitor)?.clone();
    typed.only(&["weiter"])?;
    let account = actor.account.ok_or(Error::SignInNeeded)?;
    let env = site.db.env();
    let secret = Secret::new(env.bytes::<SECRET>());
    let sealed = seal.seal(account, &secret, env).map_err(Error::from)?;
    visitor.began(&sealed)?;
    site.db.write(move |tx| factors::begin(tx, &actor, &sealed)).await?;
    let back: String =
        url::form_urlencoded::byte_serialize(local_path(typed.get("weiter")).as_bytes()).collect();
    Ok(visitor.redirect(&format!("/konto/zweiter-faktor?weiter={back}"), ""))
}

/// Answers with the recovery codes instead of sending the browser on: they are shown this once.
fn recovery(visitor: &Visitor, codes: Vec<String>, back: &str) -> Result<HttpResponse, Failure> {
    let sh = visitor.shell_of("access-recovery-title");
    visitor.page(&RecoveryPage { sh, codes, back: back.to_owned() })
}

/// Draws recovery codes, which `service` keeps where the code that was typed is right.
async fn issued(
    visitor: &Visitor,
    site: &Site,
    seal: &FactorSeal,
    settings: &AccessSettings,
    typed: &str,
    service: fn(&mut Tx<'_>, &Actor, &Proof, &[String]) -> Result<()>,
) -> Result<Vec<String>> {
    let codes = recovery_codes(site.db.env());
    let letters: Vec<_> = codes.iter().map(|code| code.replace('-', "")).collect();
    let keep = move |tx: &mut Tx<'_>, actor: &Actor, proof: &Proof| service(tx, actor, proof, &letters);
    proven(visitor, site, seal, settings, typed, keep).await?;
    Ok(codes)
}

async fn confirm(
    visitor: Visitor,
    site: Data<Site>,
    seal: Data<FactorSeal>,
    handed_in: Settings,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    manager(&visitor)?;
    typed.only(&["code", "weiter"])?;
    let settings = settings(handed_in);
    match issued(&visitor, &site, &seal, &settings, typed.get("code"), factors::confirm).await {
        Ok(codes) => {
            visitor.verified()?;
            recovery(&visitor, codes, local_path(typed.get("weiter")))
        }
        Err(error) => {
            let page = page(&visitor, &site, &seal, Form::refused(typed, error)?).await?;
            visitor.again(&FactorPage { sh: page.sh.failed(), ..page })
        }
    }
}

/// Whether the visitor's own account is asked for a second factor.
async fn in_use(visitor: &Visitor, site: &Site) -> Result<bool> {
    Ok(own(visitor, site).await?.since.is_some())
}

async fn show_renew(visitor: Visitor, site: Data<Site>) -> Result<HttpResponse, Failure> {
    if !in_use(&visitor, &site).await? {
        return Ok(visitor.redirect("/konto/zweiter-faktor", ""));
    }
    visitor.page(&RenewPage { sh: visitor.shell_of("access-renew-title"), form: Form::default() })
}

async fn renew(
    visitor: Visitor,
    site: Data<Site>,
    seal: Data<FactorSeal>,
    handed_in: Settings,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    manager(&visitor)?;
    typed.only(&["code"])?;
    let settings = settings(handed_in);
    match issued(&visitor, &site, &seal, &settings, typed.get("code"), factors::renew_codes).await {
        Ok(codes) => recovery(&visitor, codes, "/konto/zweiter-faktor"),
        Err(error) => {
            let form = Form::refused(typed, error)?;
            visitor.again(&RenewPage { sh: visitor.shell_of("access-renew-title").failed(), form })
        }
    }
}

async fn turn_off_page(visitor: &Visitor, site: &Site, form: Form) -> Result<TurnOffPage> {
    let actor = manager(visitor)?.clone();
    let mail = site.db.read(move |tx| passwords::own_account(tx, &actor)).await?.mail;
    Ok(TurnOffPage { sh: visitor.shell_of("access-turn-off-title"), form, mail })
}

async fn show_turn_off(visitor: Visitor, site: Data<Site>) -> Result<HttpResponse, Failure> {
    if !in_use(&visitor, &site).await? {
        return Ok(visitor.redirect("/konto/zweiter-faktor", ""));
    }
    visitor.page(&turn_off_page(&visitor, &site, Form::default()).await?)
}

async fn turn_off(
    visitor: Visitor,
    site: Data<Site>,
    seal: Data<FactorSeal>,
    handed_in: Settings,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    manager(&visitor)?;
    typed.only(&["present_password", "code", "username"])?;
    match turned_off(&visitor, &site, &seal, &settings(handed_in), &typed).await {
        Ok(()) => Ok(visitor.redirect("/konto/zweiter-faktor", "access-turned-off")),
        Err(error) => {
            let page = turn_off_page(&visitor, &site, Form::refused(typed, plainly(error))?).await?;
            visitor.again(&TurnOffPage { sh: page.sh.failed(), ..page })
        }
    }
}

/// The password first: a right code is used up, a right password is not.
async fn turned_off(
    visitor: &Visitor,
    site: &Site,
    seal: &FactorSeal,
    settings: &AccessSettings,
    typed: &FormData,
) -> Result<()> {
    let actor = manager(visitor)?.clone();
    let account = site.db.read(move |tx| passwords::own_account(tx, &actor)).await?;
    let seen = present_password(visitor, site, settings, &account, typed).await?;
    let mut fields = Fields::default();
    let seen = fields.keep("present_password", seen.ok_or("access-error-password"));
    let code = fields.keep("code", Code::parse(typed.get("code")));
    let (seen, _) = fields.done(seen.zip(code))?;
    let keep = visitor.session;
    let service =
        move |tx: &mut Tx<'_>, actor: &Actor, proof: &_| factors::turn_off(tx, actor, proof, &seen, keep);
    proven(visitor, site, seal, settings, typed.get("code"), service).await
}
