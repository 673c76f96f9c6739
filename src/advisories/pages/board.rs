//! `/warnmeldungen/{reference}/zustellung`: how each recipient's mail stands, and whom to call.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use askama::Template;
use serde::Deserialize;

use super::reference;
use crate::access::guard::Visitor;
use crate::advisories::model::{DeliveryState, Version};
use crate::advisories::service::{self, BoardRow};
use crate::core::error::Result;
use crate::core::i18n::{Lang, text, text_with};
use crate::core::text::Fields;
use crate::directory;
use crate::directory::model::{District, Phone};
use crate::web::site::Site;
use crate::web::{Failure, Query, Shell};

/// The parts of the bar. Each delivery is in exactly one, so their sum is the audience.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Opened,
    Accepted,
    Pending,
    Undelivered,
}

impl Part {
    const ALL: [Self; 4] = [Self::Opened, Self::Accepted, Self::Pending, Self::Undelivered];

    fn of(row: &BoardRow) -> Self {
        match row.delivery.state {
            DeliveryState::Bounced | DeliveryState::Failed => Self::Undelivered,
            DeliveryState::Waiting | DeliveryState::Queued | DeliveryState::Leased => Self::Pending,
            DeliveryState::Accepted if row.delivery.opened_at.is_some() => Self::Opened,
            DeliveryState::Accepted => Self::Accepted,
        }
    }

    fn code(self) -> &'static str {
        match self {
            Self::Opened => "geoeffnet",
            Self::Accepted => "angenommen",
            Self::Pending => "unterwegs",
            Self::Undelivered => "unzustellbar",
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::Opened => "advisory-part-opened",
            Self::Accepted => "advisory-part-accepted",
            Self::Pending => "advisory-part-pending",
            Self::Undelivered => "advisory-part-undelivered",
        }
    }

    fn css(self) -> &'static str {
        match self {
            Self::Opened => "f-ack",
            Self::Accepted => "f-acc",
            Self::Pending => "f-queue",
            Self::Undelivered => "f-bounce",
        }
    }
}

/// One rectangle: where it begins and how wide it is, in recipients.
struct Segment {
    part: Part,
    x: usize,
    width: usize,
}

/// A bar whose view box is as wide as there are recipients.
struct Bar {
    segments: Vec<Segment>,
    total: usize,
    label: String,
}

impl Bar {
    fn of<'a>(rows: impl Iterator<Item = &'a BoardRow> + Clone) -> Self {
        let (mut x, mut segments) = (0, Vec::new());
        for part in Part::ALL {
            let width = rows.clone().filter(|row| Part::of(row) == part).count();
            segments.push(Segment { part, x, width });
            x += width;
        }
        let told = |segment: &Segment| format!("{} {}", text(Lang::De, segment.part.label()), segment.width);
        let label =
            segments.iter().filter(|segment| segment.width > 0).map(told).collect::<Vec<_>>().join(", ");
        Self { segments, total: x, label }
    }

    fn width(&self, part: &Part) -> usize {
        self.segments.iter().filter(|segment| segment.part == *part).map(|segment| segment.width).sum()
    }
}

/// A district's bar.
struct DistrictBar {
    sign: String,
    name: String,
    bar: Bar,
}

#[derive(Template)]
#[template(path = "advisories/templates/board.html")]
struct Page {
    sh: Shell,
    version: Version,
    bar: Bar,
    districts: Vec<DistrictBar>,
    to_call: Vec<BoardRow>,
    rows: Vec<BoardRow>,
    narrow: Narrow,
    is_running: bool,
}

impl Page {
    fn href(&self, part: Option<&Part>, district: &str) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in [("zustand", part.map_or("", |part| part.code())), ("kreis", district)] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        format!("/warnmeldungen/{}/zustellung?{}", self.version.reference, query.finish())
    }

    /// This same cut, for refreshing it.
    fn here(&self) -> String {
        let part = Part::ALL.iter().find(|part| part.code() == self.narrow.zustand);
        self.href(part, &self.narrow.kreis)
    }

    fn dial(row: &BoardRow) -> String {
        Phone::parse(&row.phone).map(|phone| format!("tel:{}", phone.dial())).unwrap_or_default()
    }

    /// The mail server's answer, or when it is tried again.
    fn reason(&self, row: &BoardRow) -> String {
        let delivery = &row.delivery;
        match (delivery.state, delivery.next_at) {
            (DeliveryState::Queued, Some(at)) if delivery.attempts > 0 => {
                let again = [
                    ("number", i64::from(delivery.attempts + 1).into()),
                    ("time", self.sh.spoken(at).into()),
                ];
                let again = text_with(Lang::De, "advisory-board-again", &again);
                delivery
                    .answer
                    .as_ref()
                    .map_or_else(|| again.to_string(), |answer| format!("{again} · {answer}"))
            }
            _ => delivery.answer.clone().unwrap_or_default(),
        }
    }
}

