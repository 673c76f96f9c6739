//! The triage queue as an analyst opens it, beside nginx with a file of the same size.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use super::cast::{ANALYST, Cast, INCIDENTS, PASSWORD};
use super::engine::{Engine, Running};
use super::machine::{Meter, Process, free_port, median, output, wrk};
use super::server::{Place, Server};
use super::table::{Row, cpu};
use super::{Bench, ROUNDS};

pub fn page(bench: &mut Bench, engine: &Running, _: &Cast) -> Result<()> {
    engine.create("queue", Some("prepared"))?;
    let (server, _) = Server::start(&Place::new(engine, "queue")?)?;
    let cookie = server.sign_in(ANALYST, PASSWORD)?;
    let url = server.url("/eingang");
    let header = format!("Cookie: {cookie}");
    let page = output(Command::new("curl").args(["--silent", "--fail", "--header", &header, &url]))?;
    let rows = page.matches("/vorgaenge/TH-").count().max(page.matches("vorschau=TH-").count());
    if rows < 50 {
        bail!("the queue shows {rows} incidents instead of 50");
    }
    let nginx = Nginx::start(&bench.folder.join("nginx"), page.as_bytes())?;
    let (mut product, mut floor, mut used, mut used_floor) = (vec![], vec![], vec![], vec![]);
    for _ in 0..ROUNDS {
        let mut processes = vec![("serve", server.id())];
        processes.extend(engine.server().map(|id| ("PostgreSQL", id)));
        let meter = Meter::begin(&processes);
        product.push(wrk(&url, &["--header", &header], &[])?);
        used.push(meter.end());
        let meter = Meter::begin(&[("nginx", nginx.process.id())]);
        floor.push(wrk(&nginx.url, &["--header", &header], &[])?);
        used_floor.push(meter.end());
    }
    let bound = if engine.engine == Engine::Sqlite { 0.06 } else { 0.03 };
    let what = format!("queue page, {}", engine.engine.name());
    let row = Row::rates(what, median(product), median(floor), "nginx, static file", Some(bound));
    bench.table.add(
        row.with(format!(
            "50 of {INCIDENTS} open incidents, signed in; {} bytes, neither side compresses or caches",
            page.len()
        ))
        .with(format!("CPU: {}; floor: {}", cpu(&used), cpu(&used_floor))),
    );
    Ok(())
}

/// nginx with one file.
struct Nginx {
    process: Process,
    url: String,
}

impl Nginx {
    fn start(folder: &Path, page: &[u8]) -> Result<Self> {
        std::fs::create_dir_all(folder.join("logs"))?;
        std::fs::write(folder.join("page.html"), page)?;
        let port = free_port()?;
        // As root, nginx would become somebody who may not read the folder.
        let user = if output(Command::new("id").arg("-u"))?.trim() == "0" { "user root;" } else { "" };
        let folder = folder.display();
        let config = format!(
            "{user} daemon off; worker_processes auto; pid {folder}/pid; error_log {folder}/logs/error.log;
             events {{ worker_connections 64; }}
             http {{ access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000; default_type text/html;
               client_body_temp_path {folder}/1; proxy_temp_path {folder}/2; fastcgi_temp_path {folder}/3;
               uwsgi_temp_path {folder}/4; scgi_temp_path {folder}/5;
               server {{ listen 127.0.0.1:{port}; root {folder}; }} }}"
        );
        let path = format!("{folder}/nginx.conf");
        std::fs::write(&path, config)?;
        let errors = format!("{folder}/logs/error.log");
        let mut command = Command::new("nginx");
        command.args(["-p", &folder.to_string(), "-c", &path, "-e", &errors]).stdin(Stdio::null());
        let process = Process::start(&mut command)?;
        for _ in 0..100 {
            if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Ok(Self { process, url: format!("http://127.0.0.1:{port}/page.html") });
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Err(std::io::Error::other("no answer")).context("nginx")
    }
}
