//! What a town hall reads is plain: short sentences, and no word of the trade without its explanation beside it. Read
//! from the reviewed pages and mails, so that what is counted is what people see; and from the texts themselves, so that
//! what no page shows here is counted as well.

use std::path::Path;
use std::sync::LazyLock;

use regex::Regex;

/// Words that a sentence has at most where a town hall reads it.
const LONGEST: usize = 20;
/// The same of any text, an analyst's too.
const LONGEST_OF_ALL: usize = 25;
/// Tags inside a sentence; every other one ends it.
const INLINE: &str = "a|abbr|b|code|em|i|span|strong|time|wbr";
/// Tags with which something new begins, that explains its words itself.
const PARTS: &str = "h[1-6]|section|form|fieldset";
/// Stands where a part begins.
const MARK: char = '\u{1}';
/// Pages that nobody must leave out: what somebody reads on the worst day, whoever else reads it as well.
const MUST_BE_READ: [&str; 23] = [
    "get-vorgaenge-reference-aufgaben-task-rathaus.snap",
    "papier-lage.snap",
    "papier-hinweis.snap",
    "papier-benachrichtigung.snap",
    "papier-gemeinden.snap",
    "get-anmelden-fremd.snap",
    "get-passwort-vergessen-fremd.snap",
    "get-einladung-erste-token-fremd.snap",
    "get-konto-zweiter-faktor-rathaus.snap",
    "get-kontakt-token-fremd.snap",
    "get-kontakt-bestaetigt-fremd.snap",
    "get-bestaetigung-danke-fremd.snap",
    "get-ohne-konto-fremd.snap",
    "get-ohne-konto-schritt-fremd.snap",
    "get-ohne-konto-pruefen-fremd.snap",
    "get-ohne-konto-beleg-fremd.snap",
    "post-ohne-konto-schritt-was-fremd.snap",
    "get-status-fremd.snap",
    "post-status-fremd.snap",
    "post-anmelden-fremd.snap",
    "get-vorgaenge-reference-eingegangen-rathaus.snap",
    "get-vorgaenge-reference-rathaus.snap",
    "get-melden-draft-beleg-rathaus.snap",
];

struct Read {
    name: String,
    /// Parts of the page or mail, of blocks.
    parts: Vec<Vec<String>>,
}

impl Read {
    fn blocks(&self) -> impl Iterator<Item = &String> {
        self.parts.iter().flatten()
    }

    fn sentences(&self) -> impl Iterator<Item = &str> {
        self.blocks().flat_map(|block| sentences(block))
    }

    /// Where a word stands: each time the part that it stands in, with the one before and the one behind.
    fn around(&self, word: &Regex) -> Vec<String> {
        let stands = |part: &[String]| part.iter().any(|block| word.is_match(block));
        let near = |at: usize| {
            let last = self.parts.len().min(at + 2);
            self.parts[at.saturating_sub(1)..last].concat().join("\n")
        };
        self.parts.iter().enumerate().filter(|(_, part)| stands(part)).map(|(at, _)| near(at)).collect()
    }
}

/// What stands between the ends of sentences.
fn sentences(block: &str) -> Vec<&str> {
    static END: LazyLock<Regex> = LazyLock::new(|| regex(r"[.!?]\s+[„A-ZÄÖÜ0-9]"));
    let ends: Vec<usize> = END.find_iter(block).map(|m| m.start() + 1).collect();
    let starts: Vec<usize> = [0].into_iter().chain(ends.iter().copied()).collect();
    let ends = ends.into_iter().chain([block.len()]);
    starts.into_iter().zip(ends).map(|(start, end)| block[start..end].trim()).collect()
}

/// How many words a sentence has.
fn words(sentence: &str) -> usize {
    sentence.split(' ').filter(|word| word.chars().any(char::is_alphabetic)).count()
}

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a pattern")
}

