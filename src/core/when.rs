//! Instants as people in Thüringen read and write them: German form, local time, words for what is near.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};

use super::text::Refusal;

/// The zone of every time on a page.
#[must_use]
pub fn zone() -> TimeZone {
    use std::sync::LazyLock;
    static ZONE: LazyLock<TimeZone> =
        LazyLock::new(|| TimeZone::get("Europe/Berlin").unwrap_or(TimeZone::UTC));
    ZONE.clone()
}

fn local(instant: Timestamp) -> Zoned {
    instant.to_zoned(zone())
}

/// `21.11.2026, 07:40 Uhr`.
#[must_use]
pub fn absolute(instant: Timestamp) -> String {
    local(instant).strftime("%d.%m.%Y, %H:%M Uhr").to_string()
}

/// `21.11. 07:40`, for dense tables.
#[must_use]
pub fn dense(instant: Timestamp) -> String {
    local(instant).strftime("%d.%m. %H:%M").to_string()
}

/// [`dense`], with the year where it is not this one: `21.11.2025 07:40`.
#[must_use]
pub fn dated(instant: Timestamp, now: Timestamp) -> String {
    let then = local(instant);
    if then.year() == local(now).year() {
        dense(instant)
    } else {
        then.strftime("%d.%m.%Y %H:%M").to_string()
    }
}

/// `Mo` to `So`.
#[must_use]
pub fn weekday(instant: Timestamp) -> &'static str {
    const DAYS: [&str; 7] = ["Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"];
    let day = usize::from(local(instant).weekday().to_monday_zero_offset().unsigned_abs());
    DAYS.get(day).copied().unwrap_or_default()
}

/// When something is due, for dense tables: `in 12 min`, `heute 17:00`, `morgen 09:00`, `Sa 10:00`, otherwise [`dated`].
#[must_use]
pub fn due(instant: Timestamp, now: Timestamp) -> String {
    if (0..60).contains(&instant.duration_since(now).as_mins()) {
        return format!("in {}", span(now, instant));
    }
    let (then, today) = (local(instant), local(now));
    let day = match then.date().since(today.date()).map(|span| span.get_days()) {
        Ok(0) => "heute",
        Ok(1) => "morgen",
        Ok(2..=6) => weekday(instant),
        _ => return dated(instant, now),
    };
    format!("{day} {}", then.strftime("%H:%M"))
}

/// `2026-11-21T07:40`, for the `datetime` attribute and for `datetime-local` inputs.
#[must_use]
pub fn machine(instant: Timestamp) -> String {
    local(instant).strftime("%Y-%m-%dT%H:%M").to_string()
}

/// `heute, 13:05 Uhr`, `gestern, …`, `morgen, …`, otherwise with the date.
#[must_use]
pub fn spoken(instant: Timestamp, now: Timestamp) -> String {
    let (then, today) = (local(instant), local(now));
    let day = match then.date().since(today.date()).map(|span| span.get_days()) {
        Ok(0) => "heute".to_owned(),
        Ok(-1) => "gestern".to_owned(),
        Ok(1) => "morgen".to_owned(),
        _ => then.strftime("%d.%m.%Y").to_string(),
    };
    format!("{day}, {}", then.strftime("%H:%M Uhr"))
}

/// `12 min`, `3 h`, `5 Tg`: how long between two instants, for dense tables. Never negative.
#[must_use]
pub fn span(from: Timestamp, to: Timestamp) -> String {
    let minutes = to.duration_since(from).max(SignedDuration::ZERO).as_mins();
    match minutes {
        0..60 => format!("{minutes} min"),
        60..1440 => format!("{} h", minutes / 60),
        _ => format!("{} Tg", minutes / 1440),
    }
}

/// The next morning on which an office works, at nine: tomorrow, on Fridays and Saturdays Monday. Knows no holidays.
#[must_use]
pub fn next_morning(now: Timestamp) -> Timestamp {
    let mut day = local(now).date();
    loop {
        day = day.tomorrow().unwrap_or(day);
        if day.weekday().to_monday_zero_offset() < 5 || day == Date::MAX {
            break;
        }
    }
    day.at(9, 0, 0, 0).to_zoned(zone()).map_or(now, |morning| morning.timestamp())
}

/// Reads local time as people write it: `21.11.2026 07:40`, `21.11.26, 7.40 Uhr`, `21.11.2026 7 Uhr`, `2026-11-21T07:40`.
/// A date alone is its first moment.
///
/// # Errors
/// The Fluent key of the reason: not a date, or not between 1970 and 2100.
pub fn parse(text: &str) -> Result<Timestamp, Refusal> {
    read(text, |_| None)
}

