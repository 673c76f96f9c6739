//! One organisation that is asked, for the team: whom to call, what was said, and what was written with it.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;

use super::again;
use super::form::{self, LABELS};
use super::show::{Message, answers, messages};
use crate::access::guard::Visitor;
use crate::core::error::{Error, FieldError};
use crate::core::ids::OrgId;
use crate::directory::model::{Contact, Phone};
use crate::incidents::fanout::service::{self, PartView};
use crate::store::Tx;
use crate::web::site::Site;
use crate::web::{Choice, Failure, Form, FormData, Shell, idempotency};

#[derive(Template)]
#[template(path = "incidents/fanout/templates/part.html")]
struct PartPage {
    sh: Shell,
    form: Form,
    it: PartView,
    messages: Vec<Message>,
    answers: Vec<Choice>,
    is_open: bool,
}

impl PartPage {
    fn dial(contact: &Contact) -> String {
        Phone::parse(&contact.phone).map(|phone| format!("tel:{}", phone.dial())).unwrap_or_default()
    }
}

fn house(id: &str) -> Result<OrgId, Error> {
    id.parse().map_err(|_| Error::NotFound)
}

pub(super) async fn look(
    visitor: Visitor,
    site: Data<Site>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    let (reference, id) = path.into_inner();
    page(&visitor, &site, reference, house(&id)?, Form::default(), StatusCode::OK).await
}

async fn page(
    visitor: &Visitor,
    site: &Site,
    reference: String,
    id: OrgId,
    form: Form,
    status: StatusCode,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    let it = site.db.write(move |tx| service::part(tx, &actor, &reference, id)).await?;
    let title = format!("{} · {}", it.case.reference, it.name.name);
    let mut sh = visitor.shell(title).printed(&it.case.reference, it.case.tlp);
    sh.failed = form.has_errors();
    let messages = messages(&it.entries, visitor.actor.account);
    let is_open = it.may_ask && it.fanout.ended_at.is_none();
    let (form, answers) = (form.labelled(LABELS), answers(&sh));
    visitor.answer(status, &PartPage { sh, form, messages, answers, is_open, it })
}

/// What was said on the telephone, or a message to the organisation.
pub(super) async fn note(
    visitor: Visitor,
    site: Data<Site>,
    path: Path<(String, String)>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let (actor, (reference, id)) = (visitor.require()?.clone(), path.into_inner());
    let id = house(&id)?;
    typed.only(&["once", "tun", "antwort", "note", "said_by", "text"])?;
    let (sent, of) = (typed.clone(), reference.clone());
    let done = site
        .db
        .write(move |tx| {
            service::may_ask(tx, &actor, &of)?;
            if form::is_message(&sent)? {
                let text = form::text(&sent)?;
                let tell = |tx: &mut Tx<'_>| service::tell(tx, &actor, &of, id, &text);
                let used = FieldError::new("text", "desk-form-used");
                return idempotency::form(tx, &actor, &of, (&sent, used), tell).map(|()| "fanout-done-told");
            }
            let (by, new) = form::call(&sent)?;
            service::note_call(tx, &actor, &of, id, &by, &new).map(|()| "fanout-done-call")
        })
        .await;
    match done {
        Ok(note) => Ok(visitor.redirect(&format!("/vorgaenge/{reference}/betroffenheit/{id}"), note)),
        Err(error) => {
            let (form, status) = again(typed, error)?;
            page(&visitor, &site, reference, id, form, status).await
        }
    }
}
