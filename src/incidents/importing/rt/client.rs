//! Asking RT: bounded in time, size and number; what passes is tried again, and never for ever.

use std::time::Duration;

use jiff::SignedDuration;
use jiff::civil::Date;
use reqwest::StatusCode;
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderValue};
use reqwest::redirect::Policy;
use serde::de::DeserializeOwned;
use url::{Host, Url};
use zeroize::Zeroizing;

use super::answers::{Attachment, Page, Refused, Ticket, Transaction};
use crate::core::env::Env;
use crate::queue::backoff;

/// Seconds until a connection stands, and until an answer is whole.
const CONNECT: Duration = Duration::from_secs(10);
const ANSWER: Duration = Duration::from_secs(60);
/// How often something is asked.
const TRIES: u32 = 4;
/// Rows of a page: the most that RT gives.
const ROWS: u64 = 100;
/// Pages of one list: a million tickets, or everything that ever happened to one.
const PAGES: u64 = 10_000;
/// Bytes of an answer without files.
const WORDS: u64 = 16 << 20;

/// Why RT does not answer with what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    #[error("--url must be an address with https; without TLS the token would be read on its way")]
    Open,
    #[error("--url is no address of RT")]
    Address,
    #[error("MELDEKETTE_RT_TOKEN holds no token that can be sent")]
    Token,
    #[error("RT does not take the token: it has ended, or its account may not use REST2")]
    Unauthorized,
    #[error("RT says: {0}")]
    Refused(String),
    #[error("RT cannot be reached: {0}")]
    Unreachable(String),
    #[error("the answer of RT is longer than {0} bytes")]
    TooLong(u64),
    #[error("the answer of RT is not what REST2 says: {0}")]
    Unreadable(String),
    /// What of ours failed.
    #[error("{0}")]
    Here(String),
}

/// Which tickets.
#[derive(Debug, Clone)]
pub struct Source {
    /// TicketSQL.
    pub query: String,
}

impl Source {
    /// The tickets of a queue.
    #[must_use]
    pub fn queue(name: &str) -> Self {
        let name = name.replace('\\', "\\\\").replace('\'', "\\'");
        Self { query: format!("Queue = '{name}'") }
    }

    /// Those that were changed since.
    #[must_use]
    pub fn since(self, day: Option<Date>) -> Self {
        match day {
            Some(day) => Self { query: format!("({}) AND LastUpdated >= '{day}'", self.query) },
            None => self,
        }
    }
}

/// An RT and a token for it.
pub struct Client {
    http: reqwest::Client,
    base: Url,
    token: Zeroizing<String>,
    env: Env,
    /// The first wait before something is asked again.
    first: SignedDuration,
    rows: u64,
}

