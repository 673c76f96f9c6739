//! What may follow what: pure, `(state, command, facts) → state or refusal`.
//!
//! Who may give a command is the policy's matter; here stands what the version itself allows.

use serde::{Deserialize, Serialize};

super::model::codes! {
    /// Where a version stands.
    State {
        Draft = "draft", "advisory-state-draft";
        InReview = "in_review", "advisory-state-in-review";
        Approved = "approved", "advisory-state-approved";
        Published = "published", "advisory-state-published";
        Superseded = "superseded", "advisory-state-superseded";
        Withdrawn = "withdrawn", "advisory-state-withdrawn";
    }
}

impl State {
    /// Whether recipients know of it, or did.
    #[must_use]
    pub fn is_out(self) -> bool {
        matches!(self, Self::Published | Self::Superseded | Self::Withdrawn)
    }
}

/// What somebody wants to do with a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Change the content; takes a version out of review.
    Edit,
    /// Ask for review.
    Submit,
    /// Give it back to its authors, with a reason; undoes an approval.
    Return,
    Approve,
    Publish,
    /// A newer version was published.
    Supersede,
    /// What was said is no longer said.
    Withdraw,
}

/// What the machine has to know about the version.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Facts {
    /// It says whom it concerns and what to do.
    pub is_complete: bool,
    /// At least one recipient is left under its TLP label.
    pub has_recipients: bool,
    /// Content, mail and recipients are exactly those that were approved.
    pub is_as_approved: bool,
}

/// The next state.
///
/// # Errors
/// The Fluent key of the refusal.
pub fn next(state: State, command: Command, facts: Facts) -> Result<State, &'static str> {
    use State::{Approved, Draft, InReview, Published, Superseded, Withdrawn};
    match (state, command) {
        (Draft | InReview, Command::Edit) => Ok(Draft),
        (_, Command::Edit) => Err("advisory-refused-fixed"),
        (Draft, Command::Submit) if !facts.is_complete => Err("advisory-refused-incomplete"),
        (Draft, Command::Submit) => Ok(InReview),
        (_, Command::Submit) => Err("advisory-refused-not-draft"),
        (InReview | Approved, Command::Return) => Ok(Draft),
        (_, Command::Return) => Err("advisory-refused-not-in-review"),
        (InReview, Command::Approve) if !facts.has_recipients => Err("advisory-refused-nobody"),
        (InReview, Command::Approve) => Ok(Approved),
        (_, Command::Approve) => Err("advisory-refused-not-in-review"),
        (Approved, Command::Publish) if !facts.is_as_approved => Err("advisory-refused-other-than-approved"),
        (Approved, Command::Publish) => Ok(Published),
        (_, Command::Publish) => Err("advisory-refused-not-approved"),
        (Published, Command::Supersede) => Ok(Superseded),
        (Published, Command::Withdraw) => Ok(Withdrawn),
        (_, Command::Supersede | Command::Withdraw) => Err("advisory-refused-not-published"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::core::i18n;

    const COMMANDS: [Command; 7] = [
        Command::Edit,
        Command::Submit,
        Command::Return,
        Command::Approve,
        Command::Publish,
        Command::Supersede,
        Command::Withdraw,
    ];

    fn facts() -> impl Strategy<Value = Facts> {
        any::<[bool; 3]>().prop_map(|[is_complete, has_recipients, is_as_approved]| Facts {
            is_complete,
            has_recipients,
            is_as_approved,
        })
    }

    fn step() -> impl Strategy<Value = (Command, Facts)> {
        (prop::sample::select(&COMMANDS[..]), facts())
    }

    proptest! {
        #[test]
        fn whatever_people_do_nothing_is_published_that_was_not_approved_just_before(
            steps in prop::collection::vec(step(), 0..40),
        ) {
            let mut state = State::Draft;
            let mut approved = false;
            for (command, facts) in steps {
                let Ok(after) = next(state, command, facts) else { continue };
                if after == State::Published {
                    prop_assert!(approved && facts.is_as_approved);
                }
                approved = command == Command::Approve;
                state = after;
            }
        }

        #[test]
        fn what_is_out_never_becomes_a_draft_again(
            steps in prop::collection::vec(step(), 0..40),
        ) {
            let mut state = State::Published;
            for (command, facts) in steps {
                state = next(state, command, facts).unwrap_or(state);
                prop_assert!(state.is_out());
            }
        }

        #[test]
        fn a_version_without_measures_or_recipients_never_gets_past_review(
            steps in prop::collection::vec(step(), 0..40),
        ) {
            let mut state = State::Draft;
            for (command, facts) in steps {
                let poor = Facts { is_complete: false, has_recipients: false, ..facts };
                state = next(state, command, poor).unwrap_or(state);
                prop_assert_eq!(state, State::Draft);
            }
        }

        #[test]
        fn every_refusal_has_a_german_sentence(state in prop::sample::select(State::ALL), (command, facts) in step()) {
            if let Err(key) = next(state, command, facts) {
                prop_assert!(i18n::has(i18n::Lang::De, key), "{}", key);
            }
        }
    }

    #[test]
    fn every_state_has_a_german_word() {
        assert!(State::ALL.iter().all(|state| i18n::has(i18n::Lang::De, state.label())));
    }
}
