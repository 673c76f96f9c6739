//! Files of cases, as people send them, find them and as they lie on the disk.

mod arrival;
mod disk;
mod dossier;
mod sending;
mod tickets;

use std::path::PathBuf;
use std::sync::Arc;

use actix_web::test::TestRequest;
use meldekette::app::provided;
use meldekette::config;
use meldekette::core::ids::EvidenceId;
use meldekette::incidents::evidence::model::Evidence;
use meldekette::incidents::evidence::service as evidence;
use meldekette::incidents::evidence::vault::Fault;
use meldekette::store::Db;
use ring::digest::{SHA256, digest};
use serde_json::Value;

use crate::support::app::House;
use crate::support::cast::Cast;
use crate::support::client::{Door, Reply, Visitor};
use crate::support::town::{Case, case};

/// Bytes that look drawn and are the same in each run.
fn drawn(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    (0..length.div_ceil(8)).flat_map(|_| next().to_le_bytes()).take(length).collect()
}

fn sha256(bytes: &[u8]) -> String {
    hex::encode(digest(&SHA256, bytes))
}

/// A case of the town hall "Eigen", and those who send files to it.
struct Scene {
    house: House,
    door: Door,
    cast: Cast,
    case: Case,
}

impl Scene {
    async fn new() -> Self {
        Self::at(House::empty()).await
    }

    async fn at(house: House) -> Self {
        let door = house.door().await;
        let cast = Cast::play(&house, &door).await;
        let case = case(&house, &cast, "reporter", "eigen", cast.houses.own, "by_name").await;
        house.leaves("invitations of the cast, and what was told of the case");
        Self { house, door, cast, case }
    }

    fn who(&self, key: &str) -> &Visitor {
        &self.cast.person(key).visitor
    }

    fn path(&self) -> String {
        format!("/vorgaenge/{}/beweise", self.case.reference)
    }

    /// Announces a file as the page's script does.
    async fn begin(&self, by: &str, name: &str, size: usize, more: &[(&str, &str)]) -> Reply {
        let size = size.to_string();
        let fields = [&[("name", name), ("groesse", size.as_str()), ("marke", "17")], more].concat();
        self.door.post(self.who(by), &format!("{}/beginn", self.path()), &fields).await
    }

    /// Sends bytes from an offset on.
    async fn go_on(&self, by: &str, id: &str, offset: usize, bytes: &[u8]) -> Reply {
        let path = format!("{}/{id}", self.path());
        let request = TestRequest::patch()
            .uri(&path)
            .insert_header(("x-form-token", self.who(by).csrf.clone()))
            .insert_header(("upload-offset", offset.to_string()))
            .set_payload(bytes.to_vec());
        self.door.send(self.who(by).dress(request, &path)).await
    }

    /// Sends a whole file; its id.
    async fn send(&self, by: &str, name: &str, bytes: &[u8], more: &[(&str, &str)]) -> String {
        let begun = told(&self.begin(by, name, bytes.len(), more).await);
        let id = begun["datei"].as_str().expect("an id").to_owned();
        let end = told(&self.go_on(by, &id, 0, bytes).await);
        assert_eq!(end["fertig"], true, "{end}");
        id
    }

    async fn page(&self, by: &str) -> String {
        self.door.get(self.who(by), &self.path()).await.text()
    }

    async fn download(&self, by: &str, id: &str) -> Reply {
        self.door.get(self.who(by), &format!("{}/{id}", self.path())).await
    }

    async fn verify(&self, id: &str) -> Reply {
        let path = format!("{}/{id}/pruefung", self.path());
        self.door.post(self.who("analyst"), &path, &[("", ""); 0]).await
    }

    /// What of a file whose chunk number `damaged` is the first that is not whole is handed out. A browser sees the
    /// download break off, or is told before the first byte.
    async fn handed_out(&self, id: &str, damaged: u32) -> Vec<u8> {
        let (path, who) = (format!("{}/{id}", self.path()), self.who("analyst"));
        let reply = self.door.try_send(who.dress(TestRequest::get().uri(&path), &path)).await;
        let file = self.load(id).await;
        let mut reader = Arc::new(self.house.app.vault().unwrap()).read(&file).unwrap();
        let fault = loop {
            match reader.next().await {
                Ok(chunk) => assert!(chunk.is_some(), "{id} is read to its end"),
                Err(fault) => break fault,
            }
        };
        assert!(matches!(fault, Fault::Damaged(number) if number == damaged), "{fault}");
        if damaged > 0 {
            assert_eq!((reply.status.as_u16(), reply.broke_off), (200, true));
            return reply.body;
        }
        assert_eq!((reply.status.as_u16(), reply.broke_off), (409, false));
        assert!(reply.text().contains("Die gespeicherte Datei ist beschädigt"));
        Vec::new()
    }

    /// A stored file, as the CERT's analyst may read it.
    async fn load(&self, id: &str) -> Evidence {
        let (reference, id) = (self.case.reference.clone(), id.parse().unwrap());
        let account = self.cast.person("analyst").account;
        self.house.act(account, move |tx, actor| evidence::load(tx, actor, &reference, id)).await
    }

    /// What the page says about one file.
    async fn of_file(&self, by: &str, id: &str) -> String {
        let page = self.page(by).await;
        let link = format!("/beweise/{id}\"");
        let part = page.split("mk-row--spread\">").find(|part| part.contains(&link));
        part.unwrap_or_else(|| panic!("{id} is not on the page of {by}: {page}")).to_owned()
    }

    /// The product with other settings for files.
    async fn door_where(&self, change: impl Fn(&mut config::Evidence)) -> Door {
        let mut config = self.house.app.config.clone();
        change(&mut config.evidence);
        let app = &self.house.app;
        let provided = provided(&config, &app.settings).unwrap();
        self.house.door_to(&Db::open(&config.database.url, 2, app.env.clone(), provided).unwrap()).await
    }

    /// The chunks of a file on the disk, in their order.
    fn chunks(&self, id: &str) -> Vec<PathBuf> {
        let id: EvidenceId = id.parse().expect("an id");
        let folder = self.house.app.config.evidence.folder.join("evidence").join(id.to_string());
        let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
        let mut all: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
        all.sort();
        all
    }
}

/// What a script is told.
fn told(reply: &Reply) -> Value {
    serde_json::from_slice(&reply.body).unwrap_or_else(|_| panic!("{}: {}", reply.status, reply.text()))
}

/// A form of several files, as a browser without a script sends it.
fn plain_form(path: &str, csrf: &str, fields: &[(&str, &str)], files: &[(&str, &[u8])]) -> TestRequest {
    let mut body = Vec::new();
    for (name, value) in [&[("csrf", csrf)], fields].concat() {
        body.extend_from_slice(
            format!("--grenze\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
                .as_bytes(),
        );
    }
    for (name, content) in files {
        let head = format!(
            "--grenze\r\nContent-Disposition: form-data; name=\"datei\"; filename=\"{name}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--grenze--\r\n");
    TestRequest::post()
        .uri(path)
        .insert_header(("content-type", "multipart/form-data; boundary=grenze"))
        .set_payload(body)
}
