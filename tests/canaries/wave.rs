//! A wave: two hundred town halls report the same attack, their reports become one case, one is taken out again. Three of
//! them look at everything they have before, merged and after, and are never sent a word of another.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use mail_parser::MessageParser;
use meldekette::core::actor::{Actor, Role, Scope};
use meldekette::core::ids::{AccountId, OrgId};
use meldekette::core::text::Prose;
use meldekette::correspondence::intake::Intake;
use meldekette::correspondence::model::{Envelope, Road};
use meldekette::desk::Live;
use meldekette::directory::model::{ContactInput, ContactRole, Phone};
use meldekette::directory::service::{self as directory, ImportOptions};
use meldekette::incidents::evidence::intake::{Sender, Standing};
use meldekette::incidents::evidence::reader::Reader;
use meldekette::incidents::evidence::service as evidence;
use meldekette::incidents::model::Audience;
use meldekette::incidents::observables::service as observables;
use meldekette::incidents::service as incidents;
use meldekette::web::live::Limits;
use regex::Regex;

use crate::support::app::House;
use crate::support::cast::{Cast, PASSWORD, REGISTER, account, address, named, token};
use crate::support::client::{Door, Visitor};
use crate::support::paper::text_of;
use crate::support::town::{a_file, canary, report};

/// Town halls of the wave.
const MANY: usize = 200;
/// Who looks: the one whose report leads, one whose report stays merged, one whose report is taken out again.
const LEADS: usize = 0;
const STAYS: usize = 57;
const LEAVES: usize = 133;
const READERS: [usize; 3] = [LEADS, STAYS, LEAVES];
const LONG: Limits = Limits { all: 100, per_account: 5, life: Duration::from_secs(3600) };

/// A town hall with its report.
struct Hall {
    org: OrgId,
    mail: String,
    person: AccountId,
    reference: String,
}

fn word(number: usize) -> String {
    format!("w{number:03}")
}

/// What only one town hall has, by which a leak is known: its words, its number in the register of cases, its telephone,
/// the address of its attacker.
struct Marks {
    words: Regex,
    team: Regex,
    phone: Regex,
    ip: Regex,
    reference: Regex,
    /// Which town hall a reference belongs to.
    of: BTreeMap<String, usize>,
}

impl Marks {
    fn new(halls: &[Hall]) -> Self {
        let known = |pattern: &str| Regex::new(pattern).unwrap();
        Self {
            words: known(r"(?i)knrw(\d{3})([a-z]*)"),
            team: known(r"(?i)knrteam[a-z]*"),
            phone: known(r"0361\W{0,3}55(\d{3})"),
            ip: known(r"198\W{1,3}18\W{1,3}1\W{1,3}(\d{1,3})"),
            reference: known(r"TH-2026-\d{5}"),
            of: halls.iter().enumerate().map(|(number, hall)| (hall.reference.clone(), number)).collect(),
        }
    }

    /// Every mark in a text, with the town hall that it belongs to; none for the team's own.
    fn found(&self, text: &str) -> BTreeSet<(Option<usize>, String)> {
        let mut found = BTreeSet::new();
        for pattern in [&self.words, &self.phone, &self.ip] {
            for mark in pattern.captures_iter(text) {
                let number: usize = mark[1].parse().unwrap();
                found.insert((Some(number), mark[0].to_lowercase()));
            }
        }
        for mark in self.reference.find_iter(text) {
            if let Some(number) = self.of.get(mark.as_str()) {
                found.insert((Some(*number), mark.as_str().to_owned()));
            }
        }
        found.extend(self.team.find_iter(text).map(|mark| (None, mark.as_str().to_lowercase())));
        found
    }
}

