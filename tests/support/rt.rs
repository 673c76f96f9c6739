//! A real Request Tracker (Debian's request-tracker5) with a database of its own in a temporary folder, on a free port of
//! the loopback address.

use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::dovecot::{free_port, wait_for_port};

const LIBRARY: &str = "/usr/share/request-tracker5/lib";
const SERVER: &str = "/usr/share/request-tracker5/libexec/rt-server";
const SETUP: &str = "/usr/sbin/rt-setup-database-5";

/// Makes what REST2 does not: custom fields of all tickets, and a token, which it prints.
const PREPARE: &str = r"
use RT -init; use RT::AuthToken;
my $system = RT->SystemUser;
for my $name (qw(Classification IP)) {
    my $field = RT::CustomField->new($system);
    $field->Create(Name => $name, Type => 'FreeformMultiple', LookupType => 'RT::Queue-RT::Ticket', Queue => 0);
}
my $user = RT::User->new($system); $user->Load('root');
my ($ok, $said, $token) = RT::AuthToken->new($system)->Create(Owner => $user->id, Description => 'import');
die $said unless $ok;
print $token;
";

/// The server. It ends with this value, and its folder with it.
pub struct Rt {
    _folder: TempDir,
    child: Child,
    pub url: String,
    pub token: String,
}

fn settings(folder: &Path, port: u16) -> String {
    let at = folder.display();
    format!(
        "Set($rtname, 'rt.example'); Set($Organization, 'rt.example'); Set($DatabaseType, 'SQLite');\n\
         Set($DatabaseName, '{at}/rtdb'); Set($DatabaseUser, ''); Set($DatabasePassword, '');\n\
         Set($WebDomain, '127.0.0.1'); Set($WebPort, {port}); Set($WebPath, '');\n\
         Set($WebBaseURL, 'http://127.0.0.1:{port}'); Set($Timezone, 'UTC'); Set($MailCommand, 'testfile');\n\
         Set($LogToSyslog, undef); Set($LogToFile, undef); Set($LogToSTDERR, 'error'); Set($LogDir, '{at}');\n\
         Set($MasonDataDir, '{at}/mason'); Set($WebSessionClass, 'Apache::Session::File');\n\
         Set($MasonSessionDir, '{at}/sessions');\n1;\n"
    )
}

impl Rt {
    /// An RT with the queue that a new one has, and no ticket.
    pub fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (path, port) = (folder.path(), free_port());
        for name in ["empty", "sessions", "mason"] {
            std::fs::create_dir(path.join(name)).unwrap();
        }
        std::fs::write(path.join("site.pm"), settings(path, port)).unwrap();
        let with = |program: &str| {
            let mut command = Command::new(program);
            command.env("RT_SITE_CONFIG", path.join("site.pm")).env("RT_SITE_CONFIG_DIR", path.join("empty"));
            command.env("TMPDIR", path).stdin(Stdio::null());
            command
        };
        let made =
            with(SETUP).args(["--action", "init", "--skip-create"]).output().expect("tests/support/need rt");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stdout));
        let prepared = with("perl").arg(format!("-I{LIBRARY}")).args(["-e", PREPARE]).output().unwrap();
        assert!(prepared.status.success(), "{}", String::from_utf8_lossy(&prepared.stderr));
        let token = String::from_utf8(prepared.stdout).unwrap();
        let log = path.join("log");
        let server = std::fs::File::create(&log).unwrap();
        let mut command = with("setpriv");
        command.args(["--pdeathsig=TERM", "--", SERVER, "--host", "127.0.0.1", "--port", &port.to_string()]);
        command.stdout(server.try_clone().unwrap()).stderr(server).process_group(0);
        let child = command.spawn().unwrap();
        let rt = Self { _folder: folder, child, url: format!("http://127.0.0.1:{port}"), token };
        wait_for_port(port, &log);
        rt
    }

    fn ask(&self, method: &str, path: &str, body: &Value) -> Value {
        let url = format!("{}/REST/2.0/{path}", self.url);
        let token = format!("token {}", self.token);
        let request = match method {
            "PUT" => ureq::put(&url),
            _ => ureq::post(&url),
        };
        let mut answer = request.header("authorization", &token).send_json(body).unwrap();
        answer.body_mut().read_json().unwrap()
    }

    /// A new ticket; its number.
    pub fn ticket(&self, subject: &str, from: &str, text: &str, fields: &Value) -> u64 {
        let ticket = json!({ "Queue": "General", "Subject": subject, "Requestor": from, "Content": text,
            "ContentType": "text/plain", "CustomFields": fields });
        self.ask("POST", "ticket", &ticket)["id"].as_str().unwrap().parse().unwrap()
    }

    /// Somebody writes: `comment` for the team, `correspond` to the requestors. With a file, as base64.
    pub fn write(&self, ticket: u64, how: &str, text: &str, file: Option<(&str, &str)>) {
        let files: Vec<Value> = file
            .map(|(name, content)| {
                json!({ "FileName": name, "FileType": "application/octet-stream", "FileContent": content })
            })
            .into_iter()
            .collect();
        let said = json!({ "Content": text, "ContentType": "text/plain", "Attachments": files });
        self.ask("POST", &format!("ticket/{ticket}/{how}"), &said);
    }

    /// Changes the status of a ticket.
    pub fn set_status(&self, ticket: u64, status: &str) {
        self.ask("PUT", &format!("ticket/{ticket}"), &json!({ "Status": status }));
    }
}

impl Drop for Rt {
    fn drop(&mut self) {
        // The server and those that work for it.
        let group = rustix::process::Pid::from_child(&self.child);
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::TERM);
        let _ = self.child.wait();
    }
}
