//! An advisory to a thousand, each mail signed for itself, beside Postfix's own source of mails on the same sink.

use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use meldekette::core::env::Env;
use meldekette::mail::outbox as mails;
use meldekette::store::{Db, Provided};
use serde_json::{Value, json};

use super::cast::{Cast, RECIPIENTS};
use super::engine::Running;
use super::machine::{Meter, Process, median, now, output};
use super::server::{MAIL_SESSIONS, Place, Server};
use super::table::{Row, cpu};
use super::{Bench, ROUNDS};

/// Characters of the advisory's text: the longest that is taken.
const TEXT: usize = 20_000;

pub fn advisory(bench: &mut Bench, engine: &Running, cast: &Cast) -> Result<()> {
    engine.create("dispatch", Some("prepared"))?;
    let place = Place::new(engine, "dispatch")?;
    let (server, _) = Server::start(&place)?;
    let outbox = Db::open(&engine.url("dispatch"), 2, Env::system(), Provided::default())?;
    let sizes = engine.folder.join("mails");
    std::fs::create_dir_all(&sizes)?;
    let size = {
        let _sink = sink(place.smtp, Some(&sizes.join("mail.").display().to_string()))?;
        send(&server, &outbox, cast, &[])?;
        measure(&sizes)?
    };
    let sink = sink(place.smtp, None)?;
    // Those that were sent before are settled: another one, not counted, opens the connections.
    send(&server, &outbox, cast, &[])?;
    let (mut product, mut floor, mut used, mut used_floor) = (vec![], vec![], vec![], vec![]);
    for _ in 0..ROUNDS {
        let mut processes = vec![("serve", server.id()), ("smtp-sink", sink.id())];
        processes.extend(engine.server().map(|id| ("PostgreSQL", id)));
        let (took, cpu) = send(&server, &outbox, cast, &processes)?;
        product.push(rate(took));
        used.push(cpu);
        let meter = Meter::begin(&[("smtp-sink", sink.id())]);
        let begun = now();
        output(
            Command::new("smtp-source")
                .args(["-d", "-s", &MAIL_SESSIONS.to_string(), "-m", &RECIPIENTS.to_string()])
                .args(["-l", &size.to_string(), "-f", "a@cert.example", "-t", "b@behoerde.example"])
                .arg(format!("127.0.0.1:{}", place.smtp)),
        )?;
        floor.push(rate(begun.elapsed()));
        used_floor.push(meter.end());
    }
    let what = format!("signed advisory to 1,000, {}", engine.engine.name());
    let row = Row::rates(what, median(product), median(floor), "smtp-source -d", Some(0.4));
    bench.table.add(
        row.with(format!(
            "{TEXT} characters, {size} bytes a mail, P-256 signature each, {MAIL_SESSIONS} sessions; from the call \
             of publish until the database says of all {RECIPIENTS} that they were accepted"
        ))
        .with(format!("CPU: {}; floor: {}", cpu(&used), cpu(&used_floor))),
    );
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "a thousand")]
fn rate(took: Duration) -> f64 {
    RECIPIENTS as f64 / took.as_secs_f64()
}

/// `smtp-sink`, keeping what comes where a name is given.
pub fn sink(port: u16, keep: Option<&str>) -> Result<Process> {
    let mut command = Command::new("smtp-sink");
    if output(Command::new("id").arg("-u"))?.trim() == "0" {
        command.args(["-u", "root"]);
    }
    command.args(keep.map(|name| ["-d", name]).into_iter().flatten());
    command.arg(format!("127.0.0.1:{port}")).arg("1000").stdin(Stdio::null());
    let process = Process::start(&mut command)?;
    for _ in 0..100 {
        if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
            return Ok(process);
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Err(std::io::Error::other("no answer")).context("smtp-sink")
}

/// Mean size of the mails in a folder, which is emptied.
fn measure(folder: &std::path::Path) -> Result<u64> {
    let (mut count, mut bytes) = (0, 0);
    for entry in std::fs::read_dir(folder)? {
        bytes += entry?.metadata()?.len();
        count += 1;
    }
    std::fs::remove_dir_all(folder)?;
    if count != RECIPIENTS as u64 {
        bail!("{count} mails arrived instead of {RECIPIENTS}");
    }
    Ok(bytes / count)
}

/// Writes and approves, then publishes: the time from there until the outbox has an answer for every recipient.
fn send(
    server: &Server,
    outbox: &Db,
    cast: &Cast,
    processes: &[(&'static str, u32)],
) -> Result<(Duration, Vec<(&'static str, f64)>)> {
    let paragraph =
        "Betreiber prüfen, ob die **Fernwartung** erreichbar ist, und sperren sie bis zum Update.\n\n";
    let draft = json!({
        "title": "Lücke in einer Fernwartung wird ausgenutzt",
        "concerns": "Alle, die das Produkt einsetzen.",
        "measures": "Update einspielen, Zugänge prüfen.",
        "body": paragraph.repeat(TEXT / paragraph.chars().count()),
        "products": [], "cves": [],
        "tlp": "TLP:GREEN", "warning_step": 3, "severity": "high", "audience": {"by": "kinds", "of": ["state_agency"]},
    });
    let made = server.call(&cast.analyst_token, "/api/v1/advisories", Some(&draft))?;
    let path = format!("/api/v1/advisories/{}", word(&made, "/reference")?);
    let lock = |of: &Value| of.pointer("/team/version").cloned().context("no version");
    let made = server.call(
        &cast.analyst_token,
        &format!("{path}/submit"),
        Some(&json!({"version": lock(&made)?})),
    )?;
    let seen = json!({"version": lock(&made)?, "hash": word(&made, "/team/approval_hash")?});
    let made = server.call(&cast.approver_token, &format!("{path}/approve"), Some(&seen))?;
    let seen = json!({"version": lock(&made)?});
    let meter = Meter::begin(processes);
    let begun = now();
    server.call(&cast.approver_token, &format!("{path}/publish"), Some(&seen))?;
    while outbox.read_now(mails::count_open)? > 0 {
        if begun.elapsed() > Duration::from_secs(120) {
            bail!("mails are still open after two minutes");
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    let (took, used) = (begun.elapsed(), meter.end());
    let board = server.call(&cast.analyst_token, &format!("{path}/deliveries"), None)?;
    let counts = board.pointer("/counts").unwrap_or(&Value::Null);
    if counts.pointer("/accepted").and_then(Value::as_u64) != Some(RECIPIENTS as u64) {
        bail!("not all were accepted: {counts}");
    }
    Ok((took, used))
}

fn word(of: &Value, at: &str) -> Result<String> {
    of.pointer(at).and_then(Value::as_str).map(str::to_owned).with_context(|| format!("{at} is missing"))
}
