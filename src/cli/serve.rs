//! `serve` and `work`: until a signal, then what is in flight is finished or given back.

use std::net::TcpListener;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use actix_web::HttpServer;
use actix_web::web::Data;
use anyhow::{Context as _, Result, anyhow, bail};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::access::guard::Crowd;
use crate::access::service::first;
use crate::app::App;
use crate::core::actor::Actor;
use crate::desk::{Live, Mailbox, Trail};
use crate::directory::service as directory;
use crate::incidents::evidence::reader::Reader;
use crate::incidents::evidence::vault::Vault;
use crate::routes::{Shared, application};
use crate::web::live::Limits;

/// How long requests in flight may take after a signal, in seconds.
const GRACE_S: u64 = 10;

/// Serves pages and API, and works.
pub(super) fn serve(app: App) -> Result<ExitCode> {
    let listener =
        TcpListener::bind(app.listen()).with_context(|| format!("listening on {}", app.listen()))?;
    actix_web::rt::System::new().block_on(async {
        first_start(&app).await?;
        let (stop, stopped) = watch::channel(false);
        let vault = Arc::new(app.vault()?);
        let mut workers = app.start_workers(&vault, &stopped).await?;
        tracing::info!(address = %listener.local_addr()?, "serving");
        let served = run_server(&app, vault, listener, None, &mut workers).await;
        finish(&stop, workers).await;
        served.map(|()| ExitCode::SUCCESS)
    })
}

/// Works, beside other processes on the same database.
pub(super) fn work(app: App) -> Result<ExitCode> {
    if app.db.is_sqlite() {
        bail!("on SQLite the workers run inside `meldekette serve`; `work` needs PostgreSQL (database.url)");
    }
    super::block_on(async {
        let (stop, stopped) = watch::channel(false);
        let mut workers = app.start_workers(&Arc::new(app.vault()?), &stopped).await?;
        tracing::info!("working");
        let ended = tokio::select! {
            signalled = signal() => signalled,
            why = lost(&mut workers) => Err(why),
        };
        finish(&stop, workers).await;
        ended.map(|()| ExitCode::SUCCESS)
    })
}

/// Makes sure that the CERT is in the register, and prints the one-time links of the first two administrators.
async fn first_start(app: &App) -> Result<()> {
    let name = app.settings.cert_name.clone();
    let links = app
        .db
        .write(move |tx| {
            let actor = Actor::system("serve");
            let cert = directory::ensure_cert(tx, &actor, &name)?;
            first::first_administrators(tx, &actor, cert)
        })
        .await?;
    for token in &links {
        println!(
            "Einmal-Link für die erste Administration: {}/einladung/erste/{token}",
            app.settings.public_url
        );
    }
    Ok(())
}

/// Answers requests on `listener` until a signal; with a mailbox also its page, in the demonstration.
///
/// # Errors
/// When the server cannot start, or a worker ended: mails and timers would silently stand still.
pub(super) async fn run_server(
    app: &App,
    vault: Arc<Vault>,
    listener: TcpListener,
    mailbox: Option<Mailbox>,
    workers: &mut JoinSet<()>,
) -> Result<()> {
    let live = Arc::new(Live::new(
        app.db.clone(),
        Limits {
            all: app.config.server.live_connections,
            per_account: app.config.server.live_per_account,
            ..Limits::default()
        },
    ));
    let (_serving, over) = watch::channel(false);
    workers.spawn(Arc::clone(&live).run(over));
    let shared = Shared {
        live: Data::from(Arc::clone(&live)),
        unchanged: Data::new(app.unchanged()),
        site: Data::new(app.site()),
        kit: Data::new(app.kit()?),
        access: Data::new(app.access.clone()),
        factors: Data::new(app.factor_seal()?),
        crowd: Data::new(Crowd::default()),
        mails: Data::new(Reader::new(std::env::current_exe().context("the own program")?)),
        vault: Data::from(vault),
        trail: Data::new(Trail { key: app.log_key.clone(), origin: app.origin() }),
        signing: Data::new(app.identity()?.validity()),
        cookie_key: app.cookie_key(),
        held: Arc::default(),
        mailbox: mailbox.map(Data::new),
    };
    let mut server = HttpServer::new(move || application(&shared))
        .shutdown_timeout(GRACE_S)
        .client_request_timeout(Duration::from_secs(15))
        .keep_alive(Duration::from_secs(75));
    let processors = std::thread::available_parallelism().map_or(2, usize::from);
    server = server.workers(threads(app.config.server.workers, app.db.is_sqlite(), processors));
    let server = match tls(app)? {
        Some(config) => server.listen_rustls_0_23(listener, config)?,
        None => server.listen_auto_h2c(listener)?,
    };
    let server = server.run();
    let handle = server.handle();
    let mut server = std::pin::pin!(server);
    // Streams do not end by themselves: the server would wait for them until its grace is over.
    let parting = Arc::clone(&live);
    tokio::spawn(async move {
        if signal().await.is_ok() {
            parting.shut();
        }
    });
    tokio::select! {
        served = &mut server => served.context("serving"),
        why = lost(workers) => {
            live.shut();
            let (_, served) = tokio::join!(handle.stop(true), server);
            served.context("serving")?;
            Err(why)
        }
    }
}

