//! What one organisation lets another do in its name, and on which days: a pure rule over dates.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};

use super::{MandateScope, today};
use crate::core::error::FieldError;
use crate::core::ids::{AccountId, MandateId, OrgId};

/// The longest time for which a mandate is given; then somebody has to want it again.
pub const MAX_YEARS: i16 = 3;

/// How many days before the last one both sides are told.
pub const WARNED_BEFORE: i32 = 30;

/// Who ended a mandate early.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closed {
    /// The organisation that had granted it.
    Revoked,
    /// The organisation that held it.
    LaidDown,
}

impl Closed {
    /// The word in the database.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Revoked => "revoked",
            Self::LaidDown => "laid_down",
        }
    }

    /// Reads the word of [`Closed::code`].
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Revoked, Self::LaidDown].into_iter().find(|closed| closed.code() == code)
    }
}

/// A mandate as it was granted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mandate {
    pub id: MandateId,
    /// In whose name.
    pub grantor: OrgId,
    /// Who may.
    pub mandated: OrgId,
    pub scope: MandateScope,
    /// First and last day, both whole days in Thüringen.
    pub valid_from: Date,
    pub valid_until: Date,
    pub granted_by: AccountId,
    pub granted_at: Timestamp,
    pub closed: Option<(Closed, Timestamp)>,
}

/// Where a mandate stands at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Its first day is still to come.
    Coming,
    /// It holds, and for so many more days after today.
    Valid { days_left: i32 },
    /// Its last day is over.
    Ended,
    /// Somebody ended it early.
    Closed(Closed),
}

impl Mandate {
    /// Where it stands at `now`. It holds from the first moment of its first day to the last moment of its last.
    #[must_use]
    pub fn standing(&self, now: Timestamp) -> Standing {
        let day = today(now);
        match self.closed {
            Some((how, at)) if at <= now => Standing::Closed(how),
            _ if day < self.valid_from => Standing::Coming,
            _ if self.valid_until < day => Standing::Ended,
            _ => Standing::Valid { days_left: day.until(self.valid_until).map_or(0, |span| span.get_days()) },
        }
    }

    /// Whether it holds at `now`.
    #[must_use]
    pub fn is_valid(&self, now: Timestamp) -> bool {
        matches!(self.standing(now), Standing::Valid { .. })
    }

    /// Whether it holds at `now` or will.
    #[must_use]
    pub fn is_open(&self, now: Timestamp) -> bool {
        matches!(self.standing(now), Standing::Coming | Standing::Valid { .. })
    }

    /// Whether another one of the same scope would stand beside it on some day.
    #[must_use]
    pub fn overlaps(&self, from: Date, until: Date) -> bool {
        self.closed.is_none() && self.valid_from <= until && from <= self.valid_until
    }

    /// The day on which both sides are told that it ends.
    #[must_use]
    pub fn warned_on(&self) -> Date {
        self.valid_until.saturating_sub(WARNED_BEFORE.days())
    }
}

/// A mandate as somebody grants it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grant {
    pub grantor: OrgId,
    pub mandated: OrgId,
    pub scope: MandateScope,
    pub valid_from: Date,
    pub valid_until: Date,
}

