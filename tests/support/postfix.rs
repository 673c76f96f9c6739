//! A real Postfix with a queue of its own in a temporary folder, on a free port of the loopback address. Postfix starts
//! as root only.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use super::dovecot::{account, free_port, wait_for_port};

/// What it does with mails to the CERT; all others go into mailboxes.
pub enum Way {
    /// Over LMTP to this port.
    Lmtp(u16),
    /// Into a pipe to the program behind this script.
    Pipe(String),
    /// Into a mailbox, as all others.
    Mailbox,
}

/// The server. It ends with this value, and its queue with it.
pub struct Postfix {
    folder: TempDir,
    master: Child,
    pub port: u16,
}

fn main_cf(at: &Path, domain: &str, way: &Way, mailboxes: u16) -> String {
    let at = at.display();
    let mailboxes = format!("lmtp:inet:127.0.0.1:{mailboxes}");
    let ours = match way {
        Way::Lmtp(port) => format!("lmtp:inet:127.0.0.1:{port}"),
        Way::Pipe(_) => "meldekette:".to_owned(),
        Way::Mailbox => mailboxes.clone(),
    };
    format!(
        "compatibility_level = 3.6\nqueue_directory = {at}/queue\ndata_directory = {at}/data\n\
         command_directory = /usr/sbin\ndaemon_directory = /usr/lib/postfix/sbin\nmaillog_file = {at}/log\n\
         maillog_file_prefixes = {at}\nmail_owner = postfix\nsetgid_group = postdrop\ninet_interfaces = 127.0.0.1\n\
         inet_protocols = ipv4\nmyhostname = mx.example\nmydestination =\nmynetworks = 127.0.0.0/8\nalias_maps =\n\
         alias_database =\nrelay_domains = static:all\nmessage_size_limit = 0\nrecipient_delimiter = +\n\
         smtpd_relay_restrictions = permit_mynetworks, reject\n\
         transport_maps = inline:{{ {{{domain} = {ours}}} }}\nrelay_transport = {mailboxes}\n\
         default_transport = {mailboxes}\nmeldekette_destination_recipient_limit = 1\nqueue_run_delay = 2s\n\
         minimal_backoff_time = 2s\nmaximal_backoff_time = 5s\n"
    )
}

fn master_cf(at: &Path, port: u16, user: &str) -> String {
    let services = [
        ("pickup", "n", "60", "1"),
        ("cleanup", "n", "-", "0"),
        ("qmgr", "n", "300", "1"),
        ("rewrite", "-", "-", "-"),
        ("bounce", "-", "-", "0"),
        ("defer", "-", "-", "0"),
        ("trace", "-", "-", "0"),
        ("verify", "-", "-", "1"),
        ("proxymap", "-", "-", "-"),
        ("smtp", "-", "-", "-"),
        ("showq", "n", "-", "-"),
        ("error", "-", "-", "-"),
        ("retry", "-", "-", "-"),
        ("lmtp", "-", "-", "-"),
        ("anvil", "-", "-", "1"),
        ("scache", "-", "-", "1"),
    ];
    let mut all = format!("127.0.0.1:{port} inet n - n - - smtpd\npostlog unix-dgram n - n - 1 postlogd\n");
    for (name, private, wake, most) in services {
        let program = match name {
            "rewrite" => "trivial-rewrite",
            "defer" | "trace" => "bounce",
            "retry" => "error",
            other => other,
        };
        all += &format!("{name} unix {private} - n {wake} {most} {program}\n");
    }
    all + &format!(
        "meldekette unix - n n - 4 pipe flags=DRXu user={user} argv={}/mail-in --from ${{sender}} --to ${{original_recipient}}\n",
        at.display()
    )
}

impl Postfix {
    /// Whether this account can start one.
    pub fn can_start() -> bool {
        account().0 == "nobody"
    }

    /// A server that handles mails to `domain` in this way, and delivers all others over LMTP into `mailboxes`.
    pub fn start(domain: &str, way: &Way, mailboxes: u16) -> Self {
        let folder = tempfile::Builder::new().prefix("mk").tempdir_in("/tmp").unwrap();
        let (at, port) = (folder.path(), free_port());
        for name in ["etc", "queue", "data"] {
            std::fs::create_dir(at.join(name)).unwrap();
        }
        std::fs::set_permissions(at, std::fs::Permissions::from_mode(0o755)).unwrap();
        assert!(Command::new("chown").arg("postfix").arg(at.join("data")).status().unwrap().success());
        if let Way::Pipe(script) = way {
            std::fs::write(at.join("mail-in"), script).unwrap();
            std::fs::set_permissions(at.join("mail-in"), std::fs::Permissions::from_mode(0o755)).unwrap();
        }
        std::fs::write(at.join("etc/main.cf"), main_cf(at, domain, way, mailboxes)).unwrap();
        std::fs::write(at.join("etc/master.cf"), master_cf(at, port, &account().0)).unwrap();
        // Makes the folders of the queue.
        let checked = Command::new("/usr/sbin/postfix").arg("-c").arg(at.join("etc")).arg("check").output();
        let checked = checked.unwrap();
        assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
        // Whatever becomes of the test, the server ends with it.
        let mut master = Command::new("setpriv");
        master
            .args(["--pdeathsig=TERM", "--", "/usr/lib/postfix/sbin/master", "-s", "-c"])
            .arg(at.join("etc"));
        master.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let master = master.spawn().unwrap();
        wait_for_port(port, &at.join("log"));
        Self { folder, master, port }
    }

    /// Hands a mail in, as a mail program does.
    pub fn submit(&self, from: &str, to: &str, mail: &[u8]) {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).unwrap();
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let mut hear = |code: &str| {
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            assert!(line.starts_with(code), "{line}");
        };
        hear("220");
        for (line, code) in [
            ("HELO program.example\r\n".to_owned(), "250"),
            (format!("MAIL FROM:<{from}>\r\n"), "250"),
            (format!("RCPT TO:<{to}>\r\n"), "250"),
            ("DATA\r\n".to_owned(), "354"),
        ] {
            stream.write_all(line.as_bytes()).unwrap();
            hear(code);
        }
        stream.write_all(mail).unwrap();
        stream.write_all(b"\r\n.\r\n").unwrap();
        hear("250");
    }

    /// What it logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        let pid = rustix::process::Pid::from_child(&self.master);
        let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        let _ = self.master.wait();
    }
}
