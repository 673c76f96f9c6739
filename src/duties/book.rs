//! The rule sets of the configuration: whom each binds, what starts its clock, how long there is, what is to be said.

use std::collections::BTreeSet;
use std::path::Path;

use ring::digest::{Context, SHA256};
use serde::{Deserialize, Deserializer};
use toml::Spanned;

use super::term::Term;
use crate::core::codes::codes;
use crate::core::rulefile::{self, Mistake, Problem, Problems, each};
use crate::core::text::{Block, Title};
use crate::directory::model::Kind;
use crate::incidents::model::Class;

/// The rule sets that are built in, by the name of their file.
const BUILT_IN: &[(&str, &str)] = &[
    ("bsig", include_str!("../../config/duties/bsig.toml")),
    ("bsig-kritis", include_str!("../../config/duties/bsig-kritis.toml")),
    ("dsgvo", include_str!("../../config/duties/dsgvo.toml")),
    ("dsgvo-auftrag", include_str!("../../config/duties/dsgvo-auftrag.toml")),
    ("sachsen", include_str!("../../config/duties/sachsen.toml")),
    ("vcv", include_str!("../../config/duties/vcv.toml")),
];
/// Stages that a set has at most.
const MOST_STAGES: usize = 12;

codes! {
    /// The field of life that an organisation serves, as annexes 1 and 2 of the BSIG name them.
    Sector {
        Energy = "energy",
        Water = "water",
        WasteWater = "waste_water",
        Health = "health",
        Waste = "waste",
        Transport = "transport",
        Digital = "digital",
    }
}

codes! {
    /// What a report says.
    Content {
        What = "what",
        Severity = "severity",
        Impact = "impact",
        Observables = "observables",
        Malicious = "malicious",
        CrossBorder = "cross_border",
        Cause = "cause",
        Measures = "measures",
        Status = "status",
        VcvCategory = "vcv_category",
        /// Kind of installation and of critical service, and the effect on it (§ 32 (3) BSIG).
        Installation = "installation",
        /// Whose data, what data, about how many (Art. 33 (3) (a) GDPR).
        Persons = "persons",
        DataOfficer = "data_officer",
        Consequences = "consequences",
        /// Why it comes late, where it does (Art. 33 (1) GDPR).
        Delay = "delay",
    }
}

/// What starts the clock of a stage.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Clock {
    /// The organisation became aware of it.
    Aware,
    /// The recipient asked for it.
    Asked,
    /// An earlier stage was sent.
    Sent(String),
}

impl TryFrom<String> for Clock {
    type Error = String;

    fn try_from(word: String) -> Result<Self, String> {
        match (word.as_str(), word.strip_prefix("sent:")) {
            ("aware", _) => Ok(Self::Aware),
            ("asked", _) => Ok(Self::Asked),
            (_, Some(stage)) if !stage.is_empty() => Ok(Self::Sent(stage.to_owned())),
            _ => Err(format!("clock: {word:?} is neither aware nor asked nor sent:STAGE")),
        }
    }
}

/// One report of a set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage {
    pub key: String,
    pub name: String,
    pub clock: Clock,
    pub within: Term,
    /// The stage that is sent at its date while the case is open; it is due then when the case is closed.
    pub instead_while_open: Option<String>,
    pub source: String,
    /// How the time is counted, where the law can be read otherwise; empty where it cannot.
    pub reading: String,
    pub contents: Vec<Content>,
}

/// Whom a set binds: everything that is said must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// Of which kinds; empty: of any.
    pub kinds: Vec<Kind>,
    /// Of which sectors one must be its own; empty: of any.
    pub sectors: Vec<Sector>,
    /// Only the CERT of the Land.
    pub is_cert: bool,
    /// Only whom a person says that it binds.
    pub is_by_hand: bool,
    /// For people.
    pub why: String,
}

