//! Sends through a mail server (RFC 5321), over connections that are kept.
//!
//! lettre's own pool leaves Nagle's algorithm on and so waits 40 ms for each mail's last packet; here the stream is
//! opened with it off. lettre bounds connecting only; here every connection and every mail has a bound.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::future::{BoxFuture, FutureExt as _};
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{
    AsyncSmtpConnection, AsyncTokioStream, Certificate, CertificateStore, TlsParameters,
};
use lettre::transport::smtp::commands::{Data, Ehlo, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Response;
use rustls_pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::{Answer, Envelope, SendOutcome, Session, Transport};
use crate::core::error::{Error, Result};
use crate::core::i18n::{Lang, text, text_with};
use crate::mail::tls;

/// How the connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// STARTTLS with a certificate that is checked, or no mail.
    StartTls,
    /// STARTTLS where it is offered, whoever's the certificate (RFC 7435): better than nothing, no proof of anything.
    Opportunistic,
    /// TLS from the first byte (RFC 8314), with a certificate that is checked.
    Implicit,
    /// In clear.
    None,
}

/// Which mail server, and how.
#[derive(Clone)]
pub struct SmtpSettings {
    pub host: String,
    pub port: u16,
    pub security: Security,
    /// User and password.
    pub login: Option<(String, String)>,
    /// The authority of the server's certificate as PEM; the system's where none is given.
    pub ca_file: Option<PathBuf>,
    /// The name in EHLO.
    pub hello: String,
    /// The longest that connecting may take, and the longest that one mail may take.
    pub bound: Duration,
}

/// A mail server.
pub struct SmtpTransport {
    settings: SmtpSettings,
    hello: ClientId,
    starttls: Option<TlsParameters>,
    implicit: Option<(TlsConnector, ServerName<'static>)>,
    login: Option<Credentials>,
}

impl SmtpTransport {
    /// Reads certificates; connects to nothing yet.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the CA file cannot be read, or when a login would go over an unchecked connection.
    pub fn new(settings: SmtpSettings) -> Result<Self> {
        let refuse = |why: String| Error::Unavailable(format!("mail.smtp: {why}"));
        if settings.login.is_some() && matches!(settings.security, Security::Opportunistic | Security::None) {
            return Err(refuse(
                "a password goes only over security = \"starttls\" or \"implicit\"".to_owned(),
            ));
        }
        let ca = match &settings.ca_file {
            Some(path) => {
                Some(std::fs::read(path).map_err(|error| refuse(format!("{}: {error}", path.display())))?)
            }
            None => None,
        };
        let starttls = match settings.security {
            Security::StartTls | Security::Opportunistic => {
                Some(starttls(&settings, ca.as_deref()).map_err(|error| refuse(error.to_string()))?)
            }
            Security::Implicit | Security::None => None,
        };
        let implicit = match settings.security {
            Security::Implicit => Some(tls::connector(&settings.host, ca.as_deref()).map_err(refuse)?),
            _ => None,
        };
        let login = settings.login.clone().map(|(user, password)| Credentials::new(user, password));
        Ok(Self { hello: ClientId::Domain(settings.hello.clone()), settings, starttls, implicit, login })
    }

    async fn open(&self) -> Result<SmtpSession, String> {
        let words = |error: &dyn std::error::Error| error.to_string();
        let stream = TcpStream::connect((self.settings.host.as_str(), self.settings.port))
            .await
            .map_err(|error| words(&error))?;
        stream.set_nodelay(true).map_err(|error| words(&error))?;
        let stream: Box<dyn AsyncTokioStream> = match &self.implicit {
            Some((connector, name)) => {
                let tls = connector.connect(name.clone(), stream).await.map_err(|error| words(&error))?;
                Box::new(Encrypted(Box::new(tls)))
            }
            None => Box::new(stream),
        };
        let mut connection = AsyncSmtpConnection::connect_with_transport(stream, &self.hello)
            .await
            .map_err(|error| words(&error))?;
        if let Some(parameters) = &self.starttls
            && (self.settings.security == Security::StartTls || connection.can_starttls())
        {
            connection.starttls(parameters.clone(), &self.hello).await.map_err(|error| words(&error))?;
        }
        if let Some(login) = &self.login {
            let mechanisms = [Mechanism::Plain, Mechanism::Login];
            connection.auth(&mechanisms, login).await.map_err(|error| words(&error))?;
        }
        // lettre has read the server's keywords, but does not tell of this one.
        let keywords =
            connection.command(Ehlo::new(self.hello.clone())).await.map_err(|error| words(&error))?;
        let pipelining = keywords.message().any(|keyword| keyword.trim().eq_ignore_ascii_case("PIPELINING"));
        Ok(SmtpSession { connection, bound: self.settings.bound, pipelining, usable: true })
    }
}

impl Transport for SmtpTransport {
    fn connect(&self) -> BoxFuture<'_, Result<Box<dyn Session>, Answer>> {
        async move {
            let why = match timeout(self.settings.bound, self.open()).await {
                Ok(Ok(session)) => return Ok(Box::new(session) as Box<dyn Session>),
                Ok(Err(why)) => why,
                Err(_) => text(Lang::De, "mail-no-answer").into_owned(),
            };
            Err(because("mail-unreachable", &why))
        }
        .boxed()
    }
}

struct SmtpSession {
    connection: AsyncSmtpConnection,
    bound: Duration,
    /// Whether commands may go out together (RFC 2920): one round trip before the content instead of three.
    pipelining: bool,
    usable: bool,
}

