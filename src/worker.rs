//! What runs beside the requests: mail, jobs and timers, and the audit trail's sequencer.

use std::sync::Arc;

use anyhow::Result;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::access::service::job::{SendReset, Sweep};
use crate::app::App;
use crate::audit::sequencer::Sequencer;
use crate::escalation::job::Advance;
use crate::queue::{self, Runner};

/// Starts the workers of this process; they end after `stop` becomes true, when what is in flight is finished.
///
/// # Errors
/// When mail cannot be sent for want of a key or a transport.
pub async fn start(app: &App, stop: &watch::Receiver<bool>) -> Result<JoinSet<()>> {
    let mut workers = JoinSet::new();
    let runner =
        Runner::new(app.db.clone()).register::<SendReset>().register::<Sweep>().register::<Advance>();
    app.db
        .write(|tx| {
            let now = tx.now();
            queue::enqueue(tx, &Sweep {}, now).map(|_| ())
        })
        .await?;
    workers.spawn(runner.run(stop.clone()));
    workers.spawn(app.mail_worker()?.run(stop.clone()));
    workers.spawn(Sequencer::new(app.db.clone(), Arc::clone(&app.log_key), &app.origin()).run(stop.clone()));
    Ok(workers)
}
