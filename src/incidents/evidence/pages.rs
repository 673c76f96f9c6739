//! The page of a case's files, and the ways in and out of them. A file is only ever handed out as an attachment.

mod letter;
mod parts;

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::web::{Data, Path, ServiceConfig, resource};
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, stream};
use serde::Serialize;

use super::archive;
use super::intake::{Sender, Standing};
use super::model::{Custody, Evidence, FileName, Limits, NewFile, State, Wanted};
use super::service;
use super::vault::{Fault, Reader, Vault};
use crate::access::guard::Visitor;
use crate::core::actor::Actor;
use crate::core::error::{Error, FieldError};
use crate::core::ids::EvidenceId;
use crate::web::site::Site;
use crate::web::stream::{Files, Rest, attachment};
use crate::web::{Failure, Form, FormData};

/// The routes of these pages.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(resource("/vorgaenge/{reference}/beweise").get(show).post(add))
        .service(resource("/vorgaenge/{reference}/beweise/beginn").post(begin))
        .service(resource("/vorgaenge/{reference}/beweise/{file}").get(download).patch(go_on))
        .service(resource("/vorgaenge/{reference}/beweise/{file}/ansicht").get(letter::view))
        .service(resource("/vorgaenge/{reference}/beweise/{file}/pruefung").post(verify));
}

async fn show(visitor: Visitor, site: Data<Site>, reference: Path<String>) -> Result<HttpResponse, Failure> {
    parts::page(&visitor, &site, &reference, Form::default()).await
}

/// What the form says beside its files.
fn typed_file(typed: &FormData, name: &str, media_type: &str, size: Option<u64>) -> Result<NewFile, Error> {
    let audience = match typed.get("an") {
        "" => None,
        word => Some(Wanted::parse(word).ok_or_else(|| FieldError::new("an", "error-choice"))?),
    };
    let plain = |text: &str, most: usize| {
        text.chars().filter(|c| c.is_ascii_graphic() || *c == ' ').take(most).collect::<String>()
    };
    Ok(NewFile {
        name: FileName::new(name)?,
        media_type: plain(media_type, 100),
        size,
        mark: plain(typed.get("marke"), 40),
        audience,
        is_sample: typed.is("verdacht", "ja"),
    })
}

/// The form without a script: any number of files in one body.
async fn add(
    visitor: Visitor,
    site: Data<Site>,
    vault: Data<Vault>,
    reference: Path<String>,
    mut files: Files,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    let typed = files.fields().await?;
    typed.only(&["an", "verdacht"])?;
    let vault = vault.into_inner();
    let sender = Sender { db: &site.db, vault: &vault, actor: &actor, reference: &reference };
    let (mut taken, mut refused) = (0, Vec::new());
    while let Some(mut file) = files.next().await? {
        let new = typed_file(&typed, &file.name, &file.media_type, None);
        match add_one(sender, new, file.bytes()).await.map_err(Failure::invalid) {
            Ok(()) => taken += 1,
            Err(Ok(errors)) => refused.extend(errors),
            Err(Err(failure)) => return Err(failure),
        }
        file.pass_over().await?;
    }
    if taken == 0 && refused.is_empty() {
        refused.push(FieldError::new("datei", "evidence-refused-none"));
    }
    if refused.is_empty() {
        return Ok(visitor.redirect(&format!("/vorgaenge/{reference}/beweise"), "evidence-added"));
    }
    let form = Form::refused(typed, refused.into())?;
    parts::page(&visitor, &site, &reference, form).await
}

async fn add_one(
    sender: Sender<'_>,
    new: Result<NewFile, Error>,
    bytes: impl Stream<Item = Result<Bytes, Failure>>,
) -> Result<(), Failure> {
    let file = announce(sender, new?).await?;
    let limits = sender.db.read(|tx| tx.required::<Limits>().cloned()).await?;
    sender.take_whole(&file, &limits, bytes).await
}

