//! The demonstration, as a newcomer runs it first, and its mails as any mail program checks them.

use std::collections::HashSet;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use super::house::PROGRAM;
use super::run::is_sqlite;

const PRINTED: &str = "1 report filed, 1 triaged, 1 escalated, 1 acknowledged; 1 advisory approved by a second person; \
                       206 of 206 delivered";

/// Whether `openssl cms -verify` accepts the mail for S/MIME.
fn is_valid(mail: &Path, authority: &Path) -> bool {
    let mut openssl = Command::new("openssl");
    openssl.args(["cms", "-verify", "-inform", "SMIME", "-purpose", "smimesign", "-out", "/dev/null", "-in"]);
    openssl.arg(mail).arg("-CAfile").arg(authority);
    openssl.output().expect("openssl runs").status.success()
}

#[test]
fn the_demonstration_plays_the_whole_chain_and_every_mail_of_it_is_validly_signed() {
    if !is_sqlite() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("demo");
    let played =
        Command::new(PROGRAM).args(["demo", "--once", "--port", "0", "--data"]).arg(&data).output().unwrap();
    let printed = String::from_utf8_lossy(&played.stdout);
    let errors = String::from_utf8_lossy(&played.stderr);
    assert!(played.status.success(), "{printed}\n{errors}");
    assert!(printed.lines().any(|line| line == PRINTED), "{printed}");

    let mode = data.join("access.json").metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "passwords are for one person's eyes");
    let authority = data.join("demonstration-ca.pem");
    let mails: Vec<_> =
        std::fs::read_dir(data.join("maildir/new")).unwrap().map(|entry| entry.unwrap().path()).collect();
    let invalid: Vec<_> = mails.iter().filter(|mail| !is_valid(mail, &authority)).collect();
    assert!(invalid.is_empty(), "{} of {}: {invalid:?}", invalid.len(), mails.len());
    let recipients: HashSet<String> = mails
        .iter()
        .filter_map(|mail| {
            let text = String::from_utf8_lossy(&std::fs::read(mail).unwrap()).into_owned();
            let to = text.lines().find_map(|line| line.strip_prefix("Delivered-To: "))?;
            to.starts_with("it-sicherheit@").then(|| to.to_owned())
        })
        .collect();
    assert_eq!(recipients.len(), 206, "administrations with a mail");
    println!("demonstration: {} mails, openssl cms -verify accepts {}", mails.len(), mails.len());

    // The check itself tells a changed mail from a true one.
    let text = std::fs::read(&mails[0]).unwrap();
    let at = text.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 400;
    let mut changed = text.clone();
    changed[at] = if changed[at] == b'x' { b'y' } else { b'x' };
    std::fs::write(&mails[0], changed).unwrap();
    assert!(!is_valid(&mails[0], &authority));
}

#[test]
fn a_second_demonstration_on_the_same_port_leaves_the_folder_of_the_first_alone() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(".meldekette-demo"), "").unwrap();
    std::fs::write(folder.path().join("meldekette.db"), "of the first").unwrap();
    let first = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = first.local_addr().unwrap().port().to_string();
    let second =
        Command::new(PROGRAM).args(["demo", "--port", &port, "--data"]).arg(folder.path()).output().unwrap();
    assert!(!second.status.success());
    let errors = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(errors.contains("is taken"), "{errors}");
    assert_eq!(std::fs::read(folder.path().join("meldekette.db")).unwrap(), b"of the first");
}
