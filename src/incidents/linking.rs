//! Which cases have to do with each other, and how: for the team alone. Pure.
//!
//! A campaign is a case that comprises others: a CERT files it like any other, and so it has a reference, a thread, a
//! label, named persons and an end without a second kind of thing.

use crate::core::codes::codes;

codes! {
    /// What a link says, read from the first case to the second.
    LinkKind {
        PartOf = "part_of",
        Related = "related",
        Duplicate = "duplicate",
    }
}

codes! {
    /// What one case is to another, as its own page says it.
    Relation {
        PartOf = "part_of",
        Comprises = "comprises",
        Related = "related",
        DuplicateOf = "duplicate_of",
        HasDuplicate = "has_duplicate",
    }
}

impl Relation {
    /// What is stored, and whether the case at hand stands first in it.
    #[must_use]
    pub fn stored(self) -> (LinkKind, bool) {
        match self {
            Self::PartOf => (LinkKind::PartOf, true),
            Self::Comprises => (LinkKind::PartOf, false),
            Self::Related => (LinkKind::Related, true),
            Self::DuplicateOf => (LinkKind::Duplicate, true),
            Self::HasDuplicate => (LinkKind::Duplicate, false),
        }
    }

    /// How the first case of a link, or the second, reads it.
    #[must_use]
    pub fn read(kind: LinkKind, is_first: bool) -> Self {
        match (kind, is_first) {
            (LinkKind::PartOf, true) => Self::PartOf,
            (LinkKind::PartOf, false) => Self::Comprises,
            (LinkKind::Related, _) => Self::Related,
            (LinkKind::Duplicate, true) => Self::DuplicateOf,
            (LinkKind::Duplicate, false) => Self::HasDuplicate,
        }
    }

    /// What the other case reads.
    #[must_use]
    pub fn reversed(self) -> Self {
        let (kind, is_first) = self.stored();
        Self::read(kind, !is_first)
    }
}

/// Whether a case would come to lie within itself: `above` are the cases that comprise the larger one, one in the other,
/// it included.
#[must_use]
pub fn is_circle<I: PartialEq>(part: &I, above: &[I]) -> bool {
    above.contains(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_pages_say_the_same_from_their_side() {
        for relation in Relation::ALL {
            let (kind, is_first) = relation.stored();
            if *relation != Relation::Related {
                assert_eq!(Relation::read(kind, is_first), *relation);
            }
            assert_eq!(relation.reversed().reversed(), *relation);
        }
        assert_eq!(Relation::Related.reversed(), Relation::Related);
        assert_eq!(Relation::PartOf.reversed(), Relation::Comprises);
    }

    #[test]
    fn nothing_lies_within_itself() {
        assert!(is_circle(&1, &[3, 2, 1]));
        assert!(!is_circle(&4, &[3, 2, 1]));
    }
}
