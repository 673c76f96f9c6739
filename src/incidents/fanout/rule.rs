//! When those who are silent are followed. Pure.

use jiff::Timestamp;

use super::model::{Fanout, Stage};

/// When the silent ones are asked again: at half of the time that there is.
#[must_use]
pub fn remind_at(started: Timestamp, answer_by: Timestamp) -> Timestamp {
    started + (answer_by.duration_since(started) / 2)
}

/// What is to be done at an instant for a question that stands at `stage`, in order: what was missed is worked off.
#[must_use]
pub fn due(fanout: &Fanout, now: Timestamp) -> Vec<Stage> {
    let stages = [(Stage::Reminded, fanout.remind_at), (Stage::ToCall, fanout.answer_by)];
    let is_due = |(stage, at): &(Stage, Timestamp)| *stage > fanout.stage && *at <= now;
    stages.into_iter().filter(is_due).map(|(stage, _)| stage).collect()
}

/// When something is to be done next, after `stage`.
#[must_use]
pub fn next(fanout: &Fanout, stage: Stage) -> Option<Timestamp> {
    match stage {
        Stage::Asked => Some(fanout.remind_at),
        Stage::Reminded => Some(fanout.answer_by),
        Stage::ToCall => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::ids::{FanoutId, IncidentId, OrgId};

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn fanout(stage: Stage) -> Fanout {
        let (started_at, answer_by) = (at("2026-03-28T22:00:00Z"), at("2026-03-29T06:00:00Z"));
        Fanout {
            id: FanoutId(uuid::Uuid::nil()),
            incident: IncidentId(uuid::Uuid::nil()),
            source: OrgId(uuid::Uuid::nil()),
            service: String::new(),
            is_named: true,
            stage,
            remind_at: remind_at(started_at, answer_by),
            answer_by,
            started_at,
            ended_at: None,
            author: String::new(),
            heading: String::new(),
            notice: String::new(),
        }
    }

    #[test]
    fn the_silent_are_asked_again_at_half_time_also_in_the_night_when_the_clock_changes() {
        let asked = fanout(Stage::Asked);
        assert_eq!(asked.remind_at, at("2026-03-29T02:00:00Z"));
        assert_eq!(due(&asked, at("2026-03-29T01:59:59Z")), []);
        assert_eq!(due(&asked, at("2026-03-29T02:00:00Z")), [Stage::Reminded]);
        assert_eq!(next(&asked, Stage::Asked), Some(asked.remind_at));
        assert_eq!(next(&asked, Stage::Reminded), Some(asked.answer_by));
        assert_eq!(next(&asked, Stage::ToCall), None);
    }

    #[test]
    fn what_was_missed_is_worked_off_in_order_and_nothing_twice() {
        let late = at("2026-04-05T00:00:00Z");
        assert_eq!(due(&fanout(Stage::Asked), late), [Stage::Reminded, Stage::ToCall]);
        assert_eq!(due(&fanout(Stage::Reminded), late), [Stage::ToCall]);
        assert_eq!(due(&fanout(Stage::ToCall), late), []);
    }
}
