//! A small mail server (RFC 5321) on the loopback address that keeps every mail in a folder.
//!
//! It answers 250 only when the mail is on the disk. It relays nothing, so it needs no notion of domains; it listens
//! on the loopback address alone, because it asks nobody who he is.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use smtp_proto::request::receiver::{DataReceiver, RequestReceiver};
use smtp_proto::{Error as ProtocolError, MAIL_SMTPUTF8, Request};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::maildir::Maildir;
use crate::core::text::MailAddress;

/// Recipients of one mail at most (RFC 5321, section 4.5.3.1.8, asks for no fewer).
const MAX_RECIPIENTS: usize = 100;
/// Faulty commands until the connection is closed.
const MAX_FAULTS: u32 = 20;

/// The receiver's bounds.
#[derive(Debug, Clone)]
pub struct ReceiverSettings {
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
            name: "localhost".to_owned(),
            max_size: 10 * 1024 * 1024,
            max_connections: 64,
            patience: Duration::from_secs(300),
        }
    }
}

/// A receiver that listens.
pub struct Receiver {
    listener: TcpListener,
    settings: Arc<ReceiverSettings>,
    maildir: Maildir,
}

impl Receiver {
    /// Begins to listen; port 0 takes a free one.
    ///
    /// # Errors
    /// The system's, and `InvalidInput` for an address that others can reach.
    pub async fn bind(address: SocketAddr, settings: ReceiverSettings, maildir: Maildir) -> io::Result<Self> {
        if !address.ip().is_loopback() {
            let why = "the receiver asks nobody who he is: it listens on a loopback address only";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
        }
        Ok(Self { listener: TcpListener::bind(address).await?, settings: Arc::new(settings), maildir })
    }

    /// Where it listens.
    ///
    /// # Errors
    /// The system's.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until `stop` becomes true. A mail that is being kept is kept.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        let places = Arc::new(Semaphore::new(self.settings.max_connections));
        let mut served = JoinSet::new();
        while !*stop.borrow() {
            let stream = tokio::select! {
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, _)) => stream,
                    Err(error) => {
                        tracing::warn!(%error, "a connection could not be accepted");
                        tokio::time::sleep(Duration::from_millis(100)).await;
                        continue;
                    }
                },
                _ = stop.changed() => break,
            };
            while served.try_join_next().is_some() {}
            let (settings, maildir, stop) = (Arc::clone(&self.settings), self.maildir.clone(), stop.clone());
            let place = Arc::clone(&places).try_acquire_owned();
            served.spawn(async move {
                let outcome = match place {
                    Ok(_place) => Peer::new(stream, settings, maildir).serve(stop).await,
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

async fn refuse(mut stream: TcpStream) -> io::Result<()> {
    stream.write_all(b"421 4.3.2 Too many connections, try again later\r\n").await
}

/// One connection.
struct Peer {
    stream: TcpStream,
    settings: Arc<ReceiverSettings>,
    maildir: Maildir,
    replies: Vec<u8>,
    greeted: bool,
    /// The outer option: whether MAIL was given. The inner: `<>`, which bounces use.
    from: Option<Option<MailAddress>>,
    to: Vec<MailAddress>,
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
    fn new(stream: TcpStream, settings: Arc<ReceiverSettings>, maildir: Maildir) -> Self {
        let (replies, to) = (Vec::new(), Vec::new());
        Self {
            stream,
            settings,
            maildir,
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
        self.stream.set_nodelay(true)?;
        let greeting = format!("220 {} ESMTP Meldekette", self.settings.name);
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
            Request::Ehlo { .. } => {
                self.greet();
                let (name, size) = (self.settings.name.clone(), self.settings.max_size);
                let keywords = "PIPELINING\r\n250-8BITMIME\r\n250-ENHANCEDSTATUSCODES";
                self.reply(&format!("250-{name}\r\n250-{keywords}\r\n250 SIZE {size}"));
            }
            Request::Helo { .. } => {
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
        if flags & MAIL_SMTPUTF8 != 0 {
            return self.fault("555 5.6.7 SMTPUTF8 is not spoken here");
        }
        let from = if address.is_empty() { None } else { MailAddress::parse(address).ok() };
        if !address.is_empty() && from.is_none() {
            return self.fault("553 5.1.7 Not an address");
        }
        self.from = Some(from);
        self.reply("250 2.1.0 Sender noted");
    }

    fn recipient(&mut self, address: &str) {
        if self.from.is_none() {
            return self.fault("503 5.5.1 RCPT comes after MAIL");
        }
        if self.to.len() >= MAX_RECIPIENTS {
            return self.reply("452 4.5.3 Too many recipients");
        }
        match MailAddress::parse(address) {
            Ok(address) => {
                self.to.push(address);
                self.reply("250 2.1.5 Recipient noted");
            }
            Err(_) => self.fault("553 5.1.3 Not an address"),
        }
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
        if content.too_big {
            return self.reply("552 5.3.4 Too big");
        }
        let maildir = self.maildir.clone();
        let masked: Vec<_> = recipients.iter().map(MailAddress::masked).collect();
        let bytes = content.bytes.len();
        let kept = tokio::task::spawn_blocking(move || {
            recipients.iter().try_for_each(|to| maildir.deliver(from.as_ref(), to, &content.bytes).map(drop))
        });
        match kept.await.map_err(io::Error::other).and_then(|kept| kept) {
            Ok(()) => {
                tracing::debug!(recipients = ?masked, bytes, "a mail was kept");
                self.reply("250 2.0.0 Kept");
            }
            Err(error) => {
                tracing::error!(%error, recipients = ?masked, "a mail could not be kept");
                self.reply("451 4.3.0 Could not be kept, try again later");
            }
        }
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
