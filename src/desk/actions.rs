//! What is done to a case from its page. Refused input comes back on the same page; a case that somebody else changed
//! meanwhile is shown as it is now, beside what was typed.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};

use super::incident::{Again, load, render};
use crate::access::guard::Visitor;
use crate::core::actor::Actor;
use crate::core::error::{Error, FieldError, Result};
use crate::core::ids::{AccountId, StepId};
use crate::core::text::{Fields, Line, Prose};
use crate::core::when;
use crate::escalation::service::{self as escalation, ByHandTo};
use crate::incidents::input::{self, RawTriage};
use crate::incidents::model::Audience;
use crate::incidents::service as incidents;
use crate::store::Tx;
use crate::web::idempotency;
use crate::web::site::Site;
use crate::web::{Failure, Form, FormData};

/// Runs a change and goes back to the case, or shows it again with what was typed.
async fn act(
    visitor: Visitor,
    site: Data<Site>,
    reference: String,
    typed: FormData,
    open_form: &'static str,
    note: &'static str,
    change: impl Fn(&mut Tx<'_>, &Actor, &str, &FormData) -> Result<()> + Send + 'static,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    let (who, what, form) = (actor.clone(), reference.clone(), typed.clone());
    let error = match site.db.write(move |tx| once(tx, &who, &what, &form, &change)).await {
        Ok(()) => {
            let queue = typed.is("weiter", "eingang");
            let to = if queue { "/eingang".to_owned() } else { format!("/vorgaenge/{reference}") };
            return Ok(visitor.redirect(&to, note));
        }
        Err(error) => error,
    };
    let stale = matches!(error, Error::Stale);
    let form = if stale {
        Form::filled(typed)
    } else {
        Form::refused(typed.clone(), error)
            .map_err(|error| Failure::from(error).keeping(typed))?
            .labelled(LABELS)
    };
    let case = site.db.write(move |tx| load(tx, &actor, &reference)).await?;
    render(&visitor, case, Again { form: Some(form), open_form, stale })
}

/// A form with a token of its own (`ui::once`) is carried out once, however often it is sent.
fn once(
    tx: &mut Tx<'_>,
    actor: &Actor,
    reference: &str,
    typed: &FormData,
    change: impl Fn(&mut Tx<'_>, &Actor, &str, &FormData) -> Result<()>,
) -> Result<()> {
    if idempotency::form(tx, actor, reference, typed, |tx| change(tx, actor, reference, typed))? {
        return Ok(());
    }
    // The page that says so has a fresh form.
    let field = if typed.has("text") { "text" } else { "escalation_reason" };
    Err(FieldError::new(field, "desk-form-used").into())
}

/// What the summary of refused input calls the fields.
const LABELS: &[(&str, &str)] = &[
    ("class", "desk-class"),
    ("category", "desk-category"),
    ("impact", "desk-impact"),
    ("spread", "desk-spread"),
    ("tlp", "desk-tlp"),
    ("priority", "desk-other-priority"),
    ("priority_reason", "desk-priority-reason"),
    ("assignee", "desk-assignee"),
    ("escalation_to", "desk-escalate-to"),
    ("escalation_reason", "desk-escalate-reason"),
    ("waiting_on", "desk-waiting-on"),
    ("follow_up_at", "desk-follow-up"),
    ("reason", "desk-close-reason"),
    ("text", "desk-text"),
];

fn version(typed: &FormData) -> Result<i32> {
    typed.get("version").parse().map_err(|_| FieldError::new("version", "error-number").into())
}

fn refused(field: &'static str) -> impl Fn(&'static str) -> Error {
    move |reason| FieldError::new(field, reason).into()
}

/// Class, category, priority, TLP.
pub(super) async fn triage(
    visitor: Visitor,
    site: Data<Site>,
    reference: Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    typed.only(&[
        "version",
        "class",
        "category",
        "impact",
        "spread",
        "tlp",
        "priority",
        "priority_reason",
    ])?;
    act(
        visitor,
        site,
        reference.into_inner(),
        typed,
        "triage",
        "desk-done-triaged",
        |tx, actor, reference, typed| {
            let get = |name: &str| typed.get(name).to_owned();
            let raw = RawTriage {
                version: version(typed)?,
                class: get("class"),
                category: get("category"),
                impact: get("impact"),
                spread: get("spread"),
                priority: get("priority"),
                priority_reason: get("priority_reason"),
                tlp: get("tlp"),
            };
            incidents::triage(tx, actor, reference, raw.version, &raw.parse()?)
        },
    )
    .await
}

/// To whom the case is given: oneself, another analyst, nobody.
pub(super) async fn assign(
    visitor: Visitor,
    site: Data<Site>,
    reference: Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    typed.only(&["version", "assignee", "weiter"])?;
    act(
        visitor,
        site,
        reference.into_inner(),
        typed,
        "assign",
        "desk-done-assigned",
        |tx, actor, reference, typed| {
            let to = match typed.get("assignee") {
                "" => None,
                "ich" => actor.account,
                id => Some(id.parse().map_err(|_| refused("assignee")("error-choice"))?),
            };
            incidents::assign(tx, actor, reference, version(typed)?, to)
        },
    )
    .await
}

/// Another status.
pub(super) async fn set_status(
    visitor: Visitor,
    site: Data<Site>,
    reference: Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    typed.only(&["version", "status"])?;
    act(
        visitor,
        site,
        reference.into_inner(),
        typed,
        "",
        "desk-done-status",
        |tx, actor, reference, typed| {
            let to = input::status(typed.get("status")).map_err(refused("status"))?;
            incidents::set_status(tx, actor, reference, version(typed)?, to)
        },
    )
    .await
}

/// Waiting, until when; or no longer.
pub(super) async fn wait(
    visitor: Visitor,
    site: Data<Site>,
    reference: Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    typed.only(&["version", "waiting_on", "follow_up_at", "ende"])?;
    act(
        visitor,
        site,
        reference.into_inner(),
        typed,
        "wait",
        "desk-done-waiting",
        |tx, actor, reference, typed| {
            let seen = version(typed)?;
            match typed.get("ende") {
                "" => {}
                "ja" => return incidents::set_waiting(tx, actor, reference, seen, None),
                _ => return Err(refused("ende")("error-choice")),
            }
            let mut fields = Fields::default();
            let on = fields.keep("waiting_on", Line::<120>::parse(typed.get("waiting_on")));
            let until = fields.keep("follow_up_at", when::parse_near(typed.get("follow_up_at"), tx.now()));
            let (on, until) = fields.done(on.zip(until))?;
            incidents::set_waiting(tx, actor, reference, seen, Some((&on, until)))
        },
    )
    .await
}

/// The end, with its reason.
pub(super) async fn close(
    visitor: Visitor,
    site: Data<Site>,
    reference: Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    typed.only(&["version", "reason"])?;
    act(
        visitor,
        site,
        reference.into_inner(),
        typed,
        "close",
        "desk-done-closed",
        |tx, actor, reference, typed| {
            let reason = input::close_reason(typed.get("reason")).map_err(refused("reason"))?;
            incidents::close(tx, actor, reference, version(typed)?, reason)
        },
    )
    .await
}

/// Taken up again.
pub(super) async fn reopen(
    visitor: Visitor,
    site: Data<Site>,
    reference: Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    typed.only(&["version"])?;
    act(
        visitor,
        site,
        reference.into_inner(),
        typed,
        "",
        "desk-done-reopened",
        |tx, actor, reference, typed| incidents::reopen(tx, actor, reference, version(typed)?),
    )
    .await
}

/// Named persons only, or open to all again.
pub(super) async fn restrict(
    visitor: Visitor,
    site: Data<Site>,
    reference: Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    typed.only(&["version", "restricted", "named"])?;
    act(
        visitor,
        site,
        reference.into_inner(),
        typed,
        "restrict",
        "desk-done-restricted",
        |tx, actor, reference, typed| {
            let seen = version(typed)?;
            match typed.get("restricted") {
                "ja" => {}
                "nein" => return incidents::restrict(tx, actor, reference, seen, None),
                _ => return Err(refused("restricted")("error-choice")),
            }
            let named: Vec<AccountId> = typed
                .all("named")
                .map(str::parse)
                .collect::<Result<_, _>>()
                .map_err(|_| refused("named")("error-choice"))?;
            incidents::restrict(tx, actor, reference, seen, Some(&named))
        },
    )
    .await
}

/// A note or message. Button and choice must agree, or a note could go where it should not.
pub(super) async fn message(
    visitor: Visitor,
    site: Data<Site>,
    reference: Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    typed.only(&["once", "an", "senden", "text"])?;
    act(
        visitor,
        site,
        reference.into_inner(),
        typed,
        "",
        "desk-done-message",
        |tx, actor, reference, typed| {
            let text = Prose::parse(typed.get("text")).map_err(refused("text"))?;
            if typed.get("an") != typed.get("senden") {
                return Err(refused("text")("desk-refused-audience"));
            }
            let audience = match typed.get("an") {
                "team" => Audience::Team,
                "involved" => Audience::Involved,
                "organisation" => Audience::Organisation(incidents::counterpart(tx, actor, reference)?),
                _ => return Err(refused("text")("error-choice")),
            };
            incidents::message(tx, actor, reference, audience, &text)
        },
    )
    .await
}

/// The organisation says whether a report in its name is its own.
pub(super) async fn confirm(
    visitor: Visitor,
    site: Data<Site>,
    reference: Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    typed.only(&["antwort"])?;
    let is_ours = typed.is("antwort", "ja");
    let note = if is_ours { "desk-done-confirmed" } else { "desk-done-refused" };
    // What is not of the organisation it may not see any more.
    let list = visitor.redirect("/vorgaenge", note);
    let answer =
        act(visitor, site, reference.into_inner(), typed, "", note, |tx, actor, reference, typed| {
            let is_ours = match typed.get("antwort") {
                "ja" => true,
                "nein" => false,
                _ => return Err(refused("antwort")("error-choice")),
            };
            incidents::decide(tx, actor, reference, is_ours)
        })
        .await?;
    Ok(if is_ours || answer.status() != StatusCode::SEE_OTHER { answer } else { list })
}

/// Up or sideways, by hand.
pub(super) async fn escalate(
    visitor: Visitor,
    site: Data<Site>,
    reference: Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    typed.only(&["once", "escalation_to", "escalation_reason"])?;
    act(
        visitor,
        site,
        reference.into_inner(),
        typed,
        "escalate",
        "desk-done-escalated",
        |tx, actor, reference, typed| {
            let mut fields = Fields::default();
            let to = fields.keep("escalation_to", ByHandTo::parse(typed.get("escalation_to")));
            let reason = fields.keep("escalation_reason", Line::<300>::parse(typed.get("escalation_reason")));
            let (to, reason) = fields.done(to.zip(reason))?;
            escalation::escalate(tx, actor, reference, to, &reason).map(|_| ()).map_err(at_its_field)
        },
    )
    .await
}

/// What the service calls `to`: the page has many fields, and each its own name.
fn at_its_field(error: Error) -> Error {
    let Error::Invalid(mut errors) = error else { return error };
    for error in errors.iter_mut().filter(|error| error.field == "to") {
        error.field = "escalation_to";
    }
    Error::Invalid(errors)
}

/// A step is acknowledged by a signed-in member of its target.
pub(super) async fn acknowledge(
    visitor: Visitor,
    site: Data<Site>,
    path: Path<(String, String)>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    typed.only(&[])?;
    let (reference, step) = path.into_inner();
    let step: StepId = step.parse().map_err(|_| Error::NotFound)?;
    act(visitor, site, reference, typed, "", "desk-done-acknowledged", move |tx, actor, _, _| {
        escalation::acknowledge(tx, actor, step)
    })
    .await
}
