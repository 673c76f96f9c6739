//! Markdown as plain text that reads well in a mail: lines of at most 72 characters, addresses written out.

use pulldown_cmark::{Event, Tag, TagEnd};
use url::Url;

use super::{events, safe_url};

/// The width of a line (RFC 3676 recommends at most 78; 72 leaves room for quoting).
const WIDTH: usize = 72;

/// Renders Markdown as text. Longer words, such as addresses, stand unbroken on their own line.
#[must_use]
pub fn plain(markdown: &str) -> String {
    let mut writer = Writer::default();
    for event in events(markdown) {
        writer.take(event);
    }
    writer.flush();
    writer.out.trim_end().to_owned()
}

#[derive(Default)]
struct Writer {
    out: String,
    /// The text of the block that is being read.
    block: String,
    /// What stands before each line: quote marks and indents.
    prefix: Vec<&'static str>,
    /// What stands before the first line of the next block: `- `, `1. `.
    bullet: String,
    /// The next number of each open list; `None` for bullets.
    lists: Vec<Option<u64>>,
    /// Where open links began in the block, and their addresses.
    links: Vec<(usize, Option<Url>)>,
    code: bool,
    /// An empty line is due, with so many prefixes.
    gap: Option<usize>,
}

impl Writer {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.open(tag),
            Event::End(tag) => self.close(tag),
            Event::Text(text) | Event::Code(text) | Event::Html(text) | Event::InlineHtml(text) => {
                self.block.push_str(&text);
            }
            Event::SoftBreak => self.block.push(' '),
            Event::HardBreak => self.block.push('\n'),
            Event::Rule => {
                self.block.push_str("---");
                self.end_block();
            }
            _ => {}
        }
    }

    fn open(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::BlockQuote(_) => self.nest("> "),
            Tag::List(first) => {
                self.flush();
                self.lists.push(first);
            }
            Tag::Item => self.item(),
            Tag::CodeBlock(_) => {
                self.nest("    ");
                self.code = true;
            }
            Tag::Link { link_type, dest_url, .. } | Tag::Image { link_type, dest_url, .. } => {
                self.links.push((self.block.len(), safe_url(link_type, &dest_url)));
            }
            _ => {}
        }
    }

    fn close(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph | TagEnd::HtmlBlock => self.end_block(),
            TagEnd::Heading(_) => {
                self.block = self.block.to_uppercase();
                self.end_block();
            }
            TagEnd::BlockQuote(_) | TagEnd::CodeBlock => {
                self.flush();
                self.code = false;
                self.prefix.pop();
                self.gap();
            }
            TagEnd::Item => {
                self.flush();
                self.prefix.pop();
            }
            TagEnd::List(_) => {
                self.lists.pop();
                if self.lists.is_empty() {
                    self.gap();
                }
            }
            TagEnd::Link | TagEnd::Image => self.address(),
            TagEnd::TableCell => self.block.push_str(" | "),
            TagEnd::TableHead | TagEnd::TableRow => {
                self.block.truncate(self.block.trim_end_matches(" | ").len());
                self.flush();
            }
            TagEnd::Table => self.gap(),
            _ => {}
        }
    }

    fn nest(&mut self, prefix: &'static str) {
        self.flush();
        self.prefix.push(prefix);
    }

    fn item(&mut self) {
        self.flush();
        self.bullet = match self.lists.last_mut() {
            Some(Some(number)) => {
                *number += 1;
                format!("{}. ", *number - 1)
            }
            _ => "- ".to_owned(),
        };
        self.prefix.push(if self.bullet.len() > 2 { "   " } else { "  " });
    }

    /// `Text <address>`, or the text alone where it is the address or the address is not safe.
    fn address(&mut self) {
        let Some((start, Some(url))) = self.links.pop() else { return };
        let text = self.block.get(start..).unwrap_or_default();
        let address = url.as_str().strip_prefix("mailto:").unwrap_or(url.as_str());
        if text.trim_end_matches('/') != address.trim_end_matches('/') {
            let gap = if text.is_empty() { "" } else { " " };
            self.block.push_str(&format!("{gap}<{address}>"));
        }
    }

    fn end_block(&mut self) {
        self.flush();
        if self.lists.is_empty() {
            self.gap();
        }
    }

    /// One empty line before whatever comes next, as deep in quotes as both sides are.
    fn gap(&mut self) {
        let depth = self.prefix.len();
        self.gap = Some(self.gap.map_or(depth, |wanted| wanted.min(depth)));
    }

    /// Writes the block that was read so far, wrapped unless it is code.
    fn flush(&mut self) {
        let block = std::mem::take(&mut self.block);
        if block.trim().is_empty() {
            return;
        }
        if let Some(depth) = self.gap.take().filter(|_| !self.out.is_empty()) {
            self.out.push_str(self.prefix[..depth.min(self.prefix.len())].concat().trim_end());
            self.out.push('\n');
        }
        let rest = self.prefix.concat();
        let mut first = rest.clone();
        if !self.bullet.is_empty() {
            let indent = first.len().saturating_sub(self.prefix.last().map_or(0, |p| p.len()));
            first.truncate(indent);
            first.push_str(&std::mem::take(&mut self.bullet));
        }
        let lines = if self.code {
            block.trim_end().split('\n').map(str::to_owned).collect()
        } else {
            wrap(&block, WIDTH - rest.len().min(40))
        };
        for (index, line) in lines.iter().enumerate() {
            let line = format!("{}{line}", if index == 0 { &first } else { &rest });
            self.out.push_str(line.trim_end());
            self.out.push('\n');
        }
    }
}

fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for part in text.split('\n') {
        let mut line = String::new();
        for word in part.split_whitespace() {
            if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push(line);
    }
    lines
}
