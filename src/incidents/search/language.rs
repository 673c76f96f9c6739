//! The language of the search box: words, "phrases" and fields (`status:offen`), each of which a minus leaves out. Field
//! names and their values are German or English. A mistake is answered with the field and what it takes.

use std::ops::RangeInclusive;

use jiff::{Timestamp, ToSpan as _};

use super::words::{self, is_of_phone, value_token};
use crate::core::error::FieldError;
use crate::core::i18n::{Lang, text};
use crate::core::when;
use crate::directory::model::fold;
use crate::incidents::model::Category;
use crate::incidents::status::Status;

/// Characters of a query.
pub const LONGEST: usize = 300;
/// Words, phrases and fields of a query.
pub const MOST: usize = 24;
/// Letters that a beginning (`ver*`) needs: fewer would find nearly everything.
const SHORTEST_BEGINNING: usize = 3;

/// What to search for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// What stands in a case's text, all of it, or none where it is left out.
    pub terms: Vec<Term>,
    /// One of these; any where none is said.
    pub statuses: Vec<Status>,
    /// One of these; any where none is said.
    pub categories: Vec<Category>,
    /// The organisation that reported, by words of its name.
    pub organisation: Option<String>,
    /// Reported from this instant on.
    pub from: Option<Timestamp>,
    /// Reported before this instant.
    pub before: Option<Timestamp>,
    /// A reference that stands alone, or the number of one.
    pub jump: Option<Jump>,
}

/// A case that somebody names by its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Jump {
    /// `TH-2026-00042`, however it is spelled.
    Reference(String),
    /// `42`.
    Number(u32),
}

/// One thing that a text must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// Stems that follow each other; one for a word.
    pub stems: Vec<String>,
    /// A value that does as well (a telephone number however it is written), or alone where there are no stems.
    pub value: Option<String>,
    /// The last stem is the beginning of a word.
    pub is_beginning: bool,
    /// It must not stand there.
    pub is_left_out: bool,
}

impl Query {
    /// Whether anything but cases by their facts is asked for.
    #[must_use]
    pub fn has_words(&self) -> bool {
        self.terms.iter().any(|term| !term.is_left_out)
    }

    /// Whether nothing is asked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The fields, with their names and the texts that say what each takes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Field {
    Status,
    Organisation,
    Category,
    Value,
    Cve,
    From,
    Until,
    On,
}

const FIELDS: [(&str, Field); 26] = [
    ("status", Field::Status),
    ("stand", Field::Status),
    ("org", Field::Organisation),
    ("organisation", Field::Organisation),
    ("organization", Field::Organisation),
    ("stelle", Field::Organisation),
    ("category", Field::Category),
    ("kategorie", Field::Category),
    ("art", Field::Category),
    ("ioc", Field::Value),
    ("merkmal", Field::Value),
    ("observable", Field::Value),
    ("cve", Field::Cve),
    ("von", Field::From),
    ("ab", Field::From),
    ("seit", Field::From),
    ("from", Field::From),
    ("since", Field::From),
    ("after", Field::From),
    ("bis", Field::Until),
    ("until", Field::Until),
    ("to", Field::Until),
    ("before", Field::Until),
    ("am", Field::On),
    ("on", Field::On),
    ("datum", Field::On),
];

/// What stands before a colon in texts that people paste; no field is meant.
const SCHEMES: [&str; 17] = [
    "http", "https", "hxxp", "hxxps", "ftp", "ftps", "sftp", "ssh", "rdp", "smb", "mailto", "tel", "file",
    "md5", "sha1", "sha256", "sha512",
];

const STATUSES: [(&str, &[Status]); 15] = {
    use Status::{Closed, Contained, InProgress, Reported, Triaged};
    const OPEN: &[Status] = &[Reported, Triaged, InProgress, Contained];
    [
        ("offen", OPEN),
        ("open", OPEN),
        ("gemeldet", &[Reported]),
        ("neu", &[Reported]),
        ("new", &[Reported]),
        ("reported", &[Reported]),
        ("eingestuft", &[Triaged]),
        ("triaged", &[Triaged]),
        ("in_bearbeitung", &[InProgress]),
        ("in_progress", &[InProgress]),
        ("eingedaemmt", &[Contained]),
        ("contained", &[Contained]),
        ("abgeschlossen", &[Closed]),
        ("geschlossen", &[Closed]),
        ("closed", &[Closed]),
    ]
};