/// What was searched and found.
#[derive(Default)]
struct Search {
    bytes: usize,
    answers: usize,
    mails: usize,
    events: usize,
    pdfs: usize,
    leaks: BTreeSet<String>,
    /// By reader and stage: own marks that were read.
    read: BTreeMap<(usize, &'static str), BTreeSet<String>>,
}

impl Search {
    /// What a town hall was sent. Whoever names a case in the address learns nothing from reading it there again.
    fn sent(&mut self, marks: &Marks, to: usize, stage: &'static str, from: &str, bytes: &[u8]) {
        self.bytes += bytes.len();
        let text = if bytes.starts_with(b"%PDF-") {
            self.pdfs += 1;
            text_of(bytes)
        } else {
            String::from_utf8_lossy(bytes).into_owned()
        };
        for (whose, mark) in marks.found(&text) {
            if whose == Some(to) {
                self.read.entry((to, stage)).or_default().insert(mark);
            } else if !from.contains(&mark) {
                self.leaks.insert(format!("{} reads {mark} in {from} ({stage})", word(to)));
            }
        }
    }
}

struct Wave {
    house: House,
    door: Door,
    live: Arc<Live>,
    cast: Cast,
    halls: Vec<Hall>,
    readers: BTreeMap<usize, Visitor>,
}

impl Wave {
    async fn rise() -> Self {
        let house = House::empty();
        let live = Arc::new(Live::new(house.app.db.clone(), LONG));
        let door = house.live_door(&live).await;
        let cast = Cast::play(&house, &door).await;
        house.leaves("invitations of the cast, and what was told of the cases");
        let orgs = register(&house, &cast).await;
        let mut halls = Vec::new();
        for (number, org) in orgs.into_iter().enumerate() {
            halls.push(reports(&house, &cast, number, org).await);
        }
        let mut readers = BTreeMap::new();
        for number in READERS {
            let visitor = door.sign_in(&halls[number].mail, PASSWORD).await;
            let token = token(&house, halls[number].person, Scope::ALL.to_vec()).await;
            readers.insert(number, Visitor { token: Some(token), ..visitor });
        }
        Self { house, door, live, cast, halls, readers }
    }

    fn lead(&self) -> String {
        self.halls[LEADS].reference.clone()
    }

    /// Writes as an analyst.
    async fn analyst<T: Send + 'static>(
        &self,
        f: impl FnMut(&mut meldekette::store::Tx<'_>, &Actor) -> meldekette::core::error::Result<T>
        + Send
        + 'static,
    ) -> T {
        self.house.act(self.cast.person("analyst").account, f).await
    }

    /// Every mail that went out since, to whichever town hall.
    async fn mails(&self, search: &mut Search, marks: &Marks, stage: &'static str) {
        self.house.work().await;
        for (envelope, mail) in self.house.mails.take() {
            let Some(to) = self.halls.iter().position(|hall| hall.mail == envelope.to.as_str()) else {
                continue;
            };
            search.mails += 1;
            search.sent(marks, to, stage, "a mail", &mail);
            let read = MessageParser::default().parse(&mail).expect("a mail");
            search.sent(marks, to, stage, "a subject", read.subject().unwrap_or_default().as_bytes());
            for part in &read.parts {
                search.sent(
                    marks,
                    to,
                    stage,
                    "a mail's text",
                    part.text_contents().unwrap_or_default().as_bytes(),
                );
            }
        }
    }

