//! One's own account: roles, password, sessions, tokens.

use actix_web::HttpResponse;
use actix_web::web::{self, Data, Path, ServiceConfig};
use askama::Template;
use jiff::{SignedDuration, Timestamp};

use super::{plainly, present_password, settings};
use crate::access::guard::Visitor;
use crate::access::model::{Account, NamedGrant, SessionInfo, TokenInfo};
use crate::access::password::{self, Password};
use crate::access::service::letters::role_key;
use crate::access::service::tokens::NewToken;
use crate::access::service::{factors, passwords, roster, sessions, tokens};
use crate::access::settings::AccessSettings;
use crate::core::actor::{Actor, Scope};
use crate::core::error::{Error, FieldError, Result};
use crate::core::i18n::{Lang, text};
use crate::core::ids::{SessionId, TokenId};
use crate::core::text::{Fields, Line, Refusal};
use crate::store::Tx;
use crate::web::site::Site;
use crate::web::{Choice, Failure, Form, FormData, Shell};

pub(super) fn configure(cfg: &mut ServiceConfig) {
    cfg.service(web::resource("/konto").get(show))
        .service(web::resource("/konto/passwort").post(change_password))
        .service(web::resource("/konto/sitzungen").post(end_sessions))
        .service(web::resource("/konto/tokens").post(make_token))
        .service(web::resource("/konto/tokens/{token}/widerrufen").post(revoke_token));
}

in_both_moods!(
    DenseAccount, "access/templates/account_cert.html",
    CalmAccount, "access/templates/account_calm.html",
    { form: Form, p: View }
);

struct View {
    account: Account,
    grants: Vec<GrantView>,
    sessions: Vec<SessionView>,
    tokens: Vec<TokenView>,
    scopes: Vec<Choice>,
    new_token: Option<String>,
    factor_since: Option<Timestamp>,
}

struct GrantView {
    role: &'static str,
    organisation: String,
    counts: bool,
}

struct SessionView {
    id: SessionId,
    agent: String,
    ip: Option<String>,
    created_at: Timestamp,
    seen_at: Timestamp,
    is_this: bool,
}

struct TokenView {
    id: TokenId,
    name: String,
    scopes: String,
    expires_at: Timestamp,
    used_at: Option<Timestamp>,
    holds: bool,
}

/// The Fluent key of what a scope allows.
fn scope_key(scope: Scope) -> &'static str {
    match scope {
        Scope::IncidentsRead => "access-scope-incidents-read",
        Scope::IncidentsWrite => "access-scope-incidents-write",
        Scope::AdvisoriesRead => "access-scope-advisories-read",
        Scope::AdvisoriesWrite => "access-scope-advisories-write",
        Scope::DirectoryRead => "access-scope-directory-read",
    }
}

type Loaded = (Account, Vec<NamedGrant>, Vec<SessionInfo>, Vec<TokenInfo>, Option<Timestamp>);

async fn view(visitor: &Visitor, site: &Site) -> Result<View> {
    let actor = visitor.require()?.clone();
    let load = move |tx: &mut Tx<'_>| -> Result<Loaded> {
        let account = passwords::own_account(tx, &actor)?;
        let grants = roster::own_grants(tx, &actor)?;
        let sessions = sessions::list(tx, &actor, account.id)?;
        let tokens = tokens::list(tx, &actor, account.id)?;
        let factor_since = factors::own(tx, &actor)?.since;
        Ok((account, grants, sessions, tokens, factor_since))
    };
    let (account, grants, sessions, tokens, factor_since) = site.db.read(load).await?;
    let now = site.db.env().now();
    Ok(View {
        account,
        grants: grants.into_iter().map(grant_view).collect(),
        sessions: sessions.into_iter().map(|session| session_view(session, visitor.session)).collect(),
        tokens: tokens.into_iter().map(|token| token_view(token, now)).collect(),
        scopes: Scope::ALL.iter().map(|s| Choice::new(s.code(), text(Lang::De, scope_key(*s)))).collect(),
        new_token: None,
        factor_since,
    })
}

fn grant_view(named: NamedGrant) -> GrantView {
    GrantView {
        role: role_key(named.grant.role),
        counts: named.grant.counts(),
        organisation: named.organisation,
    }
}

fn session_view(session: SessionInfo, this: Option<SessionId>) -> SessionView {
    SessionView {
        id: session.id,
        agent: browser(&session.agent),
        ip: session.ip,
        created_at: session.created_at,
        seen_at: session.seen_at,
        is_this: this == Some(session.id),
    }
}

fn token_view(token: TokenInfo, now: Timestamp) -> TokenView {
    let scopes: Vec<_> = token.scopes.iter().map(|scope| text(Lang::De, scope_key(*scope))).collect();
    TokenView {
        id: token.id,
        name: token.name,
        scopes: scopes.join(", "),
        expires_at: token.expires_at,
        used_at: token.used_at,
        holds: token.revoked_at.is_none() && token.expires_at > now,
    }
}

