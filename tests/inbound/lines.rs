//! Over LMTP (RFC 2033), as a mail server speaks it.

use std::path::Path;
use std::sync::Arc;

use meldekette::correspondence::model::LARGEST;
use meldekette::mail::receiver::{Protocol, Receiver, ReceiverSettings};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixStream;
use tokio::sync::watch;

use super::{Scene, mail};

async fn talk(path: &Path, input: &[u8]) -> String {
    let mut stream = UnixStream::connect(path).await.unwrap();
    stream.write_all(input).await.unwrap();
    let mut said = String::new();
    stream.read_to_string(&mut said).await.unwrap();
    said
}

#[actix_web::test]
async fn a_mail_server_hears_of_each_recipient_and_only_when_the_mail_is_durable() {
    let scene = Scene::new().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lmtp");
    let settings =
        ReceiverSettings { protocol: Protocol::Lmtp, max_size: LARGEST, ..ReceiverSettings::default() };
    let receiver = Receiver::bind_unix(&path, settings.clone(), Arc::new(scene.intake.clone())).unwrap();
    let (stop, stopped) = watch::channel(false);
    let running = tokio::spawn(receiver.run(stopped));
    let second = Receiver::bind_unix(&path, settings.clone(), Arc::new(scene.intake.clone()));
    assert!(second.is_err(), "somebody listens there");
    let body = mail("amt@klein.example", "Über LMTP", "", "..Punkt");
    let envelope = b"LHLO mx\r\nMAIL FROM:<> SIZE=300 BODY=8BITMIME SMTPUTF8\r\nRCPT TO:<cert@thueringencert.example>\r\n\
        RCPT TO:<wer+ist@das>\r\nDATA\r\n";
    let said = talk(&path, &[envelope.as_slice(), &body, b".\r\nQUIT\r\n"].concat()).await;
    assert!(
        said.contains(&format!("250 SIZE {LARGEST}\r\n")) && said.starts_with("220 localhost LMTP"),
        "{said}"
    );
    assert!(said.ends_with("250 2.0.0 Kept\r\n250 2.0.0 Kept\r\n221 2.0.0 Goodbye\r\n"), "{said}");
    scene.intake.read_due().await.unwrap();
    let inbox = scene.page("analyst", "/posteingang?zeigen=automatisch").await.text();
    assert!(inbox.contains("Über LMTP"), "what must not be answered is a machine's: {inbox}");
    let huge = format!("LHLO mx\r\nMAIL FROM:<a@b.example> SIZE={}\r\nQUIT\r\n", LARGEST + 1);
    assert!(talk(&path, huge.as_bytes()).await.contains("552 5.3.4 Too big"));
    let said = talk(&path, b"EHLO mx\r\nQUIT\r\n").await;
    assert!(said.contains("502 5.5.1"), "SMTP is another protocol: {said}");
    stop.send(true).unwrap();
    running.await.unwrap();
    // What a crash left behind is replaced.
    let receiver = Receiver::bind_unix(&path, settings, Arc::new(scene.intake.clone()));
    assert!(receiver.is_ok());
}

/// A mail server that hears 4xx tries for days, one that hears 5xx sends the mail back to a forged sender: what can be
/// stored is taken, whatever it is.
#[actix_web::test]
async fn a_mail_server_hears_of_no_failure_for_whatever_can_be_stored() {
    let scene = Scene::new().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lmtp");
    let settings =
        ReceiverSettings { protocol: Protocol::Lmtp, max_size: LARGEST, ..ReceiverSettings::default() };
    let receiver = Receiver::bind_unix(&path, settings, Arc::new(scene.intake.clone())).unwrap();
    let (stop, stopped) = watch::channel(false);
    let running = tokio::spawn(receiver.run(stopped));
    let mut taken = 0;
    for (what, bytes) in super::hostile::hostile() {
        let envelope =
            b"LHLO mx\r\nMAIL FROM:<a@boese.example>\r\nRCPT TO:<cert@thueringencert.example>\r\nDATA\r\n";
        // As a mail server sends it: lines end in CR LF, a dot at their beginning is doubled (RFC 5321, 4.5.2).
        let mut body = Vec::new();
        for line in bytes.split(|byte| *byte == b'\n') {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if line.starts_with(b".") {
                body.push(b'.');
            }
            body.extend_from_slice(line);
            body.extend_from_slice(b"\r\n");
        }
        let said = talk(&path, &[envelope.as_slice(), &body, b".\r\nQUIT\r\n"].concat()).await;
        assert!(said.ends_with("250 2.0.0 Kept\r\n221 2.0.0 Goodbye\r\n"), "{what}: {said}");
        taken += 1;
    }
    scene.intake.read_due().await.unwrap();
    let inbox = scene.page("analyst", "/posteingang").await.text();
    assert!(inbox.contains(&format!("({taken})")), "each waits for a person: {taken}: {inbox}");
    stop.send(true).unwrap();
    running.await.unwrap();
}