    /// Where the three look, each for themselves: own pages, the same addresses of others, and every search.
    fn addresses(&self, own: usize, every: usize) -> Vec<String> {
        let of = |reference: &str| {
            let pages = [
                "",
                "/beweise",
                "/aufgaben",
                "/schriftwechsel",
                "/vorgang.pdf",
                "/nachtrag",
                "/eingegangen",
                "/teile",
                "/beobachtungen",
            ];
            let api = ["", "/entries", "/escalation", "/tasks", "/members", "/links"];
            let pages = pages.iter().map(|tail| format!("/vorgaenge/{reference}{tail}"));
            let api = api.iter().map(|tail| format!("/api/v1/incidents/{reference}{tail}"));
            pages.chain(api).collect::<Vec<_>>()
        };
        let lists = [
            "/",
            "/vorgaenge",
            "/vorgaenge?abgeschlossen=ja",
            "/eingang",
            "/aufgaben",
            "/warnmeldungen",
            "/posteingang",
            "/register/meine",
            "/suche?q=status:offen",
            "/suche?q=-nichts",
            "/suche?q=Landeskasse",
            "/suche?q=in:datei",
            "/api/v1/incidents?limit=200&waiting=true",
            "/api/v1/search?q=Landeskasse",
            "/api/v1/organisations",
        ];
        let mut all: Vec<String> = lists.map(str::to_owned).to_vec();
        all.extend(of(&self.halls[own].reference));
        all.extend(of(&self.halls[LEADS].reference));
        all.extend(of(&self.halls[STAYS].reference));
        for other in (0..MANY).step_by(every) {
            let reference = &self.halls[other].reference;
            all.push(format!("/vorgaenge/{reference}"));
            all.push(format!("/api/v1/incidents/{reference}"));
            for what in ["Titel", "Inhalt", "Mailtext"] {
                all.push(format!("/api/v1/search?q={}", canary(&word(other), what)));
            }
            all.push(format!("/api/v1/search?q=ioc:198.18.1.{other}"));
            all.push(format!("/suche?q={}", canary(&word(other), "Beschreibung").replace("KNR", "")));
        }
        all
    }

    /// All that the three are sent; what the page of each said.
    async fn look(
        &self,
        search: &mut Search,
        marks: &Marks,
        stage: &'static str,
        every: usize,
    ) -> BTreeMap<usize, BTreeSet<String>> {
        let mut views = BTreeMap::new();
        for (number, visitor) in &self.readers {
            for path in self.addresses(*number, every) {
                let reply = self.door.get(visitor, &path).await;
                assert!(!reply.status.is_server_error(), "{path}");
                search.answers += 1;
                search.sent(marks, *number, stage, &path, &reply.body);
                let is_foreign = self.halls.iter().enumerate().any(|(other, hall)| {
                    other != *number && path.starts_with("/vorgaenge/") && path.contains(&hall.reference)
                });
                if is_foreign {
                    assert_eq!(reply.status.as_u16(), 404, "{path} as {}", word(*number));
                }
            }
            let page = self.door.get(visitor, &format!("/vorgaenge/{}", self.halls[*number].reference)).await;
            assert_eq!(page.status.as_u16(), 200);
            views.insert(*number, lines(&page.text()));
        }
        views
    }

