//! Reads a mailbox (IMAP4rev1, RFC 3501), over TLS whose certificate is checked.
//!
//! The server is the house's own: it is believed about what lies where. Everything that is asked of it has a bound in
//! time, and no mail is fetched beyond the size that is taken. What it answers is never shown as it came: a part of a
//! mail might stand in it.

use std::fmt::Debug;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use async_imap::error::Error as ImapError;
use async_imap::types::Capabilities;
use async_imap::{Authenticator, Client, Session};
use futures_util::StreamExt as _;
use rustls_pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::tls;
use super::transport::Answer;
use crate::core::codes::codes;
use crate::core::error::{Error, Result};

/// Bytes in a second below which a line is too slow for a large mail.
const SLOWEST: u64 = 256 * 1024;

/// How the connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    /// TLS from the first byte (RFC 8314).
    Implicit,
    /// STARTTLS, or nothing is read.
    StartTls,
    /// In clear: on this machine only.
    None,
}

/// Which server, and how.
#[derive(Clone)]
pub struct ImapSettings {
    pub host: String,
    pub port: u16,
    pub protection: Protection,
    pub user: String,
    pub password: String,
    /// The authority of the server's certificate as PEM; the system's where none is given.
    pub ca_file: Option<PathBuf>,
    /// The longest that one thing asked of the server may take; a large mail is given more.
    pub bound: Duration,
}

codes! {
    /// At what a look into a mailbox failed.
    Step {
        Connect = "connect",
        Tls = "tls",
        Login = "login",
        Folder = "folder",
        List = "list",
        Fetch = "fetch",
        Move = "move",
        /// Our side: it could not be kept.
        Keep = "keep",
    }
}

/// Why a mailbox could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {words}", step.code())]
pub struct Trouble {
    pub step: Step,
    /// What was said, without control characters and cut.
    pub words: Answer,
}

impl Trouble {
    /// At `step`, for this reason.
    #[must_use]
    pub fn new(step: Step, words: &str) -> Self {
        Self { step, words: Answer::new(words) }
    }

    fn imap(step: Step, error: &ImapError) -> Self {
        let words = match error {
            ImapError::No(said) | ImapError::Bad(said) => information(said).to_owned(),
            ImapError::ConnectionLost => "the connection was lost".to_owned(),
            // What cannot be understood is quoted in these: it may be a mail.
            ImapError::Io(error) if error.kind() != io::ErrorKind::Other => error.to_string(),
            ImapError::Validate(_) => "a name holds characters that cannot be sent".to_owned(),
            _ => "the server's answer cannot be understood".to_owned(),
        };
        Self::new(step, &words)
    }
}

/// The server's words in what async-imap puts together of its answer.
fn information(said: &str) -> &str {
    let words = said.split_once("info: Some(\"").map(|(_, rest)| rest);
    words.and_then(|rest| rest.strip_suffix("\")")).unwrap_or(said)
}

trait Wire: AsyncRead + AsyncWrite + Unpin + Send + Debug {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send + Debug> Wire for T {}

/// A server that mailboxes lie on.
pub struct Imap {
    settings: ImapSettings,
    tls: Option<(TlsConnector, ServerName<'static>)>,
}

/// SASL PLAIN (RFC 4616): unlike LOGIN it takes any character in a password.
struct Plain<'a>(&'a ImapSettings);

impl Authenticator for Plain<'_> {
    type Response = String;

    fn process(&mut self, _challenge: &[u8]) -> String {
        format!("\0{}\0{}", self.0.user, self.0.password)
    }
}

impl Imap {
    /// Reads certificates; connects to nothing yet.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the CA file cannot be read.
    pub fn new(settings: ImapSettings) -> Result<Self> {
        let refuse = |why: String| Error::Unavailable(format!("mail.inbound.imap: {why}"));
        let read = |path: &PathBuf| {
            std::fs::read(path).map_err(|error| refuse(format!("{}: {error}", path.display())))
        };
        let ca = settings.ca_file.as_ref().map(read).transpose()?;
        let tls = match settings.protection {
            Protection::None => None,
            _ => Some(tls::connector(&settings.host, ca.as_deref()).map_err(refuse)?),
        };
        Ok(Self { settings, tls })
    }

    /// Opens a folder. Where `is_changed` is false, nothing in it can be changed.
    ///
    /// # Errors
    /// [`Trouble`] with the step that failed.
    pub async fn open(&self, folder: &str, is_changed: bool) -> Result<Mailbox, Trouble> {
        let bound = self.settings.bound;
        let client = within(bound, Step::Connect, self.connect()).await?;
        let mut session = within(bound, Step::Login, self.sign_in(client)).await?;
        let opened = async {
            let able = session.capabilities().await?;
            let opened = match is_changed {
                true => session.select(folder).await?,
                false => session.examine(folder).await?,
            };
            Ok((able, opened))
        };
        let (able, opened) = asked(bound, Step::Folder, opened).await?;
        Ok(Mailbox { validity: opened.uid_validity.unwrap_or_default(), session, able, bound })
    }

    async fn connect(&self) -> Result<Client<Box<dyn Wire>>, Trouble> {
        let at = |step| move |error: io::Error| Trouble::new(step, &error.to_string());
        let address = (self.settings.host.as_str(), self.settings.port);
        let stream = TcpStream::connect(address).await.map_err(at(Step::Connect))?;
        stream.set_nodelay(true).map_err(at(Step::Connect))?;
        let stream: Box<dyn Wire> = match (self.settings.protection, &self.tls) {
            (Protection::StartTls, Some((tls, name))) => {
                let mut client = Client::new(stream);
                greeted(client.read_response().await)?;
                let secured = client.run_command_and_check_ok("STARTTLS", None).await;
                secured.map_err(|error| Trouble::imap(Step::Tls, &error))?;
                // What came behind the answer, unprotected, goes away with the client's buffer.
                let secured = tls.connect(name.clone(), client.into_inner()).await;
                return Ok(Client::new(Box::new(secured.map_err(at(Step::Tls))?)));
            }
            (_, Some((tls, name))) => {
                Box::new(tls.connect(name.clone(), stream).await.map_err(at(Step::Tls))?)
            }
            (_, None) => Box::new(stream),
        };
        let mut client = Client::new(stream);
        greeted(client.read_response().await)?;
        Ok(client)
    }

