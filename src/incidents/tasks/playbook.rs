//! Playbooks: what is done in which kind of case, step by step, as files that a CERT maintains.
//!
//! TOML, one file for each, as the escalation plans are: steps are fields with short texts, and a mistake is told with
//! file and line by the parser itself.

use std::collections::BTreeSet;
use std::path::Path;

use jiff::{SignedDuration, Span};
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

use super::blocks::TextBlock;
use crate::core::codes::codes;
use crate::core::rulefile::{self, Mistake, Problem, Problems, line_of, read};
use crate::core::text::{Block, Title};
use crate::incidents::model::Category;

/// The playbooks that are built in, by the name of their file.
const PLAYBOOKS: &[(&str, &str)] = &[
    ("allgemein", include_str!("../../../config/playbooks/allgemein.toml")),
    ("ausfall", include_str!("../../../config/playbooks/ausfall.toml")),
    ("datenabfluss", include_str!("../../../config/playbooks/datenabfluss.toml")),
    ("ddos", include_str!("../../../config/playbooks/ddos.toml")),
    ("geraet", include_str!("../../../config/playbooks/geraet.toml")),
    ("konto", include_str!("../../../config/playbooks/konto.toml")),
    ("phishing", include_str!("../../../config/playbooks/phishing.toml")),
    ("schadsoftware", include_str!("../../../config/playbooks/schadsoftware.toml")),
    ("schwachstelle", include_str!("../../../config/playbooks/schwachstelle.toml")),
    ("webseite", include_str!("../../../config/playbooks/webseite.toml")),
];
/// The text blocks that are built in.
const BLOCKS: &[(&str, &str)] = &[
    ("absender", include_str!("../../../config/blocks/absender.toml")),
    ("daten", include_str!("../../../config/blocks/daten.toml")),
    ("dienstleister", include_str!("../../../config/blocks/dienstleister.toml")),
    ("entwarnung", include_str!("../../../config/blocks/entwarnung.toml")),
    ("umfang", include_str!("../../../config/blocks/umfang.toml")),
];

/// Words that a sentence has at most which an organisation reads.
pub const LONGEST_SENTENCE: usize = 20;
/// Steps that a playbook has at most.
const MOST_STEPS: usize = 40;
/// The longest time of a step.
const LONGEST: SignedDuration = SignedDuration::from_hours(366 * 24);

codes! {
    /// Who carries a step out.
    Who {
        Cert = "cert",
        Organisation = "organisation",
    }
}

/// When a step is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// Seconds; a day has 24 hours.
    pub after_s: i64,
    /// Counted from when the step before is due, not from the start.
    pub from_previous: bool,
}

/// A step of a playbook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "StepWords", into = "StepWords")]
pub struct Step {
    pub title: String,
    pub who: Who,
    pub due: Option<Due>,
    pub needs_evidence: bool,
    /// What is to be done.
    pub text: String,
    /// Why, for the organisation; empty where it says nothing.
    pub why: String,
    /// The text block that helps, by its key.
    pub block: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StepWords {
    title: String,
    who: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    due: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    due_after_previous: Option<String>,
    #[serde(default)]
    evidence: bool,
    text: String,
    #[serde(default)]
    why: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    block: Option<String>,
}

/// A time such as `30m`, `4h` or `3 days`, of at most a year.
pub(super) fn duration(words: &str) -> Result<SignedDuration, String> {
    let span: Span =
        words.parse().map_err(|_| format!("{words:?} is no time such as \"4h\" or \"3 days\""))?;
    let time = span.to_duration(jiff::SpanRelativeTo::days_are_24_hours());
    let time = time.map_err(|_| format!("{words:?}: only minutes, hours and days"))?;
    if time <= SignedDuration::ZERO || time > LONGEST {
        return Err(format!("{words:?} is not within a year"));
    }
    Ok(time)
}

fn due(words: &StepWords) -> Result<Option<Due>, String> {
    let (said, from_previous) = match (&words.due, &words.due_after_previous) {
        (Some(_), Some(_)) => return Err("due and due_after_previous exclude each other".to_owned()),
        (Some(said), None) => (said, false),
        (None, Some(said)) => (said, true),
        (None, None) => return Ok(None),
    };
    Ok(Some(Due { after_s: duration(said)?.as_secs(), from_previous }))
}

/// The first sentence that is longer than a town hall reads on its worst day.
pub(super) fn long_sentence(text: &str) -> Option<&str> {
    let ends = |c: char| matches!(c, '.' | '!' | '?' | ':' | '\n');
    let words = |sentence: &str| {
        sentence.split_whitespace().filter(|word| word.chars().any(char::is_alphabetic)).count()
    };
    text.split(ends).map(str::trim).find(|sentence| words(sentence) > LONGEST_SENTENCE)
}

impl TryFrom<StepWords> for Step {
    type Error = String;

