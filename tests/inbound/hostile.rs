//! Whatever comes, it is accepted and lies where a person sees it, or is refused by name; the product goes on.

use std::io::Write as _;

use base64::Engine as _;
use meldekette::core::error::Error;
use meldekette::correspondence::model::{Envelope, LARGEST, Road};

use super::{Scene, mail};

fn nested(depth: usize) -> Vec<u8> {
    let mut mail = b"From: a@boese.example\r\nSubject: tief\r\nMIME-Version: 1.0\r\n".to_vec();
    for level in 0..depth {
        mail.extend(
            format!("Content-Type: multipart/mixed; boundary=b{level}\r\n\r\n--b{level}\r\n").bytes(),
        );
    }
    mail.extend(b"Content-Type: text/plain\r\n\r\nunten\r\n");
    mail
}

fn letters_in_letters(depth: usize) -> Vec<u8> {
    let mut mail = Vec::new();
    for _ in 0..depth {
        mail.extend(b"From: a@boese.example\r\nSubject: tief\r\nContent-Type: message/rfc822\r\n\r\n");
    }
    mail
}

fn parts(count: usize) -> Vec<u8> {
    let part = "--x\r\nContent-Type: application/octet-stream; name=\"a.bin\"\r\nContent-Disposition: attachment\r\n\r\nMZ\r\n";
    format!(
        "From: a@boese.example\r\nSubject: viele\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n{}--x--\r\n",
        part.repeat(count)
    )
    .into_bytes()
}

/// 64 MiB of zeros, packed.
fn packed_zeros() -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    for _ in 0..64 {
        packed.write_all(&vec![0; 1 << 20]).unwrap();
    }
    packed.finish().unwrap()
}

/// A winmail.dat (MS-OXTNEF) whose attachment claims to be larger than any memory.
fn tnef() -> Vec<u8> {
    let mut tnef = 0x223e_9f78_u32.to_le_bytes().to_vec();
    tnef.extend(1_u16.to_le_bytes());
    for (level, attribute, length) in
        [(1_u8, 0x0008_9006_u32, 4_u32), (2, 0x0006_9002, u32::MAX), (2, 0x0006_800f, 1 << 31)]
    {
        tnef.push(level);
        tnef.extend(attribute.to_le_bytes());
        tnef.extend(length.to_le_bytes());
        tnef.extend([0, 0, 1, 0, 1, 0]);
    }
    tnef
}

fn attached(kind: &str, name: &str, content: &[u8]) -> Vec<u8> {
    let content = base64::engine::general_purpose::STANDARD.encode(content);
    format!(
        "From: a@boese.example\r\nSubject: angehängt\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n\
         --x\r\nContent-Type: {kind}; name=\"{name}\"\r\nContent-Disposition: attachment\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{content}\r\n--x--\r\n"
    )
    .into_bytes()
}

/// Mails by what is wrong with them, each from somebody else: who writes very often is taken for a machine.
pub fn hostile() -> Vec<(&'static str, Vec<u8>)> {
    let name = |(name, (what, mut bytes)): (char, (_, Vec<u8>))| {
        let sender = b"a@boese.example";
        if let Some(at) = bytes.windows(sender.len()).position(|window| window == sender) {
            bytes[at] = u8::try_from(name).unwrap();
        }
        (what, bytes)
    };
    let mails = faulty();
    let names = ('a'..='z').chain('0'..='9');
    assert!(mails.len() <= names.clone().count());
    names.zip(mails).map(name).collect()
}