async fn announce(sender: Sender<'_>, new: NewFile) -> Result<Evidence, Error> {
    let (id, key) = sender.vault.draw()?;
    let (actor, reference) = (sender.actor.clone(), sender.reference.to_owned());
    sender.db.write(move |tx| service::begin(tx, &actor, &reference, (id, key.as_slice()), &new)).await
}

/// What a script is told: under which id the file goes on, and from which byte.
#[derive(Serialize)]
struct Told {
    #[serde(skip_serializing_if = "Option::is_none")]
    datei: Option<EvidenceId>,
    erhalten: u64,
    fertig: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    grund: Option<String>,
}

/// A refusal in words, for the script to show beside the file.
fn refused(failure: Failure) -> Result<HttpResponse, Failure> {
    let errors = failure.invalid()?;
    let reasons = Form::refused(FormData::default(), errors.into())?.reasons();
    let grund = reasons.into_iter().map(|(_, reason)| reason).collect::<Vec<_>>().join(" ");
    let told = Told { datei: None, erhalten: 0, fertig: false, grund: Some(grund) };
    Ok(HttpResponse::UnprocessableEntity().json(told))
}

/// A script announces a file, or asks how far it came.
async fn begin(
    visitor: Visitor,
    site: Data<Site>,
    vault: Data<Vault>,
    reference: Path<String>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    typed.only(&["name", "groesse", "art", "marke", "an", "verdacht"])?;
    let vault = vault.into_inner();
    let sender = Sender { db: &site.db, vault: &vault, actor: &actor, reference: &reference };
    let size: Result<u64, Error> =
        typed.get("groesse").parse().map_err(|_| FieldError::new("groesse", "error-number").into());
    let new = size.and_then(|size| typed_file(&typed, typed.get("name"), typed.get("art"), Some(size)));
    let announced = match new {
        Ok(new) => announce(sender, new).await,
        Err(error) => Err(error),
    };
    match announced {
        Ok(file) => Ok(HttpResponse::Ok().json(Told {
            datei: Some(file.id),
            erhalten: file.received,
            fertig: file.state == State::Stored,
            grund: None,
        })),
        Err(error) => refused(error.into()),
    }
}

fn file_id(text: &str) -> Result<EvidenceId, Error> {
    text.parse().map_err(|_| Error::NotFound)
}

/// A script sends the next bytes. It is answered when whole chunks of them are durable, and how many that are.
async fn go_on(
    visitor: Visitor,
    site: Data<Site>,
    vault: Data<Vault>,
    path: Path<(String, String)>,
    rest: Rest,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    let (reference, id) = (path.0.clone(), file_id(&path.1)?);
    let (who, what) = (actor.clone(), reference.clone());
    let file = site.db.read(move |tx| service::sending(tx, &who, &what, id)).await?;
    let told = |erhalten, fertig| Told { datei: Some(id), erhalten, fertig, grund: None };
    if rest.offset != file.received {
        return Ok(HttpResponse::Conflict().json(told(file.received, false)));
    }
    let vault = vault.into_inner();
    let sender = Sender { db: &site.db, vault: &vault, actor: &actor, reference: &reference };
    match sender.go_on(&file, rest.bytes()).await {
        Ok(Standing::Partly(received)) => Ok(HttpResponse::Ok().json(told(received, false))),
        Ok(Standing::Whole) => Ok(HttpResponse::Ok().json(told(file.size.unwrap_or_default(), true))),
        Err(failure) => refused(failure),
    }
}

/// A file that is handed out or looked through, and by whom.
#[derive(Clone)]
struct Handled {
    site: Data<Site>,
    actor: Actor,
    reference: String,
    id: EvidenceId,
}

impl Handled {
    async fn load(
        visitor: &Visitor,
        site: Data<Site>,
        path: &(String, String),
    ) -> Result<(Self, Evidence), Failure> {
        let actor = visitor.require()?.clone();
        let (reference, id) = (path.0.clone(), file_id(&path.1)?);
        let (who, what) = (actor.clone(), reference.clone());
        let file = site.db.read(move |tx| service::load(tx, &who, &what, id)).await?;
        Ok((Self { site, actor, reference, id }, file))
    }

