//! Filters that are kept: the list of them, and the form of one.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;

use crate::access::guard::Visitor;
use crate::access::policy::{Action, Facts, check};
use crate::access::service as access;
use crate::core::actor::Actor;
use crate::core::error::{Error, FieldError, Result};
use crate::core::i18n::{Lang, text};
use crate::core::ids::{FilterId, OrgId};
use crate::core::text::{Fields, Line};
use crate::desk::words::choices;
use crate::directory::service as directory;
use crate::incidents::model::{Category, Class, Sort};
use crate::incidents::status::Status;
use crate::incidents::worklist::model::{Drills, Due, FilterInput, SavedFilter, Terms, Waiting, Whose};
use crate::incidents::worklist::service as worklist;
use crate::store::Tx;
use crate::web::site::Site;
use crate::web::{Choice, Failure, Form, FormData, Shell};

/// What the form sends, in the order of the page, with what the summary calls it.
const FIELDS: &[(&str, &str)] = &[
    ("name", "desk-filter-name"),
    ("team", "desk-filter-team"),
    ("status", "desk-fact-status"),
    ("priority", "desk-filter-priority"),
    ("class", "desk-class"),
    ("category", "desk-category"),
    ("office", "desk-fact-organisation"),
    ("district", "desk-filter-district"),
    ("whose", "desk-filter-whose"),
    ("due", "desk-filter-due"),
    ("waiting", "desk-filter-waiting"),
    ("drills", "desk-filter-drills"),
    ("danger", "desk-filter-danger"),
    ("personal_data", "desk-filter-personal-data"),
    ("text", "desk-filter-text"),
    ("sort", "desk-look-sort"),
];

struct Listed {
    id: FilterId,
    name: String,
    is_team: bool,
    maker: String,
    may_change: bool,
}

#[derive(Template)]
#[template(path = "desk/templates/queue_filters.html")]
struct FilterPage {
    sh: Shell,
    form: Form,
    /// The kept ones, where the page is the list of them.
    kept: Vec<Listed>,
    /// The one that the form changes.
    changed: Option<(FilterId, i32)>,
    stale: bool,
    statuses: Vec<Choice>,
    priorities: Vec<Choice>,
    classes: Vec<Choice>,
    categories: Vec<Choice>,
    districts: Vec<Choice>,
    whose: Vec<Choice>,
    dues: Vec<Choice>,
    waitings: Vec<Choice>,
    drills: Vec<Choice>,
    sorts: Vec<Choice>,
}

/// What a page of filters is made of.
struct Found {
    kept: Vec<Listed>,
    districts: Vec<Choice>,
    changed: Option<SavedFilter>,
    /// The name of the organisation that it asks for.
    office: String,
}

fn find(tx: &mut Tx<'_>, actor: &Actor, id: Option<FilterId>) -> Result<Found> {
    check(tx, actor, Action::ArrangeQueue, Facts::of(actor))?;
    let changed = id.map(|id| worklist::filter_to_change(tx, actor, id)).transpose()?;
    let mut kept = Vec::new();
    if changed.is_none() {
        let all = worklist::stand(tx, actor)?.filters;
        let makers: Vec<_> = all.iter().map(|filter| filter.maker).collect();
        let names = access::names(tx, &makers)?;
        for filter in all {
            kept.push(Listed {
                may_change: worklist::may_change(tx, actor, &filter),
                maker: names.get(&filter.maker).cloned().unwrap_or_default(),
                id: filter.id,
                is_team: filter.is_team,
                name: filter.name,
            });
        }
    }
    let office = match changed.as_ref().and_then(|filter| filter.terms.organisation) {
        Some(org) => directory::names(tx, &[org])?.remove(&org).map(|name| name.name).unwrap_or_default(),
        None => String::new(),
    };
    let districts = directory::districts(tx)?;
    let districts = districts.into_iter().map(|it| Choice::new(it.id.to_string(), it.name)).collect();
    Ok(Found { kept, districts, changed, office })
}

fn page(sh: Shell, found: Found, form: Option<Form>, stale: bool) -> FilterPage {
    let form = form.unwrap_or_else(|| {
        let mut data = FormData::default();
        if let Some(filter) = &found.changed {
            data = data.with("name", filter.name.as_str()).with("office", found.office.as_str());
            if filter.is_team {
                data = data.with("team", "ja");
            }
            for (name, value) in filter.terms.fields() {
                data = data.with(name, value);
            }
        }
        Form::filled(data)
    });
    FilterPage {
        sh,
        form,
        kept: found.kept,
        changed: found.changed.map(|filter| (filter.id, filter.version)),
        stale,
        statuses: choices(
            "incident-status",
            Status::ALL.iter().filter(|it| **it != Status::Closed).map(|it| it.code()),
        ),
        priorities: ["1", "2", "3", "4"].map(|it| Choice::new(it, it)).to_vec(),
        classes: choices("incident-class", Class::ALL.iter().map(|it| it.code())),
        categories: Category::ALL
            .iter()
            .map(|it| Choice::new(it.code(), text(Lang::De, &it.label())))
            .collect(),
        districts: found.districts,
        whose: choices("desk-whose", Whose::ALL.iter().map(|it| it.code())),
        dues: choices("desk-due", Due::ALL.iter().map(|it| it.code())),
        waitings: choices("desk-waiting", Waiting::ALL.iter().map(|it| it.code())),
        drills: choices("desk-drills", Drills::ALL.iter().map(|it| it.code())),
        sorts: choices("desk-sort", Sort::ALL.iter().map(|it| it.code())),
    }
}

