//! When the victim is offline: who is called in which order and what is known, on a page that prints; and the mark after
//! which nothing is written to an organisation's own mailboxes any more.

mod mark;
mod sheet;

pub(super) use mark::{lift, mark, new, release};

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use askama::Template;

use crate::access::guard::Visitor;
use crate::core::actor::Actor;
use crate::core::error::{Error, Result};
use crate::core::i18n::{Lang, text, text_with};
use crate::core::ids::OrgId;
use crate::core::tlp::Tlp;
use crate::directory::model::{Call, ContactRole, Phone};
use crate::directory::service::{self as directory, Offline, OrganisationView};
use crate::incidents::model::{Filter, Row, shown_title};
use crate::incidents::service as incidents;
use crate::mail::diversion::Turning;
use crate::store::Tx;
use crate::web::pdf::{self, About};
use crate::web::site::Site;
use crate::web::{Failure, Shell};

/// Numbers and what is known of a house in trouble are for whoever helps it, and for nobody else there.
const LABEL: Tlp = Tlp::AmberStrict;
/// Open cases that are shown.
const CASES: i64 = 20;
/// Lines of them that are looked through for the last one of each.
const LINES: i64 = 200;

/// An id in a path; what is none leads nowhere.
fn id(text: &str) -> Result<OrgId> {
    text.parse().map_err(|_| Error::NotFound)
}

/// Somebody to be called, in the order of calling.
struct Step {
    who: String,
    what: String,
    /// Numbers to dial; empty where none is known.
    phones: Vec<String>,
    /// Where mail for them goes now.
    mail: String,
}

impl Step {
    fn dial(phone: &str) -> String {
        Phone::parse(phone).map(|phone| format!("tel:{}", phone.dial())).unwrap_or_default()
    }
}

/// An open case with the last that somebody wrote in it.
struct Known {
    reference: String,
    title: String,
    status: String,
    last: Option<String>,
    at: jiff::Timestamp,
}

/// A provider's name, and whom else it serves.
type Served = (String, Vec<(OrgId, String)>);

/// All that the page says.
struct Crisis {
    org: OrgId,
    view: OrganisationView,
    offline: Offline,
    steps: Vec<Step>,
    /// Whose supervisor is never told without consent.
    supervisor: Option<String>,
    /// Who else has the same providers, by provider.
    others: Vec<Served>,
    cases: Vec<Known>,
    /// Calls since the mark.
    calls: Vec<Call>,
}

fn say(key: &str) -> String {
    text(Lang::De, key).into_owned()
}

fn load(tx: &mut Tx<'_>, actor: &Actor, org: OrgId) -> Result<Crisis> {
    let offline = directory::offline(tx, actor, org)?;
    let view = directory::view(tx, actor, org)?;
    let supervisor = view.organisation.district.filter(|district| *district != org);
    let supervisor = supervisor.and_then(|district| view.names.get(&district)).map(|name| name.name.clone());
    let others = others(tx, org, &view)?;
    let steps = steps(tx, &offline, &view)?;
    let since = offline.present.as_ref().map(|mark| mark.since);
    let calls =
        view.calls.iter().filter(|call| since.is_some_and(|since| call.at >= since)).cloned().collect();
    let houses = view.members.iter().map(|member| member.id).chain([org]).collect();
    let cases = cases(tx, actor, houses)?;
    Ok(Crisis { org, view, offline, steps, supervisor, others, cases, calls })
}

/// First who answers day and night, then officer, deputy and head, then whoever runs the house's machines.
fn steps(tx: &mut Tx<'_>, offline: &Offline, view: &OrganisationView) -> Result<Vec<Step>> {
    let mut contacts: Vec<_> = offline.preview.contacts.iter().collect();
    contacts.sort_by_key(|(contact, _)| (contact.role != ContactRole::Hotline, contact.role));
    let contact = |(contact, reached): &&(_, directory::Reached)| {
        let contact: &crate::directory::model::Contact = contact;
        let outside = Some(contact.out_of_band.clone()).filter(|way| !way.is_empty() && !way.contains('@'));
        let usual = Some(contact.phone.clone()).filter(|phone| !phone.is_empty());
        let mail = match reached {
            directory::Reached::ByMail(address) => address.to_string(),
            directory::Reached::AsBefore => contact.mail.clone(),
            directory::Reached::ByTelephone(_) => String::new(),
        };
        let phones = outside.into_iter().chain(usual).collect();
        Step { who: contact.name.clone(), what: say(contact.role.label()), phones, mail }
    };
    let mut steps: Vec<Step> = contacts.iter().map(contact).collect();
    let day = crate::directory::model::today(tx.now());
    let running = view.served_by.iter().filter(|it| it.relation.valid_until.is_none_or(|until| day < until));
    let mut providers: Vec<(OrgId, &str, Vec<&str>)> = Vec::new();
    for service in running {
        let what = service.relation.service.as_str();
        match providers.iter_mut().find(|(id, ..)| *id == service.other) {
            Some((_, _, services)) => services.push(what),
            None => providers.push((service.other, &service.other_name.name, vec![what])),
        }
    }
    let phones = directory::phones(tx, &providers.iter().map(|(id, ..)| *id).collect::<Vec<_>>())?;
    for (id, name, services) in providers {
        let args = [("service", services.join(", ").into())];
        steps.push(Step {
            who: name.to_owned(),
            what: text_with(Lang::De, "crisis-provider", &args).into_owned(),
            phones: phones.get(&id).cloned().into_iter().collect(),
            mail: String::new(),
        });
    }
    Ok(steps)
}

