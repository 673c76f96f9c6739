//! A page that was sent as a mail, as text: what stands on it, line by line, and where it leads. Nothing is loaded.
//!
//! A tokenizer reads it and no tree is built: what a sender makes of nesting, spans and unclosed tags costs the time of
//! its length and no more, and nothing that a person would see is left out.

use std::collections::HashSet;

use html5gum::{DefaultEmitter, StartTag, Token, Tokenizer};

/// Targets of a page that are kept, and characters of each.
const LINKS: usize = 100;
const LINK: usize = 2_000;
/// Quotations inside each other that are told apart.
const QUOTES: usize = 9;
/// What begins a line of its own.
const LINES: [&str; 34] = [
    "address",
    "article",
    "aside",
    "body",
    "caption",
    "center",
    "dd",
    "details",
    "dir",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "header",
    "hr",
    "legend",
    "li",
    "main",
    "menu",
    "nav",
    "ol",
    "option",
    "section",
    "summary",
    "table",
    "tbody",
    "tfoot",
    "thead",
    "tr",
    "ul",
];
/// What has room around it.
const PARAGRAPHS: [&str; 9] = ["blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "p", "pre"];
/// What is no text to its reader.
const UNSHOWN: [&str; 4] = ["script", "style", "template", "title"];
/// Where an element leads whoever uses it.
const LEADS: [&str; 4] = ["action", "formaction", "href", "xlink:href"];
/// What leads nowhere else.
const INSIDE: [&str; 4] = ["#", "cid:", "mailto:", "tel:"];

/// What a page says.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Page {
    pub text: String,
    /// Where it leads, each once, in their order.
    pub links: Vec<String>,
    /// Whether there are more.
    pub has_more_links: bool,
}

/// Reads a page.
#[must_use]
pub fn read(html: &str) -> Page {
    let mut emitter = DefaultEmitter::<()>::default();
    // Of a script the tokenizer reads on until its end, as a browser does.
    emitter.naively_switch_states(true);
    let mut reader = Reader::default();
    for token in Tokenizer::new_with_emitter(html, emitter) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => reader.begins(&tag),
            Token::EndTag(tag) => reader.ends(&String::from_utf8_lossy(&tag.name)),
            Token::String(text) => reader.says(&String::from_utf8_lossy(&text)),
            Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
        }
    }
    reader.done()
}

/// How far the next word is from what stands already.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    #[default]
    None,
    Space,
    Line,
    Paragraph,
}

#[derive(Default)]
struct Reader {
    page: Page,
    known: HashSet<String>,
    gap: Gap,
    /// Open quotations, preformatted texts, and what is not shown.
    quotes: usize,
    kept: usize,
    unshown: usize,
}

impl Reader {
    fn begins(&mut self, tag: &StartTag<()>) {
        let name = String::from_utf8_lossy(&tag.name);
        let said = |name: &str| {
            tag.attributes.get(name.as_bytes()).map(|value| String::from_utf8_lossy(value).into_owned())
        };
        // What a page loads by itself leads nobody anywhere.
        if name != "link" {
            for target in LEADS.iter().filter_map(|attribute| said(attribute)) {
                self.leads(target.trim());
            }
        }
        if UNSHOWN.contains(&&*name) && !tag.self_closing {
            self.unshown += 1;
        }
        self.stands(&name);
        match &*name {
            "br" => self.breaks(),
            "td" | "th" => self.gap = self.gap.max(Gap::Space),
            "li" => self.says("- "),
            "blockquote" => self.quotes += 1,
            "pre" => self.kept += 1,
            "img" => {
                if let Some(words) = said("alt").filter(|words| !words.trim().is_empty()) {
                    self.says(&format!("[{}]", words.trim()));
                }
            }
            _ => {}
        }
    }

    fn ends(&mut self, name: &str) {
        let open = match name {
            "blockquote" => Some(&mut self.quotes),
            "pre" => Some(&mut self.kept),
            name if UNSHOWN.contains(&name) => Some(&mut self.unshown),
            _ => None,
        };
        if let Some(open) = open {
            *open = open.saturating_sub(1);
        }
        self.stands(name);
    }

    fn stands(&mut self, name: &str) {
        if LINES.contains(&name) {
            self.gap = self.gap.max(Gap::Line);
        } else if PARAGRAPHS.contains(&name) {
            self.gap = self.gap.max(Gap::Paragraph);
        }
    }

    /// The second break in a row is an empty line.
    fn breaks(&mut self) {
        self.gap = if self.gap >= Gap::Line { Gap::Paragraph } else { Gap::Line };
    }

    fn leads(&mut self, target: &str) {
        let lower = target.get(..8).unwrap_or(target).to_ascii_lowercase();
        if target.is_empty() || INSIDE.iter().any(|inside| lower.starts_with(inside)) {
            return;
        }
        let target: String = target.chars().take(LINK).collect();
        if self.known.contains(&target) {
            return;
        }
        if self.page.links.len() == LINKS {
            self.page.has_more_links = true;
        } else {
            self.known.insert(target.clone());
            self.page.links.push(target);
        }
    }

