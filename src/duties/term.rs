//! How long a duty leaves, and when that time is over.

use std::fmt;

use jiff::{SignedDuration, Timestamp, ToSpan as _};
use serde::Deserialize;

use crate::core::when;

/// The longest time in hours and in months.
const MOST_HOURS: i64 = 24 * 366;
const MOST_MONTHS: i64 = 24;
/// The longest time before its end at which people are told of it.
const LONGEST_WARNING: SignedDuration = SignedDuration::from_hours(72);

/// The time that a stage leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Term {
    /// Without delay, and no figure.
    AtOnce,
    /// From the minute of the event, through nights, weekends and holidays: the strictest reading. Regulation
    /// 1182/71, Art. 3 (1) leaves the hour out in which the event lies.
    Hours(i64),
    /// To the end of the day that bears the number of the event's day, or of the month's last day where it has none:
    /// § 187 (1), § 188 (2) and (3) BGB. That § 193 BGB lets it end on the next working day is not counted on.
    Months(i64),
}

impl Term {
    /// When the time is over that began with an event. Days are those of Germany.
    ///
    /// # Errors
    /// [`jiff::Error`] where that lies outside the calendar.
    pub fn end(self, event: Timestamp) -> Result<Timestamp, jiff::Error> {
        match self {
            Self::AtOnce => Ok(event),
            Self::Hours(hours) => event.checked_add(SignedDuration::from_hours(hours)),
            Self::Months(months) => {
                let day = event.to_zoned(when::zone()).date().checked_add(months.months())?;
                // Its last second, as people read the date: midnight bears the next one.
                Ok(day.at(23, 59, 59, 0).to_zoned(when::zone())?.timestamp())
            }
        }
    }
}

impl Term {
    /// How long before the end people are told: when a quarter of the time is left; of months, three days. Of what is
    /// due at once there is no before.
    #[must_use]
    pub fn warning(self) -> Option<SignedDuration> {
        match self {
            Self::AtOnce => None,
            Self::Hours(hours) => Some(SignedDuration::from_mins(hours * 60 / 4).min(LONGEST_WARNING)),
            Self::Months(_) => Some(LONGEST_WARNING),
        }
    }

    /// How long behind the end nobody is told yet: what is due at once needs its time.
    #[must_use]
    pub fn grace(self) -> SignedDuration {
        match self {
            Self::AtOnce => SignedDuration::from_hours(24),
            Self::Hours(_) | Self::Months(_) => SignedDuration::ZERO,
        }
    }
}

impl TryFrom<String> for Term {
    type Error = String;

    fn try_from(words: String) -> Result<Self, String> {
        let refused =
            || format!("within: {words:?} is neither \"at once\" nor such as \"72h\" or \"1 month\"");
        let number = |digits: &str, most: i64| {
            digits.trim().parse::<i64>().ok().filter(|n| (1..=most).contains(n)).ok_or_else(refused)
        };
        if words == "at once" {
            Ok(Self::AtOnce)
        } else if let Some(months) = words.strip_suffix("month").or(words.strip_suffix("months")) {
            Ok(Self::Months(number(months, MOST_MONTHS)?))
        } else if let Some(hours) = words.strip_suffix('h') {
            Ok(Self::Hours(number(hours, MOST_HOURS)?))
        } else {
            Err(refused())
        }
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtOnce => f.write_str("at once"),
            Self::Hours(hours) => write!(f, "{hours}h"),
            Self::Months(1) => f.write_str("1 month"),
            Self::Months(months) => write!(f, "{months} months"),
        }
    }
}