    async fn record(&self, kind: Custody) -> Result<(), Error> {
        let Self { actor, reference, id, .. } = self.clone();
        self.site.db.write(move |tx| service::handled(tx, &actor, &reference, id, kind)).await
    }

    /// Names damage in the log, on the page and in the chain of custody.
    async fn told(&self, fault: Fault) -> Error {
        if let Fault::Damaged(chunk) = fault {
            tracing::error!(evidence = %self.id, chunk, "a stored file was changed or is incomplete");
            if let Err(error) = self.record(Custody::Damaged).await {
                return error;
            }
        }
        fault.into()
    }
}

/// Hands a file out. Each chunk is verified before it is sent; the first one before anything is answered.
async fn download(
    visitor: Visitor,
    site: Data<Site>,
    vault: Data<Vault>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    let (handled, file) = Handled::load(&visitor, site, &path).await?;
    let place = if file.is_sample { Some(vault.packing()?) } else { None };
    let mut reader = vault.into_inner().read(&file)?;
    let first = match reader.next().await {
        Ok(first) => first.unwrap_or_default(),
        Err(fault) => return Err(handled.told(fault).await.into()),
    };
    handled.record(Custody::Downloaded).await?;
    if let Some(place) = place {
        let archive = archive::archived(file.name.clone(), first, reader, place);
        return Ok(attachment(&format!("{}.zip", file.name)).streaming(watched(handled, archive)));
    }
    let size = file.size.unwrap_or_default();
    let bytes = stream::once(async { Ok(first.into()) }).chain(chunks(reader));
    Ok(attachment(&file.name).no_chunking(size).streaming(watched(handled, bytes)))
}

fn chunks(reader: Reader) -> impl Stream<Item = Result<Bytes, Fault>> {
    stream::try_unfold(reader, |mut reader| async move {
        Ok(reader.next().await?.map(|chunk| (chunk.into(), reader)))
    })
}

/// Breaks off where a chunk is damaged, and tells so.
fn watched(
    handled: Handled,
    bytes: impl Stream<Item = Result<Bytes, Fault>>,
) -> impl Stream<Item = Result<Bytes, Failure>> {
    let handled = Arc::new(handled);
    bytes.then(move |piece| {
        let handled = Arc::clone(&handled);
        async move {
            match piece {
                Ok(bytes) => Ok(bytes),
                Err(fault) => Err(Failure::from(handled.told(fault).await)),
            }
        }
    })
}

/// Reads a file through and compares its digest with the one at its taking in.
async fn verify(
    visitor: Visitor,
    site: Data<Site>,
    vault: Data<Vault>,
    path: Path<(String, String)>,
    typed: FormData,
) -> Result<HttpResponse, Failure> {
    typed.only(&[])?;
    let (handled, file) = Handled::load(&visitor, site, &path).await?;
    let back = format!("/vorgaenge/{}/beweise", path.0);
    let _place = vault.verifying()?;
    match vault.into_inner().read(&file)?.digest().await {
        Ok(digest) if Some(digest) == file.sha256 => {
            handled.record(Custody::Verified).await?;
            Ok(visitor.redirect(&back, "evidence-verified"))
        }
        Ok(_) => {
            tracing::error!(evidence = %file.id, "a stored file is whole, but another one than was taken in");
            handled.record(Custody::Damaged).await?;
            Ok(visitor.redirect(&back, "evidence-found-damaged"))
        }
        Err(fault @ Fault::Damaged(_)) => match handled.told(fault).await {
            Error::Conflict(_) => Ok(visitor.redirect(&back, "evidence-found-damaged")),
            error => Err(error.into()),
        },
        Err(Fault::Failed(error)) => Err(error.into()),
    }
}
