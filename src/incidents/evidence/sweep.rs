//! Files that never came whole: given up after a week, and what came of them is removed from the store.

use std::time::Duration;

use tokio::sync::watch;

use super::service;
use super::vault::Vault;
use crate::core::error::Result;
use crate::store::Db;

/// How often it is looked for them.
const EVERY: Duration = Duration::from_secs(3600);

/// Gives up what is stale; how many files that were. The bytes go first: whoever dies in between comes again.
///
/// # Errors
/// The database's, the store's.
pub async fn sweep(db: &Db, vault: &Vault) -> Result<usize> {
    let stale = db.read(service::stale).await?;
    for id in &stale {
        let id = *id;
        vault.remove(id).await?;
        db.write(move |tx| service::give_up(tx, id)).await?;
    }
    Ok(stale.len())
}

/// Sweeps again and again until `stop` becomes true.
pub async fn run(db: Db, vault: Vault, mut stop: watch::Receiver<bool>) {
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