    fn try_from(words: StepWords) -> Result<Self, String> {
        let who = Who::parse(&words.who)
            .ok_or_else(|| format!("who: {:?} is neither cert nor organisation", words.who))?;
        let due = due(&words)?;
        let title = Title::parse(&words.title)
            .map_err(|_| "title must be a line of 1 to 200 characters".to_owned())?;
        let text = Block::<4000>::parse(&words.text);
        let text = text.map_err(|_| "text must have 1 to 4,000 characters".to_owned())?.into_string();
        let why = Block::<1000>::parse_optional(&words.why);
        let why = why.map_err(|_| "why must have at most 1,000 characters".to_owned())?;
        let why = why.map(Block::into_string).unwrap_or_default();
        if who == Who::Organisation {
            if why.is_empty() {
                return Err("why is missing: an organisation is told why it is asked".to_owned());
            }
            if let Some(long) = [title.as_str(), &text, &why].into_iter().find_map(long_sentence) {
                return Err(format!("more than {LONGEST_SENTENCE} words in a sentence: {long}"));
            }
        }
        Ok(Self {
            title: title.into_string(),
            who,
            due,
            needs_evidence: words.evidence,
            text,
            why,
            block: words.block,
        })
    }
}

impl From<Step> for StepWords {
    fn from(step: Step) -> Self {
        let said = step.due.map(|due| (format!("{}s", due.after_s), due.from_previous));
        let (due, due_after_previous) = match said {
            Some((said, false)) => (Some(said), None),
            Some((said, true)) => (None, Some(said)),
            None => (None, None),
        };
        Self {
            title: step.title,
            who: step.who.code().to_owned(),
            due,
            due_after_previous,
            evidence: step.needs_evidence,
            text: step.text,
            why: step.why,
            block: step.block,
        }
    }
}

/// For which cases a playbook is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Applies {
    /// For one type.
    To(Category),
    /// For every type of a class.
    ToClass(String),
}

impl TryFrom<String> for Applies {
    type Error = String;

    fn try_from(word: String) -> Result<Self, String> {
        if let Some(class) = word.strip_suffix("/*") {
            let is_class =
                |category: &Category| category.code().split_once('/').is_some_and(|(c, _)| c == class);
            let known = Category::ALL.iter().any(is_class);
            return if known {
                Ok(Self::ToClass(class.to_owned()))
            } else {
                Err(format!("{word:?} is no class of RSIT"))
            };
        }
        Category::parse(&word).map(Self::To).ok_or_else(|| format!("{word:?} is no type of RSIT"))
    }
}

impl From<Applies> for String {
    fn from(applies: Applies) -> Self {
        match applies {
            Applies::To(category) => category.code().to_owned(),
            Applies::ToClass(class) => format!("{class}/*"),
        }
    }
}

/// A playbook: as its file says it, and frozen with the case that uses it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Playbook {
    /// The name of its file, without the ending.
    pub key: String,
    /// Counted by who maintains it.
    pub version: u32,
    /// SHA-256 of the file, its first twelve digits: tells what a number that nobody raised does not.
    pub digest: String,
    pub title: String,
    /// Empty: for every case that no other is for.
    pub applies_to: Vec<Applies>,
    pub steps: Vec<Step>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlaybookWords {
    version: u32,
    title: String,
    #[serde(default)]
    applies_to: Vec<Applies>,
    /// Where each begins: the parser itself tells a mistake in any of them at the first.
    #[serde(rename = "step")]
    steps: Vec<toml::Spanned<StepWords>>,
}

impl Playbook {
    /// Reads a playbook's text; `key` is the name of its file.
    ///
    /// # Errors
    /// [`Mistake`] with the first mistake and its line.
    pub fn parse(key: &str, text: &str) -> Result<Self, Mistake> {
        let words: PlaybookWords = read(text)?;
        let title = Title::parse(&words.title);
        let title =
            title.map_err(|_| Mistake::at(text, "title", "title must be a line of 1 to 200 characters"))?;
        if words.steps.is_empty() || words.steps.len() > MOST_STEPS {
            return Err(Mistake::at(text, "[[step]]", format!("a playbook has 1 to {MOST_STEPS} steps")));
        }
        if !(1..=i32::MAX.unsigned_abs()).contains(&words.version) {
            return Err(Mistake::at(text, "version", "version must be at least 1"));
        }
        let step = |words: toml::Spanned<StepWords>| {
            let line = line_of(text, words.span().start);
            Step::try_from(words.into_inner()).map_err(|what| Mistake { line, what })
        };
        Ok(Self {
            key: key.to_owned(),
            version: words.version,
            digest: short_digest(text),
            title: title.into_string(),
            applies_to: words.applies_to,
            steps: words.steps.into_iter().map(step).collect::<Result<_, _>>()?,
        })
    }

