//! What a town hall reads is plain: short sentences, and no word of the trade without its explanation beside it. Read
//! from the reviewed pages and mails, so that what is counted is what people see.

use std::path::Path;

use regex::Regex;

/// Words that a sentence has at most.
const LONGEST: usize = 25;
/// Tags inside a sentence; every other one ends it.
const INLINE: &str = "a|abbr|b|code|em|i|span|strong|time|wbr";

struct Read {
    name: String,
    blocks: Vec<String>,
}

impl Read {
    fn text(&self) -> String {
        self.blocks.join("\n")
    }

    fn sentences(&self) -> impl Iterator<Item = &str> {
        self.blocks.iter().flat_map(|block| {
            let ends: Vec<usize> =
                regex(r"[.!?:]\s+[„A-ZÄÖÜ0-9]").find_iter(block).map(|m| m.start() + 1).collect();
            let starts: Vec<usize> = [0].into_iter().chain(ends.iter().copied()).collect();
            let ends = ends.into_iter().chain([block.len()]);
            starts.into_iter().zip(ends).map(|(start, end)| block[start..end].trim()).collect::<Vec<_>>()
        })
    }
}

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a pattern")
}

/// A page's words as blocks: what is typed into a field is not ours.
fn page(html: &str) -> Vec<String> {
    let typed = regex(r"(?s)<textarea[^>]*>.*?</textarea>").replace_all(html, "<p>");
    let joined = regex(&format!(r"</?({INLINE})\b[^>]*>")).replace_all(&typed, "").into_owned();
    regex(r"<[^>]*>").split(&joined).map(plain).filter(|block| !block.is_empty()).collect()
}

/// A mail's words: paragraphs, without the lines for a machine.
fn mail(text: &str) -> Vec<String> {
    let is_said = |line: &&str| !line.starts_with("http") && !line.starts_with("meldekette ");
    let said = |part: &str| plain(&part.lines().filter(is_said).collect::<Vec<_>>().join(" "));
    text.split("\n\n").map(said).filter(|block| !block.is_empty()).collect()
}

fn plain(text: &str) -> String {
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&#34;", "\"").replace("&amp;", "&");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a town hall and a stranger meet; the CERT's own pages, and the trail's mail for its keeper, are not among it.
fn read() -> Vec<Read> {
    let mut all = Vec::new();
    for (folder, words) in [("pages", page as fn(&str) -> Vec<String>), ("mails", mail)] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots").join(folder);
        for file in std::fs::read_dir(folder).expect("reviewed files") {
            let path = file.expect("a file").path();
            let name = path.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
            if name.ends_with("-cert.snap") || name.contains("-pr-fpunkt-des-protokolls") {
                continue;
            }
            let text = std::fs::read_to_string(&path).expect("a reviewed file");
            let content = text.splitn(3, "---\n").nth(2).expect("a head and a content");
            all.push(Read { name, blocks: words(content) });
        }
    }
    assert!(all.len() > 80, "only {} pages and mails", all.len());
    all
}

#[test]
fn no_sentence_that_a_town_hall_reads_is_long() {
    let (mut sentences, mut longest, mut long) = (0, 0, Vec::new());
    let letter = regex(r"\p{L}");
    let all = read();
    for read in &all {
        for sentence in read.sentences() {
            let words = sentence.split(' ').filter(|word| letter.is_match(word)).count();
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
fn no_word_of_the_trade_stands_without_its_explanation() {
    let mut reader =
        csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(include_str!("jargon.csv").as_bytes());
    let (mut met, mut unexplained) = (0, Vec::new());
    let all = read();
    for record in reader.records() {
        let record = record.expect("a line");
        let term = regex(&format!(r"(?:^|[^\p{{L}}-]){}(?:$|[^\p{{L}}-])", regex::escape(&record[0])));
        for read in all.iter().filter(|read| term.is_match(&read.text())) {
            met += 1;
            if record[1].is_empty() || !regex(&record[1]).is_match(&read.text()) {
                unexplained.push(format!("{}: {}", read.name, &record[0]));
            }
        }
    }
    println!("plain: {met} times a word of the trade, {} without explanation", unexplained.len());
    assert!(unexplained.is_empty(), "{}", unexplained.join("\n"));
}