/// Reads a query. The instant says which day is `heute`.
///
/// # Errors
/// What is wrong, at the field `q`: with the field (`field`) and what was typed (`typed`).
pub fn parse(typed: &str, now: Timestamp) -> Result<Query, FieldError> {
    let refuse = |reason| FieldError::new("q", reason);
    let typed = typed.trim();
    if typed.chars().count() > LONGEST {
        return Err(refuse("error-too-long"));
    }
    if typed.contains(char::is_control) {
        return Err(refuse("error-control-characters"));
    }
    let mut query = Query { jump: jump(typed), ..Query::default() };
    let items = joined_numbers(items(typed)?);
    if items.len() > MOST {
        return Err(refuse("error-search-many"));
    }
    for item in items {
        match item.field {
            Some(field) => take_field(&mut query, field, &item, now)?,
            None => query.terms.extend(term(&item)?),
        }
    }
    if query.from.zip(query.before).is_some_and(|(from, before)| from >= before) {
        return Err(refuse("error-search-order"));
    }
    Ok(query)
}

/// A part of a query as it was typed.
struct Item {
    /// The name of the field as it was typed, and which it is.
    name: String,
    field: Option<Field>,
    value: String,
    is_phrase: bool,
    is_left_out: bool,
}

/// Cuts a query at its spaces, outside quotes. A quote that nobody closes ends with the query.
fn items(typed: &str) -> Result<Vec<Item>, FieldError> {
    let mut items = Vec::new();
    let mut rest = typed.trim_start();
    let mut is_left_out = false;
    while !rest.is_empty() {
        if let Some(behind) =
            rest.strip_prefix('-').filter(|behind| behind.starts_with(|c: char| !c.is_whitespace()))
        {
            is_left_out = true;
            rest = behind;
        }
        let (name, field, value) = named(rest)?;
        let (value, is_phrase, behind) = value_of(value);
        let is_not = matches!(value, "NOT" | "NICHT" | "OHNE") && !is_phrase && field.is_none();
        if is_not && !behind.trim().is_empty() {
            is_left_out = true;
        } else {
            let (name, value) = (name.to_owned(), value.trim().to_owned());
            items.push(Item { name, field, value, is_phrase, is_left_out });
            is_left_out = false;
        }
        rest = behind.trim_start();
    }
    Ok(items)
}

/// The field at the beginning, and what stands behind its colon.
fn named(rest: &str) -> Result<(&str, Option<Field>, &str), FieldError> {
    let none = Ok(("", None, rest));
    let Some((name, value)) = rest.split_once(':') else { return none };
    if name.is_empty() || !name.chars().all(char::is_alphabetic) {
        return none;
    }
    let lower = name.to_lowercase();
    if let Some((_, field)) = FIELDS.iter().find(|(known, _)| *known == lower) {
        return Ok((name, Some(*field), value));
    }
    let stands_alone =
        value.starts_with(|c: char| c.is_whitespace() || c == '/' || c == '\\') || value.is_empty();
    // One letter is a drive.
    if stands_alone || name.chars().count() < 2 || SCHEMES.contains(&lower.as_str()) {
        return none;
    }
    Err(FieldError::new("q", "error-search-field").with("field", name))
}

/// The value at the beginning, whether it is a phrase, and what stands behind it.
fn value_of(rest: &str) -> (&str, bool, &str) {
    const QUOTES: [char; 4] = ['"', '„', '“', '”'];
    if let Some(first) = rest.chars().next().filter(|first| QUOTES.contains(first)) {
        let inside = &rest[first.len_utf8()..];
        let (phrase, behind) = inside.split_once(QUOTES).unwrap_or((inside, ""));
        return (phrase, true, behind);
    }
    let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
    (&rest[..end], false, &rest[end..])
}

/// A telephone number that was typed in groups is one thing.
fn joined_numbers(items: Vec<Item>) -> Vec<Item> {
    let is_plain = |item: &Item| {
        let is_word = item.field.is_none() && !item.is_phrase && !item.is_left_out;
        is_word && item.value.chars().all(is_of_phone)
    };
    let mut joined: Vec<Item> = Vec::new();
    for item in items {
        match joined.last_mut() {
            Some(before)
                if is_plain(before) && is_plain(&item) && before.value.starts_with(['+', '0', '(']) =>
            {
                before.value = format!("{} {}", before.value, item.value);
            }
            _ => joined.push(item),
        }
    }
    joined
}

