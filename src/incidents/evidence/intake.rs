//! A file on its way from a request into custody: what the row counts as received is durable, chunk by chunk.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};

use super::model::{Evidence, FileName, Limits};
use super::service;
use super::sweep;
use super::vault::{Fault, Intake, Vault};
use crate::core::actor::Actor;
use crate::core::error::{Error, FieldError};
use crate::core::ids::EvidenceId;
use crate::store::Db;
use crate::web::Failure;

/// Who sends a file, and to which case.
#[derive(Clone, Copy)]
pub struct Sender<'a> {
    pub db: &'a Db,
    pub vault: &'a Arc<Vault>,
    pub actor: &'a Actor,
    pub reference: &'a str,
}

/// Where a file stands after a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// So many bytes are durable, and more are to come.
    Partly(u64),
    /// Taken into custody.
    Whole,
}

impl Sender<'_> {
    /// Takes the next bytes of an announced file. When the request breaks off, the chunks that were whole stay.
    ///
    /// # Errors
    /// What broke off; what [`Intake::take`] refuses; the database's.
    pub async fn go_on(
        &self,
        file: &Evidence,
        bytes: impl Stream<Item = Result<Bytes, Failure>>,
    ) -> Result<Standing, Failure> {
        let mut intake = self.vault.resume(file)?;
        self.take(&mut intake, file.id, bytes, |_| Ok(())).await?;
        if !intake.is_whole() {
            return Ok(Standing::Partly(intake.stored()));
        }
        self.close(intake, file.id).await?;
        Ok(Standing::Whole)
    }

    /// Takes a file whose size only its end tells. It comes whole or not at all.
    ///
    /// # Errors
    /// As [`Sender::go_on`]; [`Error::Invalid`] for an empty file or one over the limit.
    pub async fn take_whole(
        &self,
        file: &Evidence,
        limits: &Limits,
        bytes: impl Stream<Item = Result<Bytes, Failure>>,
    ) -> Result<(), Failure> {
        let outcome = self.whole(file, limits, bytes).await;
        // It may be in custody all the same: then only the answer to the commit was lost, and no byte goes.
        if outcome.is_err()
            && let Err(error) = sweep::give_up(self.db, self.vault, file.id).await
        {
            tracing::warn!(evidence = %file.id, %error, "what came of a refused file is left to the sweep");
        }
        outcome
    }

    async fn whole(
        &self,
        file: &Evidence,
        limits: &Limits,
        bytes: impl Stream<Item = Result<Bytes, Failure>>,
    ) -> Result<(), Failure> {
        let name = FileName { given: String::new(), shown: file.name.clone() };
        let within = |come: u64| if come > limits.file { Err(limits.too_large(&name)) } else { Ok(()) };
        let mut intake = self.vault.resume(file)?;
        self.take(&mut intake, file.id, bytes, within).await?;
        if intake.come() == 0 {
            let refused = FieldError::new("datei", "evidence-refused-empty").with("name", &file.name);
            return Err(Error::from(refused).into());
        }
        self.close(intake, file.id).await
    }

    async fn take(
        &self,
        intake: &mut Intake,
        id: EvidenceId,
        bytes: impl Stream<Item = Result<Bytes, Failure>>,
        within: impl Fn(u64) -> Result<(), Error>,
    ) -> Result<(), Failure> {
        let mut bytes = std::pin::pin!(bytes);
        while let Some(piece) = bytes.next().await {
            let mut piece = piece?;
            within(intake.come() + piece.len() as u64)?;
            while !piece.is_empty() {
                let from = intake.stored();
                if intake.take(&mut piece).await? {
                    let to = intake.stored();
                    self.db.write(move |tx| service::advance(tx, id, from, to)).await?;
                }
            }
        }
        Ok(())
    }

    async fn close(&self, intake: Intake, id: EvidenceId) -> Result<(), Failure> {
        let from = intake.stored();
        let (size, sha256) = match intake.close().await {
            Ok(whole) => whole,
            Err(fault) => {
                // Nobody can go on with it any more: asked again, the browser sends it anew.
                if let Fault::Damaged(chunk) = fault {
                    tracing::error!(evidence = %id, chunk, "what was stored of a file on its way was changed");
                    sweep::give_up(self.db, self.vault, id).await?;
                }
                return Err(Error::from(fault).into());
            }
        };
        let (actor, reference) = (self.actor.clone(), self.reference.to_owned());
        let finish = move |tx: &mut crate::store::Tx<'_>| {
            service::finish(tx, &actor, &reference, (id, from), (size, &sha256))
        };
        Ok(self.db.write(finish).await?)
    }
}
