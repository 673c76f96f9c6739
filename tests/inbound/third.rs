//! Threads with third parties: what goes out to them, what of their answers joins a case and for whom, and who is told
//! when they are silent.

use diesel::prelude::*;
use jiff::SignedDuration;
use mail_parser::MessageParser;
use meldekette::core::ids::ThreadId;
use meldekette::correspondence::threads::model::{Letter, NewThread};
use meldekette::correspondence::threads::service as threads;
use meldekette::incidents::dossier::service as dossier;
use meldekette::incidents::service as incidents;
use meldekette::incidents::status::{CloseReason, Status};
use meldekette::store::schema::{entry_contents, party_thread_contents, party_threads, timeline_entries};

use super::{CANARY, Scene, mail, with_files};
use crate::support::third::{ABUSE, hoster, letter};

/// A word that stands in what is written to a third party alone.
const LETTER: &str = "KNRbriefandritte";

/// What a mail to the third party said.
struct Out {
    reply_to: String,
    message_id: String,
    in_reply_to: Option<String>,
    subject: String,
    text: String,
    is_signed: bool,
}

impl Scene {
    async fn open(&self, new: NewThread) -> ThreadId {
        let reference = self.case.reference.clone();
        let analyst = self.cast.person("analyst").account;
        self.house.act(analyst, move |tx, actor| threads::open(tx, actor, &reference, &new)).await
    }

    async fn write_on(&self, id: ThreadId, letter: Letter) {
        let reference = self.case.reference.clone();
        let seen = self.version_of(id);
        let analyst = self.cast.person("analyst").account;
        let write = move |tx: &mut meldekette::store::Tx<'_>, actor: &meldekette::core::actor::Actor| {
            threads::write(tx, actor, &reference, (id, seen), &letter)
        };
        self.house.act(analyst, write).await;
    }

    fn version_of(&self, id: ThreadId) -> i32 {
        let row = party_threads::table.find(id).select(party_threads::version);
        self.house.app.db.read_now(|tx| Ok(row.first(tx.conn)?)).unwrap()
    }

    /// State, whether an answer is out, whether a reminder is set, whether it went off.
    fn stands(&self, id: ThreadId) -> (String, bool, bool, bool) {
        let row = party_threads::table.find(id).select((
            party_threads::state,
            party_threads::waits_since.is_not_null(),
            party_threads::follow_up_at.is_not_null(),
            party_threads::is_silent,
        ));
        self.house.app.db.read_now(|tx| Ok(row.first(tx.conn)?)).unwrap()
    }

    /// The last mail to the third party, sent.
    async fn out(&self) -> Out {
        self.house.work().await;
        let sent = self.house.mails.take();
        let (_, bytes) =
            sent.iter().rev().find(|(envelope, _)| envelope.to.as_str() == ABUSE).expect("a mail to them");
        let read = MessageParser::default().parse(bytes).expect("a mail");
        let reply_to = read.reply_to().and_then(|to| to.first()).and_then(|to| to.address());
        Out {
            reply_to: reply_to.expect("where to answer").to_owned(),
            message_id: read.message_id().expect("an id").to_owned(),
            in_reply_to: read.in_reply_to().as_text().map(str::to_owned),
            subject: read.subject().expect("a subject").to_owned(),
            text: read.body_text(0).expect("a text").into_owned(),
            is_signed: String::from_utf8_lossy(bytes).contains("multipart/signed"),
        }
    }

    async fn thread_page(&self, by: &str, id: ThreadId) -> crate::support::client::Reply {
        self.page(by, &format!("/vorgaenge/{}/schriftwechsel/{id}", self.case.reference)).await
    }

    /// How many lines of this kind stand on the timeline.
    fn lines(&self, kind: &str) -> i64 {
        let rows = timeline_entries::table
            .filter(timeline_entries::incident_id.eq(self.case.id))
            .filter(timeline_entries::kind.eq(kind.to_owned()));
        self.house.app.db.read_now(|tx| Ok(rows.count().get_result(tx.conn)?)).unwrap()
    }
}

