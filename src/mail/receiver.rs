//! A small mail server that keeps every mail: over SMTP (RFC 5321) in the demonstration's folder, over LMTP (RFC 2033)
//! in the product's inbox.
//!
//! It answers 250 only when the mail is durable. It relays nothing, so it needs no notion of domains; it listens on the
//! loopback address or a Unix socket alone, because it asks nobody who he is.

use std::io;
use std::net::SocketAddr;
use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use smtp_proto::request::receiver::{DataReceiver, RequestReceiver};
use smtp_proto::{Error as ProtocolError, MAIL_SMTPUTF8, Request};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, UnixListener};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::maildir::Maildir;
use crate::core::text::MailAddress;

/// Recipients of one mail at most (RFC 5321, section 4.5.3.1.8, asks for no fewer).
const MAX_RECIPIENTS: usize = 100;
/// Faulty commands until the connection is closed.
const MAX_FAULTS: u32 = 20;

/// Which of both it speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// One answer for all recipients of a mail. Addresses are checked.
    Smtp,
    /// One answer for each. Whatever stands between the brackets is taken: who delivers here has checked it.
    Lmtp,
}

/// What became of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// It lies where nothing loses it.
    Durable,
    /// It could not be kept now: the sender tries again.
    Later,
}

/// What keeps mails.
pub trait Keep: Send + Sync {
    /// Keeps a mail from the sender (empty for `<>`) for all these recipients, or for none.
    fn keep(&self, from: String, to: Vec<String>, mail: Vec<u8>) -> BoxFuture<'_, Kept>;
}

impl Keep for Maildir {
    fn keep(&self, from: String, to: Vec<String>, mail: Vec<u8>) -> BoxFuture<'_, Kept> {
        let maildir = self.clone();
        Box::pin(async move {
            let masked: Vec<_> =
                to.iter().filter_map(|to| MailAddress::parse(to).ok()).map(|to| to.masked()).collect();
            let bytes = mail.len();
            let kept = tokio::task::spawn_blocking(move || {
                let from = MailAddress::parse(&from).ok();
                let mut to = to.iter().filter_map(|to| MailAddress::parse(to).ok());
                to.try_for_each(|to| maildir.deliver(from.as_ref(), &to, &mail).map(drop))
            });
            match kept.await.map_err(io::Error::other).and_then(|kept| kept) {
                Ok(()) => {
                    tracing::debug!(recipients = ?masked, bytes, "a mail was kept");
                    Kept::Durable
                }
                Err(error) => {
                    tracing::error!(%error, recipients = ?masked, "a mail could not be kept");
                    Kept::Later
                }
            }
        })
    }
}

/// The receiver's bounds.
#[derive(Debug, Clone)]
pub struct ReceiverSettings {
    pub protocol: Protocol,
    /// The name it greets with.
    pub name: String,
    /// The largest mail, in bytes.
    pub max_size: usize,
    /// Connections at the same time; further ones are told to come back.
    pub max_connections: usize,
    /// How long a silent peer is waited for.
    pub patience: Duration,
}

impl Default for ReceiverSettings {
    fn default() -> Self {
        Self {
            protocol: Protocol::Smtp,
            name: "localhost".to_owned(),
            max_size: 10 * 1024 * 1024,
            max_connections: 64,
            patience: Duration::from_secs(300),
        }
    }
}

/// A receiver that listens.
pub struct Receiver {
    listener: Listener,
    settings: Arc<ReceiverSettings>,
    keeper: Arc<dyn Keep>,
}

