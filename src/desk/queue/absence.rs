//! Who of the team is not there: one's own absences, and the team's.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use askama::Template;
use jiff::Timestamp;

use crate::access::guard::Visitor;
use crate::access::policy::{Action, Facts, check};
use crate::access::service as access;
use crate::core::actor::Actor;
use crate::core::error::{Error, Result};
use crate::core::ids::{AbsenceId, AccountId};
use crate::core::text::Fields;
use crate::core::when;
use crate::incidents::worklist::service as worklist;
use crate::store::Tx;
use crate::web::site::Site;
use crate::web::{Choice, Failure, Form, FormData, Shell};

/// What the summary of refused input calls the fields.
const LABELS: &[(&str, &str)] =
    &[("from", "desk-absence-from"), ("until", "desk-absence-until"), ("deputy", "desk-absence-deputy")];

struct Line {
    id: AbsenceId,
    name: String,
    from: Timestamp,
    until: Timestamp,
    deputy: String,
    is_now: bool,
    is_own: bool,
}

#[derive(Template)]
#[template(path = "desk/templates/queue_absence.html")]
struct AbsencePage {
    sh: Shell,
    form: Form,
    lines: Vec<Line>,
    deputies: Vec<Choice>,
}

struct Found {
    lines: Vec<Line>,
    deputies: Vec<Choice>,
}

fn find(tx: &mut Tx<'_>, actor: &Actor) -> Result<Found> {
    let now = tx.now();
    let all = worklist::absences(tx, actor)?;
    let accounts: Vec<AccountId> =
        all.iter().flat_map(|it| [Some(it.account), it.deputy]).flatten().collect();
    let names = access::names(tx, &accounts)?;
    let name = |id: Option<AccountId>| id.and_then(|id| names.get(&id)).cloned().unwrap_or_default();
    let lines = all.into_iter().map(|it| Line {
        id: it.id,
        name: name(Some(it.account)),
        from: it.from,
        until: it.until,
        deputy: name(it.deputy),
        is_now: it.from <= now,
        is_own: Some(it.account) == actor.account,
    });
    let team = worklist::team(tx)?.into_iter().filter(|(id, _)| Some(*id) != actor.account);
    let deputies = team.map(|(id, name)| Choice::new(id.to_string(), name)).collect();
    Ok(Found { lines: lines.collect(), deputies })
}

fn page(sh: Shell, found: Found, form: Form) -> AbsencePage {
    AbsencePage { sh, form, lines: found.lines, deputies: found.deputies }
}

/// Shows who is absent, and the form.
pub(super) async fn show(visitor: Visitor, site: Data<Site>) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    let found = site.db.read(move |tx| find(tx, &actor)).await?;
    visitor.page(&page(visitor.shell_of("desk-absence-title"), found, Form::default()))
}

fn said(tx: &mut Tx<'_>, actor: &Actor, typed: &FormData) -> Result<AbsenceId> {
    check(tx, actor, Action::ArrangeQueue, Facts::of(actor))?;
    let mut fields = Fields::default();
    let from = fields.keep("from", when::parse_near(typed.get("from"), tx.now()));
    let until = fields.keep("until", when::parse_near(typed.get("until"), tx.now()));
    let deputy = fields.keep(
        "deputy",
        match typed.get("deputy") {
            "" => Ok(None),
            id => id.parse().map(Some).map_err(|_| "error-choice"),
        },
    );
    let ((from, until), deputy) = fields.done(from.zip(until).zip(deputy))?;
    worklist::say_absent(tx, actor, from, until, deputy)
}

/// Keeps an absence.
pub(super) async fn add(
    visitor: Visitor,
    site: Data<Site>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    typed.only(&["from", "until", "deputy"])?;
    let actor = visitor.require()?.clone();
    let (who, asked) = (actor.clone(), typed.clone());
    match site.db.write(move |tx| said(tx, &who, &asked)).await {
        Ok(_) => Ok(visitor.redirect("/eingang/abwesenheit", "desk-done-absence")),
        Err(error @ Error::Invalid(_)) => {
            let found = site.db.read(move |tx| find(tx, &actor)).await?;
            let form = Form::refused(typed, error)?.labelled(LABELS);
            visitor.again(&page(visitor.shell_of("desk-absence-title").failed(), found, form))
        }
        Err(error) => Err(Failure::from(error).keeping(typed)),
    }
}

/// Takes one back.
pub(super) async fn end(
    visitor: Visitor,
    site: Data<Site>,
    id: Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    typed.only(&[])?;
    let actor = visitor.require()?.clone();
    let id: AbsenceId = id.parse().map_err(|_| Error::NotFound)?;
    site.db.write(move |tx| worklist::end_absence(tx, &actor, id)).await?;
    Ok(visitor.redirect("/eingang/abwesenheit", "desk-done-present"))
}
