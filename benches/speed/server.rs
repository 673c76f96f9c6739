//! The product as a process of its own, and how the bench speaks to it.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use super::engine::Running;
use super::machine::{Process, cpu_of_tree, free_port, now};

/// Mails that are sent at the same time, the default.
pub const MAIL_SESSIONS: usize = 4;

/// A server that does nearly nothing for so long has nothing left to do.
const LULL: Duration = Duration::from_secs(3);

/// Where a process finds everything.
pub struct Place {
    pub config: PathBuf,
    pub address: String,
    pub smtp: u16,
}

impl Place {
    /// Writes the configuration for a database. Nobody listens at the mail server's port yet.
    pub fn new(engine: &Running, database: &str) -> Result<Self> {
        let (port, smtp) = (free_port()?, free_port()?);
        let config = engine.folder.join(format!("{database}.toml"));
        let folder = engine.folder.display();
        let text = format!(
            r#"[server]
listen = "127.0.0.1:{port}"
public_url = "http://127.0.0.1:{port}"
[database]
url = "{}"
connections = {}
[log]
filter = "error"
[keys]
directory = "{folder}/data/keys"
sealing_file = "{folder}/sealing.key"
[evidence]
folder = "{folder}/data/evidence"
[mail]
from = "cert@cert.example"
connections = {MAIL_SESSIONS}
[mail.smtp]
port = {smtp}
security = "none"
[second_factor]
required_for = []

[limits]
posts_per_address = 1000000000
"#,
            engine.url(database),
            super::CONNECTIONS,
        );
        std::fs::write(&config, text)?;
        Ok(Self { config, address: format!("127.0.0.1:{port}"), smtp })
    }
}

/// A running `meldekette serve`.
pub struct Server {
    process: Process,
    address: String,
}

impl Server {
    /// Starts it and waits until it can work. Also how long that took, in milliseconds.
    pub fn start(place: &Place) -> Result<(Self, f64)> {
        let begun = now();
        let process = Process::start(
            Command::new(env!("CARGO_BIN_EXE_meldekette"))
                .args([Path::new("--config"), &place.config, Path::new("serve")])
                .stdin(Stdio::null())
                .stdout(Stdio::null()),
        )?;
        let mut server = Self { process, address: place.address.clone() };
        loop {
            if is_ready(&server.address) {
                return Ok((server, begun.elapsed().as_secs_f64() * 1000.0));
            }
            if let Some(status) = server.process.0.try_wait()? {
                bail!("meldekette serve ended: {status}");
            }
            if begun.elapsed() > Duration::from_secs(60) {
                bail!("meldekette serve did not answer within a minute");
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    pub fn id(&self) -> u32 {
        self.process.id()
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Waits until what it still has to do for the past, such as indexing, no longer runs beside what is measured.
    pub fn settle(&self) -> Result<()> {
        let begun = now();
        loop {
            let before = cpu_of_tree(self.id());
            std::thread::sleep(LULL);
            if cpu_of_tree(self.id()) - before < LULL.as_secs_f64() / 20.0 {
                return Ok(());
            }
            if begun.elapsed() > Duration::from_secs(1800) {
                bail!("meldekette serve is still busy after half an hour");
            }
        }
    }

    /// Calls the API with a token.
    pub fn call(&self, token: &str, path: &str, body: Option<&Value>) -> Result<Value> {
        let bearer = format!("Bearer {token}");
        let url = self.url(path);
        let answer = match body {
            Some(body) => agent().post(&url).header("authorization", bearer).send_json(body)?,
            None => agent().get(&url).header("authorization", bearer).call()?,
        };
        let status = answer.status();
        let text = answer.into_body().read_to_string()?;
        if !status.is_success() {
            bail!("{path}: {status} {text}");
        }
        if text.is_empty() { Ok(Value::Null) } else { Ok(serde_json::from_str(&text)?) }
    }

    /// Signs in as people do, and returns the session's cookie.
    pub fn sign_in(&self, mail: &str, password: &str) -> Result<String> {
        let form = agent().get(self.url("/anmelden")).call()?;
        let cookies = cookies(&form);
        let page = form.into_body().read_to_string()?;
        let (_, rest) = page.split_once("name=\"csrf\" value=\"").context("the form has no token")?;
        let token = rest.split('"').next().unwrap_or_default();
        let fields = [("csrf", token), ("weiter", ""), ("mail", mail), ("password", password)];
        let done = agent().post(self.url("/anmelden")).header("cookie", &cookies).send_form(fields)?;
        let session = self::cookies(&done);
        if done.status() != 303 || session.is_empty() {
            bail!("signing in: {}", done.status());
        }
        Ok(session)
    }
}

/// A client that reports refusals as answers.
pub fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().max_redirects(0).http_status_as_error(false).build().into()
}

fn cookies(answer: &ureq::http::Response<ureq::Body>) -> String {
    let set = answer.headers().get_all("set-cookie").iter().filter_map(|value| value.to_str().ok());
    set.filter_map(|cookie| cookie.split(';').next()).collect::<Vec<_>>().join("; ")
}

/// Whether `/readyz` answers with 200.
pub fn is_ready(address: &str) -> bool {
    let ask = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    ask().is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
}