impl Grant {
    /// Whether it begins no earlier than today, ends after it begins, and lasts at most [`MAX_YEARS`].
    ///
    /// # Errors
    /// The field and the reason.
    pub fn check(&self, now: Timestamp) -> Result<(), FieldError> {
        if self.valid_from < today(now) {
            return Err(FieldError::new("valid_from", "directory-mandate-error-past"));
        }
        if self.valid_until < self.valid_from {
            return Err(FieldError::new("valid_until", "directory-mandate-error-order"));
        }
        let longest = self.valid_from.saturating_add(MAX_YEARS.years()).saturating_sub(1.day());
        if self.valid_until > longest {
            let day = longest.strftime("%d.%m.%Y").to_string();
            return Err(FieldError::new("valid_until", "directory-mandate-error-long").with("day", day));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn mandate() -> Mandate {
        let id = |number| uuid::Uuid::from_u128(number);
        Mandate {
            id: MandateId(id(1)),
            grantor: OrgId(id(2)),
            mandated: OrgId(id(3)),
            scope: MandateScope::Report,
            valid_from: date(2026, 3, 29),
            valid_until: date(2026, 10, 25),
            granted_by: AccountId(id(4)),
            granted_at: "2026-01-05T09:00:00Z".parse().expect("an instant"),
            closed: None,
        }
    }

    fn at(instant: &str) -> Standing {
        mandate().standing(instant.parse().expect("an instant"))
    }

    #[test]
    fn a_mandate_holds_on_whole_days_in_thüringen_in_summer_and_in_winter() {
        // Both days are those on which the clocks change: the first has 23 hours, the last has 25.
        assert_eq!(at("2026-03-28T22:59:59.999999Z"), Standing::Coming, "a microsecond before the first day");
        assert_eq!(at("2026-03-28T23:00:00Z"), Standing::Valid { days_left: 210 }, "its first moment");
        assert_eq!(at("2026-10-24T21:59:59Z"), Standing::Valid { days_left: 1 }, "the evening before");
        assert_eq!(at("2026-10-24T22:00:00Z"), Standing::Valid { days_left: 0 }, "the last day begins");
        assert_eq!(at("2026-10-25T22:59:59.999999Z"), Standing::Valid { days_left: 0 }, "its last moment");
        assert_eq!(at("2026-10-25T23:00:00Z"), Standing::Ended, "the day after");
    }

    #[test]
    fn a_revoked_mandate_holds_until_the_moment_it_was_revoked_and_never_again() {
        let noon: Timestamp = "2026-06-01T10:00:00Z".parse().expect("an instant");
        let revoked = Mandate { closed: Some((Closed::Revoked, noon)), ..mandate() };
        assert!(revoked.is_valid(noon.saturating_sub(1.microsecond()).expect("an instant")));
        assert_eq!(revoked.standing(noon), Standing::Closed(Closed::Revoked));
        let later = "2027-01-01T00:00:00Z".parse().expect("an instant");
        assert_eq!(revoked.standing(later), Standing::Closed(Closed::Revoked), "not merely ended");
        assert!(!revoked.overlaps(date(2026, 6, 1), date(2026, 7, 1)), "another one may follow");
    }

    #[test]
    fn a_mandate_begins_today_at_the_earliest_and_lasts_three_years_at_most() {
        let now = "2026-11-21T23:30:00Z".parse().expect("half past midnight of the 22nd in Thüringen");
        let grant = |from, until| {
            let Mandate { grantor, mandated, scope, .. } = mandate();
            let refused = Grant { grantor, mandated, scope, valid_from: from, valid_until: until }.check(now);
            refused.err().map(|error| error.field)
        };
        assert_eq!(grant(date(2026, 11, 21), date(2027, 1, 1)), Some("valid_from"));
        assert_eq!(grant(date(2026, 11, 22), date(2026, 11, 22)), None, "a single day");
        assert_eq!(grant(date(2026, 11, 23), date(2026, 11, 22)), Some("valid_until"));
        assert_eq!(grant(date(2026, 11, 22), date(2029, 11, 21)), None);
        assert_eq!(grant(date(2026, 11, 22), date(2029, 11, 22)), Some("valid_until"));
        assert_eq!(grant(date(2028, 2, 29), date(2031, 2, 27)), None, "begun on a leap day");
    }

    #[test]
    fn two_mandates_that_share_one_day_overlap_and_neighbours_do_not() {
        let mandate = mandate();
        assert!(mandate.overlaps(date(2026, 10, 25), date(2027, 10, 24)));
        assert!(mandate.overlaps(date(2026, 1, 1), date(2026, 3, 29)));
        assert!(!mandate.overlaps(date(2026, 10, 26), date(2027, 10, 25)));
        assert!(!mandate.overlaps(date(2026, 1, 1), date(2026, 3, 28)));
        assert_eq!(mandate.warned_on(), date(2026, 9, 25));
    }
}
