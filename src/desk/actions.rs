//! What is done to a case from its page. Refused input comes back on the same page; a case that somebody else changed
//! meanwhile is shown as it is now, beside what was typed.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};

use super::incident::{Again, Case, load, render};
use super::queue::back;
use crate::access::guard::Visitor;
use crate::access::service as access;
use crate::core::actor::Actor;
use crate::core::error::{Error, FieldError, Result};
use crate::core::ids::{AccountId, StepId};
use crate::core::text::{Fields, Line, Prose};
use crate::core::when;
use crate::escalation::service::{self as escalation, ByHandTo};
use crate::incidents::input::{self, RawTriage};
use crate::incidents::model::Audience;
use crate::incidents::service as incidents;
use crate::incidents::tasks::service as tasks;
use crate::incidents::timeline::service as timeline;
use crate::incidents::worklist::service as worklist;
use crate::store::Tx;
use crate::web::idempotency;
use crate::web::markdown::{self, Html};
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
            let to = if queue { back(typed.get("liste")) } else { format!("/vorgaenge/{reference}") };
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
    render(&visitor, case, Again { form: Some(form), open_form, stale, ..Again::default() })
}

/// A form with a token of its own (`ui::once`) is carried out once, however often it is sent.
fn once(
    tx: &mut Tx<'_>,
    actor: &Actor,
    reference: &str,
    typed: &FormData,
    change: impl Fn(&mut Tx<'_>, &Actor, &str, &FormData) -> Result<()>,
) -> Result<()> {
    let field = if typed.has("text") { "text" } else { "escalation_reason" };
    let used = FieldError::new(field, "desk-form-used");
    idempotency::form(tx, actor, reference, (typed, used), |tx| change(tx, actor, reference, typed))
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
    ("note", "desk-handover-note"),
    ("escalation_to", "desk-escalate-to"),
    ("escalation_reason", "desk-escalate-reason"),
    ("waiting_on", "desk-waiting-on"),
    ("follow_up_at", "desk-follow-up"),
    ("reason", "desk-close-reason"),
    ("text", "desk-text"),
    ("baustein", "playbook-block"),
    ("zeile", "timeline-line"),
    ("tun", "timeline-line"),
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
        "weiter",
        "liste",
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
    typed.only(&["version", "assignee", "weiter", "liste", "note", "trotzdem"])?;
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
            let note = Prose::parse_optional(typed.get("note")).map_err(refused("note"))?;
            match typed.get("trotzdem") {
                "ja" => {}
                "" => check_present(tx, actor, to)?,
                _ => return Err(refused("trotzdem")("error-choice")),
            }
            incidents::hand_over(tx, actor, reference, version(typed)?, to, note.as_ref())
        },
    )
    .await
}

/// Nobody gives a case unawares to a colleague who is absent.
fn check_present(tx: &mut Tx<'_>, actor: &Actor, to: Option<AccountId>) -> Result<()> {
    let Some(to) = to.filter(|to| Some(*to) != actor.account) else { return Ok(()) };
    let Some(absence) = worklist::absent_now(tx, actor)?.into_iter().find(|it| it.account == to) else {
        return Ok(());
    };
    let deputy = match absence.deputy {
        Some(deputy) => access::names(tx, &[deputy])?.remove(&deputy),
        None => None,
    };
    Err(FieldError::new("assignee", "desk-absent")
        .with("until", when::absolute(absence.until))
        .with("deputy", deputy.unwrap_or_else(|| "–".to_owned()))
        .into())
}

