//! What goes first among what waits, for mails and jobs alike: one order for both queues, so that a flood of warnings
//! never stands before the one mail that somebody's quarter of an hour depends on.

/// How urgent it is; the order of the variants is the order of the queues.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Urgency {
    /// Somebody's time to acknowledge runs.
    Escalation,
    /// Somebody waits in front of the screen: an invitation, a new password.
    Access,
    /// A message about one case.
    Case,
    /// Advisories to many, by their warning step.
    AdvisoryRed,
    AdvisoryOrange,
    AdvisoryYellow,
    AdvisoryGrey,
    /// Nobody waits for it.
    Housekeeping,
}

impl Urgency {
    /// The number in the row: the smaller one goes first.
    #[must_use]
    pub fn number(self) -> i32 {
        self as i32
    }
}