fn term(item: &Item) -> Result<Option<Term>, FieldError> {
    let is_beginning = !item.is_phrase && item.value.ends_with('*');
    let typed = item.value.trim_end_matches('*');
    let mut stems: Vec<String> =
        words::words(&words_only(typed)).into_iter().map(|token| token.text).collect();
    if is_beginning && !stems.is_empty() {
        let last: String = typed.chars().rev().take_while(|c| c.is_alphanumeric()).collect();
        let last: String = last.chars().rev().collect();
        let beginning = words::beginning(&last);
        // Of some marks nothing is left, and with nothing every word begins.
        if last.chars().count() < SHORTEST_BEGINNING || beginning.is_empty() {
            return Err(FieldError::new("q", "error-search-beginning").with("typed", &item.value));
        }
        if let Some(stem) = stems.last_mut() {
            *stem = beginning;
        }
    }
    let value = words::phone(typed).map(|number| value_token(&number));
    let is_left_out = item.is_left_out;
    let is_nothing = stems.is_empty() && value.is_none();
    Ok((!is_nothing).then_some(Term { stems, value, is_beginning, is_left_out }))
}

/// What was made harmless reads as what it is, so that its words are those of the text.
fn words_only(typed: &str) -> String {
    typed.replace("[.]", ".").replace("(.)", ".")
}

fn take_field(query: &mut Query, field: Field, item: &Item, now: Timestamp) -> Result<(), FieldError> {
    let refuse = |reason| FieldError::new("q", reason).with("field", &item.name).with("typed", &item.value);
    if item.value.is_empty() {
        return Err(refuse("error-search-value"));
    }
    if item.is_left_out && !matches!(field, Field::Status | Field::Value | Field::Cve) {
        return Err(refuse("error-search-left-out"));
    }
    match field {
        Field::Status => {
            let named = statuses(&item.value).ok_or_else(|| refuse("error-search-status"))?;
            if item.is_left_out {
                let kept = |status: &Status| {
                    !named.contains(status) && (query.statuses.is_empty() || query.statuses.contains(status))
                };
                query.statuses = Status::ALL.iter().copied().filter(kept).collect();
                if query.statuses.is_empty() {
                    return Err(refuse("error-search-nothing"));
                }
            } else {
                query.statuses.extend(named);
            }
        }
        Field::Organisation => {
            let words = query.organisation.get_or_insert_default();
            if !words.is_empty() {
                return Err(refuse("error-search-twice"));
            }
            words.push_str(&item.value);
        }
        Field::Category => {
            let named = categories(&item.value);
            if named.is_empty() {
                return Err(refuse("error-search-category"));
            }
            query.categories.extend(named);
        }
        Field::Value => query.terms.push(value(words::normalised(&item.value), item)),
        Field::Cve => {
            query.terms.push(value(cve(&item.value).ok_or_else(|| refuse("error-search-cve"))?, item))
        }
        Field::From | Field::Until | Field::On => {
            let day = day(&item.value, now).ok_or_else(|| refuse("error-search-date"))?;
            if field != Field::Until {
                query.from = Some(day);
            }
            if field != Field::From {
                let next = day.to_zoned(when::zone()).checked_add(1.day());
                query.before = Some(next.map_err(|_| refuse("error-search-date"))?.timestamp());
            }
        }
    }
    Ok(())
}

fn value(value: String, item: &Item) -> Term {
    let is_phone = words::phone(&value);
    let value = value_token(is_phone.as_deref().unwrap_or(&value));
    Term { stems: Vec::new(), value: Some(value), is_beginning: false, is_left_out: item.is_left_out }
}

fn statuses(typed: &str) -> Option<Vec<Status>> {
    let folded = fold(typed).replace([' ', '-'], "_");
    STATUSES.iter().find(|(name, _)| *name == folded).map(|(_, statuses)| statuses.to_vec())
}

/// `2026-1234`, `CVE-2026-1234`.
fn cve(typed: &str) -> Option<String> {
    let lower = typed.to_lowercase();
    let (year, number) = lower.strip_prefix("cve-").unwrap_or(&lower).split_once('-')?;
    (is_number(year, 4..=4) && is_number(number, 4..=10)).then(|| format!("cve-{year}-{number}"))
}