/// A rule set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleSet {
    /// The name of its file, without the ending.
    pub key: String,
    pub name: String,
    pub recipient: String,
    pub source: String,
    /// Of which classes a case must be; empty: of any.
    pub classes: Vec<Class>,
    /// Whether it is about personal data alone.
    pub is_for_personal_data: bool,
    /// The set that does not bind whom this one binds.
    pub instead_of: Option<String>,
    /// One is enough.
    pub bindings: Vec<Binding>,
    /// In the order in which they are sent.
    pub stages: Vec<Stage>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetWords {
    name: String,
    recipient: String,
    source: String,
    #[serde(default, deserialize_with = "classes")]
    classes: Vec<Class>,
    #[serde(default)]
    personal_data: bool,
    instead_of: Option<String>,
    binds: Vec<Spanned<BindingWords>>,
    #[serde(rename = "stage")]
    stages: Vec<Spanned<StageWords>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BindingWords {
    #[serde(default)]
    kinds: Vec<Kind>,
    #[serde(default, deserialize_with = "sectors")]
    sectors: Vec<Sector>,
    #[serde(default)]
    cert: bool,
    #[serde(default)]
    by_hand: bool,
    /// That it binds all is said, not left out.
    #[serde(default)]
    everybody: bool,
    why: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StageWords {
    key: String,
    name: String,
    clock: Clock,
    within: Term,
    instead_while_open: Option<String>,
    source: String,
    #[serde(default)]
    reading: String,
    #[serde(deserialize_with = "contents")]
    contents: Vec<Content>,
}

fn known<'de, D: Deserializer<'de>, T>(words: D, parse: fn(&str) -> Option<T>) -> Result<Vec<T>, D::Error> {
    let read = |word: String| {
        parse(&word).ok_or_else(|| serde::de::Error::custom(format!("{word:?} is no known word")))
    };
    Vec::<String>::deserialize(words)?.into_iter().map(read).collect()
}

fn classes<'de, D: Deserializer<'de>>(words: D) -> Result<Vec<Class>, D::Error> {
    known(words, Class::parse)
}

fn sectors<'de, D: Deserializer<'de>>(words: D) -> Result<Vec<Sector>, D::Error> {
    known(words, Sector::parse)
}

fn contents<'de, D: Deserializer<'de>>(words: D) -> Result<Vec<Content>, D::Error> {
    known(words, Content::parse)
}

fn line(what: &str, text: &str) -> Result<String, String> {
    Title::parse(text)
        .map(Title::into_string)
        .map_err(|_| format!("{what} must be a line of 1 to 200 characters"))
}

fn block(what: &str, text: &str) -> Result<String, String> {
    let text = Block::<1000>::parse_optional(text)
        .map_err(|_| format!("{what} must have at most 1,000 characters"))?;
    Ok(text.map(Block::into_string).unwrap_or_default())
}

impl TryFrom<BindingWords> for Binding {
    type Error = String;

    fn try_from(words: BindingWords) -> Result<Self, String> {
        let is_narrow = words.cert || words.by_hand || !words.kinds.is_empty() || !words.sectors.is_empty();
        if is_narrow == words.everybody {
            return Err("binds: either everybody, or by kinds, sectors, cert or by_hand".to_owned());
        }
        Ok(Self {
            kinds: words.kinds,
            sectors: words.sectors,
            is_cert: words.cert,
            is_by_hand: words.by_hand,
            why: Some(block("why", &words.why)?).filter(|why| !why.is_empty()).ok_or("why is missing")?,
        })
    }
}

impl TryFrom<StageWords> for Stage {
    type Error = String;

    fn try_from(words: StageWords) -> Result<Self, String> {
        let is_key = (1..=40).contains(&words.key.len())
            && words.key.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        if !is_key {
            return Err("key must be of small letters and underscores".to_owned());
        }
        if words.contents.is_empty() {
            return Err("contents are missing".to_owned());
        }
        Ok(Self {
            name: line("name", &words.name)?,
            source: line("source", &words.source)?,
            reading: block("reading", &words.reading)?,
            key: words.key,
            clock: words.clock,
            within: words.within,
            instead_while_open: words.instead_while_open,
            contents: words.contents,
        })
    }
}

impl RuleSet {
    /// Reads a rule set's text; `key` is the name of its file.
    ///
    /// # Errors
    /// [`Mistake`] with the first mistake and its line: also a stage that waits for none before it.
    pub fn parse(key: &str, text: &str) -> Result<Self, Mistake> {
        let words: SetWords = rulefile::read(text)?;
        let at = |word: &'static str| move |what: String| Mistake::at(text, word, what);
        let bindings: Vec<(usize, Binding)> = each(text, words.binds)?;
        let stages: Vec<(usize, Stage)> = each(text, words.stages)?;
        if bindings.is_empty() || stages.is_empty() || stages.len() > MOST_STAGES {
            let what = format!("a rule set binds somebody and has 1 to {MOST_STAGES} stages");
            return Err(Mistake { line: 1, what });
        }
        check_order(&stages)?;
        Ok(Self {
            key: key.to_owned(),
            name: line("name", &words.name).map_err(at("name"))?,
            recipient: line("recipient", &words.recipient).map_err(at("recipient"))?,
            source: line("source", &words.source).map_err(at("source"))?,
            classes: words.classes,
            is_for_personal_data: words.personal_data,
            instead_of: words.instead_of,
            bindings: bindings.into_iter().map(|(_, binding)| binding).collect(),
            stages: stages.into_iter().map(|(_, stage)| stage).collect(),
        })
    }

    /// The stage of this key.
    #[must_use]
    pub fn stage(&self, key: &str) -> Option<&Stage> {
        self.stages.iter().find(|stage| stage.key == key)
    }
}

/// Each stage waits for one before it, so no two wait for each other; the one sent instead is another, of the same date.
fn check_order(stages: &[(usize, Stage)]) -> Result<(), Mistake> {
    let mut before = BTreeSet::new();
    for (line, stage) in stages {
        let refuse = |what: String| Err(Mistake { line: *line, what });
        if let Clock::Sent(earlier) = &stage.clock
            && !before.contains(earlier.as_str())
        {
            return refuse(format!("clock: no stage before this one is {earlier:?}"));
        }
        if !before.insert(stage.key.as_str()) {
            return refuse(format!("key: {:?} is there twice", stage.key));
        }
        if let Some(other) = &stage.instead_while_open {
            let is_other = |it: &Stage| it.key == *other && it.key != stage.key && it.clock == stage.clock;
            if !stages.iter().any(|(_, it)| is_other(it) && it.within == stage.within) {
                return refuse(format!("instead_while_open: no other stage of the same date is {other:?}"));
            }
        }
    }
    Ok(())
}

/// All rule sets, handed in with `Provided`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Book {
    sets: Vec<RuleSet>,
    /// SHA-256 of all files, in hexadecimal digits: another one means other clocks.
    digest: String,
}

impl Book {
    /// Reads the folder; an empty path stands for what is built in.
    ///
    /// # Errors
    /// [`Problems`]: every file that cannot be used, with its line.
    pub fn load(folder: &Path) -> Result<Self, Problems> {
        let mut problems = Vec::new();
        let mut sets: Vec<RuleSet> = Vec::new();
        let files = rulefile::files(folder, ("config/duties", BUILT_IN), &mut problems);
        let keys: BTreeSet<String> = files.iter().map(|file| file.key.clone()).collect();
        let mut hash = Context::new(&SHA256);
        for file in &files {
            for part in [&file.key, &file.text] {
                hash.update(&(part.len() as u64).to_be_bytes());
                hash.update(part.as_bytes());
            }
        }
        let digest = hex::encode(hash.finish());
        for file in files {
            let known = |set: RuleSet| match &set.instead_of {
                Some(other) if !keys.contains(other) || *other == set.key => {
                    Err(Mistake::at(&file.text, "instead_of", format!("{other:?} is no other rule set")))
                }
                _ => Ok(set),
            };
            match RuleSet::parse(&file.key, &file.text).and_then(known) {
                Ok(set) => sets.push(set),
                Err(mistake) => problems.push(Problem::Mistake { path: file.path, mistake }),
            }
        }
        if problems.is_empty() { Ok(Self { sets, digest }) } else { Err(Problems(problems)) }
    }

    /// What tells these rules from others.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// All sets, by their keys.
    #[must_use]
    pub fn sets(&self) -> &[RuleSet] {
        &self.sets
    }

    /// The set of this key.
    #[must_use]
    pub fn set(&self, key: &str) -> Option<&RuleSet> {
        self.sets.iter().find(|set| set.key == key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "name = \"Meldung\"\nrecipient = \"Behörde\"\nsource = \"§ 1\"\nclasses = [\"significant\"]\n\
        [[binds]]\nkinds = [\"gemeinde\"]\nwhy = \"Sie ist eine.\"\n\
        [[stage]]\nkey = \"first\"\nname = \"Erste\"\nclock = \"aware\"\nwithin = \"24h\"\nsource = \"§ 1\"\ncontents = [\"what\"]\n\
        [[stage]]\nkey = \"last\"\nname = \"Letzte\"\nclock = \"sent:first\"\nwithin = \"1 month\"\nsource = \"§ 2\"\ncontents = [\"cause\"]\n";

    #[test]
    fn every_built_in_set_reads_and_says_where_it_comes_from() {
        let book = Book::load(Path::new("")).unwrap();
        assert_eq!(book.sets().len(), BUILT_IN.len());
        assert!(book.sets().iter().all(|set| set.stages.iter().all(|stage| !stage.source.is_empty())));
    }

    #[test]
    fn an_operator_is_told_the_line_of_a_mistake() {
        assert_eq!(RuleSet::parse("a", GOOD).unwrap().stages.len(), 2);
        for (right, wrong, line, expected) in [
            ("classes = [\"significant\"]", "classes = [\"grave\"]", 4, "grave"),
            ("classes = [\"significant\"]", "class = [\"significant\"]", 4, "class"),
            ("kinds = [\"gemeinde\"]", "kinds = [\"dorf\"]", 6, "dorf"),
            ("kinds = [\"gemeinde\"]\n", "", 5, "everybody"),
            ("kinds = [\"gemeinde\"]", "kinds = [\"gemeinde\"]\neverybody = true", 5, "everybody"),
            ("why = \"Sie ist eine.\"", "why = \"\"", 5, "why"),
            ("within = \"24h\"", "within = \"a day\"", 12, "a day"),
            ("within = \"24h\"", "within = \"0h\"", 12, "0h"),
            ("clock = \"aware\"", "clock = \"noon\"", 11, "noon"),
            ("clock = \"aware\"", "clock = \"sent:last\"", 8, "last"),
            ("clock = \"sent:first\"", "clock = \"sent:last\"", 15, "last"),
            ("key = \"last\"", "key = \"first\"", 15, "twice"),
            ("key = \"last\"", "key = \"Last\"", 15, "small letters"),
            ("contents = [\"cause\"]", "contents = []", 15, "contents"),
            ("contents = [\"cause\"]", "contents = [\"weather\"]", 21, "weather"),
            ("source = \"§ 2\"", "source = \"§ 2\"\ninstead_while_open = \"first\"", 15, "same date"),
        ] {
            let error = RuleSet::parse("a", &GOOD.replacen(right, wrong, 1)).unwrap_err();
            assert!(error.what.contains(expected) && error.line == line, "{wrong}: {error}");
        }
    }

    #[test]
    fn a_set_stands_for_another_that_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        write("one.toml", GOOD);
        write("two.toml", &GOOD.replacen("[[binds]]", "instead_of = \"one\"\n[[binds]]", 1));
        assert_eq!(Book::load(folder.path()).unwrap().sets().len(), 2);
        write("two.toml", &GOOD.replacen("[[binds]]", "instead_of = \"three\"\n[[binds]]", 1));
        let told = Book::load(folder.path()).unwrap_err().to_string();
        assert!(told.contains("two.toml, line 5") && told.contains("three"), "{told}");
    }
}
