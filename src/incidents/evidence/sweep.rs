//! Files that will not come: given up a week after their last byte, and what came of them is removed from the store.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::service;
use super::vault::Vault;
use crate::core::error::Result;
use crate::core::ids::EvidenceId;
use crate::store::Db;

/// How often it is looked for them.
const EVERY: Duration = Duration::from_secs(3600);

/// Gives a file up and removes what came of it, unless it is in custody. Whether it was given up.
///
/// The row goes first: from then on nobody takes the file into custody. Whoever dies in between leaves a row that
/// [`sweep`] finds.
///
/// # Errors
/// The database's, the store's.
pub async fn give_up(db: &Db, vault: &Vault, id: EvidenceId) -> Result<bool> {
    if !db.write(move |tx| service::give_up(tx, id)).await? {
        return Ok(false);
    }
    vault.remove(id).await?;
    db.write(move |tx| service::clear(tx, id)).await?;
    Ok(true)
}

/// Gives up what is stale; how many files that were. One that cannot be removed is told and left for the next time.
///
/// # Errors
/// The database's.
pub async fn sweep(db: &Db, vault: &Vault) -> Result<usize> {
    let mut swept = 0;
    for id in db.read(service::stale).await? {
        match give_up(db, vault, id).await {
            Ok(is_given_up) => swept += usize::from(is_given_up),
            Err(error) => tracing::warn!(evidence = %id, %error, "a file that never came whole is left"),
        }
    }
    Ok(swept)
}

/// Sweeps again and again until `stop` becomes true.
pub async fn run(db: Db, vault: Arc<Vault>, mut stop: watch::Receiver<bool>) {
    loop {
        match sweep(&db, &vault).await {
            Ok(0) => {}
            Ok(files) => tracing::info!(files, "files that never came whole were removed"),
            Err(error) => tracing::warn!(%error, "files that never came whole are left"),
        }
        tokio::select! {
            _ = stop.wait_for(|stopped| *stopped) => return,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}
