//! Canaries: every house's data holds words that only those may ever read for whom they are meant. Every byte that is
//! sent to anybody, over every route, in every mail and export, is searched for the words of others.

mod wave;

use std::collections::{BTreeMap, BTreeSet};

use mail_parser::{MessageParser, MimeHeaders as _};
use meldekette::core::text::Prose;
use meldekette::incidents::guide::model::Step;
use meldekette::incidents::papers::model::Paper;
use meldekette::incidents::service as incidents;

use crate::policy::{Row, held, request, rows};
use crate::support::app::House;
use crate::support::paper::text_of;
use crate::support::strangers;
use crate::support::town::{Town, canary};

/// What a case says, in the reporter's words and the team's.
const REPORT: [&str; 4] = ["titel", "beschreibung", "massnahmen", "ansprechperson"];
const MESSAGES: [&str; 7] =
    ["nachricht", "antwort", "dateiname", "beweis", "nachtrag", "aufgabe", "rueckfrage"];
const TEAM: [&str; 8] =
    ["teamnotiz", "teamwarten", "teamgrund", "anrufnotiz", "teamdatei", "teambeweis", "teamaufgabe", LETTER];
/// What the team writes to a third party in clear, under a label of its own.
const LETTER: &str = "teambrief";
/// A third party that is written to.
const THIRD: &str = "dritte";
/// What a house wrote into a paper of its own.
const PAPER: [&str; 1] = ["papier"];
/// The words of cases, of houses, of advisories, and of what somebody is still writing.
const WORDS: [&str; 30] = [
    "post",
    strangers::WORD,
    "telefonat",
    "telefonfremd",
    "ohnekonto",
    "warnbenannt",
    "warnentwurf",
    "warneigen",
    "warnfremd",
    "entwurf",
    "eigen",
    "mitglied",
    "fremd",
    "beteiligt",
    "unbenannt",
    "benannt",
    "geteilt",
    "nachbar",
    "dringend",
    "wartend",
    "land",
    "dienst",
    "mandatkuenftig",
    "mandatmeldet",
    "mandatneben",
    "mandatliest",
    "mandathandelt",
    "mandatvorbei",
    "mandatwiderrufen",
    "mandatbedient",
];
/// Those who are asked, beside the stranger.
const READERS: [&str; 13] = [
    "reporter",
    "org_lead",
    "reporter2",
    "member.reporter",
    "member.org_lead",
    "foreign.reporter",
    "foreign.org_lead",
    "land.org_lead",
    "provider.reporter",
    "approver",
    "administrator",
    "analyst",
    "auditor",
];

/// Before the name of a reader who holds the code of a draft.
const HOLDER: &str = "holder.";

/// Whether this reader may read this word.
fn may_read(reader: &str, word: &str, what: &str) -> bool {
    let is_content = REPORT.contains(&what) || MESSAGES.contains(&what);
    let is_team = TEAM.contains(&what);
    let is_warning = word.starts_with("warn");
    let is_of_case = is_content || (is_team && what != "anrufnotiz");
    // Who holds the code of a draft without an account reads it, whoever that is, and nothing more.
    if let Some(reader) = reader.strip_prefix(HOLDER) {
        return word == strangers::WORD || may_read(reader, word, what);
    }
    // A third party reads what is mailed to it, and nothing else.
    if reader == THIRD {
        return what == LETTER;
    }
    // What is not sent yet is nobody's but the writer's, the CERT's neither.
    match word {
        strangers::WORD | "telefonfremd" => return false,
        "telefonat" => return reader == "analyst",
        // Nobody placed it yet.
        "post" => return ["analyst", "auditor"].contains(&reader),
        "entwurf" => return reader == "reporter",
        _ => {}
    }
    // A paper is the house's own, until the house itself gives it away.
    if PAPER.contains(&what) {
        return word == "dringend" && ["reporter", "org_lead", "reporter2"].contains(&reader);
    }
    match reader {
        "analyst" => true,
        "auditor" => word != "unbenannt",
        "approver" => is_warning || !is_of_case,
        "administrator" => !is_warning && !is_of_case,
        _ if is_team || word == "warnentwurf" => false,
        // A house that was brought in reads the report as far as the reporter allowed, not what was written to others.
        "reporter" | "org_lead" | "reporter2" => match word {
            "eigen" | "mitglied" | "geteilt" | "dringend" | "wartend" | "warneigen" => true,
            // What mandates of today reach: the own report, or all.
            "mandatmeldet" | "mandatliest" | "mandathandelt" => true,
            // The file is for all involved.
            "beteiligt" => ["titel", "dateiname", "beweis"].contains(&what),
            "nachbar" => REPORT.contains(&what),
            "benannt" => reader != "reporter2",
            "unbenannt" => reader == "reporter2",
            "warnbenannt" => reader == "org_lead",
            // The name of whoever serves the house.
            "dienst" => false,
            _ => false,
        },
        "member.reporter" | "member.org_lead" => match word {
            "mitglied" => true,
            "nachbar" => REPORT.contains(&what),
            _ => false,
        },
        "foreign.reporter" | "foreign.org_lead" => match word {
            "fremd" | "beteiligt" | "nachbar" | "warnfremd" => true,
            "geteilt" => REPORT.contains(&what),
            _ => false,
        },
        "land.org_lead" => word == "land",
        // Whom it serves and with what stands on its own page; whoever they are there does not.
        "provider.reporter" | "provider.org_lead" => word == "dienst" || what == "dienst",
        _ => false,
    }
}