enum Listener {
    Tcp(TcpListener),
    Unix(UnixListener),
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

impl Listener {
    async fn accept(&self) -> io::Result<Box<dyn Stream>> {
        match self {
            Self::Tcp(listener) => {
                let (stream, _) = listener.accept().await?;
                stream.set_nodelay(true)?;
                Ok(Box::new(stream))
            }
            Self::Unix(listener) => Ok(Box::new(listener.accept().await?.0)),
        }
    }
}

impl Receiver {
    /// Begins to listen; port 0 takes a free one.
    ///
    /// # Errors
    /// The system's, and `InvalidInput` for an address that others can reach.
    pub async fn bind(
        address: SocketAddr,
        settings: ReceiverSettings,
        keeper: Arc<dyn Keep>,
    ) -> io::Result<Self> {
        if !address.ip().is_loopback() {
            let why = "the receiver asks nobody who he is: it listens on a loopback address only";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
        }
        let listener = Listener::Tcp(TcpListener::bind(address).await?);
        Ok(Self { listener, settings: Arc::new(settings), keeper })
    }

    /// Begins to listen on a Unix socket that its owner and group may use; one that was left behind is replaced.
    ///
    /// # Errors
    /// The system's, and `AlreadyExists` where something else bears the name or somebody listens there.
    pub fn bind_unix(path: &Path, settings: ReceiverSettings, keeper: Arc<dyn Keep>) -> io::Result<Self> {
        if let Ok(found) = std::fs::symlink_metadata(path) {
            if !found.file_type().is_socket() || std::os::unix::net::UnixStream::connect(path).is_ok() {
                let why = format!("{} is in use", path.display());
                return Err(io::Error::new(io::ErrorKind::AlreadyExists, why));
            }
            std::fs::remove_file(path)?;
        }
        let listener = UnixListener::bind(path)?;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o660))?;
        Ok(Self { listener: Listener::Unix(listener), settings: Arc::new(settings), keeper })
    }

    /// Where it listens.
    ///
    /// # Errors
    /// The system's, and `Unsupported` for a Unix socket.
    pub fn address(&self) -> io::Result<SocketAddr> {
        match &self.listener {
            Listener::Tcp(listener) => listener.local_addr(),
            Listener::Unix(_) => Err(io::ErrorKind::Unsupported.into()),
        }
    }

    /// Serves until `stop` becomes true. A mail that is being kept is kept.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        let places = Arc::new(Semaphore::new(self.settings.max_connections));
        let mut served = JoinSet::new();
        while !*stop.borrow() {
            let stream = tokio::select! {
                accepted = self.listener.accept() => match accepted {
                    Ok(stream) => stream,
                    Err(error) => {
                        tracing::warn!(%error, "a connection could not be accepted");
                        tokio::time::sleep(Duration::from_millis(100)).await;
                        continue;
                    }
                },
                _ = stop.changed() => break,
            };
            while served.try_join_next().is_some() {}
            let (settings, keeper, stop) =
                (Arc::clone(&self.settings), Arc::clone(&self.keeper), stop.clone());
            let place = Arc::clone(&places).try_acquire_owned();
            served.spawn(async move {
                let outcome = match place {
                    Ok(_place) => Peer::new(stream, settings, keeper).serve(stop).await,
                    Err(_) => refuse(stream).await,
                };
                if let Err(error) = outcome {
                    tracing::debug!(%error, "a mail connection ended");
                }
            });
        }
        while served.join_next().await.is_some() {}
    }
}

async fn refuse(mut stream: Box<dyn Stream>) -> io::Result<()> {
    stream.write_all(b"421 4.3.2 Too many connections, try again later\r\n").await
}

/// One connection.
struct Peer {
    stream: Box<dyn Stream>,
    settings: Arc<ReceiverSettings>,
    keeper: Arc<dyn Keep>,
    replies: Vec<u8>,
    greeted: bool,
    /// Whether MAIL was given. Empty: `<>`, which bounces use.
    from: Option<String>,
    to: Vec<String>,
    content: Option<Content>,
    faults: u32,
    ended: bool,
}

/// A mail that is being received.
struct Content {
    receiver: DataReceiver,
    bytes: Vec<u8>,
    too_big: bool,
}

impl Content {
    fn new() -> Self {
        let mut receiver = DataReceiver::new();
        // DATA's own line end counts: without it the receiver would miss a dot that begins the first line.
        receiver.ingest(&mut b"\r\n".iter(), &mut Vec::new());
        Self { receiver, bytes: Vec::new(), too_big: false }
    }

