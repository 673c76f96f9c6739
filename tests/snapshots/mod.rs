//! Every page and every mail as people read it, compared with what was reviewed: a page or mail that nobody has looked
//! at is found here, and so is a reviewed one that is gone. After a wanted change: `cargo insta test --review`, or
//! `INSTA_UPDATE=always` and a look at the difference.

mod mails;
mod pages;

use std::collections::BTreeSet;
use std::path::Path;

/// What was reviewed, below this folder, one file each.
struct Reviewed {
    folder: &'static str,
    seen: BTreeSet<String>,
}

impl Reviewed {
    fn new(folder: &'static str) -> Self {
        Self { folder, seen: BTreeSet::new() }
    }

    /// Compares with the file of this name.
    fn compare(&mut self, name: &str, content: &str) {
        assert!(self.seen.insert(name.to_owned()), "{name} twice");
        let mut settings = insta::Settings::new();
        settings.set_snapshot_path(self.folder);
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| insta::assert_snapshot!(name, unchanging(content)));
    }

    /// Refuses reviewed files that nothing was compared with.
    fn done(self) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots").join(self.folder);
        let files: BTreeSet<_> = std::fs::read_dir(folder)
            .expect("reviewed files")
            .filter_map(|entry| {
                entry.expect("a file").file_name().to_str()?.strip_suffix(".snap").map(str::to_owned)
            })
            .collect();
        let gone: Vec<_> = files.difference(&self.seen).collect();
        assert!(gone.is_empty(), "reviewed, but gone: {gone:?}");
        println!("snapshots: {} {}", self.seen.len(), self.folder);
    }
}

/// A name that any file system takes.
fn slug(text: &str) -> String {
    let plain = text.to_lowercase().replace(|c: char| !c.is_ascii_alphanumeric(), " ");
    plain.split_whitespace().collect::<Vec<_>>().join("-")
}

/// Without what is another one on each installation: ids, tokens, digests, versions of embedded files.
fn unchanging(text: &str) -> String {
    let text = timeless(text);
    let (mut out, mut word) = (String::new(), String::new());
    for c in text.chars().chain(['\n']) {
        if c.is_ascii_alphanumeric() || c == '-' || c == '_' {
            word.push(c);
            continue;
        }
        out.push_str(replaced(&word, &out));
        word.clear();
        out.push(c);
    }
    out.trim_end().to_owned()
}

/// With zeros where an instant stands: how it is written stays.
fn timeless(text: &str) -> String {
    const FORMS: [&str; 5] =
        ["0000-00-00T00:00:00Z", "0000-00-00T00:00", "00.00.0000", "00.00. 00:00", "00:00"];
    let fits = |rest: &str, form: &str| {
        rest.len() >= form.len()
            && rest
                .bytes()
                .zip(form.bytes())
                .all(|(c, f)| if f == b'0' { c.is_ascii_digit() } else { c == f })
    };
    let (mut out, mut rest) = (String::new(), text);
    while let Some(c) = rest.chars().next() {
        let is_begin = !out.ends_with(|before: char| before.is_ascii_digit());
        match FORMS.iter().find(|form| is_begin && fits(rest, form)) {
            Some(form) => {
                out.push_str(form);
                rest = &rest[form.len()..];
            }
            None => {
                out.push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    out
}

/// What stands for a word that is another one each time, after what stands before it.
fn replaced<'a>(word: &'a str, before: &str) -> &'a str {
    let is_hex = word.chars().all(|c| c.is_ascii_hexdigit());
    let has = |test: fn(char) -> bool| word.chars().any(test);
    match word.len() {
        9 if is_contact_code(word) => "[code]",
        36 if uuid::Uuid::parse_str(word).is_ok() => "[id]",
        8.. if is_hex && before.rsplit('"').next().is_some_and(|start| start.starts_with("/assets/")) => {
            "[version]"
        }
        32.. if is_hex => "[digest]",
        14 | 19 if is_receipt(word) => "[code]",
        40.. if has(|c| c.is_ascii_uppercase()) && has(|c| c.is_ascii_digit()) => "[token]",
        // 256 random bits, one time in a thousand without a digit.
        43 if has(|c| c.is_ascii_uppercase()) && has(|c| c.is_ascii_lowercase()) => "[token]",
        _ => word,
    }
}

/// Three or four times four digits and capitals.
fn is_receipt(word: &str) -> bool {
    let four =
        |part: &str| part.len() == 4 && part.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
    matches!(word.split('-').count(), 3 | 4) && word.split('-').all(four) && word != "7KQM-2XWP-9RTA"
}

/// What callers read from an emergency card: two groups of four signs, of which no two are alike.
fn is_contact_code(word: &str) -> bool {
    let is_sign = |c: char| "3456789FKLMRTVXY".contains(c);
    word.split_once('-')
        .is_some_and(|(a, b)| [a, b].iter().all(|part| part.len() == 4 && part.chars().all(is_sign)))
}

#[test]
fn what_changes_is_left_out_and_nothing_else() {
    let told = "href=\"/assets/x.0123456789abcdef.css\" 01980000-0000-7000-8000-000000000001 kern-form-input__input--error deadbeef";
    let expected = "href=\"/assets/x.[version].css\" [id] kern-form-input__input--error deadbeef";
    assert_eq!(unchanging(told), expected);
    assert_eq!(unchanging("am 21.11.2026, 09:37 Uhr, 10.0.0.7"), "am 00.00.0000, 00:00 Uhr, 10.0.0.7");
    assert_eq!(unchanging("Code K7MF-4R9X, Karte 2026-11"), "Code [code], Karte 2026-11");
    assert_eq!(unchanging("AbCdEfGhIjKlMnOpQrStUvWxYz0123456789-_AbCdE, x"), "[token], x");
}
