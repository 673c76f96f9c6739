//! A town hall that reports through the API.

use std::io::Write as _;
use std::net::TcpStream;
use std::time::Duration;

use diesel::prelude::*;
use jiff::SignedDuration;
use meldekette::access::password::{self, Password};
use meldekette::access::service::people;
use meldekette::access::service::tokens::{self, NewToken};
use meldekette::app::App;
use meldekette::core::actor::{Actor, Role, Scope};
use meldekette::core::ids::OrgId;
use meldekette::core::text::{MailAddress, Name};
use meldekette::directory::service::{self as directory, ImportOptions};
use meldekette::store::schema;
use serde_json::{Value, json};

use super::process::Process;

const REGISTER: &str = include_str!("../../config/directory/thueringen.csv");
const REPORTER: &str = "it-sicherheit@erfurt.example";
/// The password of everybody.
pub const PASSWORD: &str = "kupferne Dachrinne 17";

/// An organisation of the register and a token of its reporter.
#[derive(Clone)]
pub struct Town {
    organisation: OrgId,
    token: String,
}

impl Town {
    /// Takes the Land and its cities into the register, and gives Erfurt a reporter with a token.
    pub fn settle(app: &App) -> Self {
        let wanted = |line: &&str| {
            let wanted = ["# source:", ",land,", ",kreisfreie_stadt,", "key,second_key,"];
            wanted.iter().any(|part| line.contains(part))
        };
        let register: String = REGISTER.lines().filter(wanted).map(|line| format!("{line}\n")).collect();
        let system = Actor::system("test");
        let import = directory::import(&app.db, &system, register.into_bytes(), ImportOptions::default());
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let imported = runtime.block_on(import).unwrap();
        assert_eq!(imported.map(|imported| imported.added.len()), Ok(6));
        let cert_name = app.settings.cert_name.clone();
        let hash = password::hash_now(&Password::typed(PASSWORD), &app.env).unwrap();
        let settle = move |tx: &mut meldekette::store::Tx<'_>| {
            directory::ensure_cert(tx, &system, &cert_name)?;
            let organisation = directory::lookup_by_key(tx, "16051000")?.unwrap().id;
            let mail = MailAddress::parse(REPORTER).unwrap();
            let name = Name::parse("IT-Sicherheit").unwrap();
            let account = people::create_account(tx, &system, &mail, &name, Some(&hash))?;
            people::grant_role(tx, &system, account, organisation, Role::Reporter)?;
            let new = NewToken {
                name,
                scopes: vec![Scope::IncidentsRead, Scope::IncidentsWrite],
                valid_for: SignedDuration::from_hours(24),
            };
            let token = tokens::issue(tx, &system, account, &new)?;
            Ok(Self { organisation, token })
        };
        app.db.write_now(settle).unwrap()
    }

    /// Speaks to this process.
    pub fn client(&self, process: &Process) -> Client {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(60)))
            .build();
        Client { agent: config.into(), base: process.url(""), town: self.clone(), from: String::new() }
    }
}

/// A browser in which the reporter is signed in.
pub struct Reporter {
    agent: ureq::Agent,
    base: String,
    cookies: String,
    /// The token of its forms.
    csrf: String,
}

impl Reporter {
    /// Signs in by the page.
    pub fn sign_in(process: &Process) -> Self {
        Self::sign_in_as(process, REPORTER)
    }

    /// The same as somebody else.
    pub fn sign_in_as(process: &Process, mail: &str) -> Self {
        let (agent, base) = (Self::agent(), process.url(""));
        let mut browser = Self { agent, base, cookies: String::new(), csrf: String::new() };
        browser.get("/anmelden");
        assert_eq!(browser.post("/anmelden", &[("mail", mail), ("password", PASSWORD)]).0, 303);
        assert_eq!(browser.get("/konto").0, 200);
        browser
    }

    fn agent() -> ureq::Agent {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_global(Some(Duration::from_secs(60)))
            .build();
        config.into()
    }

    /// Opens a page.
    pub fn get(&mut self, path: &str) -> (u16, String) {
        let request = self.agent.get(format!("{}{path}", self.base)).header("Cookie", &self.cookies);
        let answer = request.call().unwrap();
        self.take(answer)
    }

    /// Sends a form, and says where it leads.
    pub fn post_to(&mut self, path: &str, fields: &[(&str, &str)]) -> Option<String> {
        let answer = self.send(path, fields).unwrap();
        let to = answer.headers().get("location").map(|to| to.to_str().unwrap().to_owned());
        self.take(answer);
        to
    }

    /// Sends a form to a process that may not answer any more; the status, if it does.
    pub fn try_post(&mut self, path: &str, fields: &[(&str, &str)]) -> Option<u16> {
        self.send(path, fields).ok().map(|answer| answer.status().as_u16())
    }

    fn send(
        &self,
        path: &str,
        fields: &[(&str, &str)],
    ) -> Result<ureq::http::Response<ureq::Body>, ureq::Error> {
        let request = self.agent.post(format!("{}{path}", self.base)).header("Cookie", &self.cookies);
        request.send_form([&[("csrf", self.csrf.as_str())], fields].concat())
    }

    /// Sends a form.
    pub fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> (u16, String) {
        let answer = self.send(path, fields).unwrap();
        self.take(answer)
    }

    /// Goes on with the same session at another process on the same database.
    pub fn moved_to(&mut self, process: &Process) {
        self.base = process.url("");
        // Connections to the one before are dead.
        self.agent = Self::agent();
    }

