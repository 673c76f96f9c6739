//! A whole case as an archive: who takes it along, what is in it, and what is found when it was changed.

use std::io::{Cursor, Read as _, Write as _};
use std::sync::Arc;

use meldekette::audit::sequencer::Sequencer;
use meldekette::core::text::Prose;
use meldekette::incidents::dossier::model::{Dossier, Readers};
use meldekette::incidents::dossier::service::{Sound, check};
use meldekette::incidents::model::Audience;
use meldekette::incidents::service as incidents;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::{Scene, drawn, sha256};

pub(super) type Members = Vec<(String, Vec<u8>)>;

impl Scene {
    pub(super) async fn says(&self, who: &str, audience: Audience, text: &str) {
        let (reference, text) = (self.case.reference.clone(), Prose::parse(text).unwrap());
        let said = move |tx: &mut meldekette::store::Tx<'_>, actor: &meldekette::core::actor::Actor| {
            incidents::message(tx, actor, &reference, audience, &text)
        };
        self.house.act(self.cast.person(who).account, said).await;
    }

    pub(super) async fn archive(&self, who: &str) -> Vec<u8> {
        let path = format!("/vorgaenge/{}/vorgang.zip", self.case.reference);
        let reply = self.door.get(self.who(who), &path).await;
        assert_eq!(reply.status.as_u16(), 200, "{}", reply.text());
        reply.body.to_vec()
    }

    pub(super) async fn chain(&self) {
        let app = &self.house.app;
        Sequencer::new(app.db.clone(), Arc::clone(&app.log_key), &app.origin()).finish().await.unwrap();
    }
}

fn sound(archive: &[u8]) -> Sound {
    check(Cursor::new(archive), None).unwrap_or_else(|broken| panic!("{broken}"))
}

pub(super) fn members(archive: &[u8]) -> Members {
    let mut zip = ZipArchive::new(Cursor::new(archive)).unwrap();
    (0..zip.len())
        .map(|number| {
            let is_encrypted = zip.by_index_raw(number).unwrap().encrypted();
            let mut member = match is_encrypted {
                true => zip.by_index_decrypt(number, b"infected").unwrap(),
                false => zip.by_index(number).unwrap(),
            };
            let (name, mut bytes) = (member.name().unwrap().into_owned(), Vec::new());
            member.read_to_end(&mut bytes).unwrap();
            (name, bytes)
        })
        .collect()
}

