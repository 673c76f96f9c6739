//! Office hours: the instants of a week that count where a time runs while people are at work. Pure.

use std::collections::BTreeSet;
use std::fmt;

use jiff::civil::{Date, Time, Weekday};
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use serde::{Deserialize, Serialize};
use toml::Spanned;

use crate::core::rulefile::{self, Mistake, each, line_of};
use crate::core::text::Name;
use crate::core::when;

/// The hours that are built in.
pub const DEFAULTS: &str = include_str!("../../config/office-hours.toml");

/// Days that are gone through at most, to find the end of a time.
const FARTHEST: usize = 800;
/// Years in which somebody must be at work, and on how many days of each.
const YEARS: std::ops::RangeInclusive<i16> = 2024..=2124;
const WORKED: usize = 100;

/// From when to when on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
struct Hours {
    begin: Time,
    end: Time,
}

impl TryFrom<String> for Hours {
    type Error = String;

    fn try_from(words: String) -> Result<Self, String> {
        let refused = || format!("{words:?} is no span such as \"08:00-16:00\"");
        let (begin, end) = words.split_once('-').ok_or_else(refused)?;
        let time = |text: &str| Time::strptime("%H:%M", text.trim()).map_err(|_| refused());
        let hours = Self { begin: time(begin)?, end: time(end)? };
        if hours.begin < hours.end { Ok(hours) } else { Err(refused()) }
    }
}

impl From<Hours> for String {
    fn from(hours: Hours) -> Self {
        format!("{}-{}", hours.begin.strftime("%H:%M"), hours.end.strftime("%H:%M"))
    }
}

/// When a holiday is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Day {
    /// Month and day, each year.
    Yearly(i8, i8),
    /// Days after Easter Sunday.
    Easter(i64),
    /// Once.
    Once(Date),
}

