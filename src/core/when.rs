//! Instants as people in Thüringen read and write them: German form, local time, words for what is near.

use jiff::civil::DateTime;
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

/// When something is due, for dense tables: `in 12 min`, `heute 17:00`, `morgen 09:00`, `Sa 10:00`, otherwise [`dated`].
#[must_use]
pub fn due(instant: Timestamp, now: Timestamp) -> String {
    const DAYS: [&str; 7] = ["Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"];
    if (0..60).contains(&instant.duration_since(now).as_mins()) {
        return format!("in {}", span(now, instant));
    }
    let (then, today) = (local(instant), local(now));
    let weekday = usize::from(then.weekday().to_monday_zero_offset().unsigned_abs());
    let day = match then.date().since(today.date()).map(|span| span.get_days()) {
        Ok(0) => "heute",
        Ok(1) => "morgen",
        Ok(2..=6) => DAYS.get(weekday).copied().unwrap_or_default(),
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

/// Reads `21.11.2026 07:40`, `21.11.2026, 07:40 Uhr` or `2026-11-21T07:40` as local time.
///
/// # Errors
/// The Fluent key of the reason: not a date, or not between 1970 and 2100.
pub fn parse(text: &str) -> Result<Timestamp, Refusal> {
    let text = text.trim().trim_end_matches("Uhr").trim_end().replace(',', " ");
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let civil = ["%d.%m.%Y %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]
        .iter()
        .find_map(|form| DateTime::strptime(form, &text).ok())
        .ok_or("error-date")?;
    in_range(civil.to_zoned(zone()).map_err(|_| "error-date")?.timestamp())
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
    fn near_days_are_words() {
        let now = parse("21.11.2026 12:00").expect("a date");
        assert_eq!(spoken(parse("22.11.2026 14:00").expect("a date"), now), "morgen, 14:00 Uhr");
        assert_eq!(spoken(parse("30.11.2026 14:00").expect("a date"), now), "30.11.2026, 14:00 Uhr");
    }
}