/// What was searched and found.
#[derive(Default)]
struct Search {
    bytes: usize,
    answers: usize,
    leaks: BTreeSet<String>,
    /// By reader: words that were read rightly.
    read: BTreeMap<String, BTreeSet<String>>,
    /// What each PDF says, by its bytes: those are packed.
    pdfs: BTreeMap<Vec<u8>, String>,
}

impl Search {
    fn answer(&mut self, reader: &str, from: &str, bytes: &[u8]) {
        self.bytes += bytes.len();
        self.answers += 1;
        let text = if bytes.starts_with(b"%PDF-") {
            self.pdfs.entry(bytes.to_vec()).or_insert_with(|| text_of(bytes)).to_lowercase()
        } else {
            String::from_utf8_lossy(bytes).to_lowercase()
        };
        for (at, _) in text.match_indices("knr") {
            let rest: String = text[at + 3..].chars().take_while(char::is_ascii_alphanumeric).collect();
            // What somebody typed into a form comes back to that person.
            if rest.starts_with("formular") {
                continue;
            }
            // A signature in base64 may hold the three letters by chance.
            let Some(word) = WORDS.iter().find(|word| rest.starts_with(**word)) else { continue };
            let what = &rest[word.len()..];
            // Who holds the link that a contact was mailed reads that contact.
            if from == "GET /kontakt/{token}" && *word == "eigen" && ["leitstelle", "post"].contains(&what) {
                continue;
            }
            if may_read(reader, word, what) {
                self.read.entry(reader.to_owned()).or_default().insert(rest.clone());
            } else {
                self.leaks.insert(format!("{reader} reads {rest} in {from}"));
            }
        }
    }
}

