//! A real Dovecot with mailboxes of its own in a temporary folder, on free ports of the loopback address.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use meldekette::mail::imap::{ImapSettings, Protection};
use tempfile::TempDir;

/// A port that nobody listens on.
pub fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}

/// Waits until somebody listens there.
pub fn wait_for_port(port: u16, log: &Path) {
    for _ in 0..1_500 {
        if TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("nobody listens on {port}: {}", std::fs::read_to_string(log).unwrap_or_default());
}

/// The server. It ends with this value, and its folder with it.
pub struct Dovecot {
    folder: TempDir,
    child: Option<Child>,
    imap: u16,
    imaps: u16,
    /// Where mails are delivered (LMTP).
    pub lmtp: u16,
}

/// Server, ports and the account that mailboxes belong to.
fn configuration(folder: &Path, (imap, imaps, lmtp): (u16, u16, u16), (user, group): (&str, &str)) -> String {
    let at = folder.display();
    format!(
        "base_dir = {at}/run\nstate_dir = {at}/state\nlog_path = {at}/log\nprotocols = imap lmtp\nlisten = 127.0.0.1\n\
         ssl = yes\nssl_cert = <{at}/certificate.pem\nssl_key = <{at}/key.pem\nfirst_valid_uid = 1\n\
         default_internal_user = {user}\ndefault_internal_group = {group}\ndefault_login_user = {user}\n\
         mail_location = maildir:{at}/mail/%u\nrecipient_delimiter = +\nmail_fsync = never\n\
         passdb {{\n driver = passwd-file\n args = {at}/users\n}}\n\
         userdb {{\n driver = static\n args = uid={user} gid={group} home={at}/mail/%u allow_all_users=yes\n}}\n\
         service imap-login {{\n chroot =\n inet_listener imap {{\n  port = {imap}\n }}\n\
         inet_listener imaps {{\n  port = {imaps}\n  ssl = yes\n }}\n}}\n\
         service lmtp {{\n inet_listener lmtp {{\n  port = {lmtp}\n }}\n}}\nservice anvil {{\n chroot =\n}}\n"
    )
}

/// The account that servers of tests hand work to: nobody where they start as root, otherwise the one that runs them.
pub fn account() -> (String, String) {
    let id = |flags: &str| {
        let said = Command::new("id").arg(flags).output().unwrap().stdout;
        String::from_utf8(said).unwrap().trim().to_owned()
    };
    if id("-u") == "0" { ("nobody".to_owned(), "nogroup".to_owned()) } else { (id("-un"), id("-gn")) }
}

impl Dovecot {
    /// A server with a mailbox for every address; into these one can look, with these passwords.
    pub fn start(users: &[(&str, &str)]) -> Self {
        // Names of sockets must be short.
        let folder = tempfile::Builder::new().prefix("mk").tempdir_in("/tmp").unwrap();
        let path = folder.path();
        for name in ["run", "state", "mail"] {
            std::fs::create_dir(path.join(name)).unwrap();
        }
        let (user, group) = account();
        let own = Command::new("chown").arg(format!("{user}:{group}")).arg(path.join("mail")).status();
        assert!(own.unwrap().success());
        let open = Command::new("chmod").arg("755").arg(path).status();
        assert!(open.unwrap().success());
        let key = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
        std::fs::write(path.join("certificate.pem"), key.cert.pem()).unwrap();
        std::fs::write(path.join("key.pem"), key.signing_key.serialize_pem()).unwrap();
        let mut lines = String::new();
        for (address, password) in users {
            writeln!(lines, "{address}:{{PLAIN}}{password}::::::").unwrap();
        }
        std::fs::write(path.join("users"), lines).unwrap();
        let mut server = Self { folder, child: None, imap: 0, imaps: 0, lmtp: 0 };
        // A port is free until another process takes it.
        for _ in 0..5 {
            let ports = (free_port(), free_port(), free_port());
            (server.imap, server.imaps, server.lmtp) = ports;
            let path = server.folder.path();
            std::fs::write(path.join("dovecot.conf"), configuration(path, ports, (&user, &group))).unwrap();
            if server.comes_up() {
                return server;
            }
        }
        panic!("Dovecot does not start: {}", server.said());
    }

    /// Starts again after [`Dovecot::stop`], with the same mailboxes.
    pub fn go_on(&mut self) {
        assert!(self.comes_up(), "Dovecot does not start again: {}", self.said());
    }

    /// Starts it; whether it listens. It ends by itself where it cannot.
    fn comes_up(&mut self) -> bool {
        // Whatever becomes of the test, the server ends with it.
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig=TERM", "--", "/usr/sbin/dovecot", "-F", "-c"]);
        command.arg(self.folder.path().join("dovecot.conf")).stdin(Stdio::null());
        let child = self.child.insert(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
        for _ in 0..1_500 {
            let listens = |port| TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok();
            let is_up = [self.imap, self.imaps, self.lmtp].into_iter().all(listens);
            // Asked last: whoever else has a port answers there, too.
            if child.try_wait().unwrap().is_some() {
                self.child = None;
                return false;
            }
            if is_up {
                return true;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("Dovecot listens nowhere: {}", self.said());
    }

    /// Ends it; mails stay.
    pub fn stop(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        let pid = rustix::process::Pid::from_child(&child);
        let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        let _ = child.wait();
    }

    fn said(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// The certificate as a file, for programs that are to trust it.
    pub fn certificate(&self) -> PathBuf {
        self.folder.path().join("certificate.pem")
    }

    /// The folder of a mailbox.
    pub fn maildir(&self, address: &str) -> PathBuf {
        self.folder.path().join("mail").join(address)
    }

    /// How a mailbox is reached.
    pub fn settings(&self, user: &str, password: &str, protection: Protection) -> ImapSettings {
        ImapSettings {
            host: "127.0.0.1".to_owned(),
            port: if protection == Protection::Implicit { self.imaps } else { self.imap },
            protection,
            user: user.to_owned(),
            password: password.to_owned(),
            ca_file: Some(self.certificate()),
            bound: Duration::from_secs(10),
        }
    }

    /// Delivers a mail, as a mail server does.
    pub fn deliver(&self, to: &str, mail: &[u8]) {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.lmtp)).unwrap();
        let envelope =
            format!("LHLO mx\r\nMAIL FROM:<absender@aussen.example>\r\nRCPT TO:<{to}>\r\nDATA\r\n");
        stream.write_all(envelope.as_bytes()).unwrap();
        stream.write_all(mail).unwrap();
        stream.write_all(b"\r\n.\r\nQUIT\r\n").unwrap();
        let said: Vec<String> = BufReader::new(stream).lines().map_while(Result::ok).collect();
        assert!(said.iter().any(|line| line.contains("Saved")), "{said:?}");
    }
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        self.stop();
    }
}