    async fn sign_in(&self, client: Client<Box<dyn Wire>>) -> Result<Session<Box<dyn Wire>>, Trouble> {
        let signed_in = client.authenticate("PLAIN", Plain(&self.settings)).await;
        signed_in.map_err(|(error, _)| Trouble::imap(Step::Login, &error))
    }
}

/// Every server begins with a line.
fn greeted<T>(line: io::Result<Option<T>>) -> Result<(), Trouble> {
    match line {
        Ok(Some(_)) => Ok(()),
        Ok(None) => Err(Trouble::new(Step::Connect, "the connection was lost")),
        Err(error) => Err(Trouble::imap(Step::Connect, &error.into())),
    }
}

async fn within<T>(
    bound: Duration,
    step: Step,
    work: impl Future<Output = Result<T, Trouble>>,
) -> Result<T, Trouble> {
    match tokio::time::timeout(bound, work).await {
        Ok(done) => done,
        Err(_) => Err(Trouble::new(step, "no answer in time")),
    }
}

async fn asked<T>(
    bound: Duration,
    step: Step,
    work: impl Future<Output = Result<T, ImapError>>,
) -> Result<T, Trouble> {
    within(bound, step, async { work.await.map_err(|error| Trouble::imap(step, &error)) }).await
}

/// What lies under a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fetched {
    Mail(Vec<u8>),
    /// Larger than was asked for.
    TooLarge,
    /// Somebody took it away, or the server hands nothing out.
    Nothing,
}

/// A folder that is open.
pub struct Mailbox {
    /// Numbers of mails hold as long as this stays (RFC 3501, 2.3.1.1).
    pub validity: u32,
    session: Session<Box<dyn Wire>>,
    able: Capabilities,
    bound: Duration,
}

impl Mailbox {
    /// The numbers of the mails in it, the oldest first.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn list(&mut self) -> Result<Vec<u32>, Trouble> {
        let found = asked(self.bound, Step::List, self.session.uid_search("UNDELETED")).await?;
        let mut numbers: Vec<u32> = found.into_iter().collect();
        numbers.sort_unstable();
        Ok(numbers)
    }

    /// How many mails lie in another folder, which is made where it is missing.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn count(&mut self, folder: &str) -> Result<u32, Trouble> {
        let session = &mut self.session;
        let counted = async {
            match session.status(folder, "(MESSAGES)").await {
                Err(ImapError::No(_)) => session.create(folder).await.map(|()| 0),
                found => found.map(|folder| folder.exists),
            }
        };
        asked(self.bound, Step::Folder, counted).await
    }

    /// A mail of at most `largest` bytes. It stays as it is, not even marked as read.
    ///
    /// # Errors
    /// [`Trouble`]; afterwards this connection is of no use.
    pub async fn fetch(&mut self, number: u32, largest: usize) -> Result<Fetched, Trouble> {
        let number = number.to_string();
        let session = &mut self.session;
        let size = async {
            let mut said = session.uid_fetch(&number, "(RFC822.SIZE)").await?;
            let mut size = None;
            while let Some(one) = said.next().await {
                size = one?.size.or(size);
            }
            Ok(size)
        };
        let Some(size) = asked(self.bound, Step::Fetch, size).await? else { return Ok(Fetched::Nothing) };
        if usize::try_from(size).unwrap_or(usize::MAX) > largest {
            return Ok(Fetched::TooLarge);
        }
        let bound = self.bound + Duration::from_secs(u64::from(size) / SLOWEST);
        // Servers are wrong about sizes: no more than a byte beyond what is taken is asked for.
        let query = format!("(BODY.PEEK[]<0.{}>)", largest + 1);
        let session = &mut self.session;
        let mail = async {
            let mut said = session.uid_fetch(&number, &query).await?;
            let mut mail = None;
            while let Some(one) = said.next().await {
                mail = one?.body().map(<[u8]>::to_vec).or(mail);
            }
            Ok(mail)
        };
        Ok(match asked(bound, Step::Fetch, mail).await? {
            None => Fetched::Nothing,
            Some(mail) if mail.len() > largest => Fetched::TooLarge,
            Some(mail) => Fetched::Mail(mail),
        })
    }

    /// Moves a mail into another folder (RFC 6851, or by copying it where the server cannot).
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn put(&mut self, number: u32, folder: &str) -> Result<(), Trouble> {
        let number = number.to_string();
        let (can_move, can_expunge) = (self.able.has_str("MOVE"), self.able.has_str("UIDPLUS"));
        let session = &mut self.session;
        let moved = async {
            if can_move {
                return session.uid_mv(&number, folder).await;
            }
            session.uid_copy(&number, folder).await?;
            session.run_command_and_check_ok(format!("UID STORE {number} +FLAGS.SILENT (\\Deleted)")).await?;
            if can_expunge {
                session.run_command_and_check_ok(format!("UID EXPUNGE {number}")).await?;
            }
            Ok(())
        };
        asked(self.bound, Step::Move, moved).await
    }

    /// Says goodbye; whether it is heard changes nothing.
    pub async fn close(mut self) {
        let _ = tokio::time::timeout(Duration::from_secs(2), self.session.logout()).await;
    }
}