    fn says(&mut self, text: &str) {
        if self.unshown > 0 {
            return;
        }
        if self.kept > 0 {
            for (at, line) in text.split('\n').enumerate() {
                if at > 0 {
                    self.breaks();
                }
                if !line.is_empty() {
                    self.writes(line);
                }
            }
            return;
        }
        if text.starts_with(|c: char| c.is_ascii_whitespace()) {
            self.gap = self.gap.max(Gap::Space);
        }
        for word in text.split_ascii_whitespace() {
            self.writes(word);
            self.gap = Gap::Space;
        }
        if !text.ends_with(|c: char| c.is_ascii_whitespace()) && self.gap == Gap::Space {
            self.gap = Gap::None;
        }
    }

    fn writes(&mut self, words: &str) {
        let out = &mut self.page.text;
        let begins_line = out.is_empty() || self.gap >= Gap::Line;
        if !out.is_empty() {
            out.push_str(match self.gap {
                Gap::None => "",
                Gap::Space => " ",
                Gap::Line => "\n",
                Gap::Paragraph => "\n\n",
            });
        }
        if begins_line {
            out.push_str(&"> ".repeat(self.quotes.min(QUOTES)));
        }
        out.push_str(words);
        self.gap = Gap::None;
    }

    fn done(self) -> Page {
        self.page
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_page_keeps_its_lines_and_tells_where_it_leads() {
        let page = read(
            "<html><head><title>x</title><style>p{}</style></head><body><div>Guten Tag,</div><div>bitte \
            <a href=\"http://boese.example/x?y=1&amp;z=2\">hier</a> an<b>mel</b>den.</div>\
            <table><tr><td>Konto</td><td>4711</td></tr></table><script>x()</script><ul><li>eins<li>zwei</ul>\
            <p>Ab&shy;satz<br>Zeile<br><br>Rest</p><blockquote>Sie schrieben:<pre>  a\n b</pre></blockquote>\
            <img src=\"http://boese.example/pixel\"><img alt=Logo src=x> 1 &lt; 2 <wbr>&auml;",
        );
        assert_eq!(
            page.text,
            "Guten Tag,\nbitte hier anmelden.\nKonto 4711\n- eins\n- zwei\n\nAb\u{ad}satz\nZeile\n\nRest\n\n\
            > Sie schrieben:\n\n>   a\n>  b\n\n[Logo] 1 < 2 ä"
        );
        assert_eq!(page.links, ["http://boese.example/x?y=1&z=2"]);
    }

    #[test]
    fn every_way_that_leads_out_is_told() {
        let page = read(
            "<link rel=stylesheet href=/s.css><base href='//boese.example/'><a href=\" https://boese.example/a \"><img src=cid:k></a>\
            <a href='https:/\\boese.example/b'>&nbsp;</a><map><area href=/c></map><form action='javascript:x()'>\
            <button formaction=d>x</button></form><svg><a xlink:href=e>y</a></svg><a href=#f>n</a>\
            <a href='MAILTO:a@b.example'>m</a><a href=\"https://boese.example/a\">noch einmal</a><A HREF=g>",
        );
        let told = ["//boese.example/", "https://boese.example/a", "https:/\\boese.example/b", "/c"];
        assert_eq!(page.links, [&told[..], &["javascript:x()", "d", "e", "g"]].concat());
        let many =
            read(&(0..300).map(|n| format!("<a href=http://b.example/{n}>x</a> ")).collect::<String>());
        assert_eq!((many.links.len(), many.has_more_links), (LINKS, true));
    }

    #[test]
    fn whatever_a_page_does_with_tags_its_words_are_read() {
        for odd in [
            "<ol>Wort</ol>",
            "<dl>Wort</dl>",
            "<table><caption>Wort</caption></table>",
            "<table><tfoot>Wort</tfoot></table>",
            "<svg><text>Wort</text></svg>",
            "<table><tr><td colspan=18446744073709551615><td>Wort",
            "<td rowspan=9999><td rowspan=9999>Wort",
            "</div></div></p>Wort",
            "<style>x</style><s>Wort</s>",
        ] {
            assert!(read(odd).text.ends_with("Wort"), "{odd}: {:?}", read(odd));
        }
        for tag in
            ["<div></b>", "<blockquote>", "<table><tr><td>", "<ul><li>", "<b>", "<!--[if mso]><![endif]-->"]
        {
            let page = read(&format!("{}Wort", tag.repeat(100_000)));
            assert!(page.text.ends_with("Wort"), "{tag}");
        }
    }

    proptest! {
        #[test]
        fn every_word_between_tags_is_in_the_text(
            parts in prop::collection::vec(
                prop_oneof![
                    "[a-zäöü]{1,8}".prop_map(|word| (word, true)),
                    "</?(p|div|td|tr|table|ol|li|dl|blockquote|a href=x|b|svg|math|s|sup|select|option)( colspan=[0-9]{1,20})?>"
                        .prop_map(|tag| (tag, false)),
                ],
                0..60,
            )
        ) {
            let html: String = parts.iter().map(|(part, _)| part.as_str()).collect();
            let text: String = read(&html).text.replace(|c: char| c.is_whitespace() || "->".contains(c), "");
            let words: String = parts.iter().filter(|(_, is_word)| *is_word).map(|(word, _)| word.as_str()).collect();
            prop_assert_eq!(text, words, "{}", html);
        }
    }
}
