//! The accounts of others: for administrators all, for organisation leads those of their own organisations.

use std::pin::Pin;
use std::str::FromStr;

use actix_web::HttpResponse;
use actix_web::web::{self, Data, Path, ServiceConfig};
use askama::Template;
use jiff::Timestamp;
use serde::Deserialize;

use super::plainly;
use crate::access::guard::Visitor;
use crate::access::model::{AccountState, NamedGrant};
use crate::access::policy::{self, Action, Facts};
use crate::access::service::letters::role_key;
use crate::access::service::people::{self, Invitation};
use crate::access::service::roster::{self, Grantable, Person};
use crate::access::service::{factors, sessions};
use crate::core::actor::{Actor, Role};
use crate::core::error::{Error, FieldError, Result};
use crate::core::i18n::{Lang, text};
use crate::core::ids::{AccountId, GrantId, OrgId};
use crate::core::page::{self, Page};
use crate::core::text::{Fields, MailAddress, Name};
use crate::store::Tx;
use crate::web::site::Site;
use crate::web::{Choice, Failure, Form, FormData, Query, Shell};

/// Accounts on one page.
const ROWS: i64 = 100;

pub(super) fn configure(cfg: &mut ServiceConfig) {
    cfg.service(web::resource("/konten").get(list))
        .service(web::resource("/konten/neu").get(show_invite).post(invite))
        .service(web::resource("/konten/rollen/{grant}/bestaetigen").post(posted(
            Some("/konten"),
            "access-confirmed",
            people::confirm_grant,
        )))
        .service(web::resource("/konten/rollen/{grant}/beenden").post(posted(
            Some("/konten"),
            "access-grant-ended",
            people::end_grant,
        )))
        .service(web::resource("/konten/{account}").get(show))
        .service(web::resource("/konten/{account}/sperren").post(posted(None, "access-locked", people::lock)))
        .service(web::resource("/konten/{account}/entsperren").post(posted(
            None,
            "access-unlocked",
            people::unlock,
        )))
        .service(web::resource("/konten/{account}/abmelden").post(posted(
            None,
            "access-session-ended",
            end_sessions,
        )))
        // For somebody who lost telephone and recovery codes.
        .service(web::resource("/konten/{account}/zweiter-faktor").post(posted(
            None,
            "access-factor-reset",
            factors::reset,
        )));
}

in_both_moods!(
    DensePeople, "access/templates/people_cert.html",
    CalmPeople, "access/templates/people_calm.html",
    { p: People }
);
in_both_moods!(
    DensePerson, "access/templates/person_cert.html",
    CalmPerson, "access/templates/person_calm.html",
    { p: One }
);
in_both_moods!(
    DenseInvite, "access/templates/invite_cert.html",
    CalmInvite, "access/templates/invite_calm.html",
    { form: Form, p: Offers }
);

struct People {
    search: String,
    rows: Vec<Row>,
    waiting: Vec<Waiting>,
    next: Option<String>,
    may_invite: bool,
}

struct Row {
    id: AccountId,
    mail: String,
    name: String,
    invited: bool,
    locked: bool,
    grants: Vec<GrantView>,
}

struct GrantView {
    id: GrantId,
    role: &'static str,
    organisation: String,
    granted_by: String,
    granted_at: Timestamp,
    counts: bool,
}

struct Waiting {
    account: AccountId,
    name: String,
    mail: String,
    grant: GrantView,
    may_confirm: bool,
}

struct One {
    id: AccountId,
    mail: String,
    name: String,
    invited: bool,
    locked: bool,
    grants: Vec<GrantView>,
    sessions: usize,
    may_change: bool,
    may_lock: bool,
    may_reset: bool,
}

struct Offers {
    roles: Vec<Choice>,
    organisations: Vec<Choice>,
    /// Whether the CERT's roles are among them, which need no organisation.
    everything: bool,
}

fn grant_view(named: &NamedGrant) -> GrantView {
    let operator = || text(Lang::De, "access-granted-by-operator").into_owned();
    GrantView {
        id: named.grant.id,
        role: role_key(named.grant.role),
        organisation: named.organisation.clone(),
        granted_by: named.granted_by.clone().unwrap_or_else(operator),
        granted_at: named.grant.granted_at,
        counts: named.grant.counts(),
    }
}

