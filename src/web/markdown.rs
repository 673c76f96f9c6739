//! Markdown (CommonMark with tables) as HTML that cannot carry a script, and as plain text for mails.
//!
//! Raw HTML shows as the text it is, images as links, links only to http, https and mailto.

use std::fmt;

use askama::filters::HtmlSafe;
use pulldown_cmark::{CowStr, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd};
use url::Url;

mod plain;

pub use plain::plain;

/// HTML that is safe to stand in a page; templates print it unescaped.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Html(String);

impl Html {
    /// Plain words as HTML: escaped, empty lines part paragraphs, other line breaks stay.
    #[must_use]
    pub fn escaped(text: &str) -> Self {
        let mut html = String::with_capacity(text.len() + 16);
        for paragraph in text.split("\n\n").map(|p| p.trim_matches('\n')).filter(|p| !p.is_empty()) {
            html.push_str("<p>");
            for (index, line) in paragraph.lines().enumerate() {
                html.push_str(if index == 0 { "" } else { "<br>" });
                escape(&mut html, line);
            }
            html.push_str("</p>");
        }
        Self(html)
    }

    /// The HTML.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl HtmlSafe for Html {}

/// Renders Markdown; a `#` becomes a heading of level `1 + shift`, because the page has its own `h1`.
#[must_use]
pub fn html(markdown: &str, shift: u8) -> Html {
    let mut out = String::with_capacity(markdown.len() * 3 / 2);
    pulldown_cmark::html::push_html(&mut out, events(markdown).map(|event| safe(event, shift)));
    Html(out)
}

/// What somebody noted for colleagues: a line break stays one, and no address is a link, because it may be an attacker's;
/// it stands behind its words.
#[must_use]
pub fn note(markdown: &str) -> Html {
    let mut out = String::with_capacity(markdown.len() * 3 / 2);
    // Of each open link its address, and whether its words are the address.
    let mut links: Vec<(String, bool)> = Vec::new();
    let noted = events(markdown).filter_map(|event| match event {
        Event::SoftBreak => Some(Event::HardBreak),
        Event::Start(Tag::Link { link_type, dest_url, .. } | Tag::Image { link_type, dest_url, .. }) => {
            let is_bare = matches!(link_type, LinkType::Autolink | LinkType::Email) || dest_url.is_empty();
            links.push((dest_url.into_string(), is_bare));
            None
        }
        Event::End(TagEnd::Link | TagEnd::Image) => match links.pop() {
            Some((dest, false)) => Some(Event::Text(format!(" ({dest})").into())),
            _ => None,
        },
        event => Some(safe(event, NOTE_SHIFT)),
    });
    pulldown_cmark::html::push_html(&mut out, noted);
    Html(out)
}

/// A note's first heading is a fourth: the page, its parts and their parts have the others.
const NOTE_SHIFT: u8 = 3;

fn events(markdown: &str) -> Parser<'_> {
    Parser::new_ext(markdown, Options::ENABLE_TABLES)
}

fn safe(event: Event<'_>, shift: u8) -> Event<'_> {
    match event {
        Event::Html(raw) | Event::InlineHtml(raw) => Event::Text(raw),
        Event::Start(Tag::HtmlBlock) => Event::Start(Tag::Paragraph),
        Event::End(TagEnd::HtmlBlock) => Event::End(TagEnd::Paragraph),
        Event::Start(Tag::Heading { level, .. }) => Event::Start(Tag::Heading {
            level: lower(level, shift),
            id: None,
            classes: Vec::new(),
            attrs: Vec::new(),
        }),
        Event::End(TagEnd::Heading(level)) => Event::End(TagEnd::Heading(lower(level, shift))),
        // Alignment would be a style attribute, which the content security policy forbids.
        Event::Start(Tag::Table(columns)) => {
            Event::Start(Tag::Table(vec![pulldown_cmark::Alignment::None; columns.len()]))
        }
        Event::Start(Tag::Link { link_type, dest_url, .. } | Tag::Image { link_type, dest_url, .. }) => {
            open_link(safe_url(link_type, &dest_url))
        }
        Event::End(TagEnd::Link | TagEnd::Image) => Event::InlineHtml(CowStr::Borrowed("</a>")),
        other => other,
    }
}

/// A link without a safe address is still an element, so that the closing tag has its partner.
fn open_link(dest: Option<Url>) -> Event<'static> {
    let mut tag = String::from("<a");
    if let Some(url) = dest {
        tag.push_str(" href=\"");
        escape(&mut tag, url.as_str());
        tag.push_str("\" rel=\"noreferrer noopener\"");
    }
    tag.push('>');
    Event::InlineHtml(tag.into())
}

/// The address, if it is absolute and one of http, https and mailto.
fn safe_url(kind: LinkType, dest: &str) -> Option<Url> {
    let parsed =
        if kind == LinkType::Email { Url::parse(&format!("mailto:{dest}")) } else { Url::parse(dest) };
    parsed.ok().filter(|url| matches!(url.scheme(), "http" | "https" | "mailto"))
}

fn lower(level: HeadingLevel, shift: u8) -> HeadingLevel {
    let lowered = (level as usize + usize::from(shift)).min(6);
    HeadingLevel::try_from(lowered).unwrap_or(HeadingLevel::H6)
}

fn escape(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests;
