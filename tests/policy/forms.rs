//! What is sent: for each route a body that is good in itself, made for a version of the thing that is long gone, so that
//! whoever may is answered 409 and nothing changes.

use std::sync::atomic::{AtomicU64, Ordering};

use meldekette::directory::model::CallOutcome;
use meldekette::incidents::model::Category;
use serde_json::{Value, json};

use super::expected::Row;
use crate::support::cast::{PASSWORD, REGISTER};
use crate::support::strangers;
use crate::support::town::{ROLES, Town, report};

/// How something is sent.
#[derive(Debug, Clone)]
pub enum Sent {
    Get,
    Form(Vec<(&'static str, String)>),
    Json(Value),
    File(Vec<u8>),
    /// Bytes of a file, from its beginning.
    Piece(Vec<u8>),
}

/// A number that was not there before.
fn fresh() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::SeqCst)
}

/// The body of a row's request.
pub fn body(town: &Town, row: &Row) -> Sent {
    if row.method == "GET" {
        return Sent::Get;
    }
    if row.route.starts_with("/api/") {
        return Sent::Json(json_of(town, row));
    }
    if row.route == "/register/import" {
        return Sent::File(REGISTER.as_bytes().to_vec());
    }
    if row.method == "PATCH" {
        return Sent::Piece(b"Guten Tag".to_vec());
    }
    if row.route.ends_with("/beweise") {
        return Sent::File(b"Guten Tag".to_vec());
    }
    Sent::Form(fields(town, row))
}

/// The same body for the thing as it is now: for what only a page does, whose answer to a stale form is the page again.
pub fn in_version(sent: Sent, version: i32) -> Sent {
    let Sent::Form(mut fields) = sent else { return sent };
    for (name, value) in &mut fields {
        if *name == "version" {
            *value = version.to_string();
        }
    }
    Sent::Form(fields)
}

fn owned(fields: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    fields.iter().map(|(name, value)| (*name, (*value).to_owned())).collect()
}

/// An advisory's fields.
pub fn advisory() -> Vec<(&'static str, String)> {
    owned(&[
        ("version", "0"),
        ("title", "Lücke in Beispiel"),
        ("concerns", "Alle."),
        ("measures", "Abschalten."),
        ("body", "Mehr."),
        ("products", "Beispiel"),
        ("cves", "CVE-2026-12345"),
        ("tlp", "TLP:GREEN"),
        ("warning_step", "3"),
        ("severity", "high"),
        ("audience", "all"),
    ])
}

