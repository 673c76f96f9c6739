//! Text blocks: what the CERT asks and says often, with places that are filled from the case.

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::playbook::{LONGEST_SENTENCE, duration, long_sentence};
use crate::core::codes::codes;
use crate::core::rulefile::{Mistake, read};
use crate::core::text::{Block, Title};
use crate::core::when;

codes! {
    /// What a place is filled with. In the text it stands in braces: `{aktenzeichen}`.
    Place {
        Greeting = "anrede",
        Organisation = "stelle",
        Reference = "aktenzeichen",
        Deadline = "frist",
        Cert = "cert",
        Phone = "telefon",
    }
}

/// A text block as its file says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextBlock {
    /// The name of its file, without the ending.
    pub key: String,
    pub title: String,
    /// How long there is to answer.
    answer_within: Option<SignedDuration>,
    text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    title: String,
    #[serde(default)]
    answer_within: Option<String>,
    text: String,
}

/// What a case says for the places of a block.
#[derive(Debug, Clone)]
pub struct Known<'a> {
    pub organisation: &'a str,
    pub reference: &'a str,
    pub cert: &'a str,
    pub phone: &'a str,
    pub now: Timestamp,
}

/// The names between braces, in their order.
fn places(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).map(|rest| rest.split_once('}').map_or(rest, |(name, _)| name))
}

impl TextBlock {
    /// Reads a block's text; `key` is the name of its file.
    ///
    /// # Errors
    /// [`Mistake`] with the first mistake and its line: also a place that nothing fills.
    pub fn parse(key: &str, file: &str) -> Result<Self, Mistake> {
        let words: Words = read(file)?;
        let title = Title::parse(&words.title);
        let title =
            title.map_err(|_| Mistake::at(file, "title", "title must be a line of 1 to 200 characters"))?;
        let answer_within = words.answer_within.as_deref().map(duration).transpose();
        let answer_within = answer_within.map_err(|what| Mistake::at(file, "answer_within", what))?;
        let text = Block::<4000>::parse(&words.text);
        let text = text.map_err(|_| Mistake::at(file, "text", "text must have 1 to 4,000 characters"))?;
        let text = text.into_string();
        for name in places(&text) {
            let at = |what: String| Mistake::at(file, &format!("{{{name}"), what);
            match Place::parse(name) {
                None => return Err(at(format!("nothing fills {{{name}}}"))),
                Some(Place::Deadline) if answer_within.is_none() => {
                    return Err(at("{frist} needs answer_within".to_owned()));
                }
                Some(_) => {}
            }
        }
        if let Some(long) = long_sentence(&text) {
            let word = long.split_whitespace().take(3).collect::<Vec<_>>().join(" ");
            let what = format!("more than {LONGEST_SENTENCE} words in a sentence: {long}");
            return Err(Mistake::at(file, &word, what));
        }
        Ok(Self { key: key.to_owned(), title: title.into_string(), answer_within, text })
    }

    /// The text for a case. Nobody is greeted by a name: who reads it, nobody knows.
    #[must_use]
    pub fn fill(&self, known: &Known<'_>) -> String {
        let by = self.answer_within.and_then(|within| known.now.checked_add(within).ok());
        let mut parts = self.text.split('{');
        let mut filled = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (name, rest) = part.split_once('}').unwrap_or((part, ""));
            match Place::parse(name) {
                Some(Place::Greeting) => filled.push_str("Guten Tag,"),
                Some(Place::Organisation) => filled.push_str(known.organisation),
                Some(Place::Reference) => filled.push_str(known.reference),
                Some(Place::Deadline) => filled.push_str(&by.map(when::absolute).unwrap_or_default()),
                Some(Place::Cert) => filled.push_str(known.cert),
                Some(Place::Phone) => filled.push_str(known.phone),
                // Refused when the file was read.
                None => filled.push_str(name),
            }
            filled.push_str(rest);
        }
        filled
    }
}