/// Categories by code, by class, by type, or by words of the German name.
fn categories(typed: &str) -> Vec<Category> {
    let folded = fold(typed);
    let is_meant = |category: &Category| {
        let (class, kind) = category.code().split_once('/').unwrap_or_default();
        category.code() == folded || class == folded || kind == folded
    };
    let by_code: Vec<Category> = Category::ALL.iter().copied().filter(is_meant).collect();
    if !by_code.is_empty() || folded.chars().count() < SHORTEST_BEGINNING {
        return by_code;
    }
    let is_named = |category: &Category| fold(&text(Lang::De, &category.label())).contains(&folded);
    Category::ALL.iter().copied().filter(is_named).collect()
}

/// The beginning of a day: `1.10.2026`, `1.10.`, `2026-10-01`, `heute`, `gestern`, `7t` (so many days ago), `2w`.
fn day(typed: &str, now: Timestamp) -> Option<Timestamp> {
    let lower = typed.to_lowercase();
    let today = now.to_zoned(when::zone()).date();
    let midnight = |date: jiff::civil::Date| Some(date.to_zoned(when::zone()).ok()?.timestamp());
    let ago = |number: &str, days: i64| -> Option<Timestamp> {
        let number: i64 = number.parse::<u16>().ok()?.into();
        midnight(today.checked_sub((number * days).days()).ok()?)
    };
    if let Some(number) = lower.strip_suffix(['t', 'd']).filter(|it| it.bytes().all(|b| b.is_ascii_digit())) {
        return ago(number, 1);
    }
    if let Some(number) = lower.strip_suffix('w').filter(|it| it.bytes().all(|b| b.is_ascii_digit())) {
        return ago(number, 7);
    }
    let lower = match lower.as_str() {
        "today" => "heute".to_owned(),
        "yesterday" => "gestern".to_owned(),
        _ => lower,
    };
    // A day without a year is the last one of that name.
    if lower.ends_with('.') && lower.matches('.').count() == 2 {
        return [today.year(), today.year() - 1]
            .into_iter()
            .filter_map(|year| when::parse(&format!("{lower}{year}")).ok())
            .find(|day| *day <= now);
    }
    let read = when::parse_near(&lower, now).ok()?;
    midnight(read.to_zoned(when::zone()).date())
}

