//! Working hours of 2027 and 2028 by hand, to hold the product's own against: Monday to Friday from 8 to 16 o'clock, the
//! holidays of § 2 ThürFGtG, and summer time by Directive 2000/84/EC (last Sundays of March and October at 01:00 UTC).

use jiff::civil::{Date, Weekday};
use jiff::{SignedDuration, Timestamp};

/// Holidays on working days.
const HOLIDAYS: &[&str] = &[
    "2027-01-01",
    "2027-03-26",
    "2027-03-29",
    "2027-05-06",
    "2027-05-17",
    "2027-09-20",
    "2028-04-14",
    "2028-04-17",
    "2028-05-01",
    "2028-05-25",
    "2028-06-05",
    "2028-09-20",
    "2028-10-03",
    "2028-10-31",
    "2028-12-25",
    "2028-12-26",
];
const SUMMER: &[(&str, &str)] =
    &[("2027-03-28T01:00:00Z", "2027-10-31T01:00:00Z"), ("2028-03-26T01:00:00Z", "2028-10-29T01:00:00Z")];

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// All working hours, in their order.
pub struct Calendar(Vec<(Timestamp, Timestamp)>);

impl Calendar {
    pub fn new() -> Self {
        let summer: Vec<_> = SUMMER.iter().map(|(from, until)| (at(from), at(until))).collect();
        let holidays: Vec<Date> = HOLIDAYS.iter().map(|day| day.parse().unwrap()).collect();
        let mut hours = Vec::new();
        let mut day = Date::constant(2027, 1, 1);
        while day < Date::constant(2029, 1, 1) {
            let is_free =
                matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) || holidays.contains(&day);
            if !is_free {
                let noon = at(&format!("{day}T12:00:00Z"));
                let is_summer = summer.iter().any(|(from, until)| *from <= noon && noon < *until);
                let begin = at(&format!("{day}T{}:00:00Z", if is_summer { "06" } else { "07" }));
                hours.push((begin, begin + SignedDuration::from_hours(8)));
            }
            day = day.tomorrow().unwrap();
        }
        Self(hours)
    }

    /// When so many minutes of work are over.
    pub fn after(&self, from: Timestamp, minutes: i64) -> Timestamp {
        let mut left = SignedDuration::from_mins(minutes);
        if left.is_zero() {
            return from;
        }
        for (begin, end) in &self.0 {
            let begin = from.max(*begin);
            if begin < *end {
                let there = end.duration_since(begin);
                if left <= there {
                    return begin + left;
                }
                left -= there;
            }
        }
        panic!("beyond the calendar");
    }
}