    /// Sends bytes of a file from an offset on; nothing when the connection broke.
    pub fn patch(&self, path: &str, offset: u64, bytes: &[u8]) -> Option<(u16, String)> {
        let request = self.agent.patch(format!("{}{path}", self.base)).header("Cookie", &self.cookies);
        let request = request.header("x-form-token", &self.csrf).header("upload-offset", offset.to_string());
        let mut answer = request.send(bytes).ok()?;
        Some((answer.status().as_u16(), answer.body_mut().read_to_string().ok()?))
    }

    /// Begins to send bytes of a file from an offset on, and is gone after some of them, as a browser that is killed.
    pub fn dies_sending(&self, path: &str, offset: u64, bytes: &[u8], come: usize) {
        let address = self.base.trim_start_matches("http://");
        let mut connection = TcpStream::connect(address).unwrap();
        let head = format!(
            "PATCH {path} HTTP/1.1\r\nHost: {address}\r\nCookie: {}\r\nX-Form-Token: {}\r\nUpload-Offset: {offset}\r\n\
             Content-Length: {}\r\n\r\n",
            self.cookies.trim_end_matches("; "),
            self.csrf,
            bytes.len()
        );
        connection.write_all(head.as_bytes()).unwrap();
        // The server may refuse it, where the request before is not over there.
        let _ = connection.write_all(&bytes[..come]);
    }

    /// A file as it is handed out.
    pub fn download(&self, path: &str) -> Vec<u8> {
        let request = self.agent.get(format!("{}{path}", self.base)).header("Cookie", &self.cookies);
        let mut answer = request.call().unwrap();
        assert_eq!(answer.status().as_u16(), 200);
        answer.body_mut().with_config().limit(1 << 30).read_to_vec().unwrap()
    }

    fn take(&mut self, mut answer: ureq::http::Response<ureq::Body>) -> (u16, String) {
        for cookie in answer.headers().get_all("set-cookie") {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            self.cookies = format!("{}{pair}; ", self.cookies);
        }
        let html = answer.body_mut().read_to_string().unwrap();
        if let Some((_, rest)) = html.split_once("name=\"csrf\" value=\"") {
            self.csrf = rest.split('"').next().unwrap().to_owned();
        }
        (answer.status().as_u16(), html)
    }
}

/// A program of the town hall.
pub struct Client {
    agent: ureq::Agent,
    base: String,
    town: Town,
    /// Behind a proxy, the address that it names.
    from: String,
}

/// A status and a body.
pub type Answer = (u16, Value);

impl Client {
    /// The same from this address.
    pub fn from(self, address: &str) -> Self {
        Self { from: address.to_owned(), ..self }
    }

    /// Files a report under a key of its own.
    ///
    /// # Errors
    /// When the connection broke and nobody knows.
    pub fn file(&self, key: &str, description: &str) -> Result<Answer, ureq::Error> {
        let report = json!({
            "organisation": self.town.organisation,
            "title": format!("Verdächtige Mail {key}"),
            "description": description,
            "observed": "mail",
            "inform": "nobody",
        });
        let mut response = self
            .agent
            .post(format!("{}/api/v1/incidents", self.base))
            .header("Authorization", format!("Bearer {}", self.town.token))
            .header("Idempotency-Key", key)
            .header("X-Forwarded-For", &self.from)
            .send_json(report)?;
        Ok((response.status().as_u16(), response.body_mut().read_json()?))
    }

    /// Asks for something.
    pub fn get(&self, path: &str) -> Answer {
        let request = self.agent.get(format!("{}{path}", self.base));
        let mut response =
            request.header("Authorization", format!("Bearer {}", self.town.token)).call().unwrap();
        let body = response.body_mut().read_to_string().unwrap();
        (response.status().as_u16(), serde_json::from_str(&body).unwrap_or(Value::String(body)))
    }
}

/// The references in the database. Each incident there is whole: every row that filing writes is there once.
pub fn whole_incidents(app: &App) -> Vec<String> {
    use schema::{
        audit_rows, entry_contents, idempotency_keys, incident_contents, incidents, involvements, outbox,
        report_contents, reports, timeline_entries,
    };
    let (references, counts) = app
        .db
        .read_now(|tx| {
            let references: Vec<String> = incidents::table.select(incidents::reference).load(tx.conn)?;
            let filed = timeline_entries::table.filter(timeline_entries::kind.eq("filed"));
            let counts: [(&str, i64); 9] = [
                ("contents", incident_contents::table.count().get_result(tx.conn)?),
                ("reports", reports::table.count().get_result(tx.conn)?),
                ("contents of reports", report_contents::table.count().get_result(tx.conn)?),
                ("involvements", involvements::table.count().get_result(tx.conn)?),
                ("timeline", filed.count().get_result(tx.conn)?),
                ("contents of timeline", entry_contents::table.count().get_result(tx.conn)?),
                (
                    "audit",
                    audit_rows::table
                        .filter(audit_rows::action.eq("incident.file"))
                        .count()
                        .get_result(tx.conn)?,
                ),
                ("mails", outbox::table.filter(outbox::purpose.eq("incident")).count().get_result(tx.conn)?),
                (
                    "answers",
                    idempotency_keys::table
                        .filter(idempotency_keys::status.eq(201))
                        .count()
                        .get_result(tx.conn)?,
                ),
            ];
            Ok((references, counts))
        })
        .unwrap();
    let is_whole = counts.iter().all(|(_, count)| *count == references.len() as i64);
    assert!(is_whole, "{} incidents, but {counts:?}", references.len());
    references
}