fn row(person: &Person) -> Row {
    Row {
        id: person.account.id,
        mail: person.account.mail.clone(),
        name: person.account.name.clone(),
        invited: person.account.state == AccountState::Invited,
        locked: person.account.state == AccountState::Locked,
        grants: person.grants.iter().map(grant_view).collect(),
    }
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Wanted {
    suche: String,
    ab: String,
}

fn matches(person: &Person, search: &str) -> bool {
    let has = |text: &str| text.to_lowercase().contains(search);
    has(&person.account.mail)
        || has(&person.account.name)
        || person.grants.iter().any(|named| has(&named.organisation))
}

/// The privileged roles that wait for a second administrator.
fn waiting(people: &[Person], actor: &Actor) -> Vec<Waiting> {
    let mut all = Vec::new();
    for person in people {
        for named in person.grants.iter().filter(|named| named.grant.waits_for_confirmation()) {
            let own = [named.grant.granted_by, Some(person.account.id)].contains(&actor.account);
            all.push(Waiting {
                account: person.account.id,
                name: person.account.name.clone(),
                mail: person.account.mail.clone(),
                grant: grant_view(named),
                may_confirm: !own,
            });
        }
    }
    all
}

async fn list(visitor: Visitor, site: Data<Site>, wanted: Query<Wanted>) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    let asking = actor.clone();
    let mut people = site.db.read(move |tx| roster::list(tx, &asking)).await?;
    let waiting = if actor.has(Role::Administrator) { waiting(&people, &actor) } else { Vec::new() };
    let search = wanted.suche.trim().to_lowercase();
    let after = match wanted.ab.as_str() {
        "" => String::new(),
        cursor => {
            page::read_cursor(cursor).ok_or_else(|| Error::from(FieldError::new("ab", "error-cursor")))?
        }
    };
    people.retain(|person| person.account.mail > after && matches(person, &search));
    people.truncate(usize::try_from(ROWS + 1).unwrap_or(usize::MAX));
    let page = Page::cut(people, ROWS, |person| person.account.mail.clone());
    let next = page.next.map(|cursor| {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("suche", wanted.suche.trim())
            .append_pair("ab", &cursor)
            .finish();
        format!("/konten?{query}")
    });
    let p = People {
        search: wanted.suche.trim().to_owned(),
        rows: page.rows.iter().map(row).collect(),
        waiting,
        next,
        may_invite: may_invite(&actor),
    };
    let sh = visitor.shell_of("access-people-title");
    if actor.is_cert() { visitor.page(&DensePeople { sh, p }) } else { visitor.page(&CalmPeople { sh, p }) }
}

fn may_invite(actor: &Actor) -> bool {
    actor.has(Role::Administrator) || actor.has(Role::OrgLead)
}

async fn show(visitor: Visitor, site: Data<Site>, account: Path<String>) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    let account: AccountId = account.parse().map_err(|_| Error::NotFound)?;
    let asking = actor.clone();
    let load = move |tx: &mut Tx<'_>| {
        let person = roster::show(tx, &asking, account)?;
        let may_lock = policy::may(tx, &asking, Action::LockAccount, people::lock_facts(&asking, account));
        let manages = policy::may(tx, &asking, Action::ManageSessions, Facts::of(&asking));
        let sessions = if manages { sessions::list(tx, &asking, account)?.len() } else { 0 };
        let may_reset = factors::may_reset(tx, &asking, account)?;
        Ok((person, may_lock, sessions, may_reset))
    };
    let (person, may_lock, sessions, may_reset) = site.db.read(load).await?;
    let Row { id, mail, name, invited, locked, grants } = row(&person);
    let may_change = may_invite(&actor);
    let p = One { id, mail, name, invited, locked, grants, sessions, may_change, may_lock, may_reset };
    let sh = visitor.shell(p.name.clone());
    if actor.is_cert() { visitor.page(&DensePerson { sh, p }) } else { visitor.page(&CalmPerson { sh, p }) }
}

async fn offers(actor: Actor, site: &Site) -> Result<Offers> {
    let Grantable { roles, organisations } = site.db.read(move |tx| roster::grantable(tx, &actor)).await?;
    Ok(Offers {
        everything: roles.iter().any(|role| role.is_at_cert()),
        roles: roles.iter().map(|role| Choice::new(role.code(), text(Lang::De, role_key(*role)))).collect(),
        organisations: organisations
            .into_iter()
            .map(|(id, name)| Choice::new(id.to_string(), name))
            .collect(),
    })
}

