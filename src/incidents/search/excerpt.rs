//! Where in a text the words of a query stand, and a piece of the text around them.

use std::ops::Range;

use super::language::Term;
use super::words::{Token, values, words_among};

/// Characters of an excerpt.
const LENGTH: usize = 180;
/// Characters before the first word that was found.
const LEAD: usize = 60;

/// A part of an excerpt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    pub text: String,
    /// Whether it was searched for.
    pub is_found: bool,
}

/// The bytes of a text that terms found, in their order, without overlaps.
#[must_use]
pub fn marks(text: &str, terms: &[Term]) -> Vec<Range<usize>> {
    let letters: Vec<char> =
        terms.iter().flat_map(|term| &term.stems).filter_map(|it| it.chars().next()).collect();
    let words = words_among(text, &letters);
    let values = if terms.iter().any(|term| term.value.is_some()) { values(text) } else { Vec::new() };
    let mut found: Vec<Range<usize>> = Vec::new();
    for term in terms.iter().filter(|term| !term.is_left_out) {
        found.extend(phrases(&words, term));
        let value = term.value.as_ref();
        found.extend(values.iter().filter(|it| value == Some(&it.text)).map(|it| it.place.clone()));
    }
    found.sort_by_key(|place| (place.start, place.end));
    let mut merged: Vec<Range<usize>> = Vec::new();
    for place in found {
        match merged.last_mut() {
            Some(last) if place.start < last.end => last.end = last.end.max(place.end),
            _ => merged.push(place),
        }
    }
    merged
}

fn phrases<'a>(words: &'a [Token], term: &'a Term) -> impl Iterator<Item = Range<usize>> + 'a {
    let last = term.stems.len().saturating_sub(1);
    let is_there = move |window: &&[Token]| {
        window.iter().zip(&term.stems).enumerate().all(|(at, (word, stem))| {
            if term.is_beginning && at == last { word.text.starts_with(stem) } else { word.text == *stem }
        })
    };
    // Windows of no words would be a fault.
    let windows = words.windows(term.stems.len().max(1)).filter(move |_| !term.stems.is_empty());
    windows.filter(is_there).filter_map(|window| Some(window.first()?.place.start..window.last()?.place.end))
}

/// Whether the head of a row has the term.
#[must_use]
pub fn head_has(head: &str, term: &Term) -> bool {
    let words: Vec<Token> =
        head.split(' ').map(|word| Token { place: 0..0, text: word.to_owned() }).collect();
    phrases(&words, term).next().is_some() || words.iter().any(|word| Some(&word.text) == term.value.as_ref())
}

/// The whole text with what was found.
#[must_use]
pub fn whole(text: &str, marks: &[Range<usize>]) -> Vec<Part> {
    cut(text, marks, 0..text.len())
}

/// The text around the first of the marks, on one line.
#[must_use]
pub fn excerpt(text: &str, marks: &[Range<usize>]) -> Vec<Part> {
    let first = marks.first().map_or(0, |place| place.start);
    let lead = text[..first].char_indices().rev().nth(LEAD.saturating_sub(1)).map_or(0, |(at, _)| at);
    // Not from the middle of a word.
    let start =
        if lead == 0 { 0 } else { text[lead..first].find(' ').map_or(lead, |space| lead + space + 1) };
    let end = text[start..].char_indices().nth(LENGTH).map_or(text.len(), |(at, _)| start + at);
    let found = marks.iter().filter(|place| place.start < end).map(|place| place.end).max().unwrap_or(start);
    // Nor to the middle of one, unless that is half of all that is shown.
    let is_cut = text[end..].starts_with(|c: char| !c.is_whitespace());
    let whole = text[start..end].rfind(char::is_whitespace).filter(|at| is_cut && *at > (end - start) / 2);
    let end = whole.map_or(end, |at| start + at).max(found);
    let mut parts = cut(text, marks, start..end);
    for part in &mut parts {
        part.text = part.text.replace(['\n', '\t'], " ");
    }
    let plain = |text: &str| Part { text: text.to_owned(), is_found: false };
    if start > 0 {
        parts.insert(0, plain("… "));
    }
    if end < text.len() {
        parts.push(plain(" …"));
    }
    parts
}