#[actix_web::test]
async fn a_letter_says_what_was_typed_and_both_numbers_and_nothing_of_the_case() {
    let scene = Scene::new().await;
    let mut new =
        hoster(letter(&format!("Auf Ihrem Server 192.0.2.7 liegt eine falsche Anmeldeseite. {LETTER}")));
    new.their_reference = Some(meldekette::core::text::Line::parse("Ticket#884213").unwrap());
    let id = scene.open(new).await;
    let out = scene.out().await;
    assert!(out.is_signed && out.reply_to.starts_with("cert+v1-"), "{}", out.reply_to);
    let reference = &scene.case.reference;
    assert_eq!(out.subject, format!("[TLP:GREEN] {reference}: Missbrauch eines Servers [Ticket#884213]"));
    for said in [LETTER, &format!("Unser Zeichen: {reference}"), "Ihr Zeichen: Ticket#884213", "TLP:GREEN"] {
        assert!(out.text.contains(said), "{said}: {}", out.text);
    }
    assert!(!out.text.to_lowercase().contains("knreigen") && !out.text.contains("Eigen"), "{}", out.text);
    // Each thread has an address of its own, and none is the town hall's.
    scene.open(hoster(letter("Noch etwas."))).await;
    assert_ne!(scene.out().await.reply_to, out.reply_to);
    for by in ["analyst", "cert_lead", "auditor"] {
        assert!(scene.case_page(by).await.contains(LETTER), "{by}");
        assert!(scene.thread_page(by, id).await.text().contains(LETTER), "{by}");
    }
    for by in ["reporter", "org_lead", "foreign.reporter", "approver", "administrator"] {
        assert!(!scene.case_page(by).await.contains(LETTER), "{by}");
        let page = scene.thread_page(by, id).await;
        assert!([403, 404].contains(&page.status.as_u16()) && !page.text().contains(LETTER), "{by}");
    }
}

#[actix_web::test]
async fn an_answer_to_the_address_of_a_thread_joins_it_for_the_team_alone_and_ends_the_waiting() {
    let scene = Scene::new().await;
    let later = scene.house.app.env.now() + SignedDuration::from_hours(48);
    let id = scene.open(hoster(Letter { remind_at: Some(later), ..letter(LETTER) })).await;
    let out = scene.out().await;
    assert_eq!(scene.stands(id), ("open".into(), true, true, false));
    let from = "ticket-17@dritte.example";
    let mail_id = scene.take(&[&out.reply_to.to_uppercase()], &with_files(from)).await;
    assert_eq!(
        scene.state(&mail_id),
        ("joined".into(), "reply".into(), "token-right sender-is-party".into())
    );
    assert_eq!(scene.stands(id), ("open".into(), false, false, false));
    for by in ["analyst", "auditor"] {
        assert!(scene.case_page(by).await.contains(&format!("{CANARY} im Text")), "{by}");
        let page = scene.thread_page(by, id).await.text();
        assert!(page.contains(&format!("{CANARY} im Text")) && page.contains("3 Dateien"), "{by}: {page}");
    }
    for by in ["reporter", "org_lead", "foreign.reporter"] {
        assert!(!scene.case_page(by).await.contains(CANARY), "{by}");
    }
    let files = format!("/vorgaenge/{}/beweise", scene.case.reference);
    assert!(scene.page("analyst", &files).await.text().contains("protokoll.txt"));
    assert!(!scene.page("reporter", &files).await.text().contains("protokoll.txt"));
    // It is not read yet for who works on cases, and the queue says so.
    scene.house.work().await;
    let heard = scene.house.mails.take();
    assert!(heard.iter().all(|(_, mail)| !String::from_utf8_lossy(mail).contains(CANARY)));
    assert!(heard.iter().all(|(envelope, _)| !envelope.to.as_str().contains("eigen.example")));
    // Later nothing goes off, and what goes out next answers what came in.
    scene.house.clock.advance(SignedDuration::from_hours(72));
    scene.house.work().await;
    assert_eq!(scene.lines("thread_silent"), 0);
    scene.write_on(id, letter("Danke.")).await;
    assert_eq!(scene.out().await.in_reply_to.as_deref(), Some("mit@aussen.example"));
}