/// A page's words as parts of blocks. What is typed into a field is not ours, but on the papers' pages it is.
fn page(name: &str, html: &str) -> Vec<Vec<String>> {
    let typed = regex(r"(?s)<textarea[^>]*>(.*?)</textarea>");
    let html = typed.replace_all(html, |found: &regex::Captures<'_>| {
        if name.contains("papier") { found[1].replace('\n', "<p>") } else { "<p>".to_owned() }
    });
    let joined = regex(&format!(r"</?({INLINE})\b[^>]*>")).replace_all(&html, "").into_owned();
    let marked = regex(&format!(r"<({PARTS})\b[^>]*>")).replace_all(&joined, format!("<p>{MARK}<p>"));
    let tag = regex(r"<[^>]*>");
    let blocks: Vec<_> = tag.split(&marked).map(plain).filter(|block| !block.is_empty()).collect();
    parts(&blocks)
}

/// A mail's words: subject, greeting and first paragraph are one part, each later paragraph is another; without the
/// lines for a machine. The foot says what the label allows, wherever the label stands.
fn mail(_: &str, text: &str) -> Vec<Vec<String>> {
    let is_said = |line: &&str| !line.starts_with("http") && !line.starts_with("meldekette ");
    let said = |part: &str| plain(&part.lines().filter(is_said).collect::<Vec<_>>().join(" "));
    let all: Vec<_> = text.split("\n\n").map(said).filter(|block| !block.is_empty()).collect();
    let (head, rest) = all.split_at(all.len().min(3));
    let mut parts: Vec<_> =
        [head.to_vec()].into_iter().chain(rest.iter().map(|block| vec![block.clone()])).collect();
    if let Some(foot) = all.last().filter(|foot| foot.starts_with("TLP:")) {
        let is_labelled = |part: &&mut Vec<String>| part.iter().any(|block| block.contains("TLP:"));
        parts.iter_mut().filter(is_labelled).for_each(|part| part.push(foot.clone()));
    }
    parts
}

fn parts(blocks: &[String]) -> Vec<Vec<String>> {
    let parts = blocks.split(|block| block.starts_with(MARK));
    parts.filter(|part| !part.is_empty()).map(<[String]>::to_vec).collect()
}

fn plain(text: &str) -> String {
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&#34;", "\"").replace("&amp;", "&");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a town hall and a stranger meet; the CERT's own pages, the trail's mail for its keeper, and the demonstration's
/// mailbox, where the mails themselves are kept, are not among it.
fn read() -> Vec<Read> {
    let mut all = Vec::new();
    for (folder, words) in [("pages", page as fn(&str, &str) -> Vec<Vec<String>>), ("mails", mail)] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots").join(folder);
        for file in std::fs::read_dir(folder).expect("reviewed files") {
            let path = file.expect("a file").path();
            let name = path.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
            let is_no_matter = ["-cert.snap", "-pr-fpunkt-des-protokolls", "-demo-mails-"];
            if is_no_matter.iter().any(|part| name.contains(part)) {
                continue;
            }
            let text = std::fs::read_to_string(&path).expect("a reviewed file");
            let content = text.splitn(3, "---\n").nth(2).expect("a head and a content");
            all.push(Read { parts: words(&name, content), name });
        }
    }
    for must in MUST_BE_READ {
        assert!(all.iter().any(|read| read.name == must), "{must} is not read");
    }
    assert!(all.len() > 120, "only {} pages and mails", all.len());
    all
}

/// The German texts by key, each block of a choice for itself.
fn texts() -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = Vec::new();
    let file = include_str!("../../src/core/i18n/de.ftl");
    let key = regex(r"^(?:([a-z0-9-]+)|\s+\.([a-z]+)) =\s*(.*)$");
    let variant = regex(r"^\s*\*?\[[^\]]+\] ");
    for line in file.lines().filter(|line| !line.starts_with('#')) {
        if let Some(found) = key.captures(line) {
            let name = found.get(1).or(found.get(2)).expect("a name").as_str();
            all.push((name.to_owned(), found[3].to_owned()));
        } else if let Some((name, text)) = all.last_mut() {
            let is_for_a_machine = line.trim_start().starts_with("meldekette ");
            let line = if is_for_a_machine { "" } else { line };
            let is_new = variant.is_match(line) || line.trim().is_empty();
            let name = name.clone();
            match is_new {
                true => all.push((name, variant.replace(line, "").into_owned())),
                false => *text = format!("{text} {}", line.trim()),
            }
        }
    }
    let filled = regex(r"\{[^{}]*\}|\{ \$\w+ ->");
    let said = |text: &str| plain(&filled.replace_all(text, "X"));
    all.iter().map(|(name, text)| (name.clone(), said(text))).filter(|(_, text)| !text.is_empty()).collect()
}