/// How many threads answer requests where the configuration names no number. On PostgreSQL pages are made on other
/// threads, beside the server's own processes: with one for each processor all of them wait for each other.
fn threads(configured: usize, is_sqlite: bool, processors: usize) -> usize {
    match configured {
        0 if is_sqlite => processors,
        0 => processors.div_ceil(2),
        configured => configured,
    }
}

/// Waits until a worker ends that nobody told to stop, and says so.
async fn lost(workers: &mut JoinSet<()>) -> anyhow::Error {
    match workers.join_next().await {
        Some(Err(error)) => anyhow!("a worker failed: {error}"),
        Some(Ok(())) | None => anyhow!("a worker ended by itself: the log says why"),
    }
}

fn tls(app: &App) -> Result<Option<rustls::ServerConfig>> {
    let server = &app.config.server;
    if server.tls_certificate.is_empty() {
        return Ok(None);
    }
    let chain = CertificateDer::pem_file_iter(&server.tls_certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .with_context(|| format!("server.tls_certificate {}", server.tls_certificate))?;
    let key = PrivateKeyDer::from_pem_file(&server.tls_key)
        .with_context(|| format!("server.tls_key {}", server.tls_key))?;
    let config = rustls::ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key)?;
    Ok(Some(config))
}

/// Tells the workers to stop and waits until they have finished or given back what they held.
pub(super) async fn finish(stop: &watch::Sender<bool>, mut workers: JoinSet<()>) {
    let _ = stop.send(true);
    let all = async { while workers.join_next().await.is_some() {} };
    if tokio::time::timeout(Duration::from_secs(GRACE_S * 4), all).await.is_err() {
        tracing::warn!("a worker did not finish in time; its leases run out by themselves");
    }
}

async fn signal() -> Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        outcome = tokio::signal::ctrl_c() => outcome?,
        _ = terminate.recv() => {}
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_processor_has_a_thread_where_pages_are_made_on_it_and_half_of_one_where_not() {
        assert_eq!([1, 2, 3, 8].map(|processors| threads(0, true, processors)), [1, 2, 3, 8]);
        assert_eq!([1, 2, 3, 8].map(|processors| threads(0, false, processors)), [1, 1, 2, 4]);
        assert_eq!([true, false].map(|is_sqlite| threads(3, is_sqlite, 8)), [3, 3]);
    }

    #[tokio::test]
    async fn a_worker_that_fails_or_ends_is_noticed_while_the_others_work_on() {
        let mut workers = JoinSet::new();
        workers.spawn(std::future::pending());
        workers.spawn(async { panic!("out of luck") });
        let why = tokio::time::timeout(Duration::from_secs(5), lost(&mut workers)).await.unwrap();
        assert!(why.to_string().contains("out of luck"), "{why}");
        workers.spawn(async {});
        assert!(lost(&mut workers).await.to_string().contains("by itself"));
        assert_eq!(workers.len(), 1);
    }
}