#[actix_web::test]
async fn what_a_stranger_or_a_guess_brings_to_a_thread_waits_for_a_person() {
    let scene = Scene::new().await;
    let id = scene.open(hoster(letter(LETTER))).await;
    let out = scene.out().await;
    let (reference, analyst) = (scene.case.reference.clone(), scene.cast.person("analyst").account);
    let seen = scene.version_of(id);
    scene
        .house
        .act(analyst, move |tx, actor| {
            let theirs = meldekette::core::text::Line::parse("ST/0123456/2026").unwrap();
            threads::set_their_reference(tx, actor, &reference, (id, seen), Some(&theirs))
        })
        .await;
    let cert = "cert@thueringencert.example";
    let answers = format!("In-Reply-To: <{}>\r\n", out.message_id);
    let subject = format!("Re: [{}] Frage", scene.case.reference);
    let forged = "cert+v1-00000000000000000000000000000000@thueringencert.example";
    let foreign = "wer@aussen.example";
    for (to, mail, why) in [
        (out.reply_to.as_str(), mail(foreign, "Eins", "", CANARY), "sender-not-party token-right"),
        (cert, mail(foreign, "Zwei", &answers, CANARY), "sender-not-party answers-our-mail"),
        // Only who was written to, where a mail is merely quoted.
        (cert, mail("x@dritte.example", "Drei", &answers, CANARY), "sender-not-party answers-our-mail"),
        (cert, mail(foreign, "AW: st 0123456-2026 Sache", "", CANARY), "subject-names-theirs"),
        (forged, mail(ABUSE, &subject, "", CANARY), "token-wrong subject-names-case"),
    ] {
        let mail_id = scene.take(&[to], &mail).await;
        assert_eq!(scene.state(&mail_id), ("open".into(), "reply".into(), why.into()));
        assert!(!scene.case_page("analyst").await.contains(CANARY), "{why}");
        assert!(!scene.thread_page("analyst", id).await.text().contains(CANARY), "{why}");
        let shown = scene.page("analyst", &format!("/posteingang/{mail_id}")).await.text();
        assert!(shown.contains("Schriftwechsel mit Beispiel Hosting"), "{why}: {shown}");
        // What a third party writes no organisation reads.
        let refused = scene.place(&mail_id, "3", &scene.case.reference, "stelle").await;
        assert_eq!(refused.status.as_u16(), 422, "{why}");
    }
    // What is quoted by whom it was sent to needs nobody.
    let joined = scene.take(&[cert], &mail(ABUSE, "AW: Missbrauch", &answers, "KNRsicher")).await;
    assert_eq!(scene.state(&joined).2, "answers-our-mail sender-is-party");
    assert!(scene.thread_page("analyst", id).await.text().contains("KNRsicher"));
    // A person confirms.
    let last = scene.take(&[cert], &mail(foreign, "zu ST/0123456/2026", "", "KNRbestaetigt")).await;
    let placed = scene.place(&last, "3", &scene.case.reference, "schriftwechsel").await;
    assert_eq!(placed.status.as_u16(), 303, "{}", placed.text());
    assert!(scene.thread_page("analyst", id).await.text().contains("KNRbestaetigt"));
    assert!(!scene.case_page("reporter").await.contains("KNRbestaetigt"));
}

