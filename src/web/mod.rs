//! The kit for pages: layout, forms, errors, headers and embedded files, so that a feature's handler only
//! extracts, calls its service and renders.
//!
//! ```ignore
//! /// What the template sees. `sh` and `form` are the names that the layouts and macros expect.
//! #[derive(askama::Template)]
//! #[template(path = "incidents/templates/report.html")] // {% extends "web/templates/calm.html" %}
//! struct ReportPage { sh: Shell, form: Form }
//!
//! async fn show(visit: Visit) -> Result<HttpResponse, Failure> {
//!     let sh = visit.shell_of("incident-report-title");
//!     visit.page(&ReportPage { sh, form: Form::default() })
//! }
//!
//! // `FormData` refuses foreign sites and wrong tokens before the handler runs: every POST takes it.
//! async fn file(visit: Visit, actor: ActorOf<Session>, typed: FormData) -> Result<HttpResponse, Failure> {
//!     typed.only(&["title", "text"])?;
//!     match service_call(&typed).await {
//!         Ok(reference) => Ok(visit.redirect(&format!("/vorgaenge/{reference}"), "incident-filed")),
//!         Err(error) => {
//!             // Anything but refused fields becomes an error page. The labels name the fields in the summary.
//!             let form = Form::refused(typed, error)?.labelled(&[("title", "incident-title-label")]);
//!             visit.again(&ReportPage { sh: visit.shell_of("incident-report-title").failed(), form })
//!         }
//!     }
//! }
//! ```
//!
//! The template, with the macros of `form.html` and `parts.html`:
//!
//! ```html
//! {% extends "web/templates/calm.html" %}
//! {% import "web/templates/form.html" as ui %}
//! {% block main %}
//! {{ ui::summary(sh, form) }}
//! <h1 class="kern-heading-large">{{ sh.t("incident-report-title") }}</h1>
//! <form method="post" novalidate>{{ ui::csrf(sh) }}
//! {{ ui::text(sh, form, "title", "incident-title-label", "incident-title-hint") }}
//! {{ ui::submit(sh, "incident-report-send") }}</form>
//! {% endblock %}
//! ```
//!
//! A resource with several methods is registered as `web::resource(path).get(…).post(…)`, so that a wrong method
//! is answered 405 and not 404. The application wraps, from the inside: the session, [`unchanged::unchanged`],
//! [`csrf::same_site`], [`patience::limit`], [`error::render`], [`headers::secure`].

pub mod assets;
pub mod csrf;
pub mod emphasis;
pub mod error;
pub mod forms;
pub mod headers;
pub mod idempotency;
pub mod json;
pub mod layout;
pub mod live;
pub mod markdown;
pub mod parts;
pub mod patience;
pub mod pdf;
pub mod print;
pub mod query;
pub mod session;
pub mod site;
pub mod stream;
pub mod table;
pub mod ticket;
pub mod unchanged;
pub mod upload;
pub mod visit;

pub use error::Failure;
pub use forms::{Choice, Form, FormData, reason};
pub use json::Json;
pub use layout::{Hotline, Kit, Link, Shell};
pub use query::Query;
pub use upload::Upload;
pub use visit::{SignedIn, Visit, rendered};

/// The kit's own routes: embedded files and the style sheets of printed documents.
pub fn routes(config: &mut actix_web::web::ServiceConfig) {
    config.configure(assets::routes).configure(print::routes);
}

#[cfg(test)]
pub mod testing;
#[cfg(test)]
mod tests;
