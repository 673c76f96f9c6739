//! Over real sockets.

use std::path::Path;

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::net::TcpStream;

use super::*;
use crate::core::env::Env;

struct Running {
    address: SocketAddr,
    maildir: Maildir,
    stop: watch::Sender<bool>,
    task: tokio::task::JoinHandle<()>,
}

async fn start(folder: &Path, settings: ReceiverSettings) -> Running {
    let maildir = Maildir::open(folder, Env::system()).unwrap();
    let receiver =
        Receiver::bind("127.0.0.1:0".parse().unwrap(), settings, Arc::new(maildir.clone())).await.unwrap();
    let address = receiver.address().unwrap();
    let (stop, stopped) = watch::channel(false);
    Running { address, maildir, stop, task: tokio::spawn(receiver.run(stopped)) }
}

/// Says everything at once, then reads all replies.
async fn talk(address: SocketAddr, input: &[u8]) -> String {
    let mut stream = BufReader::new(TcpStream::connect(address).await.unwrap());
    stream.get_mut().write_all(input).await.unwrap();
    let mut replies = String::new();
    while stream.read_line(&mut replies).await.unwrap() > 0 {}
    replies
}

const ENVELOPE: &[u8] =
    b"EHLO me\r\nMAIL FROM:<a@example.org> BODY=8BITMIME\r\nRCPT TO:<b@example.org>\r\nRCPT TO:<c@example.org>\r\nDATA\r\n";

fn contents(maildir: &Maildir) -> Vec<String> {
    let mut mails: Vec<_> =
        maildir.list().unwrap().iter().map(|path| std::fs::read_to_string(path).unwrap()).collect();
    mails.sort();
    mails
}

#[tokio::test]
async fn a_pipelined_mail_is_kept_for_each_recipient() {
    let folder = tempfile::tempdir().unwrap();
    let running = start(folder.path(), ReceiverSettings::default()).await;
    let input = [ENVELOPE, b"Subject: x\r\n\r\n..dot\r\n.\r\nQUIT\r\n"].concat();
    let replies = talk(running.address, &input).await;
    assert!(
        replies.ends_with(
            "354 Go on, and end with a dot on a line of its own\r\n250 2.0.0 Kept\r\n221 2.0.0 Goodbye\r\n"
        ),
        "{replies}"
    );
    let kept = |to: &str| {
        format!(
            "Return-Path: <a@example.org>\r\nDelivered-To: {to}@example.org\r\nSubject: x\r\n\r\n.dot\r\n"
        )
    };
    assert_eq!(contents(&running.maildir), [kept("b"), kept("c")]);
}

#[tokio::test]
async fn what_is_out_of_order_too_big_or_no_address_is_refused_and_nothing_kept() {
    let folder = tempfile::tempdir().unwrap();
    let settings = ReceiverSettings { max_size: 100, ..Default::default() };
    let running = start(folder.path(), settings).await;
    let big = [ENVELOPE, "x".repeat(200).as_bytes(), b"\r\n.\r\nQUIT\r\n"].concat();
    for (input, expected) in [
        (&b"MAIL FROM:<a@example.org>\r\nQUIT\r\n"[..], "503 5.5.1"),
        (b"EHLO me\r\nRCPT TO:<b@example.org>\r\nQUIT\r\n", "503 5.5.1"),
        (b"EHLO me\r\nMAIL FROM:<>\r\nDATA\r\nQUIT\r\n", "503 5.5.1"),
        (b"EHLO me\r\nMAIL FROM:<a@example.org> SIZE=101\r\nQUIT\r\n", "552 5.3.4"),
        (b"EHLO me\r\nMAIL FROM:<>\r\nRCPT TO:<b>\r\nQUIT\r\n", "553 5.1.3"),
        (b"EHLO me\r\nBDAT 5 LAST\r\nQUIT\r\n", "502 5.5.1"),
        (b"\xff\xfe nonsense\r\nQUIT\r\n", "500 5.5.1"),
        (&big, "552 5.3.4"),
    ] {
        let replies = talk(running.address, input).await;
        assert!(replies.contains(expected), "{expected}: {replies}");
        assert!(replies.ends_with("221 2.0.0 Goodbye\r\n"), "{replies}");
    }
    assert!(contents(&running.maildir).is_empty());
}

#[tokio::test]
async fn endless_lines_endless_nonsense_and_silence_end_the_connection() {
    let folder = tempfile::tempdir().unwrap();
    let settings = ReceiverSettings { patience: Duration::from_millis(100), ..Default::default() };
    let running = start(folder.path(), settings).await;
    assert!(talk(running.address, &[b'x'; 100_000]).await.contains("500 5.5.6"));
    assert!(talk(running.address, &b"HUH\r\n".repeat(100)).await.ends_with("421 4.7.0 Too many faults\r\n"));
    assert!(talk(running.address, b"EHLO me\r\n").await.ends_with("421 4.4.2 Waited too long\r\n"));
}

#[tokio::test]
async fn one_connection_too_many_is_told_to_come_back_and_stopping_says_goodbye() {
    let folder = tempfile::tempdir().unwrap();
    let settings = ReceiverSettings { max_connections: 1, ..Default::default() };
    let running = start(folder.path(), settings).await;
    let mut first = BufReader::new(TcpStream::connect(running.address).await.unwrap());
    let mut greeting = String::new();
    first.read_line(&mut greeting).await.unwrap();
    assert!(talk(running.address, b"").await.starts_with("421 4.3.2 Too many"));
    running.stop.send(true).unwrap();
    running.task.await.unwrap();
    let mut goodbye = String::new();
    first.read_line(&mut goodbye).await.unwrap();
    assert_eq!(goodbye, "421 4.3.2 Closing down\r\n");
}

#[tokio::test]
async fn an_address_that_others_can_reach_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let maildir = Maildir::open(folder.path(), Env::system()).unwrap();
    let bound =
        Receiver::bind("0.0.0.0:0".parse().unwrap(), ReceiverSettings::default(), Arc::new(maildir)).await;
    assert_eq!(bound.err().map(|error| error.kind()), Some(io::ErrorKind::InvalidInput));
}

/// RFC 5321, section 4.5.2, from the sender's side.
fn stuffed(content: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for line in content.split_inclusive(|byte| *byte == b'\n') {
        let begins = out.is_empty() || out.ends_with(b"\r\n");
        out.extend_from_slice(if begins && line.starts_with(b".") { b"." } else { b"" });
        out.extend_from_slice(line);
    }
    out
}

proptest::proptest! {
    #[test]
    fn any_content_arrives_as_it_was_however_it_is_cut_into_packets(
        content in proptest::collection::vec(proptest::sample::select(b".\r\na".to_vec()), 0..60),
        cut in 1_usize..8,
    ) {
        let content = [content.as_slice(), b"\r\n"].concat();
        let wire = [stuffed(&content).as_slice(), b".\r\nQUIT\r\n"].concat();
        let mut receiving = Content::new();
        let mut whole = false;
        let mut left = Vec::new();
        for packet in wire.chunks(cut) {
            let mut bytes = packet.iter();
            whole = whole || receiving.ingest(&mut bytes, 1000);
            left.extend_from_slice(bytes.as_slice());
        }
        proptest::prop_assert!(whole);
        proptest::prop_assert_eq!(receiving.bytes, content);
        proptest::prop_assert_eq!(left, b"QUIT\r\n");
    }
}