#[actix_web::test]
async fn only_a_text_that_may_travel_in_clear_goes_out_and_below_the_case_only_when_somebody_says_so() {
    let scene = Scene::new().await;
    let path = format!("/vorgaenge/{}/schriftwechsel", scene.case.reference);
    let send = |tlp: &'static str, confirm: &'static str| {
        let fields = [
            ("kind", "police"),
            ("party", "Landeskriminalamt"),
            ("address", "zac@polizei.example"),
            ("subject", "Anzeige"),
            ("their_reference", ""),
            ("text", LETTER),
            ("tlp", tlp),
            ("confirm", confirm),
            ("remind", ""),
        ];
        let (door, who, path) = (&scene.door, scene.who("analyst"), path.clone());
        async move { door.post(who, &path, &fields).await }
    };
    let refused = send("TLP:AMBER", "ja").await;
    assert_eq!(refused.status.as_u16(), 422);
    assert!(
        refused.text().contains(
            "Schreiben Sie einen eigenen Text und stufen Sie ihn als TLP:CLEAR oder TLP:GREEN ein."
        )
    );
    let refused = send("TLP:GREEN", "").await;
    assert_eq!(refused.status.as_u16(), 422);
    let page = refused.text();
    assert!(page.contains("Der Vorgang ist TLP:AMBER.") && page.contains(LETTER), "{page}");
    assert_eq!(scene.lines("thread_out"), 0);
    assert_eq!(send("TLP:GREEN", "ja").await.status.as_u16(), 303);
    let told = scene.case_page("analyst").await;
    assert!(told.contains("Der Vorgang ist TLP:AMBER; die weitere Einstufung ist bestätigt."), "{told}");
    // An address of our own would answer itself for ever.
    let own =
        [("kind", "other"), ("party", "Wir"), ("address", "cert@thueringencert.example"), ("subject", "x")];
    let more =
        [("text", "x"), ("tlp", "TLP:GREEN"), ("confirm", "ja"), ("remind", ""), ("their_reference", "")];
    let refused = scene.door.post(scene.who("analyst"), &path, &[&own[..], &more[..]].concat()).await;
    assert!(refused.status.as_u16() == 422 && refused.text().contains("Das ist eine Adresse von uns."));
}

#[actix_web::test]
async fn who_is_silent_brings_the_case_up_once_and_again_with_the_next_letter() {
    let scene = Scene::new().await;
    let in_hours = |hours| Some(scene.house.app.env.now() + SignedDuration::from_hours(hours));
    let id = scene.open(hoster(Letter { remind_at: in_hours(48), ..letter(LETTER) })).await;
    scene.house.clock.advance(SignedDuration::from_hours(47));
    scene.house.work().await;
    assert_eq!(scene.lines("thread_silent"), 0, "not before its time");
    for _ in 0..3 {
        scene.house.clock.advance(SignedDuration::from_hours(2));
        scene.house.work().await;
    }
    assert_eq!(scene.lines("thread_silent"), 1, "once");
    assert_eq!(scene.stands(id), ("open".into(), true, true, true));
    let load = || scene.house.app.db.read_now(|tx| incidents::load(tx, scene.case.id)).unwrap();
    assert_eq!(load().waiting_on.as_deref(), Some("eine Antwort von Dritten"));
    assert!(load().follow_up_at.is_some_and(|at| at <= scene.house.app.env.now()));
    assert!(scene.later("analyst", "/eingang").await.contains(&scene.case.reference));
    let case = format!("/vorgaenge/{}", scene.case.reference);
    assert!(scene.later("analyst", &format!("{case}/schriftwechsel")).await.contains("keine Antwort"));
    assert!(!scene.later("reporter", &case).await.contains("Beispiel Hosting"));
    // The next letter sets it again.
    scene.write_on(id, Letter { remind_at: in_hours(24), ..letter("Bitte antworten Sie.") }).await;
    assert_eq!(scene.stands(id), ("open".into(), true, true, false));
    scene.house.clock.advance(SignedDuration::from_hours(25));
    scene.house.work().await;
    assert_eq!(scene.lines("thread_silent"), 2);
    // Of a closed thread nobody is reminded; an answer opens it.
    scene.write_on(id, Letter { remind_at: in_hours(24), ..letter("Noch einmal.") }).await;
    let out = scene.out().await;
    let (reference, seen) = (scene.case.reference.clone(), scene.version_of(id));
    let analyst = scene.cast.person("analyst").account;
    scene.house.act(analyst, move |tx, actor| threads::close(tx, actor, &reference, id, seen)).await;
    scene.house.clock.advance(SignedDuration::from_hours(25));
    scene.house.work().await;
    assert_eq!((scene.lines("thread_silent"), scene.stands(id).0.as_str()), (2, "closed"));
    scene.take(&[&out.reply_to], &mail(ABUSE, "AW", "", CANARY)).await;
    assert_eq!(scene.stands(id), ("open".into(), false, false, false));
}

