//! Many cases at once: what was marked, what is done with it, what became of each, and taking it back.

use std::borrow::Cow;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;
use jiff::Timestamp;

use crate::access::guard::Visitor;
use crate::access::policy::{Action, Facts, check};
use crate::core::actor::Actor;
use crate::core::error::{Error, FieldError, Result};
use crate::core::i18n::{Lang, text};
use crate::core::ids::BulkId;
use crate::core::text::{Fields, Line, Prose};
use crate::core::when;
use crate::desk::words::{choices, word};
use crate::incidents::input;
use crate::incidents::model::Category;
use crate::incidents::status::CloseReason;
use crate::incidents::worklist::model::{BulkAction, CHANGED, Command, MOST_AT_ONCE, Mark, Run};
use crate::incidents::worklist::service::{self as worklist, bulk};
use crate::store::Tx;
use crate::web::site::Site;
use crate::web::{Choice, Failure, Form, FormData, Shell};

/// The button that asks what to do with the marked cases.
const CHOOSE: &str = "waehlen";

/// The button that leads to where the marked cases become one.
const MERGE: &str = "zusammenfuehren";

/// What the summary of refused input calls the fields.
const LABELS: &[(&str, &str)] = &[
    ("assignee", "desk-assignee"),
    ("waiting_on", "desk-waiting-on"),
    ("follow_up_at", "desk-follow-up"),
    ("category", "desk-category"),
    ("text", "desk-text"),
    ("reason", "desk-close-reason"),
    ("fall", "desk-bulk-marked"),
];

#[derive(Template)]
#[template(path = "desk/templates/queue_bulk.html")]
struct ChoosePage {
    sh: Shell,
    form: Form,
    marks: Vec<Mark>,
    people: Vec<Choice>,
    categories: Vec<Choice>,
    reasons: Vec<Choice>,
}

struct ResultLine {
    reference: String,
    is_changed: bool,
    what: Cow<'static, str>,
    undone: Option<Cow<'static, str>>,
}

#[derive(Template)]
#[template(path = "desk/templates/queue_run.html")]
struct RunPage {
    sh: Shell,
    id: BulkId,
    action: Cow<'static, str>,
    lines: Vec<ResultLine>,
    changed: usize,
    undo_until: Option<Timestamp>,
    is_undone: bool,
    is_note: bool,
}

fn marks(typed: &FormData) -> Result<Vec<Mark>> {
    let refused = |reason| Error::from(FieldError::new("fall", reason));
    let mut marks: Vec<Mark> = Vec::new();
    for text in typed.all("fall") {
        let mark = Mark::parse(text).ok_or_else(|| refused("error-choice"))?;
        if !marks.iter().any(|other| other.reference == mark.reference) {
            marks.push(mark);
        }
    }
    match marks.len() {
        0 => Err(refused("desk-bulk-nothing")),
        many if many > MOST_AT_ONCE => Err(refused("desk-bulk-too-many")),
        _ => Ok(marks),
    }
}

/// What is to be done; nothing where that is still to be chosen.
fn command(typed: &FormData, now: Timestamp) -> Result<Option<Command>> {
    let action = match typed.get("tun") {
        CHOOSE | MERGE => return Ok(None),
        code => BulkAction::parse(code).ok_or_else(|| FieldError::new("tun", "error-choice"))?,
    };
    let mut fields = Fields::default();
    let command = match action {
        BulkAction::Take => Some(Command::Take),
        BulkAction::Assign => {
            let to = match typed.get("assignee") {
                "" => Err("error-required"),
                "niemand" => Ok(None),
                id => id.parse().map(Some).map_err(|_| "error-choice"),
            };
            fields.keep("assignee", to).map(Command::Assign)
        }
        BulkAction::Wait => {
            let on = fields.keep("waiting_on", Line::<120>::parse(typed.get("waiting_on")));
            let until = when::parse_near(typed.get("follow_up_at"), now);
            let until = until.and_then(|at| if at > now { Ok(at) } else { Err("error-date-past") });
            on.zip(fields.keep("follow_up_at", until)).map(|(on, until)| Command::Wait(on, until))
        }
        BulkAction::Categorise => {
            let category = Category::parse(typed.get("category")).ok_or("error-choice");
            fields.keep("category", category).map(Command::Categorise)
        }
        BulkAction::Note => fields.keep("text", Prose::parse(typed.get("text"))).map(Command::Note),
        BulkAction::Close => {
            fields.keep("reason", input::close_reason(typed.get("reason"))).map(Command::Close)
        }
    };
    fields.done(command).map(Some)
}

async fn choose(
    visitor: &Visitor,
    site: &Site,
    actor: Actor,
    typed: FormData,
    error: Option<Error>,
) -> Result<HttpResponse, Failure> {
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let marks = marks(&typed).unwrap_or_default();
    let form = match error {
        Some(error) => Form::refused(typed, error)?.labelled(LABELS),
        None => Form::filled(typed),
    };
    let people = site.db.read(move |tx| people(tx, &actor)).await?;
    let mut sh = visitor.shell_of("desk-bulk-title");
    if status != StatusCode::OK {
        sh = sh.failed();
    }
    let page = ChoosePage {
        sh,
        form,
        marks,
        people,
        categories: Category::ALL
            .iter()
            .map(|it| Choice::new(it.code(), text(Lang::De, &it.label())))
            .collect(),
        reasons: choices("incident-close", CloseReason::ALL.iter().map(|it| it.code())),
    };
    visitor.answer(status, &page)
}