/// Whether the text is a number of so many digits.
fn is_number(text: &str, digits: RangeInclusive<usize>) -> bool {
    digits.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A reference that stands alone, however it was typed from a sheet of paper (`th 2026 00042`), or its number (`42`).
fn jump(typed: &str) -> Option<Jump> {
    let number = typed.strip_prefix('#').unwrap_or(typed);
    if is_number(number, 1..=6) && !number.starts_with('0') {
        return number.parse().ok().map(Jump::Number);
    }
    let mut parts = typed
        .split(|c: char| c.is_whitespace() || matches!(c, '-' | '–' | '/' | '_'))
        .filter(|it| !it.is_empty());
    let (name, year, number, rest) = (parts.next()?, parts.next()?, parts.next()?, parts.next());
    let is_name = (1..=4).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphabetic());
    if rest.is_some() || !is_name || !is_number(year, 4..=4) || !is_number(number, 1..=9) {
        return None;
    }
    let number: u32 = number.parse().ok()?;
    Some(Jump::Reference(format!("{}-{year}-{number:05}", name.to_uppercase())))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn now() -> Timestamp {
        "2026-11-22T09:00:00Z".parse().unwrap()
    }

    fn read(typed: &str) -> Query {
        parse(typed, now()).unwrap_or_else(|why| panic!("{typed}: {why:?}"))
    }

    fn refused(typed: &str) -> &'static str {
        parse(typed, now()).map_or_else(|why| why.reason, |read| panic!("{typed} is taken: {read:?}"))
    }

    fn instant(text: &str) -> Option<Timestamp> {
        Some(text.parse().unwrap())
    }

    #[test]
    fn a_day_is_read_as_people_write_it_and_lasts_until_midnight_here() {
        for typed in ["von:1.10.2026", "ab:01.10.26", "seit:2026-10-01", "from:1.10.", "since:1.10.2026"] {
            assert_eq!(read(typed).from, instant("2026-09-30T22:00:00Z"), "{typed}");
        }
        assert_eq!(read("bis:25.10.2026").before, instant("2026-10-25T23:00:00Z"), "the day with 25 hours");
        assert_eq!(read("seit:gestern").from, instant("2026-11-20T23:00:00Z"));
        assert_eq!(read("seit:7t").from, instant("2026-11-14T23:00:00Z"));
        assert_eq!(read("seit:1w"), read("since:7d"));
        // Without a year it is the last day of that name.
        assert_eq!(read("am:24.12.").from, instant("2025-12-23T23:00:00Z"));
        let one = read("am:heute");
        assert_eq!(
            (one.from, one.before),
            (instant("2026-11-21T23:00:00Z"), instant("2026-11-22T23:00:00Z"))
        );
        assert_eq!(refused("von:31.2.2026"), "error-search-date");
        assert_eq!(refused("von:2.10.2026 bis:1.10.2026"), "error-search-order");
        assert_eq!(refused("seit:99999999t"), "error-search-date");
    }

    #[test]
    fn what_only_looks_like_a_field_is_searched_for() {
        for typed in [
            "https://evil.example/a",
            "Betreff: Rechnung",
            "C:\\Windows",
            "10.0.0.1:443",
            "12:30",
            "sha256:abcd",
            ": x",
        ] {
            assert!(read(typed).has_words(), "{typed}");
        }
        assert_eq!(refused("satus:offen"), "error-search-field");
        assert_eq!(read("\"status:zu\"").terms.len(), 1, "in quotes it is a phrase");
    }

    #[test]
    fn a_number_or_a_reference_that_stands_alone_names_a_case() {
        for typed in ["TH-2026-00042", "th 2026 42", "th-2026-42", " TH–2026–00042 ", "th/2026/42"] {
            assert_eq!(read(typed).jump, Some(Jump::Reference("TH-2026-00042".to_owned())), "{typed}");
        }
        assert_eq!(read("42").jump, Some(Jump::Number(42)));
        assert_eq!(read("#42").jump, Some(Jump::Number(42)));
        for typed in ["042", "4.2", "th 2026", "Haus 2026 42 x", "1234567"] {
            assert_eq!(read(typed).jump, None, "{typed}");
        }
    }

    #[test]
    fn a_minus_leaves_out_and_stands_only_before_what_it_can() {
        let query = read("rechnung -anhang -\"zwei wörter\" NOT drei -status:closed");
        let left_out: Vec<_> = query.terms.iter().map(|term| term.is_left_out).collect();
        assert_eq!(left_out, [false, true, true, true]);
        assert!(!query.statuses.contains(&Status::Closed) && query.statuses.len() == 4);
        assert_eq!(refused("-von:gestern"), "error-search-left-out");
        assert_eq!(refused("-status:offen -status:closed"), "error-search-nothing");
        assert_eq!(read("a - b").terms.len(), 2, "a dash between words is none");
    }

    #[test]
    fn a_query_has_bounds() {
        assert_eq!(refused(&"x".repeat(LONGEST + 1)), "error-too-long");
        assert_eq!(refused(&"x ".repeat(MOST + 1)), "error-search-many");
        assert_eq!(refused("ab*"), "error-search-beginning");
        assert_eq!(refused("Haus-\u{ff9e}\u{ff9e}\u{ff9e}*"), "error-search-beginning");
        assert_eq!(refused("a\0b"), "error-control-characters");
        assert!(read("").is_empty() && read(" - \"\" *** ").terms.is_empty());
    }

    proptest! {
        #[test]
        fn nothing_that_is_typed_is_a_fault_of_ours(typed in "\\PC{0,80}|[-a-z0-9 :\".*#+/()äß\\[\\]]{0,80}|(status|org|cve|ioc|von|bis|am|kategorie):[-\\PC]{0,20}") {
            if let Ok(query) = parse(&typed, now()) {
                for term in &query.terms {
                    prop_assert!(!term.stems.is_empty() || term.value.is_some());
                    for token in term.stems.iter().chain(&term.value) {
                        prop_assert!(!token.is_empty());
                        prop_assert!(token.chars().all(|c| c.is_alphanumeric() || c == '_'), "{token}");
                    }
                }
            }
        }
    }
}