fn invite_page(visitor: &Visitor, sh: Shell, form: Form, p: Offers) -> Result<HttpResponse, Failure> {
    match (visitor.actor.is_cert(), form.has_errors()) {
        (true, false) => visitor.page(&DenseInvite { sh, form, p }),
        (true, true) => visitor.again(&DenseInvite { sh: sh.failed(), form, p }),
        (false, false) => visitor.page(&CalmInvite { sh, form, p }),
        (false, true) => visitor.again(&CalmInvite { sh: sh.failed(), form, p }),
    }
}

async fn show_invite(visitor: Visitor, site: Data<Site>) -> Result<HttpResponse, Failure> {
    let p = offers(visitor.require()?.clone(), &site).await?;
    let data = match &p.organisations[..] {
        [only] => FormData::default().with("organisation", only.value.clone()),
        _ => FormData::default(),
    };
    invite_page(&visitor, visitor.shell_of("access-invite-title"), Form::filled(data), p)
}

/// What was typed; the organisation is missing where the role belongs to the CERT.
fn read_invitation(typed: &FormData) -> Result<(MailAddress, Name, Role, Option<OrgId>)> {
    let mut fields = Fields::default();
    let mail = fields.keep("mail", MailAddress::parse(typed.get("mail")));
    let name = fields.keep("name", Name::parse(typed.get("name")));
    let role = fields.keep("role", Role::parse(typed.get("role")).ok_or("error-choice"));
    let at_cert = role.is_some_and(Role::is_at_cert);
    let organisation = if at_cert {
        Some(None)
    } else {
        fields.keep("organisation", typed.get("organisation").parse().map(Some).map_err(|_| "error-choice"))
    };
    let all = mail.zip(name).zip(role).zip(organisation);
    fields.done(all.map(|(((mail, name), role), organisation)| (mail, name, role, organisation)))
}

async fn invite(visitor: Visitor, site: Data<Site>, typed: FormData) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    typed.only(&["mail", "name", "role", "organisation"])?;
    let invited = match read_invitation(&typed) {
        Ok((mail, name, role, organisation)) => {
            let write = move |tx: &mut Tx<'_>| {
                let organisation = organisation.map_or_else(|| roster::cert(tx), Ok)?;
                let (mail, name) = (mail.clone(), name.clone());
                people::invite(tx, &actor, &Invitation { mail, name, organisation, role })
            };
            site.db.write(write).await
        }
        Err(error) => Err(error),
    };
    match invited {
        Ok(()) => Ok(visitor.redirect("/konten", "access-invited")),
        Err(error) => {
            let form = Form::refused(typed, plainly(error))?;
            let p = offers(visitor.actor.clone(), &site).await?;
            invite_page(&visitor, visitor.shell_of("access-invite-title"), form, p)
        }
    }
}

/// What is done to one account, or to one role.
type Change<I> = fn(&mut Tx<'_>, &Actor, I) -> Result<()>;

type Answer = Pin<Box<dyn Future<Output = Result<HttpResponse, Failure>>>>;

/// Takes the form without fields that makes one change to one thing, then leads to `then`, or to the account's page, and
/// says `note`.
fn posted<I: FromStr + Copy + Send + 'static>(
    then: Option<&'static str>,
    note: &'static str,
    change: Change<I>,
) -> impl Fn(Visitor, Data<Site>, Path<String>, FormData) -> Answer + Clone + 'static {
    move |visitor, site, id, typed| {
        Box::pin(async move {
            typed.only(&[])?;
            let actor = visitor.require()?.clone();
            let parsed: I = id.parse().map_err(|_| Error::NotFound)?;
            site.db.write(move |tx| change(tx, &actor, parsed)).await?;
            let then = then.map_or_else(|| format!("/konten/{id}"), str::to_owned);
            Ok(visitor.redirect(&then, note))
        })
    }
}

fn end_sessions(tx: &mut Tx<'_>, actor: &Actor, account: AccountId) -> Result<()> {
    sessions::revoke_all(tx, actor, account, None).map(|_| ())
}
