//! What a single-use link opens: an invitation, the first administrators' page, a new password. GET shows, POST uses.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path, ServiceConfig};
use askama::Template;

use super::{by_address, count, plainly, settings};
use crate::access::guard::Visitor;
use crate::access::model::Account;
use crate::access::password::{self, Password};
use crate::access::service::letters::role_key;
use crate::access::service::people::{self, Offer};
use crate::access::service::sign_in::{Welcome, welcome};
use crate::access::service::{first, passwords};
use crate::access::settings::AccessSettings;
use crate::core::error::{Error, FieldError, Result};
use crate::core::text::{Fields, MailAddress, Name, Refusal};
use crate::store::Tx;
use crate::web::site::Site;
use crate::web::{Failure, Form, FormData, Shell};

type Settings = Option<Data<AccessSettings>>;

pub(super) fn configure(cfg: &mut ServiceConfig) {
    cfg.service(web::resource("/einladung/erste/{token}").get(show_first).post(become_first))
        .service(web::resource("/einladung/{token}").get(show_offer).post(accept))
        .service(web::resource("/passwort/{token}").get(show_reset).post(reset));
}

#[derive(Template)]
#[template(path = "access/templates/first.html")]
struct FirstPage {
    sh: Shell,
    form: Form,
}

#[derive(Template)]
#[template(path = "access/templates/invitation.html")]
struct InvitationPage {
    sh: Shell,
    form: Form,
    mail: String,
    organisation: String,
    role: &'static str,
    privileged: bool,
    needs_password: bool,
}

#[derive(Template)]
#[template(path = "access/templates/new_password.html")]
struct NewPasswordPage {
    sh: Shell,
    form: Form,
    mail: String,
}

#[derive(Template)]
#[template(path = "access/templates/gone.html")]
struct GonePage {
    sh: Shell,
}

/// The same page for a link that is used, over, withdrawn or was never one; everything else stays a failure.
fn gone(visitor: &Visitor, error: Error) -> Result<HttpResponse, Failure> {
    match error {
        Error::NotFound => {
            let sh = visitor.shell_of("access-gone-title").failed();
            visitor.answer(StatusCode::NOT_FOUND, &GonePage { sh })
        }
        other => Err(other.into()),
    }
}

/// What the link stands for. Whoever tries links that do not hold is counted by address.
async fn peek<T: Send + 'static>(
    visitor: &Visitor,
    site: &Site,
    handed_in: Settings,
    token: &str,
    look: fn(&mut Tx<'_>, &str) -> Result<T>,
) -> Result<T> {
    let token = token.to_owned();
    let found = site.db.read(move |tx| look(tx, &token)).await;
    if matches!(found, Err(Error::NotFound)) {
        let limit = settings(handed_in).limits.link_address;
        count(&site.db, vec![by_address(visitor, "link", limit)]).await?;
    }
    found
}

/// A good password as its hash.
async fn hashed(site: &Site, typed: &str, mail: &str) -> Result<String> {
    let refused = |reason: Refusal| Error::from(FieldError::new("password", reason));
    let password = Password::typed(typed).for_account(mail).map_err(refused)?;
    password::hash(password, site.db.env().clone()).await
}

fn invitation_page(visitor: &Visitor, named: (Offer, String), form: Form) -> InvitationPage {
    let (offer, organisation) = named;
    InvitationPage {
        sh: visitor.shell_of("access-invitation-title"),
        form,
        mail: offer.account.mail,
        organisation,
        role: role_key(offer.grant.role),
        privileged: offer.grant.waits_for_confirmation(),
        needs_password: offer.needs_password,
    }
}

async fn show_offer(
    visitor: Visitor,
    site: Data<Site>,
    handed_in: Settings,
    token: Path<String>,
) -> Result<HttpResponse, Failure> {
    let named = match peek(&visitor, &site, handed_in, &token, people::named_offer).await {
        Ok(named) => named,
        Err(error) => return gone(&visitor, error),
    };
    visitor.page(&invitation_page(&visitor, named, Form::default()))
}

async fn accept(
    visitor: Visitor,
    site: Data<Site>,
    handed_in: Settings,
    token: Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    typed.only(&["password", "username"])?;
    let named = match peek(&visitor, &site, handed_in, &token, people::named_offer).await {
        Ok(named) => named,
        Err(error) => return gone(&visitor, error),
    };
    match accepted(&visitor, &site, &named.0, token.into_inner(), typed.get("password")).await {
        Ok(Some(welcome)) => {
            visitor.let_in(&welcome)?;
            Ok(visitor.redirect("/", "access-invitation-accepted"))
        }
        Ok(None) => Ok(visitor.redirect("/", "access-invitation-accepted")),
        Err(error) => {
            let mut page = invitation_page(&visitor, named, Form::refused(typed, plainly(error))?);
            page.sh = page.sh.failed();
            visitor.again(&page)
        }
    }
}

