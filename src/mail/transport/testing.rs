//! Mail servers that misbehave on purpose, for tests.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;

use super::smtp::{Security, SmtpSettings};

/// What the server does where a mail's content has ended, or before.
#[derive(Debug, Clone, Copy)]
pub enum Manner {
    /// Says this to RCPT, takes everything else.
    ToRecipient(&'static str),
    /// Says this after the content.
    ToContent(&'static str),
    /// Closes the connection after the content.
    DropAfterContent,
    /// Closes the connection when it hears RCPT.
    DropAtRecipient,
    /// Never says anything after the content.
    HangAfterContent,
    /// Never even greets.
    HangAtOnce,
}

/// A server of one manner.
pub struct Server {
    pub address: SocketAddr,
    /// Contents that were received to the end.
    pub contents: Arc<AtomicUsize>,
    /// Lines of content that were received.
    pub lines: Arc<AtomicUsize>,
    /// Connections that were opened.
    pub connections: Arc<AtomicUsize>,
}

impl Server {
    /// One that somebody else runs.
    pub fn at(address: SocketAddr) -> Self {
        Self { address, contents: Arc::default(), lines: Arc::default(), connections: Arc::default() }
    }

    /// Serves until the test ends.
    pub async fn start(manner: Manner) -> Self {
        Self::speaking(manner, "").await
    }

    /// The same, announcing `keyword` in EHLO.
    pub async fn speaking(manner: Manner, keyword: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self::at(listener.local_addr().unwrap());
        let (contents, lines) = (Arc::clone(&server.contents), Arc::clone(&server.lines));
        let connections = Arc::clone(&server.connections);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                stream.set_nodelay(true).unwrap();
                connections.fetch_add(1, Ordering::SeqCst);
                let (contents, lines) = (Arc::clone(&contents), Arc::clone(&lines));
                tokio::spawn(async move { converse(stream, manner, (&contents, &lines), keyword).await });
            }
        });
        server
    }

    /// Settings that lead here, in clear, with a bound of half a second.
    pub fn settings(&self) -> SmtpSettings {
        SmtpSettings {
            host: self.address.ip().to_string(),
            port: self.address.port(),
            security: Security::None,
            login: None,
            ca_file: None,
            hello: "test.example".to_owned(),
            bound: Duration::from_millis(500),
        }
    }
}

/// One connection; `keyword` is announced in EHLO. Returns the stream at STARTTLS.
pub async fn converse<S: AsyncRead + AsyncWrite + Unpin>(
    stream: S,
    manner: Manner,
    (contents, lines): (&AtomicUsize, &AtomicUsize),
    keyword: &str,
) -> Option<S> {
    if matches!(manner, Manner::HangAtOnce) {
        std::future::pending::<()>().await;
    }
    let mut stream = BufReader::new(stream);
    stream.get_mut().write_all(b"220 test\r\n").await.ok()?;
    let (mut in_content, mut line) = (false, String::new());
    loop {
        line.clear();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        let reply = match (in_content, line.split([' ', '\r']).next().unwrap_or("")) {
            (true, ".") => {
                in_content = false;
                contents.fetch_add(1, Ordering::SeqCst);
                match manner {
                    Manner::DropAfterContent => return None,
                    Manner::HangAfterContent => std::future::pending().await,
                    Manner::ToContent(reply) => reply.to_owned(),
                    _ => "250 2.0.0 taken".to_owned(),
                }
            }
            (true, _) => {
                lines.fetch_add(1, Ordering::SeqCst);
                continue;
            }
            (false, "EHLO") if keyword.is_empty() => "250 test".to_owned(),
            (false, "EHLO") => format!("250-test\r\n250 {keyword}"),
            (false, "RCPT") => match manner {
                Manner::DropAtRecipient => return None,
                Manner::ToRecipient(reply) => reply.to_owned(),
                _ => "250 ok".to_owned(),
            },
            (false, "DATA") => {
                in_content = true;
                "354 go on".to_owned()
            }
            (false, "AUTH") => "235 2.7.0 welcome".to_owned(),
            (false, "STARTTLS") => {
                stream.get_mut().write_all(b"220 go on\r\n").await.ok()?;
                return Some(stream.into_inner());
            }
            _ => "250 ok".to_owned(),
        };
        stream.get_mut().write_all(format!("{reply}\r\n").as_bytes()).await.ok()?;
    }
}