/// Which rows are shown.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Narrow {
    zustand: String,
    kreis: String,
}

impl Narrow {
    fn check(&self, rows: &[BoardRow], districts: &[District]) -> Result<()> {
        let mut fields = Fields::default();
        let is_part = self.zustand.is_empty() || Part::ALL.iter().any(|part| part.code() == self.zustand);
        let is_sign = self.kreis.is_empty()
            || districts
                .iter()
                .map(|district| &district.sign)
                .chain(rows.iter().map(|row| &row.sign))
                .any(|sign| *sign == self.kreis);
        fields.keep("zustand", is_part.then_some(()).ok_or("error-choice"));
        fields.keep("kreis", is_sign.then_some(()).ok_or("error-choice"));
        fields.done(Some(()))
    }

    fn takes(&self, row: &BoardRow) -> bool {
        let part = Part::ALL.iter().find(|part| part.code() == self.zustand);
        part.is_none_or(|part| Part::of(row) == *part) && (self.kreis.is_empty() || self.kreis == row.sign)
    }
}

fn by_district(rows: &[BoardRow], districts: &[District]) -> Vec<DistrictBar> {
    let mut signs: Vec<&str> = rows.iter().map(|row| row.sign.as_str()).collect();
    signs.sort_unstable();
    signs.dedup();
    let name_of =
        |sign: &str| districts.iter().find(|district| district.sign == sign).map(|district| &district.name);
    let mut bars: Vec<_> = signs
        .into_iter()
        .map(|sign| DistrictBar {
            sign: sign.to_owned(),
            name: name_of(sign)
                .cloned()
                .unwrap_or_else(|| text(Lang::De, "advisory-board-no-district").into_owned()),
            bar: Bar::of(rows.iter().filter(|row| row.sign == sign)),
        })
        .collect();
    bars.sort_by(|a, b| a.name.cmp(&b.name));
    bars
}

pub(super) async fn show(
    visitor: Visitor,
    site: Data<Site>,
    path: Path<String>,
    narrow: Query<Narrow>,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    let reference = reference(&path)?;
    let (board, districts) = site
        .db
        .read(move |tx| {
            Ok((service::deliveries(tx, &actor, &reference)?, directory::service::districts(tx)?))
        })
        .await?;
    narrow.check(&board.rows, &districts)?;
    let bar = Bar::of(board.rows.iter());
    let version = board.version.clone();
    let title = format!("{} · {}", version.reference, text(Lang::De, "advisory-board-title"));
    visitor.page(&Page {
        sh: visitor.shell(title).printed(version.reference.as_str(), version.frame.tlp),
        is_running: version.is_out() && bar.width(&Part::Pending) > 0,
        bar,
        districts: by_district(&board.rows, &districts),
        to_call: board.to_call().into_iter().cloned().collect(),
        rows: board.rows.into_iter().filter(|row| narrow.takes(row)).collect(),
        narrow: narrow.into_inner(),
        version,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::advisories::model::Delivery;

    fn rows() -> impl Strategy<Value = Vec<BoardRow>> {
        let one = (
            prop::sample::select(DeliveryState::ALL),
            any::<bool>(),
            prop::sample::select(&["", "GTH", "J"][..]),
        );
        prop::collection::vec(one, 0..40).prop_map(|all| {
            let made = all.into_iter().map(|(state, opened, sign)| BoardRow {
                delivery: Delivery {
                    id: Uuid::nil().into(),
                    organisation: Uuid::nil().into(),
                    contact: Uuid::nil().into(),
                    name: "Stadt".into(),
                    address: "it@stadt.example".into(),
                    state,
                    possibly_duplicate: false,
                    attempts: 1,
                    answer: None,
                    answered_at: None,
                    next_at: None,
                    opened_at: opened.then_some(jiff::Timestamp::UNIX_EPOCH),
                },
                sign: sign.into(),
                phone: String::new(),
            });
            made.collect()
        })
    }

    proptest! {
        #[test]
        fn the_bars_of_all_districts_together_are_the_audience_without_gap_or_overlap(rows in rows()) {
            let bar = Bar::of(rows.iter());
            prop_assert_eq!(bar.total, rows.len());
            let mut end = 0;
            for segment in &bar.segments {
                prop_assert_eq!(segment.x, end);
                end += segment.width;
            }
            prop_assert_eq!(end, rows.len());
            let districts = by_district(&rows, &[]);
            prop_assert_eq!(districts.iter().map(|district| district.bar.total).sum::<usize>(), rows.len());
        }

        #[test]
        fn each_part_of_the_legend_shows_as_many_rows_as_it_counts(rows in rows()) {
            let bar = Bar::of(rows.iter());
            for part in Part::ALL {
                let narrow = Narrow { zustand: part.code().into(), kreis: String::new() };
                prop_assert_eq!(rows.iter().filter(|row| narrow.takes(row)).count(), bar.width(&part));
            }
        }
    }
}
