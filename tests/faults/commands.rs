//! Commands on an installation that is not finished: whoever only looks changes nothing.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

use diesel::connection::SimpleConnection as _;
use diesel::dsl::count_star;
use diesel::{Connection as _, PgConnection, QueryDsl as _, RunQueryDsl as _, SqliteConnection};
use meldekette::core::i18n::{Lang, text};
use meldekette::mail::dead;
use meldekette::store::schema::incidents;

use super::house::House;
use super::run::wait_until;
use super::sink::Sink;
use super::town::{Town, whole_incidents};

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[output.stdout.as_slice(), &output.stderr].concat()).into_owned()
}

#[test]
fn looking_makes_neither_keys_nor_tables_and_an_old_schema_is_named_and_left_alone() {
    let house = House::unbuilt();
    for look in [&["doctor"][..], &["audit", "verify"]] {
        let looked = house.run(look);
        assert!(!looked.status.success(), "{look:?}: {}", said(&looked));
        assert!(said(&looked).contains("run `meldekette migrate`"), "{look:?}: {}", said(&looked));
        assert!(house.is_untouched(), "{look:?}");
    }
    let refused = house.run(&["account", "first-links"]);
    assert!(!refused.status.success() && said(&refused).contains("the schema is old"), "{}", said(&refused));
    let doctor = house.run(&["doctor"]);
    assert!(said(&doctor).contains("BAD    database: the schema is old"), "{}", said(&doctor));
    assert!(house.run(&["migrate"]).status.success());
    let doctor = house.run(&["doctor"]);
    assert!(said(&doctor).contains("answers, the schema is up to date"), "{}", said(&doctor));
    let verified = house.run(&["audit", "verify"]);
    assert!(verified.status.success(), "{}", said(&verified));
}

#[test]
fn with_an_ended_certificate_reports_come_in_mails_wait_and_the_operator_is_told_what_to_do() {
    let house = House::new().with_ended_certificate();
    let app = house.app();
    let (town, sink) = (Town::settle(&app), Sink::taking(Duration::ZERO));
    let server = house.serve(&sink, &[]);
    let http = town.client(&server);
    assert_eq!(http.file("eins", "Anhang geöffnet.").unwrap().0, 201);
    wait_until(30, "the mail says why it waits", || {
        let waiting = app.db.read_now(|tx| dead::list_waiting(tx, 9)).unwrap();
        waiting.iter().map(|(why, _)| why.as_str()).eq([text(Lang::De, "mail-certificate")])
    });
    assert!(sink.taken().is_empty(), "nothing leaves without a signature");
    let (status, ready) = http.get("/readyz");
    let doctor = house.run(&["doctor"]);
    assert_eq!((status, doctor.status.success()), (200, false));
    let log = server.logged("every mail waits").join("\n");
    assert_eq!(log.lines().count(), 1, "{log}");
    for told in [ready.to_string(), said(&doctor), log] {
        assert!(told.contains("meldekette keys import"), "{told}");
    }
}

#[test]
fn a_case_goes_to_another_house_by_two_commands_signed_and_once_and_a_look_before_changes_nothing() {
    let (there, here) = (House::new(), House::new());
    let (theirs, ours) = (there.app(), here.app());
    let town = Town::settle(&theirs);
    Town::settle(&ours);
    let sink = Sink::taking(Duration::ZERO);
    let server = there.serve(&sink, &[]);
    assert_eq!(town.client(&server).file("eins", "Anhang geöffnet.").unwrap().0, 201);
    let (folder, key) = (tempfile::tempdir().unwrap(), theirs.log_key.public().to_string());
    let file = folder.path().join("vorgang.zip").display().to_string();
    let reference = whole_incidents(&theirs).pop().unwrap();
    let exported = there.run(&["case", "export", &reference, &file]);
    assert!(exported.status.success(), "{}", said(&exported));
    let cases = || -> i64 {
        ours.db.read_now(|tx| Ok(incidents::table.select(count_star()).first(tx.conn)?)).unwrap()
    };
    let import = |more: &[&str]| here.run(&[&["case", "import", &file][..], more].concat());

    let unsigned = import(&["--dry-run"]);
    assert!(
        !unsigned.status.success() && said(&unsigned).contains("nobody here trusts"),
        "{}",
        said(&unsigned)
    );
    let look = import(&["--key", &key, "--dry-run"]);
    assert!(look.status.success() && said(&look).contains("it would be a new case; nothing was changed"));
    assert_eq!(cases(), 0);
    let done = import(&["--key", &key]);
    assert!(done.status.success() && said(&done).contains("imported as TH-"), "{}", said(&done));
    for more in [&["--key", &key][..], &["--key", &key, "--dry-run"]] {
        let again = import(more);
        assert!(said(&again).contains("it is here already: TH-"), "{}", said(&again));
    }
    assert_eq!(cases(), 1);
    let verified = here.run(&["audit", "verify"]);
    assert!(verified.status.success(), "{}", said(&verified));
    let tickets = here.run(&["case", "import-rt", "--url", "https://rt.example", "--queue", "General"]);
    assert!(!tickets.status.success() && said(&tickets).contains("MELDEKETTE_RT_TOKEN holds no token"));
}

/// Who has no rights beyond those that the files themselves give: root is everybody's superior otherwise.
fn without_privilege() -> &'static [&'static str] {
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout == b"0\n");
    if is_root { &["setpriv", "--bounding-set=-dac_override,-dac_read_search"] } else { &[] }
}