    /// Takes more bytes; `true` when the mail is whole.
    fn ingest(&mut self, bytes: &mut std::slice::Iter<'_, u8>, max_size: usize) -> bool {
        let whole = self.receiver.ingest(bytes, &mut self.bytes);
        self.too_big |= self.bytes.len() > max_size;
        if self.too_big {
            self.bytes.clear();
        }
        whole
    }
}

impl Peer {
    fn new(stream: Box<dyn Stream>, settings: Arc<ReceiverSettings>, keeper: Arc<dyn Keep>) -> Self {
        let (replies, to) = (Vec::new(), Vec::new());
        Self {
            stream,
            settings,
            keeper,
            replies,
            greeted: false,
            from: None,
            to,
            content: None,
            faults: 0,
            ended: false,
        }
    }

    async fn serve(mut self, mut stop: watch::Receiver<bool>) -> io::Result<()> {
        let spoken = if self.is_lmtp() { "LMTP" } else { "ESMTP" };
        let greeting = format!("220 {} {spoken} Meldekette", self.settings.name);
        self.reply(&greeting);
        let mut requests = RequestReceiver::default();
        let mut buffer = vec![0; 16 * 1024];
        loop {
            self.stream.write_all(&self.replies).await?;
            self.replies.clear();
            if self.ended {
                return self.stream.shutdown().await;
            }
            let read = tokio::select! {
                read = timeout(self.settings.patience, self.stream.read(&mut buffer)) => read,
                _ = stop.changed() => {
                    return self.stream.write_all(b"421 4.3.2 Closing down\r\n").await;
                }
            };
            let Ok(read) = read else {
                return self.stream.write_all(b"421 4.4.2 Waited too long\r\n").await;
            };
            match read? {
                0 => return Ok(()),
                length => self.take(&mut requests, &buffer[..length]).await,
            }
        }
    }

    /// Works through what came in at once (RFC 2920): its replies go out together.
    async fn take(&mut self, requests: &mut RequestReceiver, input: &[u8]) {
        let mut bytes = input.iter();
        while !self.ended && !bytes.as_slice().is_empty() {
            if let Some(content) = &mut self.content {
                if content.ingest(&mut bytes, self.settings.max_size) {
                    self.keep().await;
                }
                continue;
            }
            match requests.ingest(&mut bytes) {
                Ok(request) => self.obey(request.into_owned()),
                Err(ProtocolError::NeedsMoreData { .. }) => return,
                Err(error) => self.fault(refusal(&error)),
            }
        }
    }