/// Every address that shows something, for every thing that there is.
fn addresses(town: &Town) -> Vec<String> {
    let mut all: Vec<String> =
        ["/", "/vorgaenge", "/vorgaenge?abgeschlossen=ja", "/eingang", "/warnmeldungen", "/konten"]
            .into_iter()
            .chain([
                "/konto",
                "/konten/neu",
                "/melden",
                "/register",
                "/register/meine",
                "/register/neu",
                "/register/import",
            ])
            .chain([
                "/register/anbindung",
                "/protokoll",
                "/protokoll/ausfuhr",
                "/warteschlangen",
                "/warnmeldungen/neu",
            ])
            .chain([
                "/api/v1/incidents?limit=200&waiting=true",
                "/api/v1/advisories",
                "/api/v1/organisations",
            ])
            .chain([
                "/api/v1/openapi.json",
                "/eingang?f=frei",
                "/eingang?f=meine",
                "/eingang?f=zu",
                "/eingang?f=wartend",
            ])
            // Every word of every case, without its beginning: the page says what was sought.
            .chain([
                "/suche?q=status:offen",
                "/suche?q=-nichts",
                "/suche?q=org:eigen",
                "/suche?q=030+23125+002",
            ])
            .chain(["/telefon", "/ohne-konto", "/ohne-konto/was", "/ohne-konto/pruefen", "/ohne-konto/beleg"])
            .chain(["/register/notfallkarten.pdf", "/status", "/aufgaben"])
            .map(str::to_owned)
            .collect();
    for word in WORDS {
        for what in ["Titel", "Beschreibung", "Teamnotiz", "Warnung", "Leitstelle"] {
            // Without the beginning, so that the page, which says what was sought, is not found itself.
            let sought = canary(word, what).replace("KNR", "");
            all.push(format!("/eingang?q={sought}"));
            all.push(format!("/befehle?q={sought}"));
            all.push(format!("/api/v1/incidents?q={sought}"));
            all.push(format!("/konten?suche={sought}"));
            // Its answer does not say what was sought.
            all.push(format!("/api/v1/search?q={}", canary(word, what)));
            all.push(format!("/register?q={sought}"));
            all.push(format!("/api/v1/organisations?text={sought}"));
        }
    }
    for case in town.cases.values() {
        let reference = &case.reference;
        all.push(format!("/vorgaenge/{reference}"));
        all.push(format!("/vorgaenge/{reference}/eingegangen"));
        all.push(format!("/vorgaenge/{reference}/vorgang.pdf"));
        all.push(format!("/vorgaenge/{reference}/zuordnen"));
        for paper in Paper::ALL {
            for end in ["", ".txt", ".pdf"] {
                all.push(format!("/vorgaenge/{reference}/papiere/{}{end}", paper.code()));
            }
        }
        for tail in ["nachtrag", "fehlalarm"] {
            all.push(format!("/vorgaenge/{reference}/{tail}"));
        }
        all.push(format!("/eingang?vorschau={reference}"));
        all.push(format!("/vorgaenge/{reference}/beweise"));
        all.push(format!("/vorgaenge/{reference}/aufgaben"));
        all.push(format!("/vorgaenge/{reference}/schriftwechsel"));
        let thread = |id| format!("/vorgaenge/{reference}/schriftwechsel/{id}");
        all.extend(town.threads.values().map(thread));
        all.extend(town.tasks.values().map(|task| format!("/vorgaenge/{reference}/aufgaben/{task}")));
        for tail in ["", "/entries", "/escalation", "/tasks"] {
            all.push(format!("/api/v1/incidents/{reference}{tail}"));
        }
    }
    let (mail, file) = &town.inbound;
    all.extend(["", "?zeigen=erledigt", "?zeigen=automatisch"].map(|part| format!("/posteingang{part}")));
    all.extend(["", "/datei"].map(|part| format!("/posteingang/{mail}{part}")));
    all.push(format!("/posteingang/{mail}/anhang/{file}"));
    for draft in town.drafts.values() {
        for step in Step::ALL {
            all.push(format!("/melden/{draft}/{}", step.code()));
        }
        all.push(format!("/telefon/{draft}"));
    }
    for reference in town.advisories.values() {
        for tail in ["", "/bearbeiten", "/freigabe", "/zustellung"] {
            all.push(format!("/warnmeldungen/{reference}{tail}"));
        }
        for tail in ["", "/deliveries"] {
            all.push(format!("/api/v1/advisories/{reference}{tail}"));
        }
    }
    let houses = town.cast.houses;
    for org in [houses.own, houses.member, houses.foreign, houses.land, houses.provider, houses.cert] {
        all.push(format!("/api/v1/organisations/{org}"));
        for tail in [
            "",
            "/bearbeiten",
            "/anruf",
            "/kontakte/neu",
            "/netze/neu",
            "/dienstleister/neu",
            "/mandate",
            "/mandate/neu",
        ] {
            all.push(format!("/register/{org}{tail}"));
        }
        for tail in ["/notfallkarte", "/notfallkarte.pdf", "/telefon-code"] {
            all.push(format!("/register/{org}{tail}"));
        }
        for things in town.belongings.values() {
            all.push(format!("/register/{org}/kontakte/{}", things.contact));
        }
    }
    for account in town.belongings.values().map(|things| things.extra) {
        all.push(format!("/konten/{account}"));
    }
    all.extend(town.cast.people().map(|(_, person)| format!("/konten/{}", person.account)));
    all
}

