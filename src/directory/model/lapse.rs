//! When a contact is asked whether it still holds, and when asking is given up and somebody calls. Pure.

use jiff::{SignedDuration, Timestamp};

const DAY: SignedDuration = SignedDuration::from_hours(24);
/// Without a sign of life for so long, a contact is asked.
pub const LAPSES_AFTER: SignedDuration = SignedDuration::from_hours(24 * 180);
/// How often it is asked.
pub const ASKED_AT_MOST: i32 = 3;
/// So long lies between two mails, and after the last one before somebody calls.
const ASKED_EVERY: SignedDuration = SignedDuration::from_hours(24 * 7);
/// How long the link of a mail holds: until after the last one.
pub const LINK_VALID: SignedDuration = SignedDuration::from_hours(24 * 30);

/// What is known of a contact's life.
#[derive(Debug, Clone, Copy)]
pub struct Signs {
    /// The latest of: entered or changed, confirmed, signed in with its address.
    pub alive: Timestamp,
    /// The latest mail to it that came back or was refused for good.
    pub failed: Option<Timestamp>,
    /// How often it was asked, and when last.
    pub asked: i32,
    pub asked_at: Option<Timestamp>,
}

/// What is to be done about a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    Nothing,
    /// It is asked by mail.
    Ask,
    /// It was asked often enough: somebody calls.
    Call,
}

impl Signs {
    /// Whether it may have lapsed: silent for long, or a mail to it failed since its last sign of life.
    #[must_use]
    pub fn is_lapsed(&self, now: Timestamp) -> bool {
        now.duration_since(self.alive) >= LAPSES_AFTER
            || self.failed.is_some_and(|failed| failed > self.alive)
    }

    /// What is to be done now.
    #[must_use]
    pub fn due(&self, now: Timestamp) -> Due {
        let asked = self.asked_at.filter(|asked_at| self.asked > 0 && *asked_at > self.alive);
        match asked {
            _ if !self.is_lapsed(now) => Due::Nothing,
            None => Due::Ask,
            // A job that runs daily may come a little early.
            Some(asked_at) if now.duration_since(asked_at) < ASKED_EVERY - DAY / 2 => Due::Nothing,
            Some(_) if self.asked < ASKED_AT_MOST => Due::Ask,
            Some(_) => Due::Call,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + day * 86_400).unwrap()
    }

    fn signs(failed: Option<i64>, asked: &[i64]) -> Signs {
        let count = i32::try_from(asked.len()).unwrap();
        Signs {
            alive: day(0),
            failed: failed.map(day),
            asked: count,
            asked_at: asked.last().map(|at| day(*at)),
        }
    }

    #[test]
    fn who_is_silent_for_half_a_year_is_asked_three_times_and_then_called() {
        for (asked, at, due) in [
            (&[][..], 179, Due::Nothing),
            (&[], 180, Due::Ask),
            (&[180], 186, Due::Nothing),
            (&[180], 187, Due::Ask),
            (&[180, 187], 194, Due::Ask),
            (&[180, 187, 194], 200, Due::Nothing),
            (&[180, 187, 194], 201, Due::Call),
            (&[180, 187, 194], 900, Due::Call),
        ] {
            assert_eq!(signs(None, asked).due(day(at)), due, "{asked:?} at {at}");
        }
    }

    #[test]
    fn a_mail_that_came_back_asks_at_once_and_a_sign_of_life_ends_it() {
        assert_eq!(signs(Some(3), &[]).due(day(4)), Due::Ask);
        let alive = Signs { alive: day(5), ..signs(Some(3), &[4]) };
        assert_eq!(alive.due(day(12)), Due::Nothing);
        assert_eq!(alive.due(day(185)), Due::Ask, "and it begins anew");
    }
}