/// Reads what [`parse`] reads, and as people say it at `now`: `heute 7:40`, `gestern um 16 Uhr`, `vorgestern`, `21.11.
/// 7:40`; a time alone is today's. `morgen` alone may be the morning, and so is no time.
///
/// # Errors
/// As [`parse`]; the reason for what is no time says how it is written here.
pub fn parse_near(text: &str, now: Timestamp) -> Result<Timestamp, Refusal> {
    let today = local(now).date();
    let ago = |days: i64| today.checked_sub(jiff::Span::new().days(days)).ok();
    let day = |word: &str| match word {
        "heute" => ago(0),
        "gestern" => ago(1),
        "vorgestern" => ago(2),
        "morgen" => ago(-1),
        _ => word.strip_suffix('.').and_then(|day| date(&format!("{day}.{}", today.year()))),
    };
    let mut said = text.trim().to_lowercase();
    if let Some(hour) = said.strip_prefix("um ").filter(|hour| number(hour.trim(), 1..=2).is_some()) {
        said = format!("{hour} uhr");
    }
    let bare: String = said.trim_start_matches("um ").split_whitespace().collect();
    // Two numbers with a dot are a day as well as a time.
    if (bare.contains(':') || bare.contains("uhr")) && clock(&bare).is_some() {
        said = format!("heute {said}");
    } else if ["heute", "gestern", "vorgestern"].contains(&said.as_str()) {
        said.push_str(" 0 uhr");
    }
    read(&said, day).map_err(|why| if why == "error-date" { "error-date-near" } else { why })
}

fn read(text: &str, near: impl Fn(&str) -> Option<Date>) -> Result<Timestamp, Refusal> {
    let text = text.to_lowercase().replace(',', " ");
    let words: Vec<&str> = text.split_whitespace().filter(|word| *word != "um").collect();
    let civil = match words.as_slice() {
        [] => return Err("error-required"),
        [day] => date(day).map(|day| day.to_datetime(Time::midnight())).or_else(|| iso_time(day)),
        [day, time @ ..] => {
            near(day).or_else(|| date(day)).zip(clock(&time.concat())).map(|(d, t)| d.to_datetime(t))
        }
    };
    in_range(civil.and_then(|civil| civil.to_zoned(zone()).ok()).ok_or("error-date")?.timestamp())
}

/// `2026-11-21t07:40` and with seconds.
fn iso_time(text: &str) -> Option<DateTime> {
    ["%Y-%m-%dt%H:%M", "%Y-%m-%dt%H:%M:%S"].iter().find_map(|form| DateTime::strptime(form, text).ok())
}

/// A number of as many digits as said.
fn number(text: &str, digits: std::ops::RangeInclusive<usize>) -> Option<i16> {
    let is_plain = digits.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    if is_plain { text.parse().ok() } else { None }
}

/// `21.11.2026`, `21.11.26`, `2026-11-21`.
fn date(text: &str) -> Option<Date> {
    let parts = |mark| text.split(mark).collect::<Vec<_>>();
    let (year, month, day) = match (parts('.').as_slice(), parts('-').as_slice()) {
        (&[day, month, year], _) if year.len() == 2 => (2000 + number(year, 2..=2)?, month, day),
        (&[day, month, year], _) | (_, &[year, month, day]) => (number(year, 4..=4)?, month, day),
        _ => return None,
    };
    let short = |text| number(text, 1..=2).and_then(|number| i8::try_from(number).ok());
    Date::new(year, short(month)?, short(day)?).ok()
}

/// `07:40`, `7.40`, `7uhr`, `7uhr40`, `7:40uhr`, `07:40:12`. An hour alone needs its word.
fn clock(text: &str) -> Option<Time> {
    let text = text.replace('.', ":");
    let parts: Vec<&str> = match text.split_once("uhr") {
        Some((time, "")) => time.split(':').collect(),
        Some((hour, minute)) => vec![hour, minute],
        None if text.contains(':') => text.split(':').collect(),
        None => return None,
    };
    let part = |at: usize, digits| match parts.get(at) {
        None => Some(0),
        Some(part) => number(part, digits).and_then(|number| i8::try_from(number).ok()),
    };
    if parts.len() > 3 {
        return None;
    }
    Time::new(part(0, 1..=2)?, part(1, 2..=2)?, part(2, 2..=2)?, 0).ok()
}