#[test]
fn no_sentence_that_a_town_hall_reads_is_long() {
    let (mut sentences, mut longest, mut long) = (0, 0, Vec::new());
    let all = read();
    for read in &all {
        for sentence in read.sentences() {
            let words = words(sentence);
            sentences += 1;
            longest = longest.max(words);
            if words > LONGEST {
                long.push(format!("{}: {words} words: {sentence}", read.name));
            }
        }
    }
    println!("plain: {} pages and mails, {sentences} sentences, the longest of {longest} words", all.len());
    assert!(long.is_empty(), "longer than {LONGEST} words:\n{}", long.join("\n"));
}

#[test]
fn no_sentence_of_any_text_is_long() {
    let (mut count, mut longest, mut long) = (0, 0, Vec::new());
    let all = texts();
    for (key, text) in &all {
        for sentence in sentences(text) {
            let words = words(sentence);
            count += 1;
            longest = longest.max(words);
            if words > LONGEST_OF_ALL {
                long.push(format!("{key}: {words} words: {sentence}"));
            }
        }
    }
    println!("plain: {} texts, {count} sentences, the longest of {longest} words", all.len());
    assert!(all.len() > 2000, "only {} texts", all.len());
    assert!(long.is_empty(), "longer than {LONGEST_OF_ALL} words:\n{}", long.join("\n"));
}

/// A word of the trade wherever it begins, with whatever ending or word it is joined to.
fn term(word: &str) -> Regex {
    regex(&format!(r"(?:^|[^\p{{L}}\p{{N}}]){}", regex::escape(word)))
}

#[test]
fn no_word_of_the_trade_stands_without_its_explanation() {
    let mut reader =
        csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(include_str!("jargon.csv").as_bytes());
    let (mut met, mut unexplained) = (0, Vec::new());
    let all = read();
    for record in reader.records() {
        let record = record.expect("a line");
        let (term, explained) = (term(&record[0]), regex(&record[1]));
        for read in &all {
            for near in read.around(&term) {
                met += 1;
                if record[1].is_empty() || !explained.is_match(&near) {
                    unexplained.push(format!("{}: {}: {near}", read.name, &record[0]));
                }
            }
        }
    }
    println!("plain: {met} times a word of the trade, {} without explanation", unexplained.len());
    assert!(unexplained.is_empty(), "{}", unexplained.join("\n\n"));
}

#[test]
fn a_word_of_the_trade_is_found_in_whatever_it_is_joined_to() {
    for (word, text) in [
        ("Phishing", "eine Phishing-Mail"),
        ("DDoS", "Ein DDoS-Angriff"),
        ("TOTP", "TOTP-App"),
        ("API", "API-Token"),
        ("Token", "API-Token"),
        ("Ticket", "Ihre Tickets"),
        ("Ticket", "im Ticketsystem"),
        ("S/MIME", "das S/MIME-Zertifikat"),
    ] {
        assert!(term(word).is_match(text), "{word} in {text}");
    }
    assert!(!term("AGS").is_match("SAGS"));
}

#[test]
fn what_explains_a_word_stands_beside_it() {
    let far = page("x", "<h2>Eins</h2><p>SHA-256</p><h2>Zwei</h2><p>a</p><h2>Drei</h2><p>Prüfsumme</p>");
    let read = |parts| Read { name: String::new(), parts };
    let near = |parts| read(parts).around(&term("SHA-256")).concat().contains("Prüfsumme");
    assert!(!near(far));
    assert!(near(page("x", "<h2>Eins</h2><p>SHA-256</p><p>eine Prüfsumme</p>")));
    assert!(near(mail("x", "SHA-256\n\nDas ist eine Prüfsumme.")));
    assert!(!near(mail("x", "a\n\nb\n\nSHA-256\n\nc\n\nd\n\nDas ist eine Prüfsumme.")));
    let typed = "<p>Text</p><textarea id=\"x\">Getippt</textarea>";
    assert_eq!(page("x", typed), [["Text"]]);
    assert_eq!(page("papier-lage", typed), [["Text", "Getippt"]]);
}