/// Whoever works on the case has read what was left for them.
pub(super) async fn read_handover(
    visitor: Visitor,
    site: Data<Site>,
    reference: Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    typed.only(&[])?;
    act(
        visitor,
        site,
        reference.into_inner(),
        typed,
        "",
        "desk-done-handover-read",
        |tx, actor, reference, _| incidents::acknowledge_handover(tx, actor, reference),
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
    typed.only(&["once", "an", "senden", "text", "baustein"])?;
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

/// What `make` makes of the composer's form, and the case beside it. Nothing is sent, so a refusal leaves the page whole.
async fn composed<T: Send + 'static>(
    visitor: &Visitor,
    site: &Site,
    reference: String,
    typed: &FormData,
    make: impl Fn(&mut Tx<'_>, &Actor, &str, &FormData) -> Result<T> + Send + 'static,
) -> Result<(Result<T>, Case), Failure> {
    let (actor, sent) = (visitor.require()?.clone(), typed.clone());
    typed.only(&["once", "an", "senden", "text", "baustein"])?;
    let made = site.db.write(move |tx| match make(tx, &actor, &reference, &sent) {
        made @ (Ok(_) | Err(Error::Invalid(_))) => Ok((made, load(tx, &actor, &reference)?)),
        Err(error) => Err(error),
    });
    Ok(made.await?)
}

/// The composer again, with a text block behind what was typed: it is read and changed before it is sent.
pub(super) async fn block(
    visitor: Visitor,
    site: Data<Site>,
    reference: Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let (filled, case) = composed(&visitor, &site, reference.into_inner(), &typed, filled).await?;
    let form = match filled {
        Ok(text) => Form::filled(typed.replacing("an", "organisation").replacing("text", text)),
        Err(error) => Form::refused(typed, error)?.labelled(LABELS),
    };
    render(&visitor, case, Again { form: Some(form), ..Again::default() })
}

/// The composer again, with what was typed and how it will look: nothing is sent.
pub(super) async fn preview(
    visitor: Visitor,
    site: Data<Site>,
    reference: Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let (shown, case) = composed(&visitor, &site, reference.into_inner(), &typed, shown).await?;
    let (form, preview) = match shown {
        Ok(shown) => (Form::filled(typed), Some(shown)),
        Err(error) => (Form::refused(typed, error)?.labelled(LABELS), None),
    };
    render(&visitor, case, Again { form: Some(form), preview, ..Again::default() })
}

/// What will stand there, and for whom: a note is Markdown, what others read are plain words.
fn shown(tx: &mut Tx<'_>, actor: &Actor, reference: &str, typed: &FormData) -> Result<(Audience, Html)> {
    timeline::mentionable(tx, actor, reference)?;
    let text = Prose::parse(typed.get("text")).map_err(refused("text"))?;
    Ok(match typed.get("an") {
        "team" => (Audience::Team, markdown::note(text.as_str())),
        "involved" => (Audience::Involved, Html::escaped(text.as_str())),
        "organisation" => {
            let to = incidents::counterpart(tx, actor, reference)?;
            (Audience::Organisation(to), Html::escaped(text.as_str()))
        }
        _ => return Err(refused("text")("error-choice")),
    })
}

/// Keeps a line of the timeline on top, or lets it go.
pub(super) async fn pin(
    visitor: Visitor,
    site: Data<Site>,
    reference: Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    typed.only(&["zeile", "tun"])?;
    let note = if typed.is("tun", "loesen") { "timeline-done-unpinned" } else { "timeline-done-pinned" };
    act(visitor, site, reference.into_inner(), typed, "", note, |tx, actor, reference, typed| {
        let stays = match typed.get("tun") {
            "anheften" => true,
            "loesen" => false,
            _ => return Err(refused("tun")("error-choice")),
        };
        let line = typed.get("zeile").parse().map_err(|_| refused("zeile")("error-choice"))?;
        timeline::pin(tx, actor, reference, line, stays)
    })
    .await
}

/// What was typed, and the text block behind it.
fn filled(tx: &mut Tx<'_>, actor: &Actor, reference: &str, typed: &FormData) -> Result<String> {
    let filled = tasks::fill(tx, actor, reference, typed.get("baustein"))?;
    if !["", "team", "organisation", "involved"].contains(&typed.get("an")) {
        return Err(refused("text")("error-choice"));
    }
    let before = Prose::parse_optional(typed.get("text")).map_err(refused("text"))?;
    Ok(match before {
        Some(before) => format!("{}\n\n{filled}", before.as_str()),
        None => filled,
    })
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
