//! What the page of a case's files shows.

use std::collections::HashMap;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use askama::Template;
use jiff::Timestamp;

use crate::access::guard::Visitor;
use crate::core::i18n::{Lang, text, text_with};
use crate::core::ids::{EvidenceId, OrgId};
use crate::core::tlp::Tlp;
use crate::directory::model::OrgName;
use crate::directory::service as directory;
use crate::incidents::evidence::archive::PASSWORD;
use crate::incidents::evidence::letter::is_letter;
use crate::incidents::evidence::model::{Evidence, Handling, Limits, State, bytes_in_words, shortened};
use crate::incidents::evidence::service::{self, Files};
use crate::incidents::model::Audience;
use crate::web::site::Site;
use crate::web::{Choice, Failure, Form, Shell};

struct Step {
    at: Timestamp,
    author: String,
    text: String,
}

struct Line {
    id: EvidenceId,
    name: String,
    size: String,
    /// Begin and end of the digest, and all of it.
    short: String,
    sha256: String,
    author: String,
    at: Timestamp,
    readers: String,
    is_sample: bool,
    is_damaged: bool,
    /// A mail whose headers and text can be shown.
    is_letter: bool,
    custody: Vec<Step>,
}

/// A file of the viewer's that is still on its way.
struct Unfinished {
    name: String,
    percent: u64,
}

struct View {
    reference: String,
    tlp: Tlp,
    files: Vec<Line>,
    unfinished: Vec<Unfinished>,
    may_add: bool,
    audiences: Vec<Choice>,
    /// Who will see the files, where there is no choice.
    only: Option<String>,
    limit: String,
    password: &'static str,
}

#[derive(Template)]
#[template(path = "incidents/templates/evidence_cert.html")]
struct DensePage {
    sh: Shell,
    form: Form,
    p: View,
}

#[derive(Template)]
#[template(path = "incidents/templates/evidence_calm.html")]
struct CalmPage {
    sh: Shell,
    form: Form,
    p: View,
}

/// The page for whoever looks, with what was refused.
pub(super) async fn page(
    visitor: &Visitor,
    site: &Data<Site>,
    reference: &str,
    mut form: Form,
) -> Result<HttpResponse, Failure> {
    let (actor, wanted) = (visitor.require()?.clone(), reference.to_owned());
    let (files, names, limits) = site
        .db
        .write(move |tx| {
            let files = service::show(tx, &actor, &wanted)?;
            let mut ids: Vec<OrgId> = files.incident.organisation.into_iter().collect();
            ids.extend(files.files.iter().filter_map(|file| match file.audience {
                Audience::Organisation(org) => Some(org),
                Audience::Team | Audience::Involved => None,
            }));
            Ok((files, directory::names(tx, &ids)?, tx.required::<Limits>()?.clone()))
        })
        .await?;
    let status = if form.has_errors() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let title = text(Lang::De, "evidence-title");
    let window = format!("{} · {title}", files.incident.reference);
    let mut sh = visitor.shell(window).printed(&files.incident.reference, files.incident.tlp);
    sh.failed = form.has_errors();
    let is_team = files.is_team;
    let p = view(files, &names, &limits, sh.hotline().name.as_str());
    // What is usual is chosen: nothing goes to more people than that by mistake.
    if let Some(usual) = p.audiences.first().filter(|_| !form.data.has("an")) {
        form.data = form.data.with("an", usual.value.as_str());
    }
    if is_team {
        visitor.answer(status, &DensePage { sh, form, p })
    } else {
        visitor.answer(status, &CalmPage { sh, form, p })
    }
}

fn view(files: Files, names: &HashMap<OrgId, OrgName>, limits: &Limits, cert: &str) -> View {
    let name = |org: Option<OrgId>| org.and_then(|org| names.get(&org)).map(|name| name.name.clone());
    let (stored, coming): (Vec<Evidence>, Vec<Evidence>) =
        files.files.into_iter().partition(|file| file.state == State::Stored);
    let mut custody: HashMap<EvidenceId, Vec<Step>> = HashMap::new();
    for handling in files.custody {
        custody.entry(handling.evidence).or_default().push(step(handling));
    }
    let choice = |value: &str, label: String| Choice::new(value, label);
    let both = |org: String| {
        text_with(Lang::De, "evidence-for-organisation", &[("cert", cert.into()), ("name", org.into())])
            .into_owned()
    };
    let own = if files.is_team { name(files.incident.organisation) } else { Some(String::new()) };
    let mut audiences = Vec::new();
    if files.is_team {
        let team = text_with(Lang::De, "evidence-for-team", &[("cert", cert.into())]);
        audiences.push(choice("team", team.into_owned()));
    }
    audiences.extend(own.map(|org| {
        let yours = || text_with(Lang::De, "evidence-for-us", &[("cert", cert.into())]).into_owned();
        choice("organisation", if org.is_empty() { yours() } else { both(org) })
    }));
    if files.is_team && files.involved > 1 {
        audiences.push(choice("involved", text(Lang::De, "evidence-for-involved").into_owned()));
    }
    let only = audiences.first().filter(|_| audiences.len() == 1).map(|only| only.label.clone());
    let readers = |audience| match audience {
        Audience::Team => text_with(Lang::De, "evidence-for-team", &[("cert", cert.into())]).into_owned(),
        Audience::Involved => text(Lang::De, "evidence-for-involved").into_owned(),
        Audience::Organisation(org) => both(name(Some(org)).unwrap_or_default()),
    };
    View {
        reference: files.incident.reference,
        tlp: files.incident.tlp,
        files: stored
            .into_iter()
            .map(|file| line(readers(file.audience), custody.remove(&file.id).unwrap_or_default(), file))
            .collect(),
        unfinished: coming.into_iter().filter_map(unfinished).collect(),
        may_add: files.may_add,
        audiences,
        only,
        limit: bytes_in_words(limits.file),
        password: PASSWORD,
    }
}

fn line(readers: String, custody: Vec<Step>, file: Evidence) -> Line {
    Line {
        is_letter: is_letter(&file),
        id: file.id,
        name: file.name,
        size: bytes_in_words(file.size.unwrap_or_default()),
        short: file.sha256.as_ref().map(shortened).unwrap_or_default(),
        sha256: file.sha256.map(hex::encode).unwrap_or_default(),
        author: file.author,
        at: file.stored_at.unwrap_or(file.begun_at),
        readers,
        is_sample: file.is_sample,
        is_damaged: file.is_damaged,
        custody,
    }
}

fn step(handling: Handling) -> Step {
    let key = format!("evidence-custody-{}", handling.kind.code().replace('_', "-"));
    let unnamed = || text(Lang::De, "evidence-custody-somebody").into_owned();
    let author = if handling.author.is_empty() { unnamed() } else { handling.author };
    let at = handling.at;
    Step { at, author, text: text(Lang::De, &key).into_owned() }
}

/// One that a form without a script sends has no size yet, and cannot be gone on with.
fn unfinished(file: Evidence) -> Option<Unfinished> {
    let size = file.size.filter(|size| *size > 0)?;
    Some(Unfinished { name: file.name, percent: file.received * 100 / size })
}
