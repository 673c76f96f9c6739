//! The statistical report of a month, as a page and as a table to take along.

use actix_web::HttpResponse;
use actix_web::web::{Data, Query};
use askama::Template;
use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::Deserialize;

use crate::access::guard::Visitor;
use crate::core::error::{Error, Result};
use crate::core::when;
use crate::duties::service;
use crate::duties::vcv::{self, Figures, Row};
use crate::incidents::model::Class;
use crate::web::site::Site;
use crate::web::table::Table;
use crate::web::{Failure, Shell};

/// The first and the last month that can be asked for.
const YEARS: std::ops::RangeInclusive<i16> = 2000..=2199;

#[derive(Deserialize)]
pub(super) struct Asked {
    /// `2026-11`.
    #[serde(default)]
    monat: String,
}

struct Line {
    /// The Fluent key.
    name: &'static str,
    row: Row,
    is_total: bool,
}

#[derive(Template)]
#[template(path = "duties/templates/figures.html")]
struct Page {
    sh: Shell,
    /// `2026-11`.
    month: String,
    before: String,
    /// None where the month is this one.
    after: Option<String>,
    classes: Vec<String>,
    lines: Vec<Line>,
}

fn named(month: Date) -> String {
    month.strftime("%Y-%m").to_string()
}

/// The month that was asked for; this one where none was or what was said is none, as the address leads somewhere.
fn month(asked: &str, today: Date) -> Date {
    let read = || {
        let (year, month) = asked.split_once('-')?;
        let year = year.parse().ok().filter(|year| YEARS.contains(year))?;
        Date::new(year, month.parse().ok()?, 1).ok()
    };
    read().filter(|month| *month <= today).unwrap_or_else(|| today.first_of_month())
}

fn lines(figures: &Figures) -> Vec<Line> {
    let of = (1..).zip(&figures.by_category);
    let mut lines: Vec<Line> =
        of.map(|(number, row)| Line { name: vcv::key(number), row: *row, is_total: false }).collect();
    lines.push(Line { name: "duty-figures-without", row: figures.without_category, is_total: false });
    lines.push(Line { name: "duty-figures-total", row: figures.total, is_total: true });
    lines
}

async fn load(site: &Site, visitor: &Visitor, asked: &Asked) -> Result<(Date, Date, Figures)> {
    let actor = visitor.require()?.clone();
    let today = visitor.env().now().to_zoned(when::zone()).date();
    let month = month(&asked.monat, today);
    let figures = site.db.read(move |tx| service::figures(tx, &actor, month)).await?;
    Ok((today, month, figures))
}

/// `GET /statistik`.
pub(super) async fn show(
    visitor: Visitor,
    site: Data<Site>,
    asked: Query<Asked>,
) -> Result<HttpResponse, Failure> {
    let (today, month, figures) = load(&site, &visitor, &asked).await?;
    let next = |months: i64| month.checked_add(months.months()).map_err(|e| Error::Internal(e.to_string()));
    let (before, after) = (next(-1)?, next(1)?);
    let sh = visitor.shell_of("duty-figures-title");
    let classes = Class::ALL
        .iter()
        .map(|class| sh.t(&format!("incident-class-{}", class.code().replace('_', "-"))).into_owned());
    let page = Page {
        classes: classes.collect(),
        month: named(month),
        before: named(before),
        after: (after <= today).then(|| named(after)),
        lines: lines(&figures),
        sh,
    };
    visitor.page(&page)
}

/// `GET /statistik.csv`.
pub(super) async fn table(
    visitor: Visitor,
    site: Data<Site>,
    asked: Query<Asked>,
) -> Result<HttpResponse, Failure> {
    let (_, month, figures) = load(&site, &visitor, &asked).await?;
    let codes = Class::ALL.iter().map(|class| class.code());
    let head: Vec<&str> =
        ["month", "category"].into_iter().chain(codes).chain(["no_class", "total"]).collect();
    let mut table = Table::with(&head)?;
    let rows = (1..).zip(&figures.by_category).map(|(number, row): (usize, _)| (number.to_string(), row));
    for (name, row) in rows.chain([(String::new(), &figures.without_category)]) {
        let counts = row.by_class.into_iter().chain([row.without_class, row.total()]);
        let counts = counts.map(|count| count.to_string());
        table.row([named(month), name].into_iter().chain(counts))?;
    }
    Ok(table.file(format!("vcv-{}.csv", named(month)))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_that_is_none_or_lies_ahead_is_this_one() {
        let today: Date = "2026-11-21".parse().unwrap();
        for (asked, expected) in [
            ("2026-10", "2026-10-01"),
            ("2026-11", "2026-11-01"),
            ("2026-12", "2026-11-01"),
            ("2026-13", "2026-11-01"),
            ("1899-01", "2026-11-01"),
            ("", "2026-11-01"),
            ("-1", "2026-11-01"),
        ] {
            assert_eq!(month(asked, today).to_string(), expected, "{asked}");
        }
    }
}