fn faulty() -> Vec<(&'static str, Vec<u8>)> {
    let typed = |kind: &str, body: &str| {
        format!("From: a@boese.example\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: {kind}\r\n\r\n{body}\r\n")
            .into_bytes()
    };
    let bomb = "UEsDBBQAAAAIAAAAIQAAAAAA".repeat(2_000);
    vec![
        ("100 deep", nested(100)),
        ("16,000 deep", nested(16_000)),
        ("16,000 letters in letters", letters_in_letters(16_000)),
        ("1,000 parts", parts(1_000)),
        (
            "a flood of headers",
            [b"X-A: b\r\n".repeat(100_000), mail("a@boese.example", "Flut", "", "x")].concat(),
        ),
        ("one header of a megabyte", mail("a@boese.example", &"s".repeat(1 << 20), "", "x")),
        (
            "a boundary that never ends",
            typed("multipart/mixed; boundary=x", "--x\r\nContent-Type: multipart/mixed; boundary="),
        ),
        ("no boundary at all", typed("multipart/alternative", "--x\r\n\r\n--x--")),
        ("a charset that is none", typed("text/plain; charset=klingon-8", "h\u{fc}")),
        (
            "bytes of another charset",
            [typed("text/plain; charset=utf-8", "x"), vec![0xff, 0xfe, 0x00, 0x80]].concat(),
        ),
        ("utf-7", typed("text/plain; charset=utf-7", "+ADw-script+AD4-")),
        ("a packed bomb", typed("application/zip; name=bombe.zip", &bomb)),
        ("winmail.dat", typed("application/ms-tnef; name=winmail.dat", "\u{78}\u{9f}\u{3e}\u{22}")),
        (
            "html with scripts",
            typed("text/html", "<script>alert(1)</script><b onclick=x>fett</b><iframe src=//boese.example>"),
        ),
        ("html without end", typed("text/html", &"<div>".repeat(100_000))),
        (
            "encrypted in signed",
            typed(
                "multipart/signed; protocol=\"application/pgp-signature\"; boundary=x",
                "--x\r\nContent-Type: application/pkcs7-mime\r\n\r\nMIIB\r\n--x--",
            ),
        ),
        (
            "S/MIME in OpenPGP",
            typed(
                "multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=x",
                "--x\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n--x\r\nContent-Type: application/pkcs7-mime; \
                 smime-type=enveloped-data\r\nContent-Transfer-Encoding: base64\r\n\r\nMIIBAAYJKoZIhvcNAQcDoIIB\r\n--x--",
            ),
        ),
        (
            "OpenPGP without an end",
            typed("text/plain", &format!("-----BEGIN PGP MESSAGE-----\r\n\r\n{}", "hQEM".repeat(5_000))),
        ),
        ("a bomb in gzip", attached("application/gzip", "bombe.gz", &packed_zeros())),
        ("a bomb that is called a mail", attached("message/rfc822", "bombe.eml", &packed_zeros())),
        ("a winmail.dat that lies", attached("application/ms-tnef", "winmail.dat", &tnef())),
        (
            "laughs",
            attached(
                "text/xml",
                "a.xml",
                format!("<!DOCTYPE a [{}]><a>&z;</a>", "<!ENTITY b \"&a;&a;\">".repeat(2_000)).as_bytes(),
            ),
        ),
        (
            "10,000 recipients",
            mail(
                "a@boese.example",
                "alle",
                &format!("Cc: {}z@z.example\r\n", "w@x.example, ".repeat(10_000)),
                "x",
            ),
        ),
        (
            "100,000 references",
            mail("a@boese.example", "alt", &format!("References: {}\r\n", "<a@b> ".repeat(100_000)), "x"),
        ),
        (
            "1,000 encoded words",
            mail("a@boese.example", &"=?utf-16?B?AAAA?= =?iso-2022-jp?Q?=1B$B?= ".repeat(500), "", "x"),
        ),
        (
            "comments in comments",
            mail("a@boese.example", "x", &format!("Sender: {}a@b\r\n", "(".repeat(50_000)), "x"),
        ),
        (
            "base64 that is none",
            typed("text/plain\r\nContent-Transfer-Encoding: base64", &"=*-\u{fc}".repeat(20_000)),
        ),
        (
            "quoted-printable that is none",
            typed("text/plain\r\nContent-Transfer-Encoding: quoted-printable", &"=ZZ=\r=\n==".repeat(20_000)),
        ),
        ("a file that wants out", attached("text/plain", "../../../etc/cron.d/x\u{0}\u{202e}txt.exe", b"x")),
        ("one line of five megabytes", mail("a@boese.example", "lang", "", &"x".repeat(5 << 20))),
        ("nothing but a line end", b"\r\n".to_vec()),
        ("zeros", vec![0; 4096]),
        ("no mail", b"\x7fELF\x02\x01\x01".repeat(100)),
        ("turned around", mail("a@boese.example", "gnp.\u{202e}exe", "", "x\u{202e}y\u{0}z")),
    ]
}