/// Refuses instants before 1970 and from 2100 on: typing errors and overflows, never facts.
///
/// # Errors
/// The Fluent key of the reason.
pub fn in_range(instant: Timestamp) -> Result<Timestamp, Refusal> {
    if (0..4_102_444_800).contains(&instant.as_second()) { Ok(instant) } else { Err("error-date-range") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reporter_may_write_the_time_in_german_form() {
        let at = parse("21.11.2026, 07:40 Uhr").expect("a date");
        assert_eq!(at.to_string(), "2026-11-21T06:40:00Z");
        assert_eq!(parse("2026-11-21T07:40"), Ok(at));
        assert_eq!(absolute(at), "21.11.2026, 07:40 Uhr");
    }

    #[test]
    fn a_reporter_writes_the_time_as_on_paper() {
        let at = parse("21.11.2026 07:40").expect("a date");
        for text in [
            "21.11.2026 7.40",
            "21.11.26 7:40",
            "21.11.2026 um 7:40 uhr",
            "21.11.2026 7 Uhr 40",
            "2026-11-21 07:40",
            "2026-11-21T07:40:00",
        ] {
            assert_eq!(parse(text), Ok(at), "{text}");
        }
        assert_eq!(parse("21.11.2026 7 Uhr"), parse("21.11.2026 07:00"));
        assert_eq!(parse("1.2.26 7Uhr"), parse("01.02.2026 07:00"));
        assert_eq!(parse("21.11.2026"), parse("21.11.2026 00:00"));
    }

    #[test]
    fn a_near_day_may_be_a_word() {
        // Shortly after midnight in Thüringen it is still yesterday in UTC.
        let now = parse("22.11.2026 00:30").expect("a date");
        let near = |text| parse_near(text, now).map(absolute);
        assert_eq!(near("heute 7 Uhr"), Ok("22.11.2026, 07:00 Uhr".to_owned()));
        assert_eq!(near("Heute, 7:40"), Ok("22.11.2026, 07:40 Uhr".to_owned()));
        assert_eq!(near("gestern 16:30"), Ok("21.11.2026, 16:30 Uhr".to_owned()));
        assert_eq!(near("gestern um 16.30 Uhr"), Ok("21.11.2026, 16:30 Uhr".to_owned()));
        assert_eq!(near("vorgestern 9 Uhr"), Ok("20.11.2026, 09:00 Uhr".to_owned()));
        assert_eq!(near("morgen 9 Uhr"), Ok("23.11.2026, 09:00 Uhr".to_owned()));
        assert_eq!(near("21.11.2026 7:40"), Ok("21.11.2026, 07:40 Uhr".to_owned()));
        assert_eq!(near("7:40"), Ok("22.11.2026, 07:40 Uhr".to_owned()));
        assert_eq!(near("um 7.40 Uhr"), Ok("22.11.2026, 07:40 Uhr".to_owned()));
        assert_eq!(near("um 9"), Ok("22.11.2026, 09:00 Uhr".to_owned()));
        assert_eq!(near("gestern"), Ok("21.11.2026, 00:00 Uhr".to_owned()));
        assert_eq!(near("21.11. 7:40"), Ok("21.11.2026, 07:40 Uhr".to_owned()));
        for text in ["morgen", "heute früh", "vorhin", "heute 25:00", "heute 7", "31.11. 7:40", "21.11", "7"]
        {
            assert_eq!(near(text), Err("error-date-near"), "{text}");
        }
        assert_eq!(near(" "), Err("error-required"));
        assert_eq!(parse("heute 7:40"), Err("error-date"), "a program says which day");
    }

    proptest::proptest! {
        #[test]
        fn what_a_page_shows_can_be_typed_back(minutes in 0..68_000_000_i64) {
            let at = Timestamp::from_second(minutes * 60).expect("in range");
            let again = parse(&absolute(at)).expect("a date");
            // In the hour that comes twice the first one is meant.
            proptest::prop_assert_eq!(absolute(again), absolute(at));
            proptest::prop_assert_eq!(parse(&machine(at)), Ok(again));
        }

        #[test]
        fn nothing_that_is_typed_is_more_than_refused(text in "([0-9]{1,3}[.: -]?|heute |Uhr|[a-zäT] ?){0,9}") {
            let now = Timestamp::UNIX_EPOCH;
            if let Ok(at) = parse_near(&text, now) {
                proptest::prop_assert!(in_range(at).is_ok());
            }
        }
    }

    #[test]
    fn impossible_dates_are_refused() {
        assert_eq!(parse("31.02.2026 10:00"), Err("error-date"));
        assert_eq!(parse("01.01.1969 10:00"), Err("error-date-range"));
        assert_eq!(parse("01.01.2100 10:00"), Err("error-date-range"));
    }

    #[test]
    fn what_is_due_soon_is_said_in_few_words() {
        let at = |text| parse(text).expect("a date");
        let now = at("21.11.2026 12:00"); // a Saturday
        let said = [
            "21.11.2026 12:12",
            "21.11.2026 17:00",
            "22.11.2026 09:00",
            "24.11.2026 10:00",
            "02.12.2026 14:39",
            "02.01.2027 14:39",
        ];
        let words =
            ["in 12 min", "heute 17:00", "morgen 09:00", "Di 10:00", "02.12. 14:39", "02.01.2027 14:39"];
        assert_eq!(said.map(|text| due(at(text), now)), words);
    }

    #[test]
    fn the_next_morning_is_one_on_which_somebody_works() {
        let at = |text| parse(text).expect("a date");
        for (now, morning) in [
            ("19.11.2026 08:00", "20.11.2026 09:00"), // a Thursday
            ("20.11.2026 23:59", "23.11.2026 09:00"),
            ("21.11.2026 12:00", "23.11.2026 09:00"),
            ("22.11.2026 00:30", "23.11.2026 09:00"),
        ] {
            assert_eq!(next_morning(at(now)), at(morning), "{now}");
        }
    }

    #[test]
    fn near_days_are_words() {
        let now = parse("21.11.2026 12:00").expect("a date");
        assert_eq!(spoken(parse("22.11.2026 14:00").expect("a date"), now), "morgen, 14:00 Uhr");
        assert_eq!(spoken(parse("30.11.2026 14:00").expect("a date"), now), "30.11.2026, 14:00 Uhr");
    }
}
