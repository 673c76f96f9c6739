//! Which columns somebody's queue shows, and in which order it begins.

use actix_web::HttpResponse;
use actix_web::web::Data;
use askama::Template;

use crate::access::guard::Visitor;
use crate::access::policy::{Action, Facts, check};
use crate::core::error::{Error, Result};
use crate::core::text::Fields;
use crate::desk::words::choices;
use crate::incidents::model::Sort;
use crate::incidents::worklist::model::{Column, Look};
use crate::incidents::worklist::service as worklist;
use crate::web::site::Site;
use crate::web::{Choice, Failure, Form, FormData, Shell};

/// What the summary of refused input calls the fields.
const LABELS: &[(&str, &str)] = &[("columns", "desk-look-columns"), ("sort", "desk-look-sort")];

#[derive(Template)]
#[template(path = "desk/templates/queue_look.html")]
struct LookPage {
    sh: Shell,
    form: Form,
    columns: Vec<Choice>,
    sorts: Vec<Choice>,
}

fn page(sh: Shell, form: Form) -> LookPage {
    LookPage {
        sh,
        form,
        columns: choices("desk-column", Column::ALL.iter().map(|column| column.code())),
        sorts: choices("desk-sort", Sort::ALL.iter().map(|sort| sort.code())),
    }
}

/// Shows the form as the queue looks now.
pub(super) async fn form(visitor: Visitor, site: Data<Site>) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    let look = site
        .db
        .read(move |tx| {
            check(tx, &actor, Action::ArrangeQueue, Facts::of(&actor))?;
            Ok(worklist::stand(tx, &actor)?.look)
        })
        .await?;
    let mut data = FormData::default().with("sort", look.sort.code());
    for column in look.columns {
        data = data.with("columns", column.code());
    }
    visitor.page(&page(visitor.shell_of("desk-look-title"), Form::filled(data)))
}

fn read(typed: &FormData) -> Result<Look> {
    let mut fields = Fields::default();
    let columns: Option<Vec<Column>> = typed.all("columns").map(Column::parse).collect();
    let columns = fields.keep("columns", columns.ok_or("error-choice"));
    let sort = fields.keep("sort", Sort::parse(typed.get("sort")).ok_or("error-choice"));
    let (columns, sort) = fields.done(columns.zip(sort))?;
    Ok(Look::of(&columns, sort))
}

/// Sets it.
pub(super) async fn set(
    visitor: Visitor,
    site: Data<Site>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    typed.only(&["columns", "sort"])?;
    let actor = visitor.require()?.clone();
    let asked = typed.clone();
    let set = site
        .db
        .write(move |tx| {
            check(tx, &actor, Action::ArrangeQueue, Facts::of(&actor))?;
            worklist::set_look(tx, &actor, &read(&asked)?)
        })
        .await;
    match set {
        Ok(()) => Ok(visitor.redirect("/eingang", "desk-done-look")),
        Err(error @ Error::Invalid(_)) => {
            let form = Form::refused(typed, error)?.labelled(LABELS);
            visitor.again(&page(visitor.shell_of("desk-look-title").failed(), form))
        }
        Err(error) => Err(Failure::from(error).keeping(typed)),
    }
}