impl Session for SmtpSession {
    fn send<'a>(&'a mut self, envelope: &'a Envelope, mail: &'a [u8]) -> BoxFuture<'a, SendOutcome> {
        async move {
            let mut began = false;
            let bound = self.bound;
            let ended = timeout(bound, self.exchange(envelope, mail, &mut began)).await;
            let broken = match ended {
                Ok(Ok(outcome)) => return outcome,
                Ok(Err(error)) => error.to_string(),
                Err(_) => text(Lang::De, "mail-no-answer").into_owned(),
            };
            self.usable = false;
            if began {
                SendOutcome::InDoubt(because("mail-in-doubt", &broken))
            } else {
                SendOutcome::Unreachable(because("mail-unreachable", &broken))
            }
        }
        .boxed()
    }

    fn is_usable(&self) -> bool {
        self.usable
    }

    fn close(mut self: Box<Self>) -> BoxFuture<'static, ()> {
        async move {
            // Whether the goodbye is heard changes nothing.
            let _ = timeout(Duration::from_secs(2), self.connection.abort()).await;
        }
        .boxed()
    }
}

impl SmtpSession {
    /// One mail. `began` is set before the first byte of content goes out: from there on silence means doubt.
    ///
    /// # Errors
    /// The connection's; what the server says against the mail is an outcome.
    async fn exchange(
        &mut self,
        envelope: &Envelope,
        mail: &[u8],
        began: &mut bool,
    ) -> Result<SendOutcome, SmtpError> {
        let (Ok(from), Ok(to)) = (envelope.from.as_str().parse(), envelope.to.as_str().parse()) else {
            return Ok(SendOutcome::Permanent(Answer::new("553 address")));
        };
        let (mail_from, rcpt_to) = (Mail::new(Some(from), Vec::new()), Rcpt::new(to, Vec::new()));
        if let Some(refusal) = self.announce(&mail_from, &rcpt_to).await? {
            // The server has forgotten this mail when it answers; until then nothing else is sent.
            self.usable = self.connection.command(Rset).await.is_ok();
            return Ok(refusal);
        }
        *began = true;
        // lettre ends the content with CRLF itself.
        let content = mail.strip_suffix(b"\r\n").unwrap_or(mail);
        match self.connection.message(content).await {
            Ok(response) => Ok(SendOutcome::Accepted(answer(&response))),
            Err(error) => said(error),
        }
    }

    /// Everything before the content. What the server says against it is returned.
    ///
    /// # Errors
    /// The connection's.
    async fn announce(&mut self, mail: &Mail, rcpt: &Rcpt) -> Result<Option<SendOutcome>, SmtpError> {
        if !self.pipelining {
            for command in [mail.to_string(), rcpt.to_string(), Data.to_string()] {
                let refused = refusal(self.connection.command(command).await)?;
                if refused.is_some() {
                    return Ok(refused);
                }
            }
            return Ok(None);
        }
        let refused_mail = refusal(self.connection.command(format!("{mail}{rcpt}{Data}")).await)?;
        let refused_rcpt = refusal(self.connection.read_response().await)?;
        let refused_data = refusal(self.connection.read_response().await)?;
        let refused = refused_mail.or(refused_rcpt);
        if refused.is_some() && refused_data.is_none() {
            // A server that waits for content all the same gets none (RFC 2920, section 3.1).
            refusal(self.connection.message(b"").await)?;
        }
        Ok(refused.or(refused_data))
    }
}

/// `None` where the server agreed.
///
/// # Errors
/// The connection's.
fn refusal(reply: Result<Response, SmtpError>) -> Result<Option<SendOutcome>, SmtpError> {
    reply.map_or_else(|error| said(error).map(Some), |_| Ok(None))
}

/// What the server said against a mail.
///
/// # Errors
/// `error` itself when it is none of the server's words.
fn said(error: SmtpError) -> Result<SendOutcome, SmtpError> {
    let Some(code) = error.status() else { return Err(error) };
    let words = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
    let answer = Answer::new(&format!("{code} {words}"));
    Ok(if error.is_permanent() { SendOutcome::Permanent(answer) } else { SendOutcome::Temporary(answer) })
}

fn answer(response: &Response) -> Answer {
    let lines: Vec<_> = response.message().collect();
    Answer::new(&format!("{} {}", response.code(), lines.join(" ")))
}

fn because(key: &str, why: &str) -> Answer {
    Answer::new(&text_with(Lang::De, key, &[("why", why.into())]))
}

fn starttls(settings: &SmtpSettings, ca: Option<&[u8]>) -> Result<TlsParameters, SmtpError> {
    let mut parameters = TlsParameters::builder(settings.host.clone())
        .dangerous_accept_invalid_certs(settings.security == Security::Opportunistic)
        .dangerous_accept_invalid_hostnames(settings.security == Security::Opportunistic);
    if let Some(pem) = ca {
        parameters = parameters
            .certificate_store(CertificateStore::None)
            .add_root_certificate(Certificate::from_pem(pem)?);
    }
    parameters.build_rustls()
}

/// A TLS stream for lettre, which asks streams for their peer.
#[derive(Debug)]
struct Encrypted(Box<TlsStream<TcpStream>>);

impl AsyncTokioStream for Encrypted {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.0.get_ref().0.peer_addr()
    }
}

impl AsyncRead for Encrypted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.0).poll_read(cx, buf)
    }
}

impl AsyncWrite for Encrypted {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut *self.0).poll_write(cx, buf)
    }
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.0).poll_flush(cx)
    }
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.0).poll_shutdown(cx)
    }
}

#[cfg(test)]
#[path = "smtp_tests.rs"]
mod tests;
