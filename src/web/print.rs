//! Head and foot of a printed document: reference, TLP label, date and page number on every sheet.
//!
//! `@page` cannot read the document, so each document links a small style sheet whose path holds what it prints.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::{HttpResponse, web};
use jiff::Timestamp;
use jiff::civil::DateTime;

use super::error::Failure;
use crate::core::error::Error;
use crate::core::i18n::{Lang, text_with};
use crate::core::tlp::Tlp;
use crate::core::when;

/// The path of the style sheet for a document printed as it was shown at `now`.
#[must_use]
pub fn url(reference: &str, tlp: Tlp, now: Timestamp) -> String {
    format!("/druck/{reference}/{}/{}.css", slug(tlp), when::machine(now).replace([':'], ""))
}

/// `GET /druck/{reference}/{label}/{time}.css`; a pure function of its path.
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(web::resource("/druck/{reference}/{label}/{time}.css").get(serve));
}

async fn serve(path: web::Path<(String, String, String)>) -> Result<HttpResponse, Failure> {
    let (reference, label, time) = path.into_inner();
    let css = sheet(&reference, &label, &time).ok_or(Error::NotFound)?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/css; charset=utf-8"))
        .insert_header((CACHE_CONTROL, "private, max-age=3600"))
        .body(css))
}

/// `None` where the path holds anything but a reference, a label and a time: no foreign text gets into a sheet.
fn sheet(reference: &str, label: &str, time: &str) -> Option<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let fits = (1..=40).contains(&reference.len()) && reference.chars().all(plain);
    let tlp = Tlp::ALL.into_iter().find(|tlp| fits && slug(*tlp) == label)?.label();
    let at = DateTime::strptime("%Y-%m-%dT%H%M", time).ok()?;
    let date = at.strftime("%d.%m.%Y, %H:%M").to_string();
    let printed = text_with(Lang::De, "web-printed", &[("date", date.into())]);
    let page = text_with(
        Lang::De,
        "web-printed-page",
        &[("page", "\" counter(page) \"".into()), ("pages", "\" counter(pages)".into())],
    );
    let font = "\"Fira Sans\", sans-serif";
    Some(format!(
        "@page {{ size: A4; margin: 22mm 18mm 20mm;\n  \
           @top-left {{ content: \"{reference}\"; font: 9pt {font}; }}\n  \
           @top-right {{ content: \"{tlp}\"; font: 600 12pt {font}; }}\n  \
           @bottom-left {{ content: \"{printed} · {page}; font: 9pt {font}; }}\n  \
           @bottom-right {{ content: \"{tlp}\"; font: 600 12pt {font}; }}\n}}\n"
    ))
}

fn slug(tlp: Tlp) -> &'static str {
    match tlp {
        Tlp::Clear => "clear",
        Tlp::Green => "green",
        Tlp::Amber => "amber",
        Tlp::AmberStrict => "amber-strict",
        Tlp::Red => "red",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_printed_case_carries_reference_label_date_and_page() {
        insta::assert_snapshot!(sheet("TH-2026-00042", "amber-strict", "2026-11-19T1528").expect("a sheet"), @r#"
        @page { size: A4; margin: 22mm 18mm 20mm;
          @top-left { content: "TH-2026-00042"; font: 9pt "Fira Sans", sans-serif; }
          @top-right { content: "TLP:AMBER+STRICT"; font: 600 12pt "Fira Sans", sans-serif; }
          @bottom-left { content: "Gedruckt 19.11.2026, 15:28 Uhr · Seite " counter(page) " von " counter(pages); font: 9pt "Fira Sans", sans-serif; }
          @bottom-right { content: "TLP:AMBER+STRICT"; font: 600 12pt "Fira Sans", sans-serif; }
        }
        "#);
    }

    #[test]
    fn nobody_can_put_own_text_into_a_sheet() {
        assert_eq!(sheet("x\"}body{display:none", "red", "2026-11-19T1528"), None);
        assert_eq!(sheet("TH-1", "purple", "2026-11-19T1528"), None);
        assert_eq!(sheet("TH-1", "red", "now"), None);
    }
}
