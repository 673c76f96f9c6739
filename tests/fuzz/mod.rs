//! Whatever strangers write is read without harm: mails, texts with observables, the language of the search box.
//!
//! `tests/run` runs each target briefly and always with the same inputs. For a long run, one target at a time:
//! `MELDEKETTE_FUZZ_SECONDS=180 cargo nextest run --release -E 'test(fuzz::)' --no-capture`.

mod mutate;

use std::fs;
use std::time::Duration;

use meldekette::correspondence::judge::{Found, judge};
use meldekette::correspondence::layers::Material;
use meldekette::correspondence::model::Envelope;
use meldekette::correspondence::sheet::{Read, pack, read, unpack};
use meldekette::incidents::observables::extract::extract;
use meldekette::incidents::search::language::parse;

use self::mutate::{Target, run};
use crate::inbound::{hostile, mail, with_files};
use crate::support::app::House;
use crate::support::cast::Cast;
use crate::support::town::case;

const MAIL_WORDS: [&str; 44] = [
    "\r\n",
    "\r\n\r\n",
    "--x\r\n",
    "--x--\r\n",
    "From: ",
    "To: ",
    "Subject: ",
    "Received: ",
    "Message-ID: <a@b>",
    "In-Reply-To: <a@b>\r\n",
    "References: ",
    "Auto-Submitted: auto-replied\r\n",
    "Precedence: bulk\r\n",
    "Return-Path: <>\r\n",
    "List-Id: <x>\r\n",
    "Content-Type: multipart/mixed; boundary=x\r\n",
    "Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\n",
    "Content-Type: message/rfc822\r\n",
    "Content-Type: message/delivery-status\r\n",
    "Content-Type: text/html\r\n",
    "Content-Type: application/ms-tnef; name=winmail.dat\r\n",
    "Content-Type: application/pkcs7-mime\r\n",
    "Content-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=x\r\n",
    "Content-Transfer-Encoding: base64\r\n",
    "Content-Transfer-Encoding: quoted-printable\r\n",
    "Content-Disposition: attachment; filename*0*=utf-8''a%0d; filename*1=b\r\n",
    "charset=utf-7",
    "charset=iso-2022-jp",
    "charset=utf-16",
    "=?utf-8?B?",
    "=?utf-8?Q?=00=0A?=",
    "?=",
    "=\r\n",
    "=0D=0A",
    "\u{202e}",
    "\0",
    "[TH-2026-00042]",
    "cert+v1-0000@thueringencert.example",
    "Final-Recipient: rfc822; ",
    "Action: failed\r\n",
    "Status: 5.1.1\r\n",
    "<div>",
    "&#x202e;",
    "begin 644 a\r\n",
];

fn mails() -> Vec<Vec<u8>> {
    let mut seeds: Vec<Vec<u8>> =
        hostile::hostile().into_iter().map(|(_, mail)| mail).filter(|mail| mail.len() < 64 * 1024).collect();
    seeds.push(with_files("a@stadt.example"));
    let more = "In-Reply-To: <x@y>\r\nAuto-Submitted: no\r\n";
    seeds.push(mail("a@stadt.example", "Re: [TH-2026-00042]", more, "x"));
    seeds
}

#[test]
fn no_mail_stops_its_reader_or_its_judge() {
    let target = Target {
        name: "mail intake",
        seeds: mails(),
        words: &MAIL_WORDS,
        longest: 64 * 1024,
        ordinary: 3_000,
        patience: Duration::from_secs(10),
    };
    run(&target, |bytes| {
        let found = read(bytes, &Material::default());
        let plain = |(read, contents): (Read, Vec<Vec<u8>>)| (read.sheet, contents);
        let again = unpack(&pack(found.clone())).map(plain);
        assert_eq!(again, found.clone().map(plain));
        let Some((Read { sheet, .. }, contents)) = found else { return "no mail".to_owned() };
        let verdict = judge(&sheet, &Envelope::default(), &Found::default());
        assert!(!verdict.reasons.is_empty());
        let text = &sheet.letter.text;
        assert!(!text.contains(|c: char| c.is_control() && c != '\n' && c != '\t'), "{text:?}");
        assert!(!sheet.subject.contains(char::is_control) && !sheet.from.contains(char::is_control));
        assert_eq!(contents.len(), sheet.files.len());
        let counts =
            [sheet.files.len(), sheet.fates.len(), sheet.answers.len(), sheet.letter.headers.len() / 8];
        format!("{:?} {:?} {:?} {counts:?}", verdict.kind, verdict.reasons, sheet.signs)
    });
}

const TEXT_WORDS: [&str; 46] = [
    "hxxp://",
    "hxxps[:]//",
    "http://",
    "ftp://",
    "[.]",
    "(.)",
    "[dot]",
    " dot ",
    "(at)",
    "[at]",
    "@",
    "://",
    "198.51.100.7",
    "198.51.100[.]7/24",
    "2001:db8::1",
    "[2001:db8::1]:443",
    "::",
    "fe80::1%eth0",
    "AS64496",
    "CVE-2026-12345",
    "xn--bcher-kva.example",
    "b\u{fc}cher.example",
    "example",
    ".com",
    ".",
    "/",
    "?",
    "#",
    "%20",
    "d41d8cd98f00b204e9800998ecf8427e",
    "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "1BoatSLRHtKNngkdXEeobR76b53LETtpyT",
    "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
    "HKEY_LOCAL_MACHINE\\Software\\",
    "HKLM\\",
    "\\",
    "a.exe",
    ".docm",
    "\u{202e}",
    "\u{200b}",
    "\u{ff0e}",
    "\n",
    " ",
    "\u{1f4a3}",
    "\u{130}",
];

