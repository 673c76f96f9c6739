//! The demonstration's mails, as its receiver keeps them. Registered there alone.

use std::path::Path;

use actix_web::HttpResponse;
use actix_web::web::{Data, Path as At, ServiceConfig, resource};
use askama::Template;
use mail_parser::{MessageParser, MimeHeaders as _};
use serde::Deserialize;

use crate::access::guard::Visitor;
use crate::core::error::{Error, Result};
use crate::mail::maildir::Maildir;
use crate::web::markdown::Html;
use crate::web::{Failure, Query, Shell};

/// Mails shown on the list.
const SHOWN: usize = 100;
/// Bytes of a mail that are read for the list.
const HEAD: usize = 64 * 1024;

/// Where the receiver keeps its mails, as application data.
pub struct Mailbox(pub Maildir);

/// Registers the pages.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(resource("/demo/mails").get(list)).service(resource("/demo/mails/{name}").get(show));
}

struct Line {
    name: String,
    to: String,
    subject: String,
}

#[derive(Template)]
#[template(path = "desk/templates/mails.html")]
struct ListPage {
    sh: Shell,
    mails: Vec<Line>,
    total: usize,
    query: String,
}

#[derive(Template)]
#[template(path = "desk/templates/mail.html")]
struct MailPage {
    sh: Shell,
    from: String,
    to: String,
    subject: String,
    is_signed: bool,
    body: Html,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct ListQuery {
    an: String,
}

async fn blocking<T: Send + 'static>(f: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(f).await.unwrap_or_else(|error| Err(Error::Internal(error.to_string())))
}

fn unreadable(error: &std::io::Error) -> Error {
    Error::Internal(format!("the demonstration's mails: {error}"))
}

fn line(path: &Path) -> Option<Line> {
    let mut bytes = std::fs::read(path).ok()?;
    bytes.truncate(HEAD);
    let mail = MessageParser::default().parse_headers(&bytes)?;
    Some(Line {
        name: path.file_name()?.to_str()?.to_owned(),
        to: mail.to().and_then(|to| to.first()).and_then(|to| to.address()).unwrap_or_default().to_owned(),
        subject: mail.subject().unwrap_or_default().to_owned(),
    })
}

async fn list(
    visitor: Visitor,
    mailbox: Data<Mailbox>,
    query: Query<ListQuery>,
) -> Result<HttpResponse, Failure> {
    let sought = query.an.trim().to_lowercase();
    let wanted = sought.clone();
    let (mails, total) = blocking(move || {
        let mut paths = mailbox.0.list().map_err(|error| unreadable(&error))?;
        paths.reverse();
        let total = paths.len();
        let lines = paths.iter().filter_map(|path| line(path));
        let mails = lines.filter(|line| wanted.is_empty() || line.to.contains(&wanted)).take(SHOWN).collect();
        Ok((mails, total))
    })
    .await?;
    visitor.page(&ListPage { sh: visitor.shell_of("demo-mails-title"), mails, total, query: sought })
}

async fn show(visitor: Visitor, mailbox: Data<Mailbox>, name: At<String>) -> Result<HttpResponse, Failure> {
    let name = name.into_inner();
    let bytes = blocking(move || {
        let paths = mailbox.0.list().map_err(|error| unreadable(&error))?;
        // Only a name that the list holds is opened: nobody chooses a path.
        let path = paths.into_iter().find(|path| path.file_name().is_some_and(|file| *file == *name));
        std::fs::read(path.ok_or(Error::NotFound)?).map_err(|error| unreadable(&error))
    })
    .await?;
    let mail = MessageParser::default().parse(&bytes).ok_or(Error::NotFound)?;
    let address = |of: Option<&mail_parser::Address<'_>>| {
        of.and_then(|list| list.first()).and_then(|one| one.address()).unwrap_or_default().to_owned()
    };
    let subject = mail.subject().unwrap_or_default().to_owned();
    visitor.page(&MailPage {
        sh: visitor.shell(subject.clone()),
        from: address(mail.from()),
        to: address(mail.to()),
        is_signed: mail.content_type().is_some_and(|kind| kind.subtype() == Some("signed")),
        body: Html::escaped(&mail.body_text(0).unwrap_or_default()),
        subject,
    })
}