    fn obey(&mut self, request: Request<String>) {
        match request {
            Request::Ehlo { .. } if !self.is_lmtp() => {
                self.hello(&["PIPELINING", "8BITMIME", "ENHANCEDSTATUSCODES"])
            }
            Request::Lhlo { .. } if self.is_lmtp() => {
                self.hello(&["PIPELINING", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES"]);
            }
            Request::Helo { .. } if !self.is_lmtp() => {
                self.greet();
                let name = self.settings.name.clone();
                self.reply(&format!("250 {name}"));
            }
            Request::Mail { from } => self.mail(&from.address, from.size, from.flags),
            Request::Rcpt { to } => self.recipient(&to.address),
            Request::Data => self.data(),
            Request::Rset => {
                self.forget();
                self.reply("250 2.0.0 Forgotten");
            }
            Request::Noop { .. } => self.reply("250 2.0.0 Still here"),
            Request::Vrfy { .. } => self.reply("252 2.5.0 Send it and see"),
            Request::Quit => {
                self.reply("221 2.0.0 Goodbye");
                self.ended = true;
            }
            _ => self.fault("502 5.5.1 Not spoken here"),
        }
    }

    fn mail(&mut self, address: &str, size: usize, flags: u64) {
        if !self.greeted || self.from.is_some() {
            return self.fault("503 5.5.1 MAIL comes after EHLO, and once");
        }
        if size > self.settings.max_size {
            return self.reply("552 5.3.4 Too big");
        }
        if flags & MAIL_SMTPUTF8 != 0 && !self.is_lmtp() {
            return self.fault("555 5.6.7 SMTPUTF8 is not spoken here");
        }
        match self.address(address) {
            Some(from) => self.from = Some(from),
            None if address.is_empty() => self.from = Some(String::new()),
            None => return self.fault("553 5.1.7 Not an address"),
        }
        self.reply("250 2.1.0 Sender noted");
    }

    fn recipient(&mut self, address: &str) {
        if self.from.is_none() {
            return self.fault("503 5.5.1 RCPT comes after MAIL");
        }
        if self.to.len() >= MAX_RECIPIENTS {
            return self.reply("452 4.5.3 Too many recipients");
        }
        match self.address(address) {
            Some(address) => {
                self.to.push(address);
                self.reply("250 2.1.5 Recipient noted");
            }
            None => self.fault("553 5.1.3 Not an address"),
        }
    }

    fn is_lmtp(&self) -> bool {
        self.settings.protocol == Protocol::Lmtp
    }

    fn address(&self, text: &str) -> Option<String> {
        if self.is_lmtp() {
            let plain: String = text.chars().filter(|c| !c.is_control()).take(320).collect();
            return (!plain.is_empty()).then_some(plain);
        }
        MailAddress::parse(text).ok().map(|address| address.as_str().to_owned())
    }

    fn hello(&mut self, keywords: &[&str]) {
        self.greet();
        let (name, size) = (self.settings.name.clone(), self.settings.max_size);
        self.reply(&format!("250-{name}\r\n250-{}\r\n250 SIZE {size}", keywords.join("\r\n250-")));
    }

    fn data(&mut self) {
        if self.to.is_empty() {
            return self.fault("503 5.5.1 DATA comes after RCPT");
        }
        self.content = Some(Content::new());
        self.reply("354 Go on, and end with a dot on a line of its own");
    }

    /// Keeps the whole mail for each recipient, or for none that was told 250.
    async fn keep(&mut self) {
        let (Some(content), Some(from)) = (self.content.take(), self.from.take()) else { return };
        let recipients = std::mem::take(&mut self.to);
        // RFC 2033, 4.2: one answer for each recipient that was accepted.
        let answers = if self.is_lmtp() { recipients.len() } else { 1 };
        let answer = if content.too_big {
            "552 5.3.4 Too big"
        } else if content.bytes.is_empty() && self.is_lmtp() {
            "554 5.6.0 Nothing came"
        } else {
            match self.keeper.keep(from, recipients, content.bytes).await {
                Kept::Durable => "250 2.0.0 Kept",
                Kept::Later => "451 4.3.0 Could not be kept, try again later",
            }
        };
        (0..answers).for_each(|_| self.reply(answer));
    }

    fn greet(&mut self) {
        self.greeted = true;
        self.forget();
    }

    fn forget(&mut self) {
        self.from = None;
        self.to.clear();
    }

    fn reply(&mut self, line: &str) {
        self.replies.extend_from_slice(line.as_bytes());
        self.replies.extend_from_slice(b"\r\n");
    }

    fn fault(&mut self, line: &str) {
        self.reply(line);
        self.faults += 1;
        if self.faults >= MAX_FAULTS {
            self.reply("421 4.7.0 Too many faults");
            self.ended = true;
        }
    }
}

fn refusal(error: &ProtocolError) -> &'static str {
    match error {
        ProtocolError::UnknownCommand => "500 5.5.1 Not a command",
        ProtocolError::InvalidSenderAddress | ProtocolError::InvalidRecipientAddress => {
            "553 5.1.3 Not an address"
        }
        ProtocolError::UnsupportedParameter { .. } => "555 5.5.4 Unknown parameter",
        ProtocolError::ResponseTooLong => "500 5.5.6 Line too long",
        _ => "501 5.5.4 Not understood",
    }
}

#[cfg(test)]
#[path = "receiver_tests.rs"]
mod tests;
