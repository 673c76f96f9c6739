//! What a mail may say, and what never.

use super::*;

#[test]
fn content_above_green_is_never_in_a_mail() {
    let (subject, text) = (Title::parse("Lücke in Beispielsoft").unwrap(), Template::new("Geheim").unwrap());
    let (reference, link) =
        (Reference::parse("TH-CERT-2026-0007").unwrap(), Template::new("https://m.example/w/7").unwrap());
    for tlp in Tlp::ALL {
        assert_eq!(Content::clear(tlp, subject.clone(), text.clone()).is_ok(), tlp <= Tlp::Green);
        for notice in notices() {
            let (subject, text) = (subject.clone(), text.clone());
            let content = Content::for_label(tlp, subject, text, reference.clone(), link.clone(), notice);
            let called = content.clone().reached_at("030 23125 001");
            let answered = called.clone().answerable().unwrap();
            let bare = content.clone().answerable().unwrap();
            for content in [&content, &called, &answered, &bare] {
                let says_so = content.text(Lang::De).unwrap().as_str().contains("auf diese E-Mail antworten");
                assert_eq!(says_so, [&answered, &bare].contains(&content));
            }
            for content in [content.clone(), called, answered, bare, content.marked_as_drill().unwrap()] {
                let whole = content.subject() + content.text(Lang::De).unwrap().as_str();
                let told = whole.contains("Geheim") || whole.contains("Lücke");
                assert_eq!(told, tlp <= Tlp::Green, "{tlp}");
                let (first, second) = content.columns();
                assert_eq!(Content::load(tlp.label(), first, &second).unwrap(), content);
            }
        }
    }
    assert_eq!(
        Content::pointer(Tlp::Red, reference, link, Notice::Advisory).subject(),
        "[TLP:RED] TH-CERT-2026-0007",
        "label and reference alone"
    );
}

fn notices() -> [Notice; 5] {
    let by = "2026-11-21T06:55:00Z".parse().unwrap();
    [Notice::Received, Notice::Message, Notice::Acknowledge(by), Notice::Advisory, Notice::Decide]
}

#[test]
fn each_mail_without_content_says_what_happened_what_to_do_until_when_and_whether_to_sign_in() {
    let (reference, link) = (
        Reference::parse("TH-2026-00042").unwrap(),
        Template::new("https://m.example/vorgaenge/TH-2026-00042").unwrap(),
    );
    let mails = notices().map(|notice| {
        let mail = Content::pointer(Tlp::Amber, reference.clone(), link.clone(), notice);
        assert_eq!(mail.subject(), "[TLP:AMBER] TH-2026-00042");
        mail.text(Lang::De).unwrap().as_str().to_owned()
    });
    insta::assert_snapshot!(mails.join("\n=====\n\n"));
}

#[test]
fn a_drill_is_marked_first_in_subject_and_text_whatever_its_label() {
    for tlp in [Tlp::Green, Tlp::Amber, Tlp::Red] {
        let drill = Content::for_label(
            tlp,
            Title::parse("UE-2026-00003: Bitte bestätigen").unwrap(),
            Template::new("Guten Tag").unwrap(),
            Reference::parse("UE-2026-00003").unwrap(),
            Template::new(&slot(LINK)).unwrap(),
            Notice::Message,
        )
        .marked_as_drill()
        .unwrap();
        assert!(drill.subject().starts_with(&format!("[{tlp}] ÜBUNG: UE-2026-00003")));
        assert!(drill.text(Lang::De).unwrap().as_str().starts_with(&format!("{tlp}\nÜBUNG: ")));
    }
}

#[test]
fn a_mail_with_a_personal_link_does_not_say_that_it_may_be_passed_on() {
    let mail = |said: &str| {
        let said = Template::new(said).unwrap();
        let mail = Content::clear(Tlp::Green, Title::parse("Ihr Zugang").unwrap(), said).unwrap();
        mail.text(Lang::De).unwrap().as_str().to_owned()
    };
    let (open, personal) = (mail("Lesen Sie das."), mail(&format!("Öffnen Sie {}", slot(LINK))));
    assert!(open.contains("weitergegeben") && !personal.contains("weitergegeben"), "{personal}");
    assert!(personal.ends_with("nur für Sie. Bitte leiten Sie diese E-Mail nicht weiter.\n"), "{personal}");
}

#[test]
fn the_label_stands_before_and_after_the_text() {
    let content =
        Content::clear(Tlp::Green, Title::parse("x").unwrap(), Template::new("Eins\nZwei").unwrap());
    let text = content.unwrap().text(Lang::De).unwrap();
    assert!(text.as_str().starts_with("TLP:GREEN\nEins\nZwei\n\nTLP:GREEN\n"), "{}", text.as_str());
}

#[test]
fn a_text_with_control_characters_or_half_a_slot_is_refused() {
    for bad in ["a\rb", "a\0", "\u{1}link", "\u{1}\u{1}", "\u{1}LINK\u{1}", "a\u{1}b\nc\u{1}"] {
        assert!(Template::new(bad).is_err(), "{bad:?}");
    }
    assert!(Template::new(&format!("Hier: {}\r\n\tEnde", slot("link"))).is_ok());
}