/// The fields of a question of the guided report.
fn question(town: &Town, step: &str) -> Vec<(&'static str, String)> {
    let own = town.cast.houses.own.to_string();
    let typed: &[(&'static str, &str)] = match step {
        "lage" => &[("danger", "no")],
        "was" => &[("observed", "outage"), ("title", "Ausfall im Haus"), ("description", "Seit heute früh.")],
        "naeher" => &[("unusable_since", "20.11.2026 07:40"), ("operator", "provider")],
        "umfang" => &[("spread", "one_office")],
        "daten" => &[("personal_data", "unknown")],
        "absicht" => &[("malicious", "no")],
        "seit" => &[("detected_at", "20.11.2026 07:40"), ("occurred_at", "19.11.2026 16:00")],
        "getan" => &[("done", "provider"), ("measures", "Stecker gezogen")],
        "erreichbar" => &[
            ("contact_name", "IT-Sicherheitsbeauftragte"),
            ("contact_phone", "030 23125 004"),
            ("contact_other", "030 23125 005"),
        ],
        "stelle" => &[("office_name", "Zweckverband Nirgends"), ("office", "none"), ("gefunden", "ja")],
        "fuer" => &[("organisation", &own)],
        "weitergabe" => &[("inform", "by_name")],
        _ => &[],
    };
    owned(&[&[("version", "0"), ("tun", "weiter")], typed].concat())
}

/// The screen of a call, with the button that was pressed.
fn call(what: &str) -> Vec<(&'static str, String)> {
    owned(&[
        ("version", crate::support::calls::VERSION),
        ("tun", what),
        ("gefunden", "ja"),
        ("office_name", "Zweckverband Nirgends"),
        ("office", "none"),
        ("contact_code", "K7MF4R9X"),
        ("contact_name", "Hausmeisterei"),
        ("contact_phone", "030 23125 114"),
        ("contact_other", ""),
        ("observed", "outage"),
        ("title", "Ausfall"),
        ("description", "Seit heute früh."),
        ("detected_at", "20.11.2026 07:40"),
        ("occurred_at", "19.11.2026 16:00"),
        ("danger", "no"),
        ("spread", "one_office"),
        ("personal_data", "unknown"),
        ("malicious", "no"),
        ("done", "provider"),
        ("measures", "Stecker gezogen"),
        ("inform", "by_name"),
    ])
}

/// A change of many cases, of which none is there.
fn many(what: &str) -> Vec<(&'static str, String)> {
    let more: &[(&'static str, &str)] = match what {
        "zuweisen" => &[("tun", "zuweisen"), ("assignee", "niemand")],
        "warten" => &[("tun", "warten"), ("waiting_on", "Rückruf"), ("follow_up_at", "01.12.2026 10:00")],
        "art" => &[("tun", "art"), ("category", "fraud/phishing")],
        "notiz" => &[("tun", "notiz"), ("text", "Alles dieselbe Welle")],
        "schliessen" => &[("tun", "schliessen"), ("reason", "resolved")],
        "waehlen" => &[("tun", "waehlen")],
        _ => &[("tun", "uebernehmen")],
    };
    owned(&[&[("fall", "TH-2026-99999.1")], more].concat())
}

/// A filter of the queue.
fn kept_filter(more: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    let all = [
        ("name", "Dringendes"),
        ("team", ""),
        ("status", "reported"),
        ("priority", "2"),
        ("class", ""),
        ("category", Category::Phishing.code()),
        ("office", ""),
        ("district", ""),
        ("whose", "frei"),
        ("due", "tag"),
        ("waiting", ""),
        ("drills", "ohne"),
        ("danger", ""),
        ("personal_data", "ja"),
        ("text", "Mail"),
        ("sort", "prioritaet"),
    ];
    owned(&[&all, more].concat())
}

fn fields(town: &Town, row: &Row) -> Vec<(&'static str, String)> {
    let number = fresh();
    match (row.route.as_str(), row.variant.as_str()) {
        ("/anmelden", _) => {
            owned(&[("mail", "niemand@eigen.example"), ("password", "falsch"), ("weiter", "/")])
        }
        ("/passwort-vergessen", _) => owned(&[("mail", "niemand@eigen.example")]),
        ("/passwort/{token}" | "/einladung/{token}", _) => owned(&[("password", PASSWORD)]),
        ("/einladung/erste/{token}", _) => vec![
            ("name", "Verwaltung Neu".to_owned()),
            ("mail", format!("erste-{number}@cert.example")),
            ("password", PASSWORD.to_owned()),
        ],
        ("/konto/passwort", _) => {
            owned(&[("present_password", "falsch"), ("password", "vier Kühe im Rathaus")])
        }
        ("/vorgaenge/{reference}/beobachtungen", _) => owned(&[("beobachtung", "boese-seite[.]example")]),
        ("/beobachtungen/{observable}", _) => owned(&[("grund", "Server eines Dienstleisters")]),
        ("/anmelden/code" | "/konto/zweiter-faktor", _) => owned(&[("code", "000000"), ("weiter", "/")]),
        ("/konto/zweiter-faktor/beginnen", _) => owned(&[("weiter", "/")]),
        ("/konto/zweiter-faktor/codes", _) => owned(&[("code", "000000")]),
        ("/konto/zweiter-faktor/entfernen", _) => {
            owned(&[("present_password", "falsch"), ("code", "000000")])
        }
        ("/konto/sitzungen", _) => {
            let session = if row.relation == "own" { row.role } else { "foreign.reporter" };
            vec![("session", town.sessions.get(session).map(ToString::to_string).unwrap_or_default())]
        }
        ("/konto/tokens", _) => owned(&[("name", "Neu"), ("scopes", "directory:read"), ("days", "30")]),
        ("/melden", _) => {
            vec![("once", format!("{}-{}-{number}", row.role, row.relation)), ("art", "vorfall".to_owned())]
        }
        ("/posteingang/{mail}/meldung", _) => owned(&[("version", "0")]),
        ("/posteingang/{mail}/zuordnung", _) => {
            owned(&[("version", "0"), ("vorgang", "TH-2026-00001"), ("an", "team")])
        }
        ("/posteingang/{mail}/verwerfen", _) => owned(&[("version", "0"), ("grund", "Werbung")]),
        ("/posteingang/{mail}/sperre", _) => owned(&[("sperren", "nein")]),
        ("/posteingang/{mail}/adresse", _) => Vec::new(),
        ("/telefon", _) => vec![("once", format!("{}-{number}", row.role))],
        ("/telefon/{draft}", what) => call(what),
        ("/melden/{draft}/pruefen", _) => owned(&[("version", "0")]),
        ("/melden/{draft}/{schritt}", step) => question(town, step),
        ("/eingang/auswahl", what) => many(what),
        ("/bereitschaft/planen", _) => vec![
            ("von", "01.06.2027 08:00".to_owned()),
            ("bis", "08.06.2027 08:00".to_owned()),
            ("wochen", "2".to_owned()),
            ("wer", town.cast.person("analyst").account.to_string()),
            ("wer2", town.cast.person("analyst2").account.to_string()),
            ("vertretung", "naechste".to_owned()),
        ],
        ("/bereitschaft/uebergabe", _) => {
            let day = if row.role == "cert_lead" { "23" } else { "16" };
            vec![
                ("wem", town.cast.person("analyst2").account.to_string()),
                ("von", format!("{day}.02.2027 08:00")),
                ("bis", format!("{day}.02.2027 20:00")),
                ("note", "Es ist ruhig.".to_owned()),
            ]
        }
        ("/eingang/abwesenheit", _) => {
            owned(&[("from", "01.03.2027 08:00"), ("until", "08.03.2027 08:00"), ("deputy", "")])
        }
        ("/eingang/spalten", _) => owned(&[("columns", "alter"), ("sort", "frist")]),
        ("/eingang/filter", _) => kept_filter(&[]),
        ("/eingang/filter/{filter}", _) => kept_filter(&[("version", "0")]),
        ("/bestaetigung/{token}", _) => owned(&[("antwort", "ja")]),
        ("/betroffenheit/{token}", _) => owned(&[("antwort", "unclear")]),
        (route, _) if route.contains("/betroffenheit") => question_to_many(town, route, number),
        ("/ohne-konto", _) => owned(&[("karte", "keine")]),
        ("/ohne-konto/weiter", _) => {
            let code = super::calls::held(town, row).map_or("2222-2222-2222-2222", String::as_str);
            owned(&[("code", code)])
        }
        ("/ohne-konto/pruefen", _) => owned(&[("version", strangers::VERSION)]),
        ("/ohne-konto/{schritt}", step) => question(town, step),
        ("/status", _) => owned(&[("aktenzeichen", "TH-2026-00001"), ("code", "2222-2222-2222")]),
        ("/vorgaenge/{reference}/beschraenkung", _) => restriction(town, row),
        ("/vorgaenge/zusammenfuehren", _) => owned(&[("ref", "TH-2026-99999"), ("tun", "pruefen")]),
        (route, variant) if route.starts_with("/vorgaenge/") => case(route, variant),
        (route, variant) if route.starts_with("/warnmeldungen/") => warning(route, variant),
        (route, _) if route.starts_with("/register/") => register(town, route, number),
        ("/konten/neu", variant) => vec![
            ("mail", format!("neu-{number}@eigen.example")),
            ("name", "Neue Person".to_owned()),
            ("role", variant.to_owned()),
            ("organisation", super::calls::house(town, row.relation).to_string()),
        ],
        _ => Vec::new(),
    }
}

/// What is sent to a question to all whom a provider serves.
fn question_to_many(town: &Town, route: &str, number: u64) -> Vec<(&'static str, String)> {
    let own = town.cast.houses.own.to_string();
    match route.rsplit('/').next().unwrap_or_default() {
        "betroffenheit" => vec![
            ("source", town.cast.houses.provider.to_string()),
            ("heading", "Ausfall".to_owned()),
            ("notice", "Bitte prüfen Sie.".to_owned()),
            ("patience", "8".to_owned()),
            ("tun", "vorschau".to_owned()),
        ],
        "rundmeldung" => vec![("once", format!("alle-{number}")), ("text", "Wir arbeiten daran.".to_owned())],
        "antwort" => vec![("stelle", own), ("antwort", "affected".to_owned())],
        "antworten" => {
            vec![("stelle", town.grantors["acts"].to_string()), ("antwort", "not_affected".to_owned())]
        }
        "nachricht" => {
            vec![("once", format!("eine-{number}")), ("stelle", own), ("text", "Danke.".to_owned())]
        }
        "{stelle}" => vec![
            ("tun", "anruf".to_owned()),
            ("antwort", "unclear".to_owned()),
            ("said_by", "Hauptamt".to_owned()),
        ],
        _ => Vec::new(),
    }
}

fn case(route: &str, variant: &str) -> Vec<(&'static str, String)> {
    match route.rsplit('/').next().unwrap_or_default() {
        "{papier}" => paper(variant),
        "{stufe}" => owned(&[("version", "7"), ("what", "Ein Anhang wurde geöffnet")]),
        "vermerk" => owned(&[("tun", "gesendet"), ("at", "01.01.2026 10:00"), ("receipt", "DS-2026-0815")]),
        "einstufung" => owned(&[
            ("version", "0"),
            ("class", "incident"),
            ("category", Category::InfectedSystem.code()),
            ("impact", "low"),
            ("spread", "one_device"),
            ("tlp", "TLP:AMBER"),
            ("priority", ""),
            ("priority_reason", ""),
        ]),
        "zuordnen" => owned(&[("version", "0"), ("organisation", super::calls::NOTHING), ("suche", "Eigen")]),
        "zuweisung" => owned(&[("version", "0"), ("assignee", ""), ("note", "Bitte zurückrufen")]),
        "status" => owned(&[("version", "0"), ("status", "in_progress")]),
        "wiedervorlage" => owned(&[("version", "0"), ("ende", "ja")]),
        "abschluss" => owned(&[("version", "0"), ("reason", "resolved")]),
        "wiederaufnahme" => owned(&[("version", "0")]),
        "eskalation" => {
            owned(&[("escalation_to", "state_leadership"), ("escalation_reason", "Bitte ansehen")])
        }
        "bestaetigung" if !route.contains("{step}") => owned(&[("antwort", "ja")]),
        "beginn" => owned(&[("an", variant), ("name", "formular.txt"), ("groesse", "9")]),
        "nachtrag" => {
            owned(&[("nature", "news"), ("text", "Die Server laufen wieder"), ("inform", "nobody")])
        }
        "fehlalarm" => owned(&[("version", "0"), ("text", "Es war eine Wartung")]),
        "nachricht" if route.contains("/teile/") => owned(&[("an", "alle"), ("text", "Guten Tag")]),
        "abtrennen" => owned(&[("report", super::calls::NOTHING), ("title", "Gestohlener Rechner")]),
        "verknuepfungen" => {
            owned(&[("relation", "related"), ("ref", "TH-2026-99999"), ("tun", "verknuepfen")])
        }
        "loesen" if route.contains("/verknuepfungen/") => owned(&[("link", super::calls::NOTHING)]),
        "loesen" => owned(&[("ref", "TH-2026-99999")]),
        "baustein" => owned(&[("an", "team"), ("text", "Zuerst"), ("baustein", "umfang")]),
        "vorschau" => owned(&[("an", "team"), ("text", "**Zuerst**")]),
        "anheftung" => owned(&[("zeile", super::calls::NOTHING), ("tun", "anheften")]),
        "ablauf" => owned(&[("playbook", "allgemein")]),
        "ende" => owned(&[("run", super::calls::NOTHING), ("stop_reason", "Es war etwas anderes")]),
        "aufgaben" => task(&[]),
        "schriftwechsel" => letter(&[
            ("kind", "hoster"),
            ("party", "Beispiel Hosting"),
            ("address", "abuse@dritte.example"),
            ("subject", "Missbrauch eines Servers"),
            ("their_reference", "Ticket#884213"),
        ]),
        "{thread}" if variant == "zeichen" => {
            owned(&[("version", "0"), ("tun", "zeichen"), ("their_reference", "Ticket#884213")])
        }
        "{thread}" if variant == "schliessen" => owned(&[("version", "0"), ("tun", "schliessen")]),
        "{thread}" => letter(&[("version", "0"), ("tun", "schreiben")]),
        "{task}" if variant == "erledigt" => {
            owned(&[("version", "0"), ("tun", "erledigt"), ("result", "Der Server läuft")])
        }
        "{task}" => task(&[("version", "0"), ("tun", "speichern")]),
        "antwort" => owned(&[("version", "0"), ("answer", "done"), ("text", "Ist getrennt")]),
        "nachricht" => owned(&[("an", variant), ("senden", variant), ("text", "Guten Tag")]),
        _ => Vec::new(),
    }
}

/// What is written to a third party.
fn letter(more: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    let fields = [
        ("text", "Bitte sperren Sie diesen Server."),
        ("tlp", "TLP:GREEN"),
        ("confirm", "ja"),
        ("remind", "01.12.2026 10:00"),
    ];
    owned(&[more, &fields].concat())
}

fn task(more: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    let fields = [
        ("title", "Netz trennen"),
        ("body", "Bitte ziehen Sie das Kabel."),
        ("why", "Damit es nicht weiter geht."),
        ("owner", ""),
        ("due", "01.12.2026 10:00"),
    ];
    owned(&[more, &fields].concat())
}

fn paper(variant: &str) -> Vec<(&'static str, String)> {
    match variant {
        "hinweis" => {
            owned(&[("version", "0"), ("heading", "Störung"), ("notice", "Wir sind nur am Telefon da.")])
        }
        "benachrichtigung" => owned(&[("version", "0"), ("happened", "Ein Postfach war offen.")]),
        _ => owned(&[("version", "0"), ("happened", "Ein Server steht still.")]),
    }
}

/// Leaves everything as it is.
fn restriction(town: &Town, row: &Row) -> Vec<(&'static str, String)> {
    let is_restricted = row.relation == "named";
    let mut fields = owned(&[("version", "0"), ("restricted", if is_restricted { "ja" } else { "nein" })]);
    if is_restricted {
        let named = ROLES[1..].iter().map(|role| ("named", town.cast.person(role).account.to_string()));
        fields.extend(named.chain([("named", town.cast.person("analyst2").account.to_string())]));
    }
    fields
}

fn warning(route: &str, variant: &str) -> Vec<(&'static str, String)> {
    if route.ends_with("/freigabe") {
        let digest = "0".repeat(64);
        return owned(&[
            ("version", "0"),
            ("aktion", variant),
            ("stand", &digest),
            ("grund", "Bitte kürzer"),
        ]);
    }
    if variant == "fassung" {
        return owned(&[("version", "0"), ("aktion", "fassung")]);
    }
    let mut fields = advisory();
    fields.push(("aktion", if variant.is_empty() { "speichern" } else { variant }.to_owned()));
    fields
}

fn register(town: &Town, route: &str, number: u64) -> Vec<(&'static str, String)> {
    let organisation = |version: &[(&'static str, &str)]| {
        let mut fields = owned(&[
            ("name", "Landesamt für Beispiele"),
            ("kind", "state_agency"),
            ("level", "state"),
            ("valid_from", "01.01.2026"),
        ]);
        fields.extend(owned(version));
        fields
    };
    let contact = [
        ("role", "deputy"),
        ("nature", "function"),
        ("name", "Vertretung"),
        ("mail", "vertretung@neu.example"),
        ("phone", "030 23125 003"),
    ];
    match route {
        "/register/neu" => organisation(&[]),
        "/register/{id}/bearbeiten" => organisation(&[("version", "0")]),
        "/register/{id}/anbindung" => owned(&[("stand", "suspended"), ("version", "0")]),
        "/register/{id}/offline" => owned(&[("warum", "Verschlüsselung im Rathaus")]),
        "/register/{id}/offline/aufheben" => owned(&[("warum", "Neu aufgesetzt"), ("works", "ja")]),
        "/register/{id}/rueckruf" => owned(&[("anmeldung", super::calls::NOTHING)]),
        "/register/{id}/telefon-code" => owned(&[("code", "3333-3333")]),
        "/register/{id}/anruf" => owned(&[("outcome", CallOutcome::ALL[0].code()), ("note", "")]),
        "/register/{id}/pflichten/{regel}" => {
            owned(&[("gilt", "nein"), ("warum", "Das tut der Zweckverband.")])
        }
        "/register/{id}/angaben" => owned(&[("stand", "0")]),
        "/register/{id}/kontakte/neu" => owned(&contact),
        "/register/{id}/kontakte/{contact}" => {
            let mut fields = owned(&contact);
            fields.push(("version", "0".to_owned()));
            fields
        }
        "/register/{id}/kontakte/{contact}/beenden" => owned(&[("version", "0")]),
        "/register/{id}/netze/neu" => {
            vec![("kind", "mail_domain".to_owned()), ("value", format!("neu-{number}.example"))]
        }
        // Far ahead and each on another day, so that none stands beside another.
        "/register/{id}/mandate/neu" => {
            let day =
                jiff::civil::date(2030, 1, 1) + jiff::Span::new().days(i64::try_from(number).unwrap_or(0));
            let day = day.strftime("%d.%m.%Y").to_string();
            vec![
                ("suche", "Rechenzentrum".to_owned()),
                ("mandated", town.cast.houses.provider.to_string()),
                ("scope", "read".to_owned()),
                ("valid_from", day.clone()),
                ("valid_until", day),
            ]
        }
        "/register/{id}/dienstleister/neu" => vec![
            ("provider", town.cast.houses.provider.to_string()),
            ("service", format!("Dienst {number}")),
            ("valid_from", "01.01.2026".to_owned()),
        ],
        _ => Vec::new(),
    }
}

fn json_of(town: &Town, row: &Row) -> Value {
    match row.route.as_str() {
        "/api/v1/incidents" => {
            let relation = if row.relation == "unscoped" { "own" } else { row.relation };
            serde_json::to_value(report("formular", super::calls::house(town, relation), "by_name")).unwrap()
        }
        "/api/v1/incidents/{reference}/entries" if row.variant == "organisation" => {
            json!({ "audience": row.variant, "organisation": town.cast.houses.own, "text": "Guten Tag" })
        }
        "/api/v1/incidents/{reference}/entries" => json!({ "audience": row.variant, "text": "Guten Tag" }),
        "/api/v1/incidents/{reference}/triage" => json!({
            "version": 0, "class": "incident", "category": Category::InfectedSystem.code(),
            "impact": "low", "spread": "one_device", "tlp": "TLP:AMBER",
        }),
        "/api/v1/incidents/{reference}/status" => json!({ "version": 0, "status": "in_progress" }),
        "/api/v1/incidents/{reference}/assignee" => json!({ "version": 0 }),
        "/api/v1/incidents/{reference}/close" => json!({ "version": 0, "reason": "resolved" }),
        "/api/v1/incidents/{reference}/tasks" => json!({ "title": "Netz trennen", "why": "Bitte bald" }),
        "/api/v1/incidents/{reference}/tasks/{task}/state" => json!({ "version": 0, "state": "done" }),
        "/api/v1/incidents/{reference}/tasks/{task}/answer" => json!({ "version": 0, "answer": "done" }),
        "/api/v1/incidents/{reference}/merge" | "/api/v1/incidents/{reference}/detach" => {
            json!({ "members": ["TH-2026-99999"] })
        }
        "/api/v1/incidents/{reference}/links" => {
            json!({ "relation": "related", "others": ["TH-2026-99999"] })
        }
        "/api/v1/incidents/{reference}/links/remove" => json!({ "link": super::calls::NOTHING }),
        "/api/v1/incidents/{reference}/escalate" => {
            json!({ "to": "state_leadership", "reason": "Bitte ansehen" })
        }
        "/api/v1/advisories" => {
            let mut all: serde_json::Map<String, Value> =
                advisory().into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
            all.remove("version");
            all.insert("warning_step".to_owned(), 3.into());
            all.insert("products".to_owned(), json!(["Beispiel"]));
            all.insert("cves".to_owned(), json!(["CVE-2026-12345"]));
            all.insert("audience".to_owned(), json!({ "by": "all" }));
            Value::Object(all)
        }
        route if route.starts_with("/api/v1/advisories/") => json!({ "version": 0 }),
        _ => json!({}),
    }
}