pub(super) fn packed(members: &Members) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, bytes) in members {
        zip.start_file(name.as_str(), options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[actix_web::test]
async fn a_whole_case_is_taken_along_with_every_word_and_file_and_anybody_can_check_it() {
    let scene = Scene::new().await;
    let own = Audience::Organisation(scene.cast.houses.own);
    scene.says("analyst", Audience::Team, "Nur für uns: Verdacht auf Innentäter").await;
    scene.says("analyst", own, "Bitte ziehen Sie das Kabel").await;
    let (log, sample) = (drawn(300_000), drawn(5_000));
    scene.send("reporter", "protokoll.log", &log, &[]).await;
    scene.send("analyst", "anhang.bin", &sample, &[("verdacht", "ja")]).await;
    scene.chain().await;

    let archive = scene.archive("cert_lead").await;
    let found = check(Cursor::new(&archive), Some(&scene.house.app.log_key.public())).unwrap();
    assert!(found.rows > 3, "{} rows of the trail", found.rows);
    let Dossier { incident, organisations, reports, timeline, files, .. } = found.dossier;
    assert_eq!(incident.reference, scene.case.reference);
    let organisation =
        organisations.iter().find(|it| Some(&it.id) == incident.organisation.as_ref()).unwrap();
    assert!(organisation.key.is_some(), "another register can find it: {organisation:?}");
    assert_eq!(reports.len(), 1);
    let said = |words: &str| timeline.iter().find(|line| line.body.as_deref() == Some(words)).unwrap();
    assert_eq!(said("Nur für uns: Verdacht auf Innentäter").audience, Readers::Team);
    let to = &said("Bitte ziehen Sie das Kabel").audience;
    assert_eq!(*to, Readers::Organisation(organisation.id.clone()));
    let told: Vec<_> = files.iter().map(|file| (file.name.as_str(), file.sha256.clone().unwrap())).collect();
    assert_eq!(told, [("protokoll.log", sha256(&log)), ("anhang.bin", sha256(&sample))]);
    assert!(files.iter().all(|file| !file.custody.is_empty()));
    let members = members(&archive);
    let bytes = |name: &str| &members.iter().find(|(member, _)| member == name).unwrap().1;
    assert!(*bytes("files/0001") == log && *bytes("files/0002") == sample);
    let mut zip = ZipArchive::new(Cursor::new(&archive)).unwrap();
    let mut is_shut = |name: &str| {
        let number = zip.index_for_name(name).unwrap();
        zip.by_index_raw(number).unwrap().encrypted()
    };
    assert_eq!((is_shut("files/0001"), is_shut("files/0002")), (false, true), "a sample never lies open");

    let again = sound(&scene.archive("analyst").await);
    assert_eq!(again.rows, 0, "an analyst does not read the trail");
    let taken: Vec<_> = again.dossier.timeline.iter().filter(|line| line.kind == "exported").collect();
    assert_eq!(taken.len(), 1, "the team sees who took it along before");
    assert!(taken.iter().all(|line| line.audience == Readers::Team));
    let page = scene.door.get(scene.who("reporter"), &format!("/vorgaenge/{}", scene.case.reference)).await;
    assert!(!page.text().contains("vorgang.zip"), "the house does not see that there is one");
}

#[actix_web::test]
async fn whatever_was_changed_in_an_archive_is_named() {
    let scene = Scene::new().await;
    scene.send("reporter", "protokoll.log", &drawn(70_000), &[]).await;
    scene.chain().await;
    let archive = scene.archive("cert_lead").await;
    let whole = members(&archive);
    assert_eq!(sound(&packed(&whole)).manifest.reference, scene.case.reference);
    let without = |name: &str| whole.iter().filter(|(it, _)| it != name).cloned().collect::<Members>();
    let with = |name: &str, bytes: &[u8]| {
        let mut members = whole.clone();
        match members.iter_mut().find(|(it, _)| it == name) {
            Some(member) => member.1 = bytes.to_vec(),
            None => members.push((name.to_owned(), bytes.to_vec())),
        }
        members
    };
    let spoilt = |name: &str, from: &str, to: &str| {
        let bytes = &whole.iter().find(|(it, _)| it == name).unwrap().1;
        let text = std::str::from_utf8(bytes).unwrap();
        assert!(text.contains(from), "{from}: {text}");
        with(name, text.replacen(from, to, 1).as_bytes())
    };
    for (members, why) in [
        (
            spoilt("case.json", "\"status\": \"reported\"", "\"status\": \"triaged1\""),
            "case.json is not what was signed",
        ),
        (spoilt("audit.jsonl", "incident.file", "incident.fill"), "audit.jsonl is not what was signed"),
        (spoilt("manifest.json", "TLP:AMBER", "TLP:GREEN"), "manifest.json is not what was signed"),
        (spoilt("manifest.json", "meldekette-case-1", "meldekette-case-2"), "manifest.json cannot be read"),
        (with("files/0001", &drawn(70_000)[1..]), "files/0001 is not what was signed"),
        (with("manifest.sig", b"gut"), "not signed"),
        (without("files/0001"), "files/0001 is missing"),
        (without("manifest.sig"), "manifest.sig is missing"),
        (without("case.json"), "case.json is missing"),
        (with("files/0002", b"mehr"), "files/0002 is not in the manifest"),
        (with("../boese", b"mehr"), "../boese is no name that a member has"),
        (with("files/../../boese", b"mehr"), "files/../../boese is no name"),
    ] {
        let said = check(Cursor::new(packed(&members)), None).map(|_| ()).unwrap_err().to_string();
        assert!(said.contains(why), "{why}: {said}");
    }
    for at in [archive.len() / 3, archive.len() / 2] {
        let mut bytes = archive.clone();
        bytes[at] ^= 1;
        check(Cursor::new(bytes), None).map(|_| ()).expect_err("one bit in the middle");
    }
    check(Cursor::new(&archive[..archive.len() - 9]), None).map(|_| ()).expect_err("cut off");
    let other = meldekette::crypto::log::LogKey::from_seed(&[7; 32]).unwrap().public();
    let said = check(Cursor::new(&archive), Some(&other)).map(|_| ()).unwrap_err().to_string();
    assert!(said.contains("another key signed"), "{said}");
}