/// Who else is served by the same providers, each once.
fn others(tx: &mut Tx<'_>, org: OrgId, view: &OrganisationView) -> Result<Vec<Served>> {
    let mut all: Vec<Served> = Vec::new();
    for provider in &view.served_by {
        if all.iter().any(|(name, _)| *name == provider.other_name.name) {
            continue;
        }
        let mut customers = directory::customers(tx, provider.other, None)?;
        customers.retain(|other| *other != org);
        let mut named = directory::named(tx, &customers)?;
        named.sort_by(|a, b| a.1.cmp(&b.1));
        all.push((provider.other_name.name.clone(), named));
    }
    Ok(all)
}

/// The open cases of these houses that the actor sees, with what was written in each last.
fn cases(tx: &mut Tx<'_>, actor: &Actor, houses: Vec<OrgId>) -> Result<Vec<Known>> {
    let filter =
        Filter { open: Some(true), organisations: Some(houses), with_waiting: true, ..Filter::default() };
    let rows: Vec<Row> = incidents::list(tx, actor, &filter, None, CASES)?.rows;
    let said = incidents::threads(tx, &rows, LINES)?;
    let known = |row: Row| {
        let last = said.iter().find(|(case, _)| *case == row.id).map(|(_, entry)| entry);
        Known {
            title: shown_title(&row.title).to_string(),
            status: super::words::word("incident-status", row.status.code()).into_owned(),
            last: last.and_then(|entry| entry.body.clone()),
            at: last.map_or(row.updated_at, |entry| entry.at),
            reference: row.reference,
        }
    };
    Ok(rows.into_iter().map(known).collect())
}

#[derive(Template)]
#[template(path = "desk/templates/crisis.html")]
struct CrisisPage {
    sh: Shell,
    it: Crisis,
}

/// How a turned mail stands, as its Fluent key.
fn stands(mail: &Turning) -> &'static str {
    use crate::mail::outbox::MailState as S;
    match (&mail.instead, mail.state) {
        (_, S::Accepted) => "crisis-mail-accepted",
        (_, S::Queued | S::Leased) => "crisis-mail-queued",
        (_, S::Bounced) => "crisis-mail-bounced",
        (None, S::Failed) => "crisis-mail-held",
        (Some(_), S::Failed) => "crisis-mail-failed",
    }
}

impl CrisisPage {
    fn stands(mail: &Turning) -> &'static str {
        stands(mail)
    }
}

/// `GET /register/{id}/krise`.
pub(super) async fn show(
    visitor: Visitor,
    site: Data<Site>,
    path: Path<String>,
) -> Result<HttpResponse, Failure> {
    let (actor, org) = (visitor.require()?.clone(), id(&path)?);
    let it = site.db.read(move |tx| load(tx, &actor, org)).await?;
    let name = it.view.organisation.name.clone();
    let title = visitor.shell_of("crisis-title").title;
    let sh = visitor.shell(format!("{title} · {name}")).printed(&say("crisis-title"), LABEL);
    visitor.page(&CrisisPage { sh, it })
}

/// `GET /register/{id}/krise.pdf`.
pub(super) async fn download(
    visitor: Visitor,
    site: Data<Site>,
    path: Path<String>,
) -> Result<HttpResponse, Failure> {
    let (actor, org) = (visitor.require()?.clone(), id(&path)?);
    let it = site.db.read(move |tx| load(tx, &actor, org)).await?;
    let written = visitor.env().now();
    let title = format!("{} {}", say("crisis-title"), it.view.organisation.name);
    let about = About { title: title.clone(), written };
    pdf::answer(&title, move || pdf::write(&about, vec![sheet::sheet(&it, written)])).await
}
