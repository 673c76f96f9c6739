//! The page of a mail that was sent in as a file.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use askama::Template;

use super::Handled;
use crate::access::guard::Visitor;
use crate::core::error::Error;
use crate::incidents::evidence::letter::{self, Letter};
use crate::incidents::evidence::model::Custody;
use crate::incidents::evidence::reader::Reader;
use crate::incidents::evidence::service;
use crate::incidents::evidence::vault::Vault;
use crate::web::site::Site;
use crate::web::{Failure, Shell};

#[derive(Template)]
#[template(path = "incidents/templates/letter_cert.html")]
struct DensePage<'a> {
    sh: Shell,
    reference: &'a str,
    name: &'a str,
    letter: Letter,
}

#[derive(Template)]
#[template(path = "incidents/templates/letter_calm.html")]
struct CalmPage<'a> {
    sh: Shell,
    reference: &'a str,
    name: &'a str,
    letter: Letter,
}

/// Shows a mail's headers and text.
pub(super) async fn view(
    visitor: Visitor,
    site: Data<Site>,
    vault: Data<Vault>,
    mails: Data<Reader>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    let (handled, file) = Handled::load(&visitor, site, &path).await?;
    if !letter::is_letter(&file) {
        return Err(Error::Conflict("evidence-refused-no-letter").into());
    }
    let mut reader = vault.into_inner().read(&file)?;
    let mut bytes = Vec::new();
    loop {
        match reader.next().await {
            Ok(Some(chunk)) => bytes.extend(chunk),
            Ok(None) => break,
            Err(fault) => return Err(handled.told(fault).await.into()),
        }
    }
    let letter = mails.read(&bytes).await?.ok_or(Error::Conflict("evidence-refused-no-letter"))?;
    handled.record(Custody::Viewed).await?;
    let (actor, reference) = (handled.actor.clone(), path.0.clone());
    let (is_team, tlp) = handled.site.db.read(move |tx| service::label(tx, &actor, &reference)).await?;
    let (reference, name) = (path.0.as_str(), file.name.as_str());
    let sh = visitor.shell(format!("{reference} · {name}")).printed(reference, tlp);
    if is_team {
        visitor.page(&DensePage { sh, reference, name, letter })
    } else {
        visitor.page(&CalmPage { sh, reference, name, letter })
    }
}
