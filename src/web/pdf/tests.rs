//! What a reader of the file finds, by Debian's poppler, and how lines break.

use std::io::Write as _;
use std::process::{Command, Stdio};

use super::line::broken;
use super::*;
use crate::core::tlp::Tlp;
use crate::web::emphasis::{Run, runs};

fn frame() -> Frame {
    Frame {
        reference: "TH-2026-00042 · Stand 22.11.2026".to_owned(),
        tlp: Some(Tlp::Amber),
        foot: "Nur für Beteiligte".to_owned(),
        under: "Bitte nicht aushängen.".to_owned(),
    }
}

fn about() -> About {
    About { title: "Lage".to_owned(), written: "2026-11-22T08:00:00Z".parse().expect("an instant") }
}

/// What a tool of poppler says to the file.
fn said(tool: &str, arguments: &[&str], file: &[u8]) -> String {
    let mut path = tempfile::NamedTempFile::new().expect("a file");
    path.write_all(file).expect("written");
    let mut command = Command::new(tool);
    let asked = command.args(arguments).arg(path.path());
    let asked = if tool == "pdftotext" { asked.arg("-") } else { asked };
    let out = asked.stdout(Stdio::piped()).output().expect("poppler-utils");
    assert!(out.status.success(), "{tool}: {}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).expect("text")
}

#[test]
fn a_reader_finds_label_reference_and_page_number_on_every_page() {
    let mut sheet = Sheet::new(Paper::A4, frame());
    sheet.title("Lage für die Leitung");
    let affected = "Einwohnermeldeamt, Standesamt und Kasse. ".repeat(4);
    sheet.facts(&[("Seit".to_owned(), "heute".to_owned()), ("Still".to_owned(), affected)], Facts::Plain);
    for _ in 0..100 {
        sheet.paragraph(&runs("Der Vorfall ist **gemeldet**, die Fachverfahren laufen weiter."));
    }
    let file = write(&about(), vec![sheet, Sheet::new(Paper::A5, frame())]).expect("a file");
    let info = said("pdfinfo", &[], &file);
    for line in ["Title:           Lage", "Tagged:          yes", "Pages:           4"] {
        assert!(info.contains(line), "{line} is missing in {info}");
    }
    assert!(said("pdfinfo", &["-meta"], &file).contains("<pdfuaid:part>1</pdfuaid:part>"));
    assert_eq!(said("pdftotext", &["-layout"], &file).matches("Standesamt").count(), 4);
    let pages = said("pdftotext", &["-layout"], &file);
    for (page, number) in pages.split('\u{c}').zip(["1 von 3", "2 von 3", "3 von 3", "1 von 1"]) {
        assert_eq!(page.matches("TLP:AMBER").count(), 2, "{page}");
        assert!(page.contains("TH-2026-00042") && page.contains(&format!("Seite {number}")), "{page}");
    }
}

#[test]
fn a_screen_reader_hears_headings_steps_and_what_belongs_to_which_name() {
    let mut sheet = Sheet::new(Paper::A5, frame());
    sheet.title("Notfallkarte");
    sheet.facts(&[("Telefon".to_owned(), "0361 00000 0".to_owned())], Facts::Large);
    sheet.numbered(&[runs("**Kabel** ziehen.")]);
    let file = write(&about(), vec![sheet]).expect("a file");
    let structure = said("pdfinfo", &["-struct-text"], &file);
    for part in ["H1", "\"Notfallkarte\"", "TH", "\"Telefon\"", "TD", "\"0361 00000 0\"", "LBody"] {
        assert!(structure.contains(part), "{part} is missing in {structure}");
    }
}

#[test]
fn a_name_in_a_foreign_script_does_not_keep_the_file_from_being_made() {
    let mut sheet = Sheet::new(Paper::A5, frame());
    sheet.title("Gemeinde 東京 🚨 \u{0} Ørsted");
    sheet.paragraph(&[Run::plain("x".repeat(400))]);
    let file = write(&about(), vec![sheet]).expect("a file");
    let text = said("pdftotext", &["-layout"], &file);
    assert!(text.contains("Gemeinde ??"), "{text}");
    assert!(text.contains("Ørsted"), "{text}");
    assert_eq!(text.matches('x').count(), 400);
}

#[test]
fn lines_break_between_words_and_a_comma_stays_with_its_word() {
    let lines = broken(&runs("**Netzwerkkabel ziehen**, WLAN aus."), 11.0);
    let texts: Vec<_> = lines.iter().map(super::line::Line::text).collect();
    assert_eq!(texts, ["Netzwerkkabel ziehen, ", "WLAN aus."]);
    assert!(lines.iter().all(|line| line.width <= 11.0));
}

#[test]
fn a_download_has_a_name_that_every_system_takes() {
    assert_eq!(
        file_name("Notfallkarte Stadt Mühlhausen/Thüringen 2026"),
        "notfallkarte-stadt-muehlhausen-thueringen-2026"
    );
    assert_eq!(file_name("\"; x=\u{202e}…"), "x");
}