/// A browser's name for itself in two words, for people: `Firefox, Windows`.
fn browser(agent: &str) -> String {
    // Chrome and Edge also say Safari, Edge also says Chrome: the most particular name comes first.
    let find = |names: &[&'static str]| names.iter().find(|name| agent.contains(**name)).copied();
    let program = find(&["Firefox", "Edg", "Chrome", "Safari", "curl"]);
    let system = find(&["Windows", "Android", "iPhone", "iPad", "Mac OS", "Linux"]);
    let words: Vec<_> =
        [program, system].into_iter().flatten().map(|w| if w == "Edg" { "Edge" } else { w }).collect();
    if words.is_empty() { text(Lang::De, "access-session-unknown").into_owned() } else { words.join(", ") }
}

async fn show(visitor: Visitor, site: Data<Site>) -> Result<HttpResponse, Failure> {
    let p = view(&visitor, &site).await?;
    page(&visitor, first_form(), p)
}

/// The form for a token as it is at first.
fn first_form() -> Form {
    Form::filled(FormData::default().with("days", "90"))
}

fn page(visitor: &Visitor, form: Form, p: View) -> Result<HttpResponse, Failure> {
    let sh = visitor.shell_of("access-account-title");
    match (visitor.actor.is_cert(), form.has_errors()) {
        (true, false) => visitor.page(&DenseAccount { sh, form, p }),
        (true, true) => visitor.again(&DenseAccount { sh: sh.failed(), form, p }),
        (false, false) => visitor.page(&CalmAccount { sh, form, p }),
        (false, true) => visitor.again(&CalmAccount { sh: sh.failed(), form, p }),
    }
}

async fn again(
    visitor: &Visitor,
    site: &Site,
    typed: FormData,
    error: Error,
) -> Result<HttpResponse, Failure> {
    let form = Form::refused(typed, plainly(error))?;
    let p = view(visitor, site).await?;
    page(visitor, form, p)
}

async fn change_password(
    visitor: Visitor,
    site: Data<Site>,
    handed_in: Option<Data<AccessSettings>>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    typed.only(&["present_password", "password", "username"])?;
    match changed(&visitor, actor, &site, &settings(handed_in), &typed).await {
        Ok(()) => {
            visitor.renew()?;
            Ok(visitor.redirect("/konto", "access-password-changed"))
        }
        Err(error) => again(&visitor, &site, typed, error).await,
    }
}

async fn changed(
    visitor: &Visitor,
    actor: Actor,
    site: &Site,
    settings: &AccessSettings,
    typed: &FormData,
) -> Result<()> {
    let asking = actor.clone();
    let account = site.db.read(move |tx| passwords::own_account(tx, &asking)).await?;
    let refused = |reason: Refusal| Error::from(FieldError::new("password", reason));
    let new = Password::typed(typed.get("password")).for_account(&account.mail).map_err(refused)?;
    let seen = present_password(visitor, site, settings, &account, typed).await?;
    let seen = seen.ok_or_else(|| FieldError::new("present_password", "access-error-password"))?;
    let hash = password::hash(new, site.db.env().clone()).await?;
    let keep = visitor.session;
    site.db.write(move |tx| passwords::change(tx, &actor, &seen, &hash, keep)).await
}

async fn end_sessions(visitor: Visitor, site: Data<Site>, typed: FormData) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    typed.only(&["session"])?;
    let account = actor.account.ok_or(Error::SignInNeeded)?;
    let (which, this) = (typed.get("session").to_owned(), visitor.session);
    let end = move |tx: &mut Tx<'_>| match which.parse::<SessionId>() {
        Ok(session) => sessions::revoke(tx, &actor, account, session),
        Err(_) if which == "alle" => sessions::revoke_all(tx, &actor, account, this).map(|_| ()),
        Err(_) => Err(Error::NotFound),
    };
    site.db.write(end).await?;
    Ok(visitor.redirect("/konto", "access-session-ended"))
}

fn read_token(typed: &FormData) -> Result<NewToken> {
    let mut fields = Fields::default();
    let name = fields.keep("name", Line::parse(typed.get("name")));
    let scopes: Option<Vec<_>> = typed.all("scopes").map(Scope::parse).collect();
    let scopes = fields.keep("scopes", scopes.ok_or("error-choice"));
    let days = typed.get("days").trim().parse::<i64>().ok().filter(|days| (1..=365).contains(days));
    let days = fields.keep("days", days.ok_or("access-token-days"));
    let new = name.zip(scopes).zip(days);
    fields.done(new.map(|((name, scopes), days)| NewToken {
        name,
        scopes,
        valid_for: SignedDuration::from_hours(24 * days),
    }))
}

/// Answers with the page itself instead of sending the browser on: the token is shown this once and kept nowhere.
async fn make_token(visitor: Visitor, site: Data<Site>, typed: FormData) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    typed.only(&["name", "scopes", "days"])?;
    let account = actor.account.ok_or(Error::SignInNeeded)?;
    let made = match read_token(&typed) {
        Ok(new) => site.db.write(move |tx| tokens::issue(tx, &actor, account, &new)).await,
        Err(error) => Err(error),
    };
    match made {
        Ok(token) => {
            let mut p = view(&visitor, &site).await?;
            p.new_token = Some(token);
            page(&visitor, first_form(), p)
        }
        Err(error) => again(&visitor, &site, typed, error).await,
    }
}

async fn revoke_token(
    visitor: Visitor,
    site: Data<Site>,
    token: Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    typed.only(&[])?;
    let account = actor.account.ok_or(Error::SignInNeeded)?;
    let token: TokenId = token.parse().map_err(|_| Error::NotFound)?;
    site.db.write(move |tx| tokens::revoke(tx, &actor, account, token)).await?;
    Ok(visitor.redirect("/konto", "access-token-revoked"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_named_so_that_its_owner_knows_it() {
        let edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0";
        assert_eq!(browser(edge), "Edge, Windows");
        assert_eq!(browser("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0"), "Firefox, Linux");
        assert_eq!(browser(""), "Unbekannter Browser");
    }
}