#[actix_web::test]
async fn every_hostile_mail_lies_in_the_inbox_whole_and_the_next_one_is_read() {
    let scene = Scene::new().await;
    for (what, bytes) in hostile() {
        let id = scene.take(&["cert@thueringencert.example"], &bytes).await;
        let (state, kind, why) = scene.state(&id);
        assert_eq!(state, "open", "{what}: {kind} {why}");
        let page = scene.page("analyst", &format!("/posteingang/{id}")).await;
        assert_eq!(page.status.as_u16(), 200, "{what}");
        let page = page.text();
        assert!(
            !page.contains("<script>alert") && !page.contains("<iframe") && !page.contains('\u{202e}'),
            "{what}"
        );
        let whole = scene.page("analyst", &format!("/posteingang/{id}/datei")).await;
        assert!(whole.body == bytes, "{what} comes back as it came");
        assert!(scene.page("analyst", "/posteingang").await.text().contains(&id), "{what} is seen");
    }
    let id = scene.take(&[], &mail("amt@klein.example", "Danach", "", "x")).await;
    assert_eq!(scene.state(&id).1, "report");
}

#[actix_web::test]
async fn as_large_as_announced_is_taken_and_one_byte_more_is_refused_by_name() {
    let scene = Scene::new().await;
    let mut large = mail("a@boese.example", "gross", "", "");
    large.resize(LARGEST, b'x');
    let id = scene.take(&[], &large).await;
    assert_eq!(scene.state(&id).0, "open");
    large.push(b'x');
    let refused = scene.intake.take(Road::Lmtp, Envelope::default(), large).await;
    assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
}

/// Whoever guesses, cuts, joins or borrows the token of an address brings nothing into a case unseen.
#[actix_web::test]
async fn forged_tokens_lie_in_the_inbox_and_join_nothing() {
    let scene = Scene::new().await;
    let (address, _) = scene.written_to("reporter").await;
    let (local, domain) = address.split_once('@').unwrap();
    let (head, token) = local.split_once("v1-").unwrap();
    let turned: String = token.chars().rev().collect();
    let with = |token: &str| format!("{head}v1-{token}@{domain}");
    let forged = [
        with(&turned),
        with(&token[..token.len() - 1]),
        with(&format!("{token}0")),
        with(&format!("{}{}", &token[..token.len() - 1], if token.ends_with('0') { '1' } else { '0' })),
        with(&"0".repeat(token.len())),
        with(""),
        with(&"a".repeat(4_000)),
        with("\u{202e}"),
        format!("{head}v2-{token}@{domain}"),
        format!("{head}v1-{token}@anderswo.example"),
    ];
    let from = scene.cast.person("reporter").mail.clone();
    for (number, to) in forged.iter().enumerate() {
        let word = format!("KNRgefaelscht{number}.");
        let id = scene.take(&[to], &mail(&from, &format!("Antwort {number}"), "", &word)).await;
        let (state, _, why) = scene.state(&id);
        assert_eq!(state, "open", "{to}: {why}");
        assert!(!why.contains("token-right"), "{to}: {why}");
        assert!(!scene.case_page("analyst").await.contains(&word), "{to}");
    }
}

/// Two machines that answer each other end after what they said first: nothing of ours answers by itself.
#[actix_web::test]
async fn two_autoresponders_do_not_keep_each_other_busy() {
    let scene = Scene::new().await;
    let (address, message) = scene.written_to("reporter").await;
    let from = scene.cast.person("reporter").mail.clone();
    let mut sent = 0;
    let marks = [
        "Auto-Submitted: auto-replied\r\n",
        "Precedence: bulk\r\n",
        "X-Autoreply: yes\r\n",
        "X-Auto-Response-Suppress: All\r\n",
        "",
    ];
    for round in 0..40 {
        let more = format!("In-Reply-To: <{message}>\r\n{}", marks[round % marks.len()]);
        let said = mail(&from, &format!("Ich bin im Urlaub {round}"), &more, &format!("Bis bald {round}"));
        let id = scene.take(&[&address], &said).await;
        assert!(["noted", "joined", "open"].contains(&scene.state(&id).0.as_str()));
        scene.house.work().await;
        let mails = scene.house.mails.take();
        sent += mails.iter().filter(|(envelope, _)| envelope.to.as_str() == from).count();
    }
    assert_eq!(sent, 0, "nobody is answered by a machine");
}