/// Lets in whoever chose a password just now; whoever has one signs in with it.
async fn accepted(
    visitor: &Visitor,
    site: &Site,
    offer: &Offer,
    token: String,
    typed: &str,
) -> Result<Option<Welcome>> {
    let hash =
        if offer.needs_password { Some(hashed(site, typed, &offer.account.mail).await?) } else { None };
    let actor = visitor.link_holder();
    let accept = move |tx: &mut Tx<'_>| {
        let account = people::accept(tx, &actor, &token, hash.as_deref())?;
        if hash.is_some() { welcome(tx, account) } else { Ok(None) }
    };
    site.db.write(accept).await
}

async fn show_first(
    visitor: Visitor,
    site: Data<Site>,
    handed_in: Settings,
    token: Path<String>,
) -> Result<HttpResponse, Failure> {
    if let Err(error) = peek(&visitor, &site, handed_in, &token, first::peek_first).await {
        return gone(&visitor, error);
    }
    visitor.page(&FirstPage { sh: visitor.shell_of("access-first-title"), form: Form::default() })
}

async fn become_first(
    visitor: Visitor,
    site: Data<Site>,
    handed_in: Settings,
    token: Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    typed.only(&["name", "mail", "password"])?;
    if let Err(error) = peek(&visitor, &site, handed_in, &token, first::peek_first).await {
        return gone(&visitor, error);
    }
    match became_first(&visitor, &site, token.into_inner(), &typed).await {
        Ok(welcome) => {
            if let Some(welcome) = welcome {
                visitor.let_in(&welcome)?;
            }
            Ok(visitor.redirect("/konten", "access-first-done"))
        }
        Err(error) => {
            let form = Form::refused(typed, plainly(error))?;
            visitor.again(&FirstPage { sh: visitor.shell_of("access-first-title").failed(), form })
        }
    }
}

async fn became_first(
    visitor: &Visitor,
    site: &Site,
    token: String,
    typed: &FormData,
) -> Result<Option<Welcome>> {
    let mut fields = Fields::default();
    let name = fields.keep("name", Name::parse(typed.get("name")));
    let mail = fields.keep("mail", MailAddress::parse(typed.get("mail")));
    let judged = Password::typed(typed.get("password")).for_account(typed.get("mail").trim());
    let password = fields.keep("password", judged);
    let (name, mail, password) =
        fields.done(name.zip(mail).zip(password).map(|((name, mail), password)| (name, mail, password)))?;
    let hash = password::hash(password, site.db.env().clone()).await?;
    let actor = visitor.link_holder();
    let become_one = move |tx: &mut Tx<'_>| {
        let account = first::become_administrator(tx, &actor, &token, &mail, &name, &hash)?;
        welcome(tx, account)
    };
    site.db.write(become_one).await
}

fn reset_page(visitor: &Visitor, account: Account, form: Form) -> NewPasswordPage {
    NewPasswordPage { sh: visitor.shell_of("access-new-password-title"), form, mail: account.mail }
}

async fn show_reset(
    visitor: Visitor,
    site: Data<Site>,
    handed_in: Settings,
    token: Path<String>,
) -> Result<HttpResponse, Failure> {
    let account = match peek(&visitor, &site, handed_in, &token, passwords::peek_reset).await {
        Ok(account) => account,
        Err(error) => return gone(&visitor, error),
    };
    visitor.page(&reset_page(&visitor, account, Form::default()))
}

async fn reset(
    visitor: Visitor,
    site: Data<Site>,
    handed_in: Settings,
    token: Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    typed.only(&["password", "username"])?;
    let account = match peek(&visitor, &site, handed_in, &token, passwords::peek_reset).await {
        Ok(account) => account,
        Err(error) => return gone(&visitor, error),
    };
    let hash = match hashed(&site, typed.get("password"), &account.mail).await {
        Ok(hash) => hash,
        Err(error) => {
            let mut page = reset_page(&visitor, account, Form::refused(typed, plainly(error))?);
            page.sh = page.sh.failed();
            return visitor.again(&page);
        }
    };
    let (actor, token) = (visitor.link_holder(), token.into_inner());
    site.db.write(move |tx| passwords::reset(tx, &actor, &token, &hash)).await?;
    visitor.let_out();
    Ok(visitor.redirect("/anmelden", "access-password-set"))
}