/// The name of whom a mail goes to: of the cast, or of a house's mailbox.
fn addressee<'a>(town: &'a Town, address: &str) -> &'a str {
    if let Some((key, _)) = town.cast.people().find(|(_, person)| person.mail == address) {
        return key;
    }
    match address.rsplit('@').next().unwrap_or_default() {
        "eigen.example" => "reporter",
        "mitglied.example" => "member.reporter",
        "fremd.example" => "foreign.reporter",
        "dritte.example" => THIRD,
        _ => "stranger",
    }
}

fn search_mails(search: &mut Search, town: &Town) {
    for (envelope, mail) in &town.sent {
        let reader = addressee(town, envelope.to.as_str());
        search.answer(reader, "a mail", mail);
        let parsed = MessageParser::default().parse(mail).expect("a mail");
        search.answer(reader, "a subject", parsed.subject().unwrap_or_default().as_bytes());
        assert!(parsed.content_type().is_some_and(|kind| kind.subtype() == Some("signed")));
        for part in &parsed.parts {
            let text = part.text_contents().unwrap_or_default();
            search.answer(reader, "a mail's text", text.as_bytes());
            let lower = text.to_lowercase();
            let in_clear = |what: &&&str| reader == THIRD && **what == LETTER;
            for what in REPORT.iter().chain(&MESSAGES).chain(&TEAM).chain(&PAPER).filter(|it| !in_clear(it)) {
                let told = WORDS.iter().find(|word| lower.contains(&format!("knr{word}{what}")));
                assert!(told.is_none(), "a mail in clear tells {told:?} {what}: all cases are TLP:AMBER");
            }
            assert!(!lower.contains("knrwarnbenannt"), "a mail in clear tells what is TLP:RED");
        }
    }
}

#[actix_web::test]
async fn nobody_is_ever_sent_a_word_that_is_meant_for_others() {
    let house = House::empty();
    let door = house.door().await;
    let town = Town::build(&house, &door).await;
    house.leaves("what the forms set off is nobody's matter here");
    let mut search = Search::default();
    search_mails(&mut search, &town);
    for address in addresses(&town) {
        for reader in READERS {
            let reply = door.get(&town.cast.person(reader).visitor, &address).await;
            assert!(!reply.status.is_server_error(), "{address} as {reader}");
            search.answer(reader, &address, &reply.body);
        }
        let reply = door.get(&town.cast.stranger, &address).await;
        search.answer("stranger", &address, &reply.body);
    }
    for row in rows() {
        forms(&mut search, &town, &door, &house, &row).await;
    }
    house.work().await;
    println!(
        "canaries: {} answers and mails, {} bytes searched, {} different PDFs read, {} found",
        search.answers,
        search.bytes,
        search.pdfs.len(),
        search.leaks.len()
    );
    assert!(search.leaks.is_empty(), "{:#?}", search.leaks);
    let is_on_paper = |said: &String| said.to_lowercase().contains("knrdringendpapier");
    assert!(search.pdfs.values().any(is_on_paper), "what is packed in a PDF is searched");
    let read = |reader: &str, word: &str| {
        assert!(
            search.read.get(reader).is_some_and(|read| read.contains(word)),
            "{reader} should have read {word}"
        );
    };
    for (reader, word) in [
        ("reporter", "eigentitel"),
        ("reporter", "eigenbeschreibung"),
        ("reporter", "mitgliednachricht"),
        ("reporter", "entwurftitel"),
        ("reporter", "entwurfbeschreibung"),
        ("reporter", "beteiligttitel"),
        ("reporter", "benannttitel"),
        ("reporter", "mandatmeldetantwort"),
        ("org_lead", "mandatliestbeschreibung"),
        ("reporter", "beteiligtbeweis"),
        ("reporter", "mitglieddateiname"),
        ("reporter", "mandatmeldetbeweis"),
        ("analyst", "eigenteambeweis"),
        ("analyst", "fremdteambrief"),
        ("auditor", "benanntteambrief"),
        (THIRD, "eigenteambrief"),
        ("auditor", "eigenteamdatei"),
        ("reporter", "warneigentun"),
        ("org_lead", "warnbenannttun"),
        ("reporter2", "unbenanntantwort"),
        ("foreign.reporter", "geteiltbeschreibung"),
        ("analyst", "fremdteamnotiz"),
        ("analyst", "fremdanrufnotiz"),
        ("auditor", "benanntteamwarten"),
        ("auditor", "eigenteamgrund"),
        ("approver", "warnentwurftun"),
        ("administrator", "eigenleitstelle"),
        ("analyst", "ohnekontobeschreibung"),
        ("analyst", "telefonattitel"),
        ("analyst", "mitgliednachtrag"),
        ("reporter", "mitgliednachtrag"),
        ("member.org_lead", "mitgliednachtrag"),
        ("org_lead", "dringendpapier"),
        ("holder.stranger", "zettelbeschreibung"),
    ] {
        read(reader, word);
    }
}