fn cut(text: &str, marks: &[Range<usize>], within: Range<usize>) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut add = |place: Range<usize>, is_found: bool| {
        if let Some(text) = text.get(place).filter(|text| !text.is_empty()) {
            parts.push(Part { text: text.to_owned(), is_found });
        }
    };
    let mut at = within.start;
    for mark in marks.iter().filter(|mark| mark.start >= within.start && mark.end <= within.end) {
        add(at..mark.start, false);
        add(mark.clone(), true);
        at = mark.end;
    }
    add(at..within.end, false);
    parts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::incidents::search::language::parse;

    fn terms(typed: &str) -> Vec<Term> {
        parse(typed, jiff::Timestamp::UNIX_EPOCH).unwrap().terms
    }

    fn found(text: &str, typed: &str) -> Vec<String> {
        marks(text, &terms(typed)).into_iter().map(|place| text[place].to_owned()).collect()
    }

    #[test]
    fn what_was_searched_for_is_marked_as_it_is_written() {
        let text = "Die Straßen sind gesperrt, hxxps://evil[.]example/a und 03623 1234-56.";
        assert_eq!(found(text, "strasse"), ["Straßen"]);
        assert_eq!(found(text, "\"Straße sind\""), ["Straßen sind"]);
        assert_eq!(found(text, "ges*"), ["gesperrt"]);
        assert_eq!(found(text, "ioc:evil.example"), ["hxxps://evil[.]example/a"]);
        assert_eq!(found(text, "0362 3123456"), ["03623 1234-56"]);
        assert!(found(text, "-strasse").is_empty());
    }

    #[test]
    fn an_excerpt_ends_with_a_whole_word_and_a_word_without_end_is_cut() {
        let said = |text: &str, typed: &str| -> String {
            excerpt(text, &marks(text, &terms(typed))).into_iter().map(|part| part.text).collect()
        };
        let words = format!("Server {}", "Netzwerkkabel ".repeat(30));
        let short = said(&words, "server");
        assert!(short.ends_with("Netzwerkkabel …") && short.chars().count() < LENGTH + 2, "{short}");
        let late = format!("{}Zielwort und mehr davon danach", "x ".repeat(LENGTH / 2 - 2));
        assert!(said(&late, "zielwort").contains("Zielwort"));
        let endless = format!("Server {}", "x".repeat(600));
        assert!(said(&endless, "server").chars().count() > LENGTH, "what stands there is shown");
        assert_eq!(said("Der Server steht.", "server"), "Der Server steht.");
    }

    #[test]
    fn an_excerpt_is_short_and_holds_what_was_found() {
        let text = format!("{} Straße {}", "eins zwei ".repeat(40), "drei vier ".repeat(40));
        let parts = excerpt(&text, &marks(&text, &terms("strasse")));
        let said: String = parts.iter().map(|part| part.text.as_str()).collect();
        assert!(said.starts_with("… ") && said.ends_with(" …") && said.chars().count() < 200, "{said}");
        let marked: Vec<_> =
            parts.iter().filter(|part| part.is_found).map(|part| part.text.as_str()).collect();
        assert_eq!(marked, ["Straße"]);
    }

    proptest! {
        #[test]
        fn parts_put_together_are_the_text(text in "\\PC{0,120}", typed in "[a-zäöüß .*@]{0,20}") {
            if let Ok(query) = parse(&typed, jiff::Timestamp::UNIX_EPOCH) {
                let marks = marks(&text, &query.terms);
                let joined: String = whole(&text, &marks).into_iter().map(|part| part.text).collect();
                prop_assert_eq!(joined, text.clone());
                prop_assert!(excerpt(&text, &marks).len() < 1_000);
            }
        }
    }
}