    /// Whether the case of a town hall counts as part of a larger one, by its API.
    async fn is_part(&self, number: usize) -> bool {
        let path = format!("/api/v1/incidents/{}", self.halls[number].reference);
        let reply = self.door.get(&self.readers[&number], &path).await;
        let json: serde_json::Value = serde_json::from_slice(&reply.body).unwrap();
        json["part_of_larger"] == true
    }
}

/// The lines of a page without its markup, without what changes with every request.
fn lines(page: &str) -> BTreeSet<String> {
    let markup = Regex::new(r"(?s)<(script|style)\b.*?</(script|style)>|<[^>]*>").unwrap();
    let said = markup.replace_all(page, "\n");
    said.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// Two hundred more administrations, each with a contact of its own.
async fn register(house: &House, cast: &Cast) -> Vec<OrgId> {
    let rows: String = (0..MANY)
        .map(|number| {
            format!(
                "16062{number:07},,,verwaltungsgemeinschaft,municipal,Verwaltung {},EIC,160610000000,160610000000,,yes,Welle,37339,1000,2023-11-30,\n",
                canary(&word(number), "name"),
            )
        })
        .collect();
    let whole = format!("{REGISTER}{rows}").into_bytes();
    let system = Actor::system("test");
    directory::import(&house.app.db, &system, whole, ImportOptions::default()).await.unwrap().unwrap();
    house
        .act(cast.person("administrator").account, |tx, actor| {
            (0..MANY)
                .map(|number| {
                    let word = word(number);
                    let key = format!("16062{number:07}");
                    let org = directory::lookup_by_key(tx, &key)?.expect("an organisation").id;
                    let contact = ContactInput {
                        role: ContactRole::ItSecurityOfficer,
                        name: named(&canary(&word, "leitstelle")),
                        mail: Some(address(&format!("leitstelle@knr{word}.example"))),
                        phone: Phone::parse(&format!("0361 55{number:03}")).ok(),
                        out_of_band: None,
                        is_function: true,
                        certificate: None,
                        pgp: None,
                    };
                    directory::add_contact(tx, actor, org, &contact)?;
                    Ok(org)
                })
                .collect()
        })
        .await
}

/// A town hall reports, writes, is answered, and sends a file.
async fn reports(house: &House, cast: &Cast, number: usize, org: OrgId) -> Hall {
    let word = word(number);
    let administrators = (cast.person("administrator").account, cast.person("administrator2").account);
    let mail = format!("melder@knr{word}.example");
    let name = canary(&word, "melderin");
    let person = account(house, administrators, &mail, &name, Role::Reporter, org, &cast.hash).await;
    let mut said = report(&word, org, "by_name");
    said.description = format!(
        "{}: Mail im Namen der Landeskasse von hxxp://knr{word}boese[.]example, Server 198.18.1[.]{number}.",
        canary(&word, "beschreibung"),
    );
    said.contact_phone = format!("0361 55{number:03}");
    let said = said.parse().unwrap();
    let reference = house.act(person, move |tx, actor| incidents::file(tx, actor, &said)).await.reference;
    let say = |what: &str| Prose::parse(&canary(&word, what)).unwrap();
    let (case, text) = (reference.clone(), say("nachricht"));
    house
        .act(person, move |tx, actor| {
            incidents::message(tx, actor, &case, Audience::Organisation(org), &text)
        })
        .await;
    let (case, answer, note) = (reference.clone(), say("antwort"), Prose::parse("KNRteamnotiz").unwrap());
    house
        .act(cast.person("analyst2").account, move |tx, actor| {
            incidents::message(tx, actor, &case, Audience::Organisation(org), &answer)?;
            incidents::message(tx, actor, &case, Audience::Team, &note)
        })
        .await;
    let content = format!("{} 198.18.1.{number}", canary(&word, "inhalt"));
    let file = a_file(&format!("{}.txt", canary(&word, "datei")), content.len() as u64);
    let vault = Arc::new(house.app.vault().unwrap());
    let (id, key) = vault.draw().unwrap();
    let case = reference.clone();
    let (actor, begun) = house
        .act(person, move |tx, actor| {
            Ok((actor.clone(), evidence::begin(tx, actor, &case, (id, key.as_slice()), &file)?))
        })
        .await;
    let sender = Sender { db: &house.app.db, vault: &vault, actor: &actor, reference: &reference };
    let bytes = futures_util::stream::iter([Ok(content.into_bytes().into())]);
    assert_eq!(sender.go_on(&begun, bytes).await.unwrap(), Standing::Whole);
    Hall { org, mail, person, reference }
}

/// Every town hall answers by mail, with a file, to the address that it was given.
async fn answer_by_mail(wave: &Wave, stage: &str) -> usize {
    wave.house.work().await;
    let reader = Reader::new(env!("CARGO_BIN_EXE_meldekette").into());
    let intake = Intake::new(wave.house.app.db.clone(), Arc::new(wave.house.app.vault().unwrap()), reader);
    let mut to = BTreeMap::new();
    for (envelope, mail) in wave.house.mails.take() {
        let read = MessageParser::default().parse(&mail).expect("a mail");
        let reply = read.reply_to().and_then(|to| to.first()).and_then(|to| to.address());
        if let Some(reply) = reply {
            to.insert(envelope.to.to_string(), reply.to_owned());
        }
    }
    let mut answered = 0;
    for (number, hall) in wave.halls.iter().enumerate() {
        let Some(reply) = to.get(&hall.mail) else { continue };
        let said = |what: &str| canary(&word(number), what);
        let mail = format!(
            "From: {} <{}>\r\nTo: {reply}\r\nSubject: {}\r\nMessage-ID: <{stage}{number}@knr{}.example>\r\n\
             MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\n{}\r\n--x\r\n\
             Content-Type: text/plain; name=\"{}.txt\"\r\nContent-Disposition: attachment\r\n\r\n{}\r\n--x--\r\n",
            said("absender"),
            hall.mail,
            said("betreff"),
            word(number),
            said("mailtext"),
            said("anhang"),
            said("anhanginhalt"),
        );
        let envelope = Envelope { from: hall.mail.clone(), to: vec![reply.clone()] };
        intake.take(Road::Lmtp, envelope, mail.into_bytes()).await.expect("accepted");
        answered += 1;
    }
    intake.read_due().await.expect("read");
    answered
}

#[actix_web::test]
async fn of_two_hundred_reports_that_become_one_case_no_town_hall_reads_a_word_of_another() {
    let wave = Wave::rise().await;
    let marks = Marks::new(&wave.halls);
    let mut search = Search::default();
    let answered = answer_by_mail(&wave, "vor").await;
    wave.mails(&mut search, &marks, "before").await;
    let before = wave.look(&mut search, &marks, "before", 4).await;

    // What happened until now is told: whoever listens for what was never told is sent back to look.
    wave.live.turn().await.expect("a turn");
    // The three are at their cases while it happens.
    let mut streams = BTreeMap::new();
    for (number, visitor) in &wave.readers {
        let path = format!("/vorgaenge/{}/live", wave.halls[*number].reference);
        streams.insert(*number, wave.door.stream(visitor, &path).await.expect("a stream"));
        for other in [LEADS, STAYS, LEAVES, 199].into_iter().filter(|other| other != number) {
            let path = format!("/vorgaenge/{}/live", wave.halls[other].reference);
            let refused = wave.door.stream(visitor, &path).await.err();
            assert_eq!(refused.map(|status| status.as_u16()), Some(404), "{path}");
        }
    }
    let mut hear = |search: &mut Search, stage| -> BTreeMap<usize, Vec<String>> {
        let heard = streams.iter_mut().map(|(number, stream)| {
            let events = stream.events().expect("still open");
            search.events += events.len();
            for (name, data) in &events {
                search.sent(&marks, *number, stage, "a live update", format!("{name}\n{data}").as_bytes());
            }
            (*number, events.into_iter().map(|(name, _)| name).collect())
        });
        heard.collect()
    };
    let turn = async || {
        wave.house.clock.advance(SignedDuration::from_secs(3));
        wave.live.turn().await.expect("a turn");
    };
    turn().await;
    hear(&mut search, "before");

    let lead = wave.lead();
    let others: Vec<String> = wave.halls.iter().map(|hall| hall.reference.clone()).collect();
    let merged = wave
        .analyst(move |tx, actor| {
            let plan = incidents::consider(tx, actor, Some(&lead), &others)?;
            let able: Vec<String> = plan.members().map(|one| one.row.reference.clone()).collect();
            incidents::merge(tx, actor, &lead, &able)?;
            Ok(able.len())
        })
        .await;
    assert_eq!(merged, MANY - 1);
    turn().await;
    hear(&mut search, "merged");
    // What is written to one other and noted by the team, nobody of the three hears of.
    let (quiet, lead, to) = (wave.halls[7].reference.clone(), wave.lead(), wave.halls[7].org);
    wave.analyst(move |tx, actor| {
        incidents::message(
            tx,
            actor,
            &quiet,
            Audience::Organisation(to),
            &Prose::parse("KNRw007antwortspaet").unwrap(),
        )?;
        incidents::message(tx, actor, &lead, Audience::Team, &Prose::parse("KNRteamlage").unwrap())
    })
    .await;
    turn().await;
    let heard = hear(&mut search, "merged");
    assert!(heard.values().all(|names| names.iter().all(|name| name == "andere")), "{heard:?}");
    let lead = wave.lead();
    let told = "Bitte ändern Sie alle Passwörter.";
    wave.analyst(move |tx, actor| {
        incidents::tell_members(tx, actor, &lead, &[], &Prose::parse(told).unwrap())
    })
    .await;
    turn().await;
    let heard = hear(&mut search, "merged");
    assert!(
        heard.values().all(|names| names.contains(&"vorgang".to_owned())),
        "each is told in its own case: {heard:?}"
    );
    // Each of them answers, by its own page and by mail.
    for number in READERS {
        let (case, org) = (wave.halls[number].reference.clone(), wave.halls[number].org);
        let text = Prose::parse(&canary(&word(number), "spaeter")).unwrap();
        wave.house
            .act(wave.halls[number].person, move |tx, actor| {
                incidents::message(tx, actor, &case, Audience::Organisation(org), &text)
            })
            .await;
    }
    wave.mails(&mut search, &marks, "merged").await;
    wave.house.clock.advance(SignedDuration::from_secs(5));
    wave.house.work().await;
    let during = wave.look(&mut search, &marks, "merged", 1).await;
    let parts = [wave.is_part(LEADS).await, wave.is_part(STAYS).await, wave.is_part(LEAVES).await];
    assert_eq!(parts, [false, true, true]);
    let lead = wave.lead();
    let seen_by_team =
        wave.analyst(move |tx, actor| Ok(observables::of_case(tx, actor, &lead)?.1.len())).await;

    let (lead, out) = (wave.lead(), vec![wave.halls[LEAVES].reference.clone()]);
    wave.analyst(move |tx, actor| incidents::detach(tx, actor, &lead, &out)).await;
    turn().await;
    hear(&mut search, "after");
    wave.mails(&mut search, &marks, "after").await;
    let after = wave.look(&mut search, &marks, "after", 4).await;
    assert_eq!([wave.is_part(STAYS).await, wave.is_part(LEAVES).await], [true, false]);

    println!(
        "wave: {MANY} reports, {answered} answers by mail, {merged} merged into {}, 1 taken out; {} answers of pages and API, \
         {} mails, {} live events, {} PDFs, {} bytes searched; {} marks of others found; {seen_by_team} observables of the leading case",
        wave.lead(),
        search.answers,
        search.mails,
        search.events,
        search.pdfs,
        search.bytes,
        search.leaks.len(),
    );
    for (number, name) in [(LEADS, "leads"), (STAYS, "stays merged"), (LEAVES, "is taken out")] {
        for (what, from, to) in [("merged", &before, &during), ("after", &during, &after)] {
            let new: Vec<_> = to[&number].difference(&from[&number]).collect();
            let gone: Vec<_> = from[&number].difference(&to[&number]).collect();
            println!("{} ({name}), {what}: new {new:?}; gone {gone:?}", word(number));
        }
    }
    assert!(search.leaks.is_empty(), "{:#?}", search.leaks);
    for number in READERS {
        for stage in ["before", "merged", "after"] {
            let read = &search.read[&(number, stage)];
            for what in [
                "titel",
                "beschreibung",
                "massnahmen",
                "ansprechperson",
                "nachricht",
                "antwort",
                "datei",
                "mailtext",
            ] {
                let mark = canary(&word(number), what).to_lowercase();
                assert!(read.contains(&mark), "{} reads its own {what}, {stage}: {read:?}", word(number));
            }
        }
        assert!(during[&number].iter().any(|line| line.contains(told)), "{}", word(number));
        let count = (MANY - 1).to_string();
        for views in [&during, &after] {
            let is_count =
                |line: &String| line.split(|c: char| !c.is_ascii_digit()).any(|part| part == count);
            assert!(!views[&number].iter().any(is_count), "nobody learns how many there are");
        }
    }
    let larger = |views: &BTreeMap<usize, BTreeSet<String>>, number| {
        views[&number].iter().any(|line| line.contains("Teil eines größeren Vorfalls"))
    };
    assert!(
        !larger(&before, STAYS) && larger(&during, STAYS) && larger(&during, LEAVES) && larger(&after, STAYS)
    );
    assert!(!larger(&during, LEADS), "who leads reads its own case as before");
}
