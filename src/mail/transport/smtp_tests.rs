//! Against servers on real sockets, well-behaved and not, in clear and encrypted.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rustls_pki_types::PrivateKeyDer;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;

use super::*;
use crate::core::env::Env;
use crate::core::text::MailAddress;
use crate::mail::maildir::Maildir;
use crate::mail::receiver::{Receiver, ReceiverSettings};
use crate::mail::transport::testing::{Manner, Server, converse};

fn envelope() -> Envelope {
    let address = |text| MailAddress::parse(text).unwrap();
    Envelope { from: address("bounces+1@example.org"), to: address("it@stadt.example") }
}

const MAIL: &[u8] = b"Subject: x\r\n\r\n.\r\n..\r\n.dot\r\n";

async fn send(settings: SmtpSettings) -> (SendOutcome, bool) {
    let transport = SmtpTransport::new(settings).unwrap();
    match transport.connect().await {
        Ok(mut session) => {
            let outcome = session.send(&envelope(), MAIL).await;
            (outcome, session.is_usable())
        }
        Err(answer) => (SendOutcome::Unreachable(answer), false),
    }
}

#[tokio::test]
async fn a_hundred_mails_go_over_one_connection_unchanged_and_without_stalls() {
    let folder = tempfile::tempdir().unwrap();
    let maildir = Maildir::open(folder.path(), Env::system()).unwrap();
    let settings = ReceiverSettings { max_connections: 1, ..Default::default() };
    let receiver =
        Receiver::bind("127.0.0.1:0".parse().unwrap(), settings, std::sync::Arc::new(maildir.clone()))
            .await
            .unwrap();
    let address = receiver.address().unwrap();
    let (_stop, stopped) = watch::channel(false);
    tokio::spawn(receiver.run(stopped));

    let server = Server::at(address);
    let transport = SmtpTransport::new(server.settings()).unwrap();
    let mut session = transport.connect().await.unwrap();
    let all = async {
        for _ in 0..100 {
            let outcome = session.send(&envelope(), MAIL).await;
            assert_eq!(outcome, SendOutcome::Accepted(Answer::new("250 2.0.0 Kept")));
        }
    };
    // With 40 ms for each it would take four seconds.
    timeout(Duration::from_secs(3), all).await.unwrap();
    let kept = maildir.list().unwrap();
    assert_eq!(kept.len(), 100);
    assert!(std::fs::read(&kept[0]).unwrap().ends_with(MAIL));
}

#[tokio::test]
async fn what_the_server_says_is_kept_and_decides() {
    let server = Server::start(Manner::ToRecipient("451 4.7.1 Greylisted,\u{7} come back")).await;
    let (outcome, usable) = send(server.settings()).await;
    assert_eq!(outcome, SendOutcome::Temporary(Answer::new("451 4.7.1 Greylisted, come back")));
    assert!(usable, "a refused recipient does not cost the connection");
    let server = Server::start(Manner::ToContent("554-5.7.1 No\r\n554 5.7.1 thanks")).await;
    let (outcome, usable) = send(server.settings()).await;
    assert_eq!(outcome, SendOutcome::Permanent(Answer::new("554 5.7.1 No thanks")));
    assert!(usable);
}

#[tokio::test]
async fn a_refused_recipient_gets_no_content_where_commands_go_out_together() {
    let manner = Manner::ToRecipient("550 5.1.1 No such user");
    let server = Server::speaking(manner, "PIPELINING").await;
    let transport = SmtpTransport::new(server.settings()).unwrap();
    let mut session = transport.connect().await.unwrap();
    for _ in 0..2 {
        let outcome = session.send(&envelope(), MAIL).await;
        assert_eq!(outcome, SendOutcome::Permanent(Answer::new("550 5.1.1 No such user")));
        assert!(session.is_usable());
    }
    assert_eq!(server.lines.load(Ordering::SeqCst), 2, "an empty line each, nothing of the mail");
}

#[tokio::test]
async fn a_connection_that_breaks_after_the_content_leaves_doubt_and_before_it_none() {
    for (manner, in_doubt) in [
        (Manner::DropAfterContent, true),
        (Manner::HangAfterContent, true),
        (Manner::DropAtRecipient, false),
        (Manner::HangAtOnce, false),
    ] {
        let server = Server::start(manner).await;
        let (outcome, usable) = timeout(Duration::from_secs(3), send(server.settings())).await.unwrap();
        assert_eq!(matches!(outcome, SendOutcome::InDoubt(_)), in_doubt, "{manner:?} {outcome:?}");
        assert_eq!(matches!(outcome, SendOutcome::Unreachable(_)), !in_doubt, "{manner:?} {outcome:?}");
        assert!(!usable);
    }
}

