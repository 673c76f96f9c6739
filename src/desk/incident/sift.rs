//! The timeline narrowed by an address that can be kept.

use serde::Deserialize;

use super::merged::Part;
use super::parts::author;
use crate::core::error::Result;
use crate::core::i18n::{Lang, text};
use crate::desk::words::choices;
use crate::incidents::model::Entry;
use crate::incidents::timeline::model::{Author, Group, NOBODY, Reader, Sift};
use crate::web::Choice;

/// What the address says.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(in crate::desk) struct SiftQuery {
    art: String,
    leser: String,
    wer: String,
}

impl SiftQuery {
    pub(super) fn read(&self) -> Result<Sift> {
        Sift::read(&self.art, &self.leser, &self.wer)
    }
}

/// The form that narrows, with what is chosen.
pub(super) struct Sifted {
    pub groups: Vec<Choice>,
    pub readers: Vec<Choice>,
    /// Whoever wrote a line here.
    pub authors: Vec<Choice>,
    pub group: &'static str,
    pub reader: &'static str,
    pub author: String,
    pub is_any: bool,
    /// How many lines stay, and how many there are.
    pub shown: usize,
    pub all: usize,
}

impl Sifted {
    pub fn of(sift: Sift, lines: &[(&Entry, Option<Part>)]) -> Self {
        let mut authors: Vec<Choice> = Vec::new();
        for (line, _) in lines {
            let value = line.account.map_or_else(|| NOBODY.to_owned(), |account| account.to_string());
            if !authors.iter().any(|known| known.value == value) {
                let is_nobody = line.account.is_none();
                // Under one word are all who have no account here, also whoever wrote elsewhere.
                let label =
                    if is_nobody { text(Lang::De, "desk-author-system").into() } else { author(line) };
                authors.push(Choice::new(value, label));
            }
        }
        authors.sort_by(|a, b| a.label.cmp(&b.label));
        let chosen = match sift.author {
            None => String::new(),
            Some(Author::Nobody) => NOBODY.to_owned(),
            Some(Author::Account(account)) => account.to_string(),
        };
        if !chosen.is_empty() && !authors.iter().any(|known| known.value == chosen) {
            authors.push(Choice::new(chosen.clone(), text(Lang::De, "timeline-author-none")));
        }
        Self {
            groups: choices("timeline-group", Group::ALL.iter().map(|it| it.code())),
            readers: choices("timeline-reader", Reader::ALL.iter().map(|it| it.code())),
            authors,
            group: sift.group.map_or("", Group::code),
            reader: sift.reader.map_or("", Reader::code),
            author: chosen,
            is_any: sift.is_any(),
            shown: lines.iter().filter(|(line, _)| sift.holds(line)).count(),
            all: lines.len(),
        }
    }
}