    /// How well it fits a category: 0 exactly, 1 its class, 2 as the general one; none where it is for others.
    fn fit(&self, category: Option<Category>) -> Option<u8> {
        if self.applies_to.is_empty() {
            return Some(2);
        }
        let category = category?;
        self.applies_to
            .iter()
            .filter_map(|applies| match applies {
                Applies::To(one) => (*one == category).then_some(0),
                Applies::ToClass(class) => {
                    category.code().strip_prefix(class.as_str())?.starts_with('/').then_some(1)
                }
            })
            .min()
    }
}

fn short_digest(text: &str) -> String {
    digest(&SHA256, text.as_bytes()).as_ref().iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}

/// All playbooks and text blocks, handed in with `Provided`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Library {
    playbooks: Vec<Playbook>,
    blocks: Vec<TextBlock>,
}

impl Library {
    /// Reads both folders; an empty path stands for what is built in.
    ///
    /// # Errors
    /// [`Problems`]: every file that cannot be used, with its line.
    pub fn load(playbooks: &Path, blocks: &Path) -> Result<Self, Problems> {
        let mut problems = Vec::new();
        let books = rulefile::files(playbooks, ("config/playbooks", PLAYBOOKS), &mut problems);
        let texts = rulefile::files(blocks, ("config/blocks", BLOCKS), &mut problems);
        let mut library = Self { playbooks: Vec::new(), blocks: Vec::new() };
        for file in texts {
            match TextBlock::parse(&file.key, &file.text) {
                Ok(block) => library.blocks.push(block),
                Err(mistake) => problems.push(Problem::Mistake { path: file.path, mistake }),
            }
        }
        let keys: BTreeSet<&str> = library.blocks.iter().map(|block| block.key.as_str()).collect();
        for file in books {
            match Playbook::parse(&file.key, &file.text)
                .and_then(|book| known_blocks(book, &file.text, &keys))
            {
                Ok(book) => library.playbooks.push(book),
                Err(mistake) => problems.push(Problem::Mistake { path: file.path, mistake }),
            }
        }
        let has_general = library.playbooks.iter().any(|book| book.applies_to.is_empty());
        if problems.is_empty() && !has_general {
            let what = "no playbook is for every case (one without applies_to)";
            problems.push(Problem::Folder { path: playbooks.to_owned(), what });
        }
        library.playbooks.sort_by(|a, b| a.title.cmp(&b.title));
        library.blocks.sort_by(|a, b| a.title.cmp(&b.title));
        if problems.is_empty() { Ok(library) } else { Err(Problems(problems)) }
    }

    /// All playbooks by title.
    #[must_use]
    pub fn playbooks(&self) -> &[Playbook] {
        &self.playbooks
    }

    /// All text blocks by title.
    #[must_use]
    pub fn blocks(&self) -> &[TextBlock] {
        &self.blocks
    }

    /// The playbook of this name.
    #[must_use]
    pub fn playbook(&self, key: &str) -> Option<&Playbook> {
        self.playbooks.iter().find(|book| book.key == key)
    }

    /// The text block of this name.
    #[must_use]
    pub fn block(&self, key: &str) -> Option<&TextBlock> {
        self.blocks.iter().find(|block| block.key == key)
    }

    /// The playbook that fits a category best; the general one where none is for it.
    #[must_use]
    pub fn suggested(&self, category: Option<Category>) -> Option<&Playbook> {
        let fitting = self.playbooks.iter().filter_map(|book| Some((book.fit(category)?, book)));
        fitting.min_by_key(|(fit, _)| *fit).map(|(_, book)| book)
    }
}

fn known_blocks(book: Playbook, text: &str, keys: &BTreeSet<&str>) -> Result<Playbook, Mistake> {
    let missing = book.steps.iter().filter_map(|step| step.block.as_deref()).find(|key| !keys.contains(key));
    match missing {
        Some(key) => Err(Mistake::at(text, &format!("\"{key}\""), format!("there is no text block {key:?}"))),
        None => Ok(book),
    }
}
