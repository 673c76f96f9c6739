//! The whole case as an archive, written while it is sent.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};

use crate::access::guard::Visitor;
use crate::desk::Trail;
use crate::incidents::dossier::service::{self as dossier, Tools};
use crate::incidents::evidence::service::{Fault, Vault};
use crate::web::Failure;
use crate::web::site::Site;
use crate::web::stream::attachment;

/// Hands out the archive. A file that is damaged breaks it off: half of it is none.
pub(in crate::desk) async fn download(
    visitor: Visitor,
    site: Data<Site>,
    vault: Data<Vault>,
    trail: Data<Trail>,
    reference: Path<String>,
) -> Result<HttpResponse, Failure> {
    use futures_util::TryStreamExt as _;
    let actor = visitor.require()?.clone();
    let place = vault.packing()?;
    let origin = trail.origin.clone();
    let contents = site.db.write(move |tx| dossier::gather(tx, &actor, &reference, &origin)).await?;
    let name = format!("{}.zip", contents.dossier.incident.reference);
    let tools = Tools { vault: vault.into_inner(), db: site.db.clone(), key: trail.key.clone() };
    let archive = dossier::stream(contents, tools, place);
    Ok(attachment(&name).streaming(archive.map_err(|fault: Fault| {
        if let Fault::Damaged(chunk) = fault {
            tracing::error!(chunk, "a file was changed or is incomplete: the archive of its case broke off");
        }
        Failure::from(crate::core::error::Error::from(fault))
    })))
}