#[test]
fn doctor_names_a_database_that_its_account_cannot_write_and_says_what_to_do() {
    let house = House::new();
    assert!(said(&house.run(&["doctor"])).contains("and it can be written"));
    let address = match house.url().strip_prefix("sqlite:") {
        Some(path) => {
            std::fs::set_permissions(path, Permissions::from_mode(0o400)).unwrap();
            path.to_owned()
        }
        None => {
            let close = "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', \
                 current_database()); END $$";
            PgConnection::establish(&house.url()).unwrap().batch_execute(close).unwrap();
            "database.url".to_owned()
        }
    };
    let doctor = house.run_behind(without_privilege(), &["doctor"]);
    let told = said(&doctor);
    assert!(!doctor.status.success() && !told.contains("ok     database"), "{told}");
    let line = told.lines().find(|line| line.contains("cannot be used")).unwrap_or_default();
    assert!(line.starts_with("BAD") && line.contains(&address) && line.contains("able to write"), "{told}");
}

#[test]
fn what_went_wrong_is_said_once() {
    let (house, folder) = (House::unbuilt(), tempfile::tempdir().unwrap());
    let file = folder.path().join("taken");
    std::fs::write(&file, "").unwrap();
    let refused = said(&house.run(&["keys", "sealing-key", file.to_str().unwrap()]));
    assert_eq!(refused.matches("File exists").count(), 1, "{refused}");
    assert!(refused.contains("taken"), "{refused}");
}

#[test]
fn nobody_else_on_the_machine_can_read_a_database_that_the_product_made() {
    let house = House::unbuilt();
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data/sqlite");
    let file = data.join("meldekette.db");
    let url = format!("sqlite:{}", file.display());
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let migrated = house.run_with(&["migrate"], &[("DATABASE_URL", &url)]);
    assert!(migrated.status.success(), "{}", said(&migrated));
    assert_eq!((mode(&file), mode(&data), mode(data.parent().unwrap())), (0o600, 0o700, 0o700));
    let mut open = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
    open.batch_execute("DELETE FROM jobs").unwrap();
    for beside in ["meldekette.db-wal", "meldekette.db-shm"] {
        assert_eq!(mode(&data.join(beside)), 0o600, "{beside}");
    }
    let doctor = || said(&house.run_with(&["doctor"], &[("DATABASE_URL", &url)]));
    assert!(doctor().contains("ok     files"), "{}", doctor());
    std::fs::set_permissions(&file, Permissions::from_mode(0o644)).unwrap();
    assert!(
        doctor().contains(&format!(
            "notice files: other accounts of this machine can open what was reported: `chmod 600 {}",
            file.display()
        )),
        "{}",
        doctor()
    );
    assert_eq!(mode(&file), 0o644, "whoever looks changes nothing");
}

/// An authority that openssl plays, in a folder.
struct Authority(tempfile::TempDir);

impl Authority {
    fn open() -> Self {
        let authority = Self(tempfile::tempdir().unwrap());
        authority.run(
            "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 90 -subj '/CN=Probe CA' \
             -keyout ca.key -out ca.pem",
        );
        authority
    }

    fn run(&self, script: &str) {
        let ran = Command::new("sh").args(["-ec", script]).current_dir(self.0.path()).output().unwrap();
        assert!(ran.status.success(), "{}", said(&ran));
    }

    fn write(&self, name: &str, text: &[u8]) {
        std::fs::write(self.0.path().join(name), text).unwrap();
    }

    /// Certifies the request for an address.
    fn certify(&self, address: &str, name: &str) {
        let extensions = format!(
            "subjectAltName=email:{address}\nextendedKeyUsage=emailProtection\nkeyUsage=digitalSignature\n"
        );
        self.write("extensions", extensions.as_bytes());
        self.run(&format!(
            "openssl x509 -req -in request.csr -CA ca.pem -CAkey ca.key -days 90 -extfile extensions -out {name}"
        ));
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).display().to_string()
    }
}

#[test]
fn a_certificate_for_another_address_is_refused_and_the_chain_may_stand_in_any_order() {
    let (house, authority) = (House::new(), Authority::open());
    let shown = || said(&house.run(&["keys", "show"]));
    let import = |name: &str| house.run(&["keys", "import", &authority.path(name)]);
    let former = shown();
    let request = house.run(&["keys", "request", "--kind", "p256", "--organisation", "Probe"]);
    assert!(request.status.success(), "{}", said(&request));
    authority.write("request.csr", &request.stdout);

    authority.certify("someone@else.example", "other.pem");
    let refused = import("other.pem");
    let told = said(&refused);
    assert!(!refused.status.success() && told.contains("someone@else.example"), "{told}");
    assert!(told.contains("mail.from") && told.contains("cert@thueringencert.example"), "{told}");
    assert_eq!(shown(), former, "the former identity stays");

    authority.certify("cert@thueringencert.example", "alone.pem");
    authority.run("cat ca.pem alone.pem > chain.pem");
    let taken = import("chain.pem");
    assert!(taken.status.success() && !said(&taken).contains("warning"), "{}", said(&taken));
    assert_ne!(shown(), former);
    assert!(
        said(&house.run(&["doctor"])).contains("ok     certificate"),
        "{}",
        said(&house.run(&["doctor"]))
    );

    let warned = import("alone.pem");
    assert!(warned.status.success(), "{}", said(&warned));
    assert!(
        said(&warned).contains("warning: the certificate of its issuer")
            && said(&warned).contains("CN=Probe CA")
    );
}
