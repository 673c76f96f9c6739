//! Playbooks and text blocks as files: what is built in can be used, and a mistake is told with its file and line.

use std::fs;
use std::path::Path;

use jiff::Timestamp;

use super::blocks::{Known, TextBlock};
use super::playbook::{Library, Playbook, Who, long_sentence};
use crate::incidents::model::{Category, Observed};

fn built_in() -> Library {
    Library::load(Path::new(""), Path::new("")).unwrap()
}

const GOOD: &str = r#"version = 3
title = "Ablauf"
applies_to = ["malicious-code/*", "fraud/phishing"]

[[step]]
title = "Anrufen"
who = "cert"
due = "30m"
text = "Rückruf."

[[step]]
title = "Netz trennen"
who = "organisation"
due_after_previous = "4h"
evidence = true
text = "Ziehen Sie das Kabel."
why = "So bleibt der Schaden klein."
"#;

#[test]
fn a_case_of_every_kind_finds_its_playbook_and_one_without_a_kind_the_general_one() {
    let library = built_in();
    let suggested = |category| library.suggested(category).unwrap().key.clone();
    for (category, key) in [
        (None, "allgemein"),
        (Some(Category::Undetermined), "allgemein"),
        (Some(Category::InfectedSystem), "schadsoftware"),
        (Some(Category::C2Server), "schadsoftware"),
        (Some(Category::Phishing), "phishing"),
        (Some(Category::PrivilegedAccount), "konto"),
        (Some(Category::ApplicationCompromise), "webseite"),
        (Some(Category::DataLeak), "datenabfluss"),
        (Some(Category::Ddos), "ddos"),
        (Some(Category::Outage), "ausfall"),
        (Observed::Device.suggests().into(), "geraet"),
        (Some(Category::WeakCrypto), "schwachstelle"),
    ] {
        assert_eq!(suggested(category), key, "{category:?}");
    }
}

#[test]
fn every_file_of_the_folders_is_built_in() {
    let library = built_in();
    for (folder, count) in [("playbooks", library.playbooks().len()), ("blocks", library.blocks().len())] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("config").join(folder);
        assert_eq!(fs::read_dir(folder).unwrap().count(), count);
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("config");
    assert_eq!(Library::load(&root.join("playbooks"), &root.join("blocks")).unwrap(), library);
}

#[test]
fn a_playbook_about_data_names_the_law_and_its_hours() {
    let library = built_in();
    let text: String =
        library.playbook("datenabfluss").unwrap().steps.iter().map(|step| step.text.as_str()).collect();
    for word in ["Artikel 33 DSGVO", "72 Stunden", "Artikel 34", "Thüringer Landesbeauftragte"] {
        assert!(text.contains(word), "{word}");
    }
}

#[test]
fn an_operator_is_told_the_line_of_a_mistake() {
    let long = "Wenn Sie das sehen dann rufen Sie bitte gleich bei uns an und sagen Sie uns genau was Sie dort alles sehen";
    for (right, wrong, line, expected) in [
        ("version = 3", "version = 0", 1, "at least 1"),
        ("\"fraud/phishing\"", "\"fraud/fishing\"", 3, "no type of RSIT"),
        ("malicious-code/*", "bad-code/*", 3, "no class of RSIT"),
        ("due = \"30m\"", "due = \"bald\"", 5, "no time"),
        ("due = \"30m\"", "due = \"2 years\"", 5, "minutes, hours and days"),
        ("due = \"30m\"", "due = \"30m\"\ndue_after_previous = \"1h\"", 5, "exclude each other"),
        ("who = \"cert\"", "who = \"mayor\"", 5, "neither cert nor organisation"),
        ("title = \"Anrufen\"", "titel = \"Anrufen\"", 6, "titel"),
        ("why = \"So bleibt der Schaden klein.\"", "", 11, "why is missing"),
        ("Ziehen Sie das Kabel.", long, 11, "more than 20 words"),
    ] {
        let mistake = Playbook::parse("x", &GOOD.replace(right, wrong)).unwrap_err();
        assert!(mistake.what.contains(expected), "{wrong}: {mistake}");
        assert!(mistake.line.abs_diff(line) <= 2, "{wrong}: {mistake}");
    }
    assert!(long_sentence("Kurz. Auch kurz.").is_none());
}

#[test]
fn a_folder_with_mistakes_names_every_file() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("gut.toml", GOOD);
    write("schlecht.toml", "version = 1\ntitle = 7\n");
    write("baustein.toml", &GOOD.replace("text = \"Rückruf.\"", "text = \"Rückruf.\"\nblock = \"fehlt\""));
    write("Mit Leerzeichen.toml", GOOD);
    write("notiz.txt", "kein Ablauf");
    let said = Library::load(folder.path(), Path::new("")).unwrap_err().to_string();
    for expected in
        ["schlecht.toml, line 2", "baustein.toml, line 10: there is no text block \"fehlt\"", "Leerzeichen"]
    {
        assert!(said.contains(expected), "{expected}: {said}");
    }
    assert!(!said.contains("gut.toml") && !said.contains("notiz.txt"), "{said}");
    for name in ["schlecht.toml", "baustein.toml", "Mit Leerzeichen.toml"] {
        fs::remove_file(folder.path().join(name)).unwrap();
    }
    let said = Library::load(folder.path(), Path::new("")).unwrap_err().to_string();
    assert!(said.contains("for every case"), "{said}");
}

#[test]
fn a_text_block_is_filled_from_the_case_and_greets_nobody_by_an_invented_name() {
    let now: Timestamp = "2026-11-21T06:40:00Z".parse().unwrap();
    let known = Known {
        organisation: "Stadt Gera",
        reference: "TH-2026-00042",
        cert: "ThüringenCERT",
        phone: "030 23125 001",
        now,
    };
    for block in built_in().blocks() {
        let text = block.fill(&known);
        assert!(text.starts_with("Guten Tag,\n") && text.contains("TH-2026-00042"), "{text}");
        assert!(!text.contains(['{', '}']), "{text}");
    }
    let text = built_in().block("umfang").unwrap().fill(&known);
    assert!(text.contains("bis 21.11.2026, 15:40 Uhr"), "{text}");
    let file = "title = \"x\"\ntext = \"\"\"\n{anrede}\n{name}\"\"\"\n";
    let mistake = TextBlock::parse("x", file).unwrap_err();
    assert_eq!((mistake.line, mistake.what.as_str()), (4, "nothing fills {name}"));
    let mistake = TextBlock::parse("x", "title = \"x\"\ntext = \"bis {frist}\"\n").unwrap_err();
    assert_eq!((mistake.line, mistake.what.as_str()), (2, "{frist} needs answer_within"));
}

#[test]
fn a_playbook_reads_back_as_it_was_frozen() {
    for book in built_in().playbooks() {
        let frozen = serde_json::to_string(book).unwrap();
        assert_eq!(serde_json::from_str::<Playbook>(&frozen).unwrap(), *book);
        assert!(book.steps.iter().any(|step| step.who == Who::Organisation), "{}", book.key);
    }
}