/// What was merged lies in one place for the team, and for nobody else: the same words are read by the same readers.
#[actix_web::test]
async fn merging_cases_tells_no_house_a_word_of_another() {
    let house = House::empty();
    let door = house.door().await;
    let town = Town::build(&house, &door).await;
    house.leaves("what merging sets off is nobody's matter here");
    let lead = town.cases["own"].reference.clone();
    let others: Vec<String> = town.cases.values().map(|case| case.reference.clone()).collect();
    let analyst = town.cast.person("analyst").account;
    let merged = house
        .act(analyst, move |tx, actor| {
            let plan = incidents::consider(tx, actor, Some(&lead), &others)?;
            let able = plan.members().filter(|one| one.refusal.is_none());
            let able: Vec<String> = able.map(|one| one.row.reference.clone()).collect();
            incidents::merge(tx, actor, &lead, &able)?;
            let text = Prose::parse("Bitte ändern Sie alle Passwörter.").unwrap();
            incidents::tell_members(tx, actor, &lead, &[], &text)?;
            incidents::detach(tx, actor, &lead, &able[..1])?;
            Ok(able.len())
        })
        .await;
    house.work().await;
    let mut search = Search::default();
    for (envelope, mail) in house.mails.take() {
        search.answer(addressee(&town, envelope.to.as_str()), "a mail", &mail);
    }
    let mut addresses = addresses(&town);
    for case in town.cases.values() {
        for tail in ["teile", "verknuepfungen", "abtrennen"] {
            addresses.push(format!("/vorgaenge/{}/{tail}", case.reference));
        }
        for tail in ["members", "links"] {
            addresses.push(format!("/api/v1/incidents/{}/{tail}", case.reference));
        }
    }
    for address in addresses {
        for reader in READERS {
            let reply = door.get(&town.cast.person(reader).visitor, &address).await;
            assert!(!reply.status.is_server_error(), "{address} as {reader}");
            search.answer(reader, &address, &reply.body);
        }
    }
    println!(
        "canaries: {merged} cases merged, {} answers and mails, {} found",
        search.answers,
        search.leaks.len()
    );
    assert!(merged > 3, "houses were merged with houses");
    assert!(search.leaks.is_empty(), "{:#?}", search.leaks);
    let read = |reader: &str, word: &str| search.read.get(reader).is_some_and(|read| read.contains(word));
    assert!(read("analyst", "fremdteamnotiz") && read("foreign.reporter", "geteiltbeschreibung"));
    assert!(!read("reporter", "fremdtitel"));
}

/// The answers to forms and changes, as the matrix sends them.
async fn forms(
    search: &mut Search,
    town: &Town,
    door: &crate::support::client::Door,
    house: &House,
    row: &Row,
) {
    let seen_by_all = row.route.starts_with("/demo/");
    if row.method == "CLI" || seen_by_all {
        return;
    }
    let (reader, reply) = request(town, door, &house.app.db, row).await;
    let from = format!("{} {}", row.method, row.route);
    if row.route == "/protokoll/ausfuhr" || row.route == "/protokoll" {
        let text = String::from_utf8_lossy(&reply.body).to_lowercase();
        let of_cases = REPORT.iter().chain(&MESSAGES).chain(&TEAM).chain(&PAPER);
        for what in of_cases.chain(&["warnung", "tun", "einzelheiten"]) {
            let told = WORDS.iter().find(|word| text.contains(&format!("knr{word}{what}")));
            assert!(told.is_none(), "the audit trail tells {told:?} {what}");
        }
    }
    let reader = match reader.as_str() {
        "cert_lead" => "analyst",
        "anonymous" => "stranger",
        reader => reader,
    };
    let holds = if held(town, row).is_some() { HOLDER } else { "" };
    search.answer(&format!("{holds}{reader}"), &from, &reply.body);
}