/// The organisation that somebody means by these words.
fn office(tx: &mut Tx<'_>, typed: &str) -> Result<Result<Option<OrgId>, &'static str>> {
    let name = typed.trim();
    if name.is_empty() {
        return Ok(Ok(None));
    }
    if Line::<160>::parse(name).is_err() {
        return Ok(Err("desk-filter-office-unknown"));
    }
    let found = directory::guess(tx, name)?;
    let ids: Vec<OrgId> = found.iter().map(|(id, _)| *id).collect();
    let names = directory::names(tx, &ids)?;
    let mut same = ids.iter().filter(|id| names.get(id).is_some_and(|it| it.name == name));
    Ok(match (same.next(), ids.as_slice()) {
        (Some(id), _) => Ok(Some(*id)),
        (None, [one]) => Ok(Some(*one)),
        (None, []) => Err("desk-filter-office-unknown"),
        (None, _) => Err("desk-filter-office-several"),
    })
}

fn read(tx: &mut Tx<'_>, typed: &FormData) -> Result<FilterInput> {
    let mut fields = Fields::default();
    let office = office(tx, typed.get("office"))?;
    let name = fields.keep("name", Line::<40>::parse(typed.get("name")));
    let organisation = fields.keep("office", office);
    let is_team = fields.keep(
        "team",
        match typed.get("team") {
            "" => Ok(false),
            "ja" => Ok(true),
            _ => Err("error-choice"),
        },
    );
    let terms = match Terms::read(|name| if name == "organisation" { "" } else { typed.get(name) }) {
        Ok(terms) => Some(terms),
        Err(Error::Invalid(more)) => {
            fields.0.extend(more);
            None
        }
        Err(error) => return Err(error),
    };
    if let Some(district) = terms.as_ref().and_then(|terms| terms.district)
        && !directory::districts(tx)?.iter().any(|it| it.id == district)
    {
        fields.refuse("district", "error-choice");
    }
    let input = (|| {
        let terms = Terms { organisation: organisation?, ..terms? };
        Some(FilterInput { name: name?, is_team: is_team?, terms })
    })();
    fields.done(input)
}

fn only(typed: &FormData) -> Result<()> {
    let names: Vec<&str> = FIELDS.iter().map(|(name, _)| *name).chain(["version"]).collect();
    typed.only(&names)
}

/// The filters, and the form for one more.
pub(super) async fn list(visitor: Visitor, site: Data<Site>) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    let found = site.db.read(move |tx| find(tx, &actor, None)).await?;
    visitor.page(&page(visitor.shell_of("desk-filter-title"), found, None, false))
}

/// The form of one.
pub(super) async fn form(
    visitor: Visitor,
    site: Data<Site>,
    id: Path<String>,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    let id: FilterId = id.parse().map_err(|_| Error::NotFound)?;
    let found = site.db.read(move |tx| find(tx, &actor, Some(id))).await?;
    visitor.page(&page(visitor.shell_of("desk-filter-change"), found, None, false))
}

/// Shows the form again with what was typed, and why.
async fn again(
    visitor: &Visitor,
    site: &Site,
    id: Option<FilterId>,
    typed: FormData,
    error: Error,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    let (status, form) = match error {
        Error::Stale => (StatusCode::CONFLICT, Form::filled(typed)),
        error @ Error::Invalid(_) => {
            (StatusCode::UNPROCESSABLE_ENTITY, Form::refused(typed, error)?.labelled(FIELDS))
        }
        error => return Err(Failure::from(error).keeping(typed)),
    };
    let found = site.db.read(move |tx| find(tx, &actor, id)).await?;
    let title = if id.is_some() { "desk-filter-change" } else { "desk-filter-title" };
    let stale = status == StatusCode::CONFLICT;
    visitor.answer(status, &page(visitor.shell_of(title).failed(), found, Some(form), stale))
}

/// Keeps one more, and shows its list.
pub(super) async fn add(
    visitor: Visitor,
    site: Data<Site>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    only(&typed)?;
    let (actor, asked) = (visitor.require()?.clone(), typed.clone());
    let added = site
        .db
        .write(move |tx| {
            check(tx, &actor, Action::ArrangeQueue, Facts::of(&actor))?;
            let input = read(tx, &asked)?;
            worklist::add_filter(tx, &actor, &input)
        })
        .await;
    match added {
        Ok(id) => Ok(visitor.redirect(&format!("/eingang?filter={id}"), "desk-done-filter")),
        Err(error) => again(&visitor, &site, None, typed, error).await,
    }
}

/// Changes one, and shows its list.
pub(super) async fn change(
    visitor: Visitor,
    site: Data<Site>,
    id: Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    only(&typed)?;
    let id: FilterId = id.parse().map_err(|_| Error::NotFound)?;
    let (actor, asked) = (visitor.require()?.clone(), typed.clone());
    let changed = site
        .db
        .write(move |tx| {
            worklist::filter_to_change(tx, &actor, id)?;
            let seen = asked.get("version").parse();
            let seen = seen.map_err(|_| FieldError::new("version", "error-number"))?;
            let input = read(tx, &asked)?;
            worklist::change_filter(tx, &actor, id, seen, &input)
        })
        .await;
    match changed {
        Ok(()) => Ok(visitor.redirect(&format!("/eingang?filter={id}"), "desk-done-filter")),
        Err(error) => again(&visitor, &site, Some(id), typed, error).await,
    }
}

/// Takes one away.
pub(super) async fn remove(
    visitor: Visitor,
    site: Data<Site>,
    id: Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    typed.only(&[])?;
    let actor = visitor.require()?.clone();
    let id: FilterId = id.parse().map_err(|_| Error::NotFound)?;
    site.db.write(move |tx| worklist::remove_filter(tx, &actor, id)).await?;
    Ok(visitor.redirect("/eingang/filter", "desk-done-filter-removed"))
}
