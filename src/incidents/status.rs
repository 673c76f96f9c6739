//! The status machine: pure, `(status, command) → status or refusal`.

use crate::core::codes::codes;

codes! {
    /// Where a case stands.
    Status {
        Reported = "reported",
        Triaged = "triaged",
        InProgress = "in_progress",
        Contained = "contained",
        Closed = "closed",
    }
}

codes! {
    /// Why a case ended.
    CloseReason {
        Resolved = "resolved",
        FalseAlarm = "false_alarm",
        Merged = "merged",
        PassedOn = "passed_on",
    }
}

/// What somebody wants to do to the status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Class, category and priority were decided.
    Triage,
    /// Move to a status by hand.
    Set(Status),
    Close(CloseReason),
    Reopen,
    /// A closing was a mistake: back to where the case stood.
    TakeBackClosing(Status),
}

/// The next status.
///
/// # Errors
/// The Fluent key of the refusal.
pub fn next(status: Status, command: Command) -> Result<Status, &'static str> {
    use Status::{Closed, Contained, InProgress, Reported, Triaged};
    match (status, command) {
        (Closed, Command::Reopen) => Ok(InProgress),
        (Closed, Command::TakeBackClosing(to)) if to != Closed => Ok(to),
        (_, Command::Reopen | Command::TakeBackClosing(_)) => Err("incident-refused-not-closed"),
        (Closed, _) => Err("incident-refused-closed"),
        (_, Command::Close(_)) => Ok(Closed),
        (Reported, Command::Triage) => Ok(Triaged),
        // Later decisions about class or priority do not move a case backwards.
        (later, Command::Triage) => Ok(later),
        (Reported, Command::Set(_)) => Err("incident-refused-untriaged"),
        (Triaged | InProgress, Command::Set(Contained)) => Ok(Contained),
        // From containment: it did not hold.
        (Triaged | Contained, Command::Set(InProgress)) => Ok(InProgress),
        (from, Command::Set(to)) if from == to => Err("incident-refused-same"),
        (_, Command::Set(_)) => Err("incident-refused-step"),
    }
}

/// Statuses that [`next`] allows by hand from here, for the choices on a page.
#[must_use]
pub fn choices(status: Status) -> Vec<Status> {
    Status::ALL.iter().copied().filter(|to| next(status, Command::Set(*to)).is_ok()).collect()
}

/// What a withdrawal by the organisation does: a case that nobody works on yet is closed at once; one that the CERT
/// works on is closed by the CERT, who may know more by then.
///
/// # Errors
/// The Fluent key of the refusal.
pub fn withdrawal(status: Status) -> Result<Option<CloseReason>, &'static str> {
    match status {
        Status::Reported | Status::Triaged => Ok(Some(CloseReason::FalseAlarm)),
        Status::InProgress | Status::Contained => Ok(None),
        Status::Closed => Err("incident-refused-over"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_status() -> impl Strategy<Value = Status> {
        prop::sample::select(Status::ALL)
    }

    fn any_command() -> impl Strategy<Value = Command> {
        prop_oneof![
            Just(Command::Triage),
            any_status().prop_map(Command::Set),
            prop::sample::select(CloseReason::ALL).prop_map(Command::Close),
            Just(Command::Reopen),
        ]
    }

    proptest! {
        #[test]
        fn a_closed_case_only_comes_back_by_reopening(command in any_command()) {
            let reopened = matches!(command, Command::Reopen);
            prop_assert_eq!(next(Status::Closed, command).is_ok(), reopened);
        }

        #[test]
        fn closing_always_needs_a_reason(status in any_status(), command in any_command()) {
            if next(status, command) == Ok(Status::Closed) {
                prop_assert!(matches!(command, Command::Close(_)));
            }
        }

        #[test]
        fn nothing_leads_back_to_reported(status in any_status(), command in any_command()) {
            prop_assume!(status != Status::Reported);
            prop_assert_ne!(next(status, command), Ok(Status::Reported));
        }

        #[test]
        fn an_untriaged_case_is_not_worked_on(command in any_command()) {
            prop_assert!(!matches!(next(Status::Reported, command), Ok(Status::InProgress | Status::Contained)));
        }
    }

    #[test]
    fn choices_are_what_the_machine_allows() {
        assert_eq!(choices(Status::Triaged), [Status::InProgress, Status::Contained]);
        assert_eq!(choices(Status::Closed), []);
    }
}