#[actix_web::test]
async fn an_address_that_was_renewed_leads_nowhere() {
    let scene = Scene::new().await;
    let id = scene.open(hoster(letter(LETTER))).await;
    let out = scene.out().await;
    let (reference, seen) = (scene.case.reference.clone(), scene.version_of(id));
    let analyst = scene.cast.person("analyst").account;
    scene.house.act(analyst, move |tx, actor| threads::renew(tx, actor, &reference, id, seen)).await;
    let answers = format!("In-Reply-To: <{}>\r\n", out.message_id);
    let mail_id = scene.take(&[&out.reply_to], &mail(ABUSE, "AW", &answers, CANARY)).await;
    assert_eq!(scene.state(&mail_id).2, "token-wrong sender-answers-nothing");
    scene.write_on(id, letter("Bitte hierhin.")).await;
    assert_ne!(scene.out().await.reply_to, out.reply_to);
}

#[actix_web::test]
async fn threads_of_a_case_for_named_persons_are_theirs_and_its_words_are_found_by_the_team_alone() {
    let scene = Scene::new().await;
    let id = scene.open(hoster(letter(&format!("{LETTER} Nachfrage")))).await;
    let out = scene.out().await;
    let search = format!("/api/v1/search?q={LETTER}");
    let finds = |by: &'static str| {
        let (scene, search) = (&scene, search.clone());
        async move { scene.page(by, &search).await.text().contains(&scene.case.reference) }
    };
    assert!(finds("analyst").await && finds("analyst2").await);
    for by in ["reporter", "org_lead", "foreign.reporter"] {
        assert!(!finds(by).await, "{by}");
    }
    // The archive has it, and what the team takes to paper; the house's paper has not.
    let (reference, analyst) = (scene.case.reference.clone(), scene.cast.person("analyst").account);
    let taken = scene
        .house
        .act(analyst, move |tx, actor| dossier::gather(tx, actor, &reference, "cert.example"))
        .await;
    assert!(serde_json::to_string(&taken.dossier).unwrap().contains(LETTER));
    let pdf = format!("/vorgaenge/{}/vorgang.pdf", scene.case.reference);
    for (by, is) in [("analyst", true), ("reporter", false)] {
        let paper = crate::support::paper::text_of(&scene.page(by, &pdf).await.body);
        assert_eq!(paper.contains(LETTER), is, "{by}");
    }
    // From now on for named persons.
    let reference = scene.case.reference.clone();
    let named = [analyst, scene.cast.person("reporter").account];
    scene
        .house
        .act(analyst, move |tx, actor| {
            let seen = incidents::show(tx, actor, &reference)?.incident.version;
            incidents::restrict(tx, actor, &reference, seen, Some(&named))
        })
        .await;
    let mail_id = scene.take(&[&out.reply_to], &mail("wer@aussen.example", "Frage", "", CANARY)).await;
    assert_eq!(scene.thread_page("analyst", id).await.status.as_u16(), 200);
    assert_eq!(scene.page("analyst", &format!("/posteingang/{mail_id}")).await.status.as_u16(), 200);
    for by in ["analyst2", "auditor", "cert_lead"] {
        assert_eq!(scene.thread_page(by, id).await.status.as_u16(), 404, "{by}");
        assert_eq!(scene.page(by, &format!("/posteingang/{mail_id}")).await.status.as_u16(), 404, "{by}");
        assert!(!finds_as(&scene, by, &search).await, "{by}");
    }
    // Erased, a thread still stands there, without its words.
    scene
        .house
        .write(move |tx| {
            diesel::delete(party_thread_contents::table.find(id)).execute(tx.conn)?;
            let lines = timeline_entries::table.select(timeline_entries::id);
            let lines = lines.filter(timeline_entries::kind.eq("thread_out"));
            let words = entry_contents::table.filter(entry_contents::entry_id.eq_any(lines));
            diesel::delete(words).execute(tx.conn)?;
            Ok(())
        })
        .await;
    let page = scene.thread_page("analyst", id).await.text();
    assert!(page.contains("gelöscht") && !page.contains(LETTER) && !page.contains(ABUSE), "{page}");
}