#[test]
fn no_text_stops_the_extraction_of_observables() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/observables/texts");
    let mut names: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    let target = Target {
        name: "observable extraction",
        seeds: names.iter().map(|name| fs::read(name).unwrap()).collect(),
        words: &TEXT_WORDS,
        longest: 32 * 1024,
        ordinary: 1_500,
        patience: Duration::from_secs(5),
    };
    run(&target, |bytes| {
        let text = String::from_utf8_lossy(bytes);
        let mut counts = std::collections::BTreeMap::new();
        let mut before = 0;
        for find in extract(&text) {
            assert!(
                find.start < find.end && text.get(find.start..find.end) == Some(find.written.as_str()),
                "{find:?}"
            );
            assert!(find.start >= before && !find.value.is_empty(), "{find:?}");
            assert!(!find.value.contains(|c: char| c.is_control()), "{find:?}");
            before = find.start;
            *counts.entry(find.kind.code()).or_insert(0_usize) += 1;
        }
        let rough = counts.into_iter().map(|(kind, count)| (kind, count.ilog2()));
        format!("{:?}", rough.collect::<Vec<_>>())
    });
}

const QUERY_WORDS: [&str; 46] = [
    "status:",
    "org:",
    "stelle:",
    "category:",
    "art:",
    "ioc:",
    "cve:",
    "von:",
    "bis:",
    "am:",
    "from:",
    "before:",
    "offen",
    "geschlossen",
    "closed",
    "\"",
    "-",
    "*",
    ":",
    "(",
    ")",
    " OR ",
    " AND ",
    " NOT ",
    " NEAR ",
    "NEAR(a b, 2)",
    "^",
    "+",
    "'",
    "%",
    "_",
    "\\",
    "&",
    "|",
    "!",
    "<->",
    "TH-2026-00042",
    "2026-11-22",
    "22.11.2026",
    "heute",
    "CVE-2026-1",
    "198.51.100[.]7",
    "\u{1f4a3}",
    "\u{df}",
    "a\u{308}",
    "\u{130}",
];

fn queries() -> Vec<Vec<u8>> {
    [
        "Landeskasse",
        "\"gef\u{e4}lschte Mail\" -Werbung",
        "status:offen org:Gera",
        "ioc:198.51.100.7",
        "cve:CVE-2026-12345",
        "ver*",
        "von:01.11.2026 bis:22.11.2026",
        "TH-2026-00042",
        "42",
        "03601 77 12",
        "-nichts",
        "category:phishing",
        "a OR b AND NOT c",
        "\"",
        "org:\"Stadt Gera\"",
    ]
    .map(|query| query.as_bytes().to_vec())
    .to_vec()
}

#[actix_web::test]
async fn no_query_is_more_than_refused_by_the_language_and_by_the_database() {
    let target = Target {
        name: "search language",
        seeds: queries(),
        words: &QUERY_WORDS,
        longest: 600,
        ordinary: 20_000,
        patience: Duration::from_secs(2),
    };
    let at: jiff::Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
    let outcome = run(&target, |bytes| {
        let typed = String::from_utf8_lossy(bytes);
        match parse(&typed, at) {
            Ok(query) => {
                let terms: Vec<_> = query
                    .terms
                    .iter()
                    .map(|term| (term.stems.len().min(4), term.value.is_some(), term.is_beginning))
                    .collect();
                let rest = (query.statuses.len(), query.categories.len(), query.organisation.is_some());
                format!(
                    "{terms:?} {rest:?} {} {} {:?}",
                    query.from.is_some(),
                    query.before.is_some(),
                    query.jump.is_some()
                )
            }
            Err(error) => {
                assert_eq!(error.field, "q");
                error.reason.to_owned()
            }
        }
    });
    // Whatever is a query of its own kind is asked of the database, too.
    let house = House::empty();
    let door = house.door().await;
    let cast = Cast::play(&house, &door).await;
    house.leaves("invitations of the cast, and what was told of the case");
    case(&house, &cast, "reporter", "eigen", cast.houses.own, "by_name").await;
    house.clock.advance(jiff::SignedDuration::from_secs(5));
    house.work().await;
    let (mut asked, mut refused) = (0, 0);
    for query in outcome.found.iter().take(1_000) {
        let typed: String = url::form_urlencoded::byte_serialize(query).collect();
        for who in ["analyst", "reporter"] {
            for path in ["/api/v1/search", "/suche"] {
                let reply = door.get(&cast.person(who).visitor, &format!("{path}?q={typed}")).await;
                asked += 1;
                refused += usize::from(reply.status.is_client_error());
                assert!(
                    !reply.status.is_server_error(),
                    "{who} {path} {}: {}",
                    query.escape_ascii(),
                    reply.text()
                );
            }
        }
    }
    println!("fuzz search language: {asked} asked of the database, {refused} refused, 0 failed");
}