/// To whom cases can be given: nobody, and the team, with who is absent.
fn people(tx: &mut Tx<'_>, actor: &Actor) -> Result<Vec<Choice>> {
    check(tx, actor, Action::ArrangeQueue, Facts::of(actor))?;
    let mut all = vec![Choice::new("niemand", text(Lang::De, "desk-bulk-nobody"))];
    let team = worklist::team(tx)?;
    all.extend(super::present(tx, actor, team)?);
    Ok(all)
}

/// Does it to all that are marked, or asks what to do.
pub(super) async fn act(
    visitor: Visitor,
    site: Data<Site>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    typed.only(&["fall", "tun", "assignee", "waiting_on", "follow_up_at", "category", "text", "reason"])?;
    let actor = visitor.require()?.clone();
    let who = actor.clone();
    site.db.read(move |tx| check(tx, &who, Action::ArrangeQueue, Facts::of(&who))).await?;
    if typed.is("tun", MERGE)
        && let Ok(marks) = marks(&typed)
    {
        let mut chosen = url::form_urlencoded::Serializer::new(String::new());
        marks.iter().for_each(|mark| {
            chosen.append_pair("ref", &mark.reference);
        });
        return Ok(visitor.redirect(&format!("/vorgaenge/zusammenfuehren?{}", chosen.finish()), ""));
    }
    let asked = marks(&typed).and_then(|marks| Ok((marks, command(&typed, visitor.env().now())?)));
    let (marks, command) = match asked {
        Ok((_, None)) => return choose(&visitor, &site, actor, typed, None).await,
        Ok((marks, Some(command))) => (marks, command),
        Err(error @ Error::Invalid(_)) => return choose(&visitor, &site, actor, typed, Some(error)).await,
        Err(error) => return Err(error.into()),
    };
    let (who, what) = (actor.clone(), command.clone());
    let run = match site.db.write(move |tx| bulk::begin(tx, &who, &what)).await {
        Err(error @ Error::Invalid(_)) => return choose(&visitor, &site, actor, typed, Some(error)).await,
        begun => begun?,
    };
    carry_out(&site, &actor, run, marks, command).await?;
    Ok(visitor.redirect(&format!("/eingang/auswahl/{run}"), ""))
}

async fn carry_out(
    site: &Site,
    actor: &Actor,
    run: BulkId,
    marks: Vec<Mark>,
    command: Command,
) -> Result<()> {
    for (ordinal, mark) in (0..).zip(marks) {
        let (who, one, what) = (actor.clone(), mark.clone(), command.clone());
        let done = site.db.write(move |tx| bulk::step(tx, &who, run, ordinal, &one, &what)).await;
        let Err(error) = done else { continue };
        let (who, why) = (actor.clone(), bulk::told(error)?);
        site.db.write(move |tx| bulk::refused(tx, &who, run, ordinal, &mark, why)).await?;
    }
    Ok(())
}

fn line(outcome: &str) -> Cow<'static, str> {
    if outcome == CHANGED { text(Lang::De, "desk-bulk-changed") } else { text(Lang::De, outcome) }
}

fn page(sh: Shell, run: Run) -> RunPage {
    RunPage {
        id: run.id,
        action: word("desk-bulk", run.action.code()),
        changed: run.items.iter().filter(|item| item.outcome == CHANGED).count(),
        undo_until: bulk::undo_until(&run, sh.now),
        is_undone: run.undone_at.is_some(),
        is_note: run.action == BulkAction::Note,
        lines: run
            .items
            .into_iter()
            .map(|item| ResultLine {
                is_changed: item.outcome == CHANGED,
                what: line(&item.outcome),
                undone: item.undone.as_deref().map(|undone| {
                    if undone == CHANGED {
                        text(Lang::De, "desk-bulk-undone")
                    } else {
                        text(Lang::De, undone)
                    }
                }),
                reference: item.reference,
            })
            .collect(),
        sh,
    }
}

/// Shows what became of each.
pub(super) async fn show(
    visitor: Visitor,
    site: Data<Site>,
    id: Path<String>,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    let id: BulkId = id.parse().map_err(|_| Error::NotFound)?;
    let run = site.db.read(move |tx| bulk::run(tx, &actor, id)).await?;
    visitor.page(&page(visitor.shell_of("desk-bulk-result"), run))
}

/// Takes it back, each case where nothing changed since.
pub(super) async fn undo(
    visitor: Visitor,
    site: Data<Site>,
    id: Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    typed.only(&[])?;
    let actor = visitor.require()?.clone();
    let id: BulkId = id.parse().map_err(|_| Error::NotFound)?;
    let who = actor.clone();
    let run = site.db.write(move |tx| bulk::begin_undo(tx, &who, id)).await?;
    for item in run.items.iter().filter(|item| item.outcome == CHANGED) {
        let (who, of, one) = (actor.clone(), run.clone(), item.clone());
        let done = site.db.write(move |tx| bulk::undo_step(tx, &who, &of, &one)).await;
        let Err(error) = done else { continue };
        let key = bulk::told(error)?;
        let (who, ordinal) = (actor.clone(), item.ordinal);
        site.db.write(move |tx| bulk::not_undone(tx, &who, id, ordinal, key)).await?;
    }
    Ok(visitor.redirect(&format!("/eingang/auswahl/{id}"), "desk-done-undone"))
}