/// When somebody is at work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfficeHours {
    /// From Monday on.
    week: [Option<Hours>; 7],
    holidays: Vec<(String, Day)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    hours: Spanned<WeekWords>,
    #[serde(default, rename = "holiday")]
    holidays: Vec<Spanned<HolidayWords>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WeekWords {
    monday: Option<Hours>,
    tuesday: Option<Hours>,
    wednesday: Option<Hours>,
    thursday: Option<Hours>,
    friday: Option<Hours>,
    saturday: Option<Hours>,
    sunday: Option<Hours>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HolidayWords {
    name: String,
    /// `12-25`.
    yearly: Option<String>,
    easter: Option<i64>,
    once: Option<String>,
}

impl TryFrom<HolidayWords> for (String, Day) {
    type Error = String;

    fn try_from(words: HolidayWords) -> Result<Self, String> {
        let name = Name::parse(&words.name).map_err(|_| "name must be a line of 1 to 120 characters")?;
        let day = match (words.yearly, words.easter, words.once) {
            (Some(text), None, None) => {
                // A leap year has every day.
                let day: Option<Date> = format!("2024-{text}").parse().ok();
                let day = day.ok_or_else(|| format!("yearly: {text:?} is no day such as \"12-25\""))?;
                Day::Yearly(day.month(), day.day())
            }
            (None, Some(days), None) if (-100..=200).contains(&days) => Day::Easter(days),
            (None, Some(days), None) => return Err(format!("easter: {days} days are too far away")),
            (None, None, Some(text)) => Day::Once(
                text.parse().map_err(|_| format!("once: {text:?} is no day such as \"2027-10-31\""))?,
            ),
            _ => return Err("a holiday has one of yearly, easter and once".to_owned()),
        };
        Ok((name.into_string(), day))
    }
}

impl OfficeHours {
    /// Reads the hours' text.
    ///
    /// # Errors
    /// [`Mistake`] with the first mistake and its line; also hours in which nobody is ever at work.
    pub fn parse(text: &str) -> Result<Self, Mistake> {
        let words: Words = rulefile::read(text)?;
        let line = line_of(text, words.hours.span().start);
        let week = words.hours.into_inner();
        let holidays: Vec<(usize, (String, Day))> = each(text, words.holidays)?;
        let week = [
            week.monday,
            week.tuesday,
            week.wednesday,
            week.thursday,
            week.friday,
            week.saturday,
            week.sunday,
        ];
        let hours = Self { week, holidays: holidays.into_iter().map(|(_, holiday)| holiday).collect() };
        match YEARS.into_iter().find(|year| hours.worked(*year) < WORKED) {
            Some(year) => Err(Mistake {
                line,
                what: format!("in {year} nobody is at work on {WORKED} days: no time would end"),
            }),
            None => Ok(hours),
        }
    }

    /// On how many days of a year somebody is at work.
    fn worked(&self, year: i16) -> usize {
        let free = self.free(year);
        let first = jiff::civil::date(year, 1, 1);
        let days = first.series(1.day()).take_while(|day| day.year() == year);
        days.filter(|day| self.week[place(day.weekday())].is_some() && !free.contains(day)).count()
    }

    fn free(&self, year: i16) -> BTreeSet<Date> {
        let easter = computus::gregorian_jiff_date(year.into()).ok();
        let day = |(_, day): &(String, Day)| match *day {
            Day::Yearly(month, day) => Date::new(year, month, day).ok(),
            Day::Easter(days) => easter?.checked_add(days.days()).ok(),
            Day::Once(day) => (day.year() == year).then_some(day),
        };
        self.holidays.iter().filter_map(day).collect()
    }

    /// The name of the holiday on a day, where it is one.
    #[must_use]
    pub fn holiday(&self, day: Date) -> Option<&str> {
        let is_it = |one: &&(String, Day)| match one.1 {
            Day::Yearly(month, number) => (day.month(), day.day()) == (month, number),
            Day::Easter(days) => computus::gregorian_jiff_date(day.year().into())
                .is_ok_and(|easter| easter.checked_add(days.days()).is_ok_and(|it| it == day)),
            Day::Once(once) => once == day,
        };
        self.holidays.iter().find(is_it).map(|(name, _)| name.as_str())
    }

    /// When a time is over that began with an instant and runs in office hours alone; at once where it has no length.
    ///
    /// # Errors
    /// [`Endless`] where it is longer than any that ends.
    pub fn end(&self, from: Timestamp, wait: SignedDuration) -> Result<Timestamp, Endless> {
        let mut left = wait;
        if left <= SignedDuration::ZERO {
            return Ok(from);
        }
        let mut day = from.to_zoned(when::zone()).date();
        for _ in 0..FARTHEST {
            let hours = self.week[place(day.weekday())].filter(|_| self.holiday(day).is_none());
            if let Some(hours) = hours {
                // On the day on which the clocks change, hours are as long as they are.
                let at = |time: Time| day.to_datetime(time).to_zoned(when::zone()).map(|at| at.timestamp());
                let (begin, end) =
                    (at(hours.begin).map_err(|_| Endless)?, at(hours.end).map_err(|_| Endless)?);
                let begin = begin.max(from);
                if begin < end {
                    let there = end.duration_since(begin);
                    if left <= there {
                        return begin.checked_add(left).map_err(|_| Endless);
                    }
                    left -= there;
                }
            }
            day = day.tomorrow().map_err(|_| Endless)?;
        }
        Err(Endless)
    }
}

fn place(day: Weekday) -> usize {
    usize::try_from(day.to_monday_zero_offset()).unwrap_or(0)
}

/// A time that does not end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Endless;

impl fmt::Display for Endless {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a time in office hours that does not end within two years")
    }
}

impl std::error::Error for Endless {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn hours() -> OfficeHours {
        OfficeHours::parse(DEFAULTS).unwrap()
    }

    fn at(local: &str) -> Timestamp {
        let local: jiff::civil::DateTime = local.parse().unwrap();
        local.to_zoned(when::zone()).unwrap().timestamp()
    }

    #[test]
    fn the_holidays_of_thueringen_are_free() {
        let hours = hours();
        for (day, name) in [
            ("2026-01-01", "Neujahr"),
            ("2026-04-03", "Karfreitag"),
            ("2026-04-06", "Ostermontag"),
            ("2026-05-01", "Tag der Arbeit"),
            ("2026-05-14", "Christi Himmelfahrt"),
            ("2026-05-25", "Pfingstmontag"),
            ("2026-09-20", "Weltkindertag"),
            ("2026-10-03", "Tag der Deutschen Einheit"),
            ("2026-10-31", "Reformationstag"),
            ("2026-12-25", "1. Weihnachtstag"),
            ("2026-12-26", "2. Weihnachtstag"),
            ("2038-04-26", "Ostermontag"),
        ] {
            assert_eq!(hours.holiday(day.parse().unwrap()), Some(name), "{day}");
        }
        for day in ["2026-06-04", "2026-11-01", "2026-11-18", "2026-12-24"] {
            assert_eq!(hours.holiday(day.parse().unwrap()), None, "{day}");
        }
    }