impl Client {
    /// `url`: where RT's start page is.
    ///
    /// # Errors
    /// An address without TLS that is not this machine's own; a token that no header can hold.
    pub fn new(url: &str, token: Zeroizing<String>, env: Env) -> Result<Self, Trouble> {
        let mut base = Url::parse(url).map_err(|_| Trouble::Address)?;
        let is_here = match base.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(ip)) => ip.is_loopback(),
            Some(Host::Ipv6(ip)) => ip.is_loopback(),
            None => return Err(Trouble::Address),
        };
        if base.scheme() != "https" && !(base.scheme() == "http" && is_here) {
            return Err(Trouble::Open);
        }
        base.set_query(None);
        base.set_fragment(None);
        let path = format!("{}/REST/2.0/", base.path().trim_end_matches('/'));
        base.set_path(&path);
        if token.trim().is_empty() || HeaderValue::from_str(&token).is_err() {
            return Err(Trouble::Token);
        }
        let http = reqwest::Client::builder()
            .connect_timeout(CONNECT)
            .timeout(ANSWER)
            // The token goes nowhere else.
            .redirect(Policy::none())
            .build()
            .map_err(|error| Trouble::Unreachable(error.to_string()))?;
        Ok(Self { http, base, token, env, first: SignedDuration::from_millis(500), rows: ROWS })
    }

    /// The same with so many rows on a page, at most those that RT gives.
    #[must_use]
    pub fn by(self, rows: u64) -> Self {
        Self { rows: rows.clamp(1, ROWS), ..self }
    }

    /// The name of the installation: its host, and where it is not the whole host, its path.
    #[must_use]
    pub fn name(&self) -> String {
        let path = self.base.path().trim_end_matches("REST/2.0/").trim_end_matches('/');
        let port = self.base.port().map(|port| format!(":{port}")).unwrap_or_default();
        format!("{}{port}{path}", self.base.host_str().unwrap_or_default())
    }

    /// A page of tickets, by number; and whether there is another behind it.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn tickets(&self, source: &Source, page: u64) -> Result<(Vec<Ticket>, bool), Trouble> {
        let fields = "Subject,Status,Created,Resolved,Owner,Requestor,CustomFields";
        let asked =
            [("query", source.query.as_str()), ("orderby", "id"), ("order", "ASC"), ("fields", fields)];
        self.page("tickets", &asked, page).await
    }

    /// A ticket with its custom fields, which lists leave out.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn ticket(&self, number: u64) -> Result<Ticket, Trouble> {
        self.ask(&format!("ticket/{number}"), &[], WORDS).await
    }

    /// Everything that happened to a ticket, the oldest first.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn history(&self, number: u64) -> Result<Vec<Transaction>, Trouble> {
        let asked = [("fields", "Type,Created,Creator,OldValue,NewValue,_hyperlinks")];
        let mut all = Vec::new();
        for page in 1..=PAGES {
            let (items, is_more) = self.page(&format!("ticket/{number}/history"), &asked, page).await?;
            all.extend(items);
            if !is_more {
                break;
            }
        }
        Ok(all)
    }

    /// What was sent with something, of so many bytes at most.
    ///
    /// # Errors
    /// [`Trouble::TooLong`] for a larger one; the others.
    pub async fn attachment(&self, number: u64, most: u64) -> Result<Attachment, Trouble> {
        // Base64 with its line breaks, and the headers of a mail beside it.
        let longest = most.saturating_mul(3) / 2 + (1 << 20);
        self.ask(&format!("attachment/{number}"), &[], longest).await
    }

    async fn page<T: DeserializeOwned>(
        &self,
        path: &str,
        asked: &[(&str, &str)],
        page: u64,
    ) -> Result<(Vec<T>, bool), Trouble> {
        let (rows, number) = (self.rows.to_string(), page.to_string());
        let asked = [asked, &[("per_page", rows.as_str()), ("page", number.as_str())]].concat();
        let found: Page<T> = self.ask(path, &asked, WORDS).await?;
        let is_more = found.is_followed(page) && page < PAGES;
        Ok((found.items, is_more))
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        path: &str,
        asked: &[(&str, &str)],
        most: u64,
    ) -> Result<T, Trouble> {
        let mut url = self.base.join(path).map_err(|_| Trouble::Address)?;
        if !asked.is_empty() {
            url.query_pairs_mut().extend_pairs(asked);
        }
        let mut tried = 1;
        loop {
            match self.once(&url, most).await {
                Err(Once::Passing(_)) if tried < TRIES => {
                    let random = u32::from_be_bytes(self.env.bytes());
                    let wait = backoff::delay(self.first, SignedDuration::from_secs(10), tried, random);
                    tokio::time::sleep(wait.unsigned_abs()).await;
                    tried += 1;
                }
                Err(Once::Passing(trouble) | Once::Final(trouble)) => return Err(trouble),
                Ok(bytes) => {
                    return serde_json::from_slice(&bytes)
                        .map_err(|error| Trouble::Unreadable(format!("{path}: {error}")));
                }
            }
        }
    }

    async fn once(&self, url: &Url, most: u64) -> Result<Vec<u8>, Once> {
        let unreachable =
            |error: reqwest::Error| Once::Passing(Trouble::Unreachable(error.without_url().to_string()));
        let mut authorization = HeaderValue::from_str(&format!("token {}", self.token.trim()))
            .map_err(|_| Once::Final(Trouble::Token))?;
        authorization.set_sensitive(true);
        let request = self.http.get(url.clone()).header(AUTHORIZATION, authorization);
        let mut answer = request.header(ACCEPT, "application/json").send().await.map_err(unreachable)?;
        let status = answer.status();
        let mut bytes = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(unreachable)? {
            if (bytes.len() + chunk.len()) as u64 > most {
                return Err(Once::Final(Trouble::TooLong(most)));
            }
            bytes.extend_from_slice(&chunk);
        }
        if status.is_success() {
            return Ok(bytes);
        }
        let said = serde_json::from_slice::<Refused>(&bytes).map(|it| it.message);
        let said: String = said.unwrap_or_else(|_| status.to_string()).chars().take(300).collect();
        Err(match status {
            StatusCode::UNAUTHORIZED => Once::Final(Trouble::Unauthorized),
            StatusCode::TOO_MANY_REQUESTS => Once::Passing(Trouble::Refused(said)),
            status if status.is_server_error() => Once::Passing(Trouble::Refused(said)),
            _ => Once::Final(Trouble::Refused(said)),
        })
    }
}

/// Whether it helps to ask again.
enum Once {
    Passing(Trouble),
    Final(Trouble),
}
