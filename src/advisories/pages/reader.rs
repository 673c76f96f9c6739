//! `/warnmeldungen/{reference}`: does this concern us, what do we do today, how do we confirm; details after that.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use askama::Template;

use super::{Article, reference};
use crate::access::guard::Visitor;
use crate::advisories::machine::State;
use crate::advisories::model::Version;
use crate::advisories::service;
use crate::core::actor::Actor;
use crate::core::error::Result;
use crate::directory;
use crate::store::Tx;
use crate::web::site::Site;
use crate::web::{Failure, Shell};

#[derive(Template)]
#[template(path = "advisories/templates/reader.html")]
struct Reader {
    sh: Shell,
    article: Article,
    state: State,
    /// The reader's organisations to which it was sent; none for the CERT.
    organisations: String,
}

struct Found {
    version: Version,
    organisations: Vec<String>,
}

/// What was sent to them; for the CERT the newest version, whatever its state.
fn find(tx: &mut Tx<'_>, actor: &Actor, path: &str) -> Result<Found> {
    let reference = reference(path)?;
    if service::is_team(tx, actor) {
        return Ok(Found { version: service::show(tx, actor, &reference)?, organisations: Vec::new() });
    }
    let received = service::open(tx, actor, &reference)?;
    let names = directory::service::names(tx, &received.organisations)?;
    let mut organisations: Vec<_> = names.into_values().map(|name| name.name).collect();
    organisations.sort();
    Ok(Found { version: received.version, organisations })
}

pub(super) async fn show(
    visitor: Visitor,
    site: Data<Site>,
    path: Path<String>,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    let Found { version, organisations } = site.db.write(move |tx| find(tx, &actor, &path)).await?;
    let title = format!("{} · {}", version.reference, version.content.title);
    visitor.page(&Reader {
        sh: visitor.shell(title).printed(version.reference.as_str(), version.frame.tlp),
        article: Article::new(&version, 1),
        state: version.state,
        organisations: organisations.join(", "),
    })
}
