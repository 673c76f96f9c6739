//! Mails that come in over LMTP, each durable before it is accepted, beside `smtp-sink`, which forgets the same stream.

use std::process::Command;
use std::time::Duration;

use anyhow::{Result, bail};
use diesel::prelude::*;
use meldekette::core::env::Env;
use meldekette::store::schema::inbound_mails;
use meldekette::store::{Db, Provided};

use super::Bench;
use super::cast::Cast;
use super::engine::Running;
use super::machine::{Process, cpu_of_tree, free_port, median, now, output};
use super::server::{Place, Server};
use super::table::Row;

/// Mails in each turn, and bytes of each.
const MAILS: usize = 300;
const SIZE: usize = 20_000;
/// Deliveries at the same time.
const SESSIONS: usize = 4;
const TURNS: usize = 3;
const ADDRESS: &str = "meldung@cert.example";

pub fn intake(bench: &mut Bench, engine: &Running, _: &Cast) -> Result<()> {
    engine.create("mail_in", Some("indexed"))?;
    let place = Place::new(engine, "mail_in")?;
    let lmtp = free_port()?;
    let inbound =
        format!("[mail.inbound]\naddress = \"{ADDRESS}\"\nlmtp_listen = \"127.0.0.1:{lmtp}\"\n[mail.smtp]\n");
    let config = std::fs::read_to_string(&place.config)?.replace("[mail.smtp]\n", &inbound);
    std::fs::write(&place.config, config)?;
    let (server, _) = Server::start(&place)?;
    server.settle()?;
    let db = Db::open(&engine.url("mail_in"), 2, Env::system(), Provided::default())?;
    let sink_port = free_port()?;
    let sink = sink(sink_port)?;
    // Not counted: what is opened and compiled once.
    deliver(lmtp)?;
    wait_until_read(&db, MAILS)?;
    let (mut product, mut floor, mut spent, mut spent_floor) = (vec![], vec![], vec![], vec![]);
    for turn in 0..TURNS {
        let before = used(&server, engine);
        product.push(deliver(lmtp)?);
        wait_until_read(&db, MAILS * (turn + 2))?;
        spent.push((used(&server, engine) - before) * 1000.0 / rate_of(MAILS));
        let before = cpu_of_tree(sink.id());
        floor.push(deliver(sink_port)?);
        spent_floor.push((cpu_of_tree(sink.id()) - before) * 1000.0 / rate_of(MAILS));
    }
    let what = format!("mail intake over LMTP, {}", engine.engine.name());
    let row = Row::rates(what, median(product), median(floor), "smtp-sink -L", None);
    bench.table.add(
        row.with(format!(
            "{MAILS} mails of {SIZE} bytes in {SESSIONS} sessions by smtp-source; accepted when bytes and row are durable"
        ))
        .with(format!(
            "CPU of a mail until it was read, judged and in the inbox: {:.1} ms; smtp-sink {:.2} ms",
            median(spent),
            median(spent_floor)
        )),
    );
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "some hundreds")]
fn rate_of(count: usize) -> f64 {
    count as f64
}

/// Processor seconds of the product and of its database.
fn used(server: &Server, engine: &Running) -> f64 {
    cpu_of_tree(server.id()) + engine.server().map_or(0.0, cpu_of_tree)
}

/// Mails a second that are accepted at this port.
fn deliver(port: u16) -> Result<f64> {
    let begun = now();
    output(
        Command::new("smtp-source")
            .args([
                "-L",
                "-d",
                "-s",
                &SESSIONS.to_string(),
                "-m",
                &MAILS.to_string(),
                "-l",
                &SIZE.to_string(),
            ])
            .args(["-f", "rathaus@stadt.example", "-t", ADDRESS])
            .arg(format!("127.0.0.1:{port}")),
    )?;
    Ok(rate_of(MAILS) / begun.elapsed().as_secs_f64())
}

/// Until so many mails have been read.
fn wait_until_read(db: &Db, wanted: usize) -> Result<()> {
    let begun = now();
    loop {
        let read: i64 = db.read_now(|tx| {
            let read = inbound_mails::table.filter(inbound_mails::state.ne("waiting"));
            Ok(read.count().get_result(tx.conn)?)
        })?;
        if usize::try_from(read)? >= wanted {
            return Ok(());
        }
        if begun.elapsed() > Duration::from_secs(300) {
            bail!("{read} of {wanted} mails were read within five minutes");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn sink(port: u16) -> Result<Process> {
    let mut command = Command::new("smtp-sink");
    if output(Command::new("id").arg("-u"))?.trim() == "0" {
        command.args(["-u", "root"]);
    }
    let process = Process::start(command.arg("-L").arg(format!("127.0.0.1:{port}")).arg("1000"))?;
    for _ in 0..100 {
        if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
            return Ok(process);
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    bail!("smtp-sink does not answer")
}