struct Tls {
    settings: SmtpSettings,
    contents: Arc<AtomicUsize>,
    _ca: tempfile::TempDir,
}

/// A server with a certificate for `localhost`, and settings that trust it.
async fn tls_server(security: Security) -> Tls {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let ca = folder.path().join("ca.pem");
    std::fs::write(&ca, made.cert.pem()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let contents = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&contents);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let manner = Manner::ToContent("250 2.0.0 taken");
            let stream = match security {
                Security::Implicit => Some(stream),
                _ => converse(stream, manner, (&counted, &AtomicUsize::new(0)), "STARTTLS").await,
            };
            let Some(stream) = stream else { continue };
            let Ok(stream) = acceptor.accept(stream).await else { continue };
            if security == Security::Implicit {
                converse(stream, manner, (&counted, &AtomicUsize::new(0)), "AUTH PLAIN LOGIN").await;
            } else {
                converse_without_greeting(stream, manner, &counted).await;
            }
        }
    });
    let settings = SmtpSettings {
        host: "localhost".to_owned(),
        port,
        security,
        login: Some(("user".to_owned(), "secret".to_owned())),
        ca_file: Some(ca),
        hello: "test.example".to_owned(),
        bound: Duration::from_secs(5),
    };
    Tls { settings, contents, _ca: folder }
}

/// After STARTTLS the client begins (RFC 3207): the greeting goes nowhere.
async fn converse_without_greeting<S: AsyncRead + AsyncWrite + Unpin + Send>(
    stream: S,
    manner: Manner,
    contents: &AtomicUsize,
) {
    struct Muted<S>(S, usize);
    impl<S: AsyncRead + Unpin> AsyncRead for Muted<S> {
        fn poll_read(
            mut self: Pin<&mut Self>,
            cx: &mut Context<'_>,
            buf: &mut ReadBuf<'_>,
        ) -> Poll<io::Result<()>> {
            Pin::new(&mut self.0).poll_read(cx, buf)
        }
    }
    impl<S: AsyncWrite + Unpin> AsyncWrite for Muted<S> {
        fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
            if self.1 > 0 {
                let muted = self.1.min(buf.len());
                self.1 -= muted;
                return Poll::Ready(Ok(muted));
            }
            Pin::new(&mut self.0).poll_write(cx, buf)
        }
        fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
            Pin::new(&mut self.0).poll_flush(cx)
        }
        fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
            Pin::new(&mut self.0).poll_shutdown(cx)
        }
    }
    let lines = AtomicUsize::new(0);
    converse(Muted(stream, "220 test\r\n".len()), manner, (contents, &lines), "AUTH PLAIN LOGIN").await;
}

#[tokio::test]
async fn mails_go_encrypted_with_a_login_to_a_server_whose_certificate_is_trusted() {
    for security in [Security::StartTls, Security::Implicit] {
        let server = tls_server(security).await;
        let (outcome, _) = send(server.settings.clone()).await;
        assert_eq!(outcome, SendOutcome::Accepted(Answer::new("250 2.0.0 taken")), "{security:?}");
        assert_eq!(server.contents.load(Ordering::SeqCst), 1);
    }
}

#[tokio::test]
async fn nothing_goes_to_a_server_with_another_certificate_or_without_encryption() {
    for security in [Security::StartTls, Security::Implicit] {
        let (server, other) = (tls_server(security).await, tls_server(security).await);
        let settings = SmtpSettings { ca_file: other.settings.ca_file.clone(), ..server.settings.clone() };
        let (outcome, _) = send(settings).await;
        assert!(matches!(outcome, SendOutcome::Unreachable(_)), "{security:?} {outcome:?}");
        assert_eq!(server.contents.load(Ordering::SeqCst), 0);
    }
    let plain = Server::start(Manner::ToContent("250 taken")).await;
    let (outcome, _) = send(SmtpSettings { security: Security::StartTls, ..plain.settings() }).await;
    assert!(matches!(outcome, SendOutcome::Unreachable(_)), "{outcome:?}");
    let (outcome, _) = send(SmtpSettings { security: Security::Opportunistic, ..plain.settings() }).await;
    assert!(matches!(outcome, SendOutcome::Accepted(_)), "{outcome:?}");
}

#[tokio::test]
async fn a_password_never_goes_over_an_unchecked_connection() {
    let plain = Server::start(Manner::ToContent("250 taken")).await;
    for security in [Security::None, Security::Opportunistic] {
        let login = Some(("user".to_owned(), "secret".to_owned()));
        assert!(SmtpTransport::new(SmtpSettings { security, login, ..plain.settings() }).is_err());
    }
}
