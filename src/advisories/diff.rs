//! What changed between two versions, line by line, for the person who approves the newer one.

use similar::{ChangeTag, TextDiff};

use super::model::Content;

/// What happened to a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    Same,
    Added,
    Removed,
}

impl Change {
    /// The class of the line.
    #[must_use]
    pub fn css(self) -> &'static str {
        match self {
            Self::Same => "",
            Self::Added => "add",
            Self::Removed => "del",
        }
    }

    /// The Fluent key of what is read out before the line.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Same => "advisory-diff-same",
            Self::Added => "advisory-diff-added",
            Self::Removed => "advisory-diff-removed",
        }
    }
}

/// One line of a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub change: Change,
    pub text: String,
}

/// The lines of one field that changed, with two lines around each change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldDiff {
    /// The field's name, as in forms.
    pub field: &'static str,
    pub lines: Vec<Line>,
}

impl FieldDiff {
    /// The Fluent key of the field's name.
    #[must_use]
    pub fn label(&self) -> &'static str {
        match self.field {
            "title" => "advisory-field-title",
            "concerns" => "advisory-field-concerns",
            "measures" => "advisory-field-measures",
            "products" => "advisory-field-products",
            "cves" => "advisory-field-cves",
            _ => "advisory-field-body",
        }
    }
}

/// Fields that differ; none when both say the same.
#[must_use]
pub fn between(old: &Content, new: &Content) -> Vec<FieldDiff> {
    let fields = [
        ("title", old.title.clone(), new.title.clone()),
        ("concerns", old.concerns.clone(), new.concerns.clone()),
        ("measures", old.measures.clone(), new.measures.clone()),
        ("body", old.body.clone(), new.body.clone()),
        ("products", old.products.join("\n"), new.products.join("\n")),
        ("cves", old.cves.join("\n"), new.cves.join("\n")),
    ];
    fields
        .into_iter()
        .filter(|(_, old, new)| old != new)
        .map(|(field, old, new)| FieldDiff { field, lines: lines(&old, &new) })
        .collect()
}

fn lines(old: &str, new: &str) -> Vec<Line> {
    let diff = TextDiff::from_lines(old, new);
    let groups = diff.grouped_ops(2);
    groups
        .iter()
        .flatten()
        .flat_map(|op| diff.iter_changes(op))
        .map(|change| Line {
            change: match change.tag() {
                ChangeTag::Equal => Change::Same,
                ChangeTag::Insert => Change::Added,
                ChangeTag::Delete => Change::Removed,
            },
            text: change.value().trim_end_matches('\n').to_owned(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_approver_sees_which_measure_is_new() {
        let old = Content {
            title: "Lücke".into(),
            measures: "1. Prüfen\n2. Update bis Freitag".into(),
            ..Content::default()
        };
        let new = Content { measures: "1. Prüfen\n2. Update heute".into(), ..old.clone() };
        let changed = between(&old, &new);
        assert_eq!(changed.len(), 1);
        assert_eq!(changed[0].field, "measures");
        let line = |change, text: &str| Line { change, text: text.into() };
        assert_eq!(
            changed[0].lines,
            [
                line(Change::Same, "1. Prüfen"),
                line(Change::Removed, "2. Update bis Freitag"),
                line(Change::Added, "2. Update heute"),
            ]
        );
        assert_eq!(between(&new, &new), []);
    }
}