async fn finds_as(scene: &Scene, by: &str, search: &str) -> bool {
    scene.page(by, search).await.text().contains(&scene.case.reference)
}

#[actix_web::test]
async fn what_a_third_party_writes_later_opens_no_case_again_and_a_machine_s_answer_waits_for_a_person() {
    let scene = Scene::new().await;
    let id = scene.open(hoster(letter(LETTER))).await;
    let out = scene.out().await;
    // A ticket system marks what people write there as made by a machine.
    let marked = mail("ticket-17@dritte.example", "Ticket 17", "Auto-Submitted: auto-generated\r\n", CANARY);
    let mail_id = scene.take(&[&out.reply_to], &marked).await;
    assert_eq!((scene.state(&mail_id).0.as_str(), scene.state(&mail_id).1.as_str()), ("open", "auto_reply"));
    assert_eq!(scene.stands(id).0, "open");

    let (reference, analyst) = (scene.case.reference.clone(), scene.cast.person("analyst").account);
    let case = scene.case.id;
    scene
        .house
        .act(analyst, move |tx, actor| {
            let seen = incidents::load(tx, case)?.version;
            incidents::close(tx, actor, &reference, seen, CloseReason::FalseAlarm)
        })
        .await;
    scene.house.work().await;
    let before = scene.case_page("reporter").await;
    let mail_id = scene.take(&[&out.reply_to], &mail(ABUSE, "AW", "", "Danke, die Seite ist weg.")).await;
    assert_eq!(scene.state(&mail_id).0, "joined");
    scene.house.work().await;
    let found = scene.house.app.db.read_now(|tx| incidents::load(tx, case)).unwrap();
    assert_eq!(found.status, Status::Closed);
    assert!(scene.thread_page("analyst", id).await.text().contains("die Seite ist weg"));
    let told = |page: &str| page.matches("<span class=\"when\">").count();
    assert_eq!(told(&scene.case_page("reporter").await), told(&before), "the town hall is told nothing");
}

#[actix_web::test]
async fn a_thread_of_a_merged_case_is_shown_with_what_leads_it_and_brings_that_up() {
    let scene = Scene::new().await;
    let remind = scene.house.app.env.now() + SignedDuration::from_hours(24);
    let id = scene.open(hoster(Letter { remind_at: Some(remind), ..letter(LETTER) })).await;
    let out = scene.out().await;
    let own = scene.cast.houses.own;
    let lead =
        crate::support::town::case(&scene.house, &scene.cast, "reporter", "eigen", own, "by_name").await;
    let (member, into) = (scene.case.reference.clone(), lead.reference.clone());
    let (analyst, leads, part) = (scene.cast.person("analyst").account, into.clone(), [member.clone()]);
    scene.house.act(analyst, move |tx, actor| incidents::merge(tx, actor, &leads, &part)).await;
    let board = scene.page("analyst", &format!("/vorgaenge/{into}/schriftwechsel")).await.text();
    assert!(board.contains("Beispiel Hosting") && board.contains(&member), "{board}");
    scene.house.clock.advance(SignedDuration::from_hours(25));
    scene.house.work().await;
    let found = scene.house.app.db.read_now(|tx| incidents::load(tx, lead.id)).unwrap();
    assert_eq!(found.waiting_on.as_deref(), Some("eine Antwort von Dritten"));
    let mail_id = scene.take(&[&out.reply_to], &mail(ABUSE, "AW", "", CANARY)).await;
    assert_eq!(scene.state(&mail_id).0, "joined");
    let page = format!("/vorgaenge/{member}/schriftwechsel/{id}");
    assert!(scene.later("analyst", &page).await.contains(CANARY));
}
