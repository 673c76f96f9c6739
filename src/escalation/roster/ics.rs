//! A calendar as programs read it (RFC 5545), pure. Times are in UTC, so that no definition of a zone is needed.

use jiff::Timestamp;

/// Octets of a line at most (RFC 5545, 3.1).
const LINE: usize = 75;

/// An event of the calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The same for the same event as long as it is there.
    pub uid: String,
    /// Rises with each change (RFC 5545, 3.8.7.4).
    pub sequence: usize,
    pub from: Timestamp,
    pub until: Timestamp,
    pub summary: String,
    /// May be empty.
    pub description: String,
}

/// Writes a calendar as it is `now`.
#[must_use]
pub fn write(name: &str, events: &[Event], now: Timestamp) -> String {
    let mut lines = vec![
        "BEGIN:VCALENDAR".to_owned(),
        "VERSION:2.0".to_owned(),
        "PRODID:-//Meldekette//Bereitschaft//DE".to_owned(),
        "CALSCALE:GREGORIAN".to_owned(),
        "METHOD:PUBLISH".to_owned(),
        format!("X-WR-CALNAME:{}", escaped(name)),
        // RFC 7986, 5.7.
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H".to_owned(),
    ];
    for event in events {
        lines.extend([
            "BEGIN:VEVENT".to_owned(),
            format!("UID:{}", escaped(&event.uid)),
            format!("DTSTAMP:{}", utc(now)),
            format!("DTSTART:{}", utc(event.from)),
            format!("DTEND:{}", utc(event.until)),
            format!("SEQUENCE:{}", event.sequence),
            "STATUS:CONFIRMED".to_owned(),
            "TRANSP:TRANSPARENT".to_owned(),
            format!("SUMMARY:{}", escaped(&event.summary)),
        ]);
        if !event.description.is_empty() {
            lines.push(format!("DESCRIPTION:{}", escaped(&event.description)));
        }
        lines.push("END:VEVENT".to_owned());
    }
    lines.push("END:VCALENDAR".to_owned());
    lines.iter().map(|line| folded(line)).collect()
}

fn utc(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// A text value (RFC 5545, 3.3.11).
fn escaped(text: &str) -> String {
    let mut said = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => said.extend(['\\', c]),
            '\n' => said.push_str("\\n"),
            c if c.is_control() => {}
            c => said.push(c),
        }
    }
    said
}

/// The line with its end, folded before it is too long and never within a character.
fn folded(line: &str) -> String {
    let (mut said, mut long) = (String::with_capacity(line.len() + 2), 0);
    for c in line.chars() {
        if long + c.len_utf8() > LINE {
            said.push_str("\r\n ");
            long = 1;
        }
        said.push(c);
        long += c.len_utf8();
    }
    said.push_str("\r\n");
    said
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    fn event(summary: &str) -> Event {
        Event {
            uid: "1@cert.example".into(),
            sequence: 2,
            from: "2026-11-23T07:00:00Z".parse().unwrap(),
            until: "2026-11-30T07:00:00Z".parse().unwrap(),
            summary: summary.into(),
            description: String::new(),
        }
    }

    #[test]
    fn long_names_are_folded_between_characters_and_separators_are_escaped() {
        let now = "2026-11-21T07:00:00Z".parse().unwrap();
        let name = format!("Bereitschaft; {}, Größe\\\nzweite", "äöü".repeat(60));
        let text = write("Kalender", &[event(&name)], now);
        assert!(text.split("\r\n").all(|line| line.len() <= LINE && !line.contains('\n')), "{text}");
        let unfolded = text.replace("\r\n ", "");
        let lines: HashMap<&str, &str> = unfolded
            .lines()
            .filter_map(|line| line.split_once(':'))
            .filter(|(key, _)| *key != "END")
            .collect();
        let said = format!("Bereitschaft\\; {}\\, Größe\\\\\\nzweite", "äöü".repeat(60));
        assert_eq!((lines["SUMMARY"], lines["SEQUENCE"]), (said.as_str(), "2"));
        assert_eq!((lines["DTSTART"], lines["DTEND"]), ("20261123T070000Z", "20261130T070000Z"));
        assert!(text.starts_with("BEGIN:VCALENDAR\r\n") && text.ends_with("END:VCALENDAR\r\n"));
    }
}
