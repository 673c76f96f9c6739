//! What runs beside the requests: mail, jobs and timers, the audit trail's sequencer, and the sweep of files.

use std::sync::Arc;

use anyhow::Result;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::access::service::job::{SendReset, Sweep};
use crate::audit::sequencer::Sequencer;
use crate::correspondence::threads::model::FallSilent;
use crate::directory::job::AskContacts;
use crate::directory::service::WarnMandate;
use crate::duties::model::{Remind, SweepDuties};
use crate::duties::service as duties;
use crate::escalation::model::Advance;
use crate::escalation::roster::job::WatchRoster;
use crate::incidents::digest::DigestIncident;
use crate::incidents::evidence::sweep;
use crate::incidents::evidence::vault::Vault;
use crate::incidents::fanout::model::Chase;
use crate::incidents::guide::job::SweepDrafts;
use crate::incidents::search::{self, FillIndex};
use crate::incidents::tasks::model::FallDue;
use crate::mail::worker::Worker;
use crate::queue::{self, Runner};
use crate::store::Db;

/// What runs every kind of job that the product has.
#[must_use]
pub fn runner(db: &Db) -> Runner {
    Runner::new(db.clone())
        .register::<SendReset>()
        .register::<Sweep>()
        .register::<SweepDrafts>()
        .register::<AskContacts>()
        .register::<WarnMandate>()
        .register::<FallDue>()
        .register::<FallSilent>()
        .register::<Advance>()
        .register::<WatchRoster>()
        .register::<Chase>()
        .register::<Remind>()
        .register::<SweepDuties>()
        .register::<DigestIncident>()
        .register::<FillIndex>()
}

/// Starts the workers of this process; they end after `stop` becomes true, when what is in flight is finished.
///
/// # Errors
/// When the database does not take the first job.
pub async fn start(
    db: &Db,
    mail: Worker,
    sequencer: Sequencer,
    vault: Arc<Vault>,
    stop: &watch::Receiver<bool>,
) -> Result<JoinSet<()>> {
    let mut workers = JoinSet::new();
    db.write(|tx| {
        let now = tx.now();
        queue::enqueue(tx, &Sweep {}, now)?;
        queue::enqueue(tx, &SweepDrafts {}, now)?;
        search::fill(tx)?;
        duties::on_start(tx)?;
        queue::enqueue(tx, &WatchRoster {}, now)?;
        queue::enqueue(tx, &AskContacts {}, now)
    })
    .await?;
    workers.spawn(runner(db).run(stop.clone()));
    workers.spawn(mail.run(stop.clone()));
    workers.spawn(sequencer.run(stop.clone()));
    workers.spawn(sweep::run(db.clone(), vault, stop.clone()));
    Ok(workers)
}