    #[test]
    fn a_time_runs_while_somebody_is_at_work() {
        let hours = hours();
        for (from, minutes, end) in [
            ("2026-11-23T09:00", 60, "2026-11-23T10:00"),
            ("2026-11-23T07:00", 60, "2026-11-23T09:00"),
            ("2026-11-23T15:30", 60, "2026-11-24T08:30"),
            ("2026-11-23T15:00", 60, "2026-11-23T16:00"),
            ("2026-11-20T15:30", 60, "2026-11-23T08:30"),
            ("2026-11-21T12:00", 480, "2026-11-23T16:00"),
            ("2026-12-23T15:00", 120, "2026-12-24T09:00"),
            ("2026-12-24T15:00", 120, "2026-12-28T09:00"),
            ("2026-04-02T15:00", 120, "2026-04-07T09:00"),
            ("2026-10-30T15:59", 2, "2026-11-02T08:01"),
        ] {
            let found = hours.end(at(from), SignedDuration::from_mins(minutes));
            assert_eq!(found, Ok(at(end)), "{minutes} minutes from {from}");
        }
        let now = at("2026-11-21T12:00");
        assert_eq!(hours.end(now, SignedDuration::ZERO), Ok(now));
        assert_eq!(hours.end(now, SignedDuration::from_hours(24 * 3000)), Err(Endless));
    }

    #[test]
    fn hours_over_the_change_of_the_clocks_are_as_long_as_they_are() {
        let round =
            "[hours]\nmonday = \"00:00-23:59\"\nsaturday = \"00:00-23:59\"\nsunday = \"00:00-23:59\"\n";
        let hours = OfficeHours::parse(round).unwrap();
        for (from, end) in [
            ("2026-03-29T00:00", "2026-03-29T05:00"),
            ("2026-10-25T00:00", "2026-10-25T03:00"),
            ("2026-06-07T00:00", "2026-06-07T04:00"),
        ] {
            assert_eq!(hours.end(at(from), SignedDuration::from_hours(4)), Ok(at(end)), "{from}");
        }
    }

    #[test]
    fn a_mistake_is_told_with_its_line() {
        let good = "[hours]\nmonday = \"08:00-16:00\"\ntuesday = \"08:00-16:00\"\nfriday = \"08:00-13:00\"\n\
            [[holiday]]\nname = \"Neujahr\"\nyearly = \"01-01\"\n";
        OfficeHours::parse(good).unwrap();
        for (right, wrong, line, expected) in [
            ("\"08:00-13:00\"", "\"13:00-08:00\"", 4, "13:00-08:00"),
            ("\"08:00-13:00\"", "\"acht bis eins\"", 4, "acht"),
            ("friday", "freitag", 4, "freitag"),
            ("\"01-01\"", "\"13-01\"", 5, "13-01"),
            ("\"01-01\"", "\"01-01\"\neaster = 1", 5, "one of"),
            ("yearly = \"01-01\"", "easter = 400", 5, "too far"),
            ("name = \"Neujahr\"", "name = \"\"", 5, "name"),
            ("tuesday = \"08:00-16:00\"\nfriday = \"08:00-13:00\"\n", "", 1, "nobody is at work"),
        ] {
            let text = good.replacen(right, wrong, 1);
            assert_ne!(text, good, "{right}");
            let mistake = OfficeHours::parse(&text).unwrap_err();
            assert!(mistake.what.contains(expected), "{wrong}: {mistake}");
            assert_eq!(mistake.line, line, "{wrong}: {mistake}");
        }
    }

    #[test]
    fn a_holiday_every_day_is_refused() {
        let mut text = DEFAULTS.to_owned();
        for day in jiff::civil::date(2024, 1, 1).series(1.day()).take(366) {
            text.push_str(&format!("[[holiday]]\nname = \"Frei\"\nyearly = \"{}\"\n", day.strftime("%m-%d")));
        }
        assert!(OfficeHours::parse(&text).unwrap_err().what.contains("nobody is at work"));
    }

    proptest! {
        #[test]
        fn a_time_ends_while_somebody_is_at_work_and_in_two_parts_at_the_same_instant(
            begin in 1_767_225_600_i64..1_830_000_000, first in 1_i64..3000, second in 1_i64..3000,
        ) {
            let (hours, from) = (hours(), Timestamp::from_second(begin).unwrap());
            let minutes = SignedDuration::from_mins;
            let middle = hours.end(from, minutes(first)).unwrap();
            let end = hours.end(from, minutes(first + second)).unwrap();
            prop_assert_eq!(hours.end(middle, minutes(second)).unwrap(), end);
            prop_assert!(from < middle && middle < end);
            let local = end.to_zoned(when::zone());
            prop_assert!(hours.holiday(local.date()).is_none());
            prop_assert!((8..=16).contains(&local.hour()));
        }
    }
}
