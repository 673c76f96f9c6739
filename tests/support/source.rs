//! Rust source as tokens, as far as the architecture test needs them: paths and string literals, without comments and
//! without test code. The German texts and the templates are read here too.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// What a source file consists of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Token {
    Word(String),
    /// A string literal, without quotes.
    Text(String),
    /// `::`
    Path,
    /// Any other character that is not white space.
    Other(char),
}

/// A token and the line on which it begins.
pub type Placed = (usize, Token);

/// A source file: its path below the root and its tokens.
#[derive(Debug)]
pub struct Source {
    pub path: String,
    pub tokens: Vec<Placed>,
}

impl Source {
    /// A file, with its test code left out.
    pub fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), tokens: without_tests(&tokens(text)) }
    }

    /// The module that the file is, as segments behind `crate`.
    pub fn module(&self) -> Vec<String> {
        let inner = self.path.trim_start_matches("src/").trim_end_matches(".rs");
        let mut segments: Vec<_> = inner.split('/').map(str::to_owned).collect();
        if segments.last().is_some_and(|last| last == "mod" || last == "lib") {
            segments.pop();
        }
        segments
    }

    /// Every path of the crate that the file names, as segments behind `crate`, with its line.
    pub fn paths(&self) -> Vec<(usize, Vec<String>)> {
        let mut found = Vec::new();
        let mut at = 0;
        while at < self.tokens.len() {
            let starts = matches!(self.tokens.get(at + 1), Some((_, Token::Path)));
            let base = match &self.tokens[at].1 {
                Token::Word(word) if starts && (word == "crate" || word == "meldekette") => Some(Vec::new()),
                Token::Word(word) if starts && word == "super" => Some(parent(self.module())),
                _ => None,
            };
            at += 1;
            if let Some(base) = base {
                tree(&self.tokens, &mut at, base, &mut found);
            }
        }
        found
    }

    /// The names of the jobs that the file declares: `const NAME: &'static str = "…"`.
    pub fn job_names(&self) -> impl Iterator<Item = &str> {
        self.tokens.windows(9).filter_map(|run| match [&run[0].1, &run[1].1, &run[8].1] {
            [Token::Word(keyword), Token::Word(name), Token::Text(job)] => {
                (keyword == "const" && name == "NAME").then_some(job.as_str())
            }
            _ => None,
        })
    }

    /// Every string literal, with its line.
    pub fn texts(&self) -> impl Iterator<Item = (usize, &str)> {
        self.tokens.iter().filter_map(|(line, token)| match token {
            Token::Text(text) => Some((*line, text.as_str())),
            _ => None,
        })
    }
}

fn parent(mut module: Vec<String>) -> Vec<String> {
    module.pop();
    module
}

/// Reads `::a::b`, `::a::{b, c::d}` or `::*` from `at` on.
fn tree(tokens: &[Placed], at: &mut usize, mut base: Vec<String>, found: &mut Vec<(usize, Vec<String>)>) {
    let line = tokens.get(*at).map_or(0, |(line, _)| *line);
    while matches!(tokens.get(*at), Some((_, Token::Path))) {
        *at += 1;
        match tokens.get(*at).map(|(_, token)| token) {
            Some(Token::Word(word)) if word == "super" => base = parent(base),
            Some(Token::Word(word)) => base.push(word.clone()),
            Some(Token::Other('{')) => {
                *at += 1;
                while let Some((line, token)) = tokens.get(*at) {
                    match token {
                        Token::Other('}') => break,
                        Token::Word(word) if word == "self" => found.push((*line, base.clone())),
                        Token::Word(word) => {
                            *at += 1;
                            let mut inner = base.clone();
                            inner.push(word.clone());
                            tree(tokens, at, inner, found);
                            continue;
                        }
                        _ => {}
                    }
                    *at += 1;
                }
                *at += 1;
                return;
            }
            _ => break,
        }
        *at += 1;
    }
    found.push((line, base));
}

/// Leaves out every item behind `#[cfg(test)]`.
fn without_tests(tokens: &[Placed]) -> Vec<Placed> {
    let marker: Vec<Token> = self::tokens("#[cfg(test)]").into_iter().map(|(_, token)| token).collect();
    let mut kept = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let here = tokens[at..].iter().take(marker.len()).map(|(_, token)| token);
        if !here.eq(marker.iter()) {
            kept.push(tokens[at].clone());
            at += 1;
            continue;
        }
        at += marker.len();
        let mut depth = 0;
        while at < tokens.len() {
            match tokens[at].1 {
                Token::Other('(' | '[' | '{') => depth += 1,
                Token::Other(')' | ']' | '}') => depth -= 1,
                _ => {}
            }
            let ends = matches!(tokens[at].1, Token::Other(';' | '}')) && depth == 0;
            at += 1;
            if ends {
                break;
            }
        }
    }
    kept
}

/// The tokens of Rust source.
pub fn tokens(text: &str) -> Vec<Placed> {
    let chars: Vec<char> = text.chars().collect();
    let (mut at, mut line, mut tokens) = (0, 1, Vec::new());
    while at < chars.len() {
        let (from, c) = (at, chars[at]);
        let next = chars.get(at + 1).copied().unwrap_or(' ');
        let token = if c == '/' && next == '/' {
            at = end_of(&chars, at, |c| c == '\n');
            None
        } else if c == '/' && next == '*' {
            at = end_of_comment(&chars, at);
            None
        } else if let Some(hashes) = raw_string(&chars, at) {
            let (end, literal) = read_raw(&chars, at, hashes);
            at = end;
            Some(Token::Text(literal))
        } else if c == '"' {
            let (end, literal) = read_string(&chars, at + 1);
            at = end;
            Some(Token::Text(literal))
        } else if c == '\'' && (next == '\\' || chars.get(at + 2) == Some(&'\'')) {
            // A character, not a lifetime: its end is the first quote behind the character or the escape.
            at = end_of(&chars, at + if next == '\\' { 3 } else { 2 }, |c| c == '\'') + 1;
            None
        } else if c.is_alphanumeric() || c == '_' {
            at = end_of(&chars, at, |c| !c.is_alphanumeric() && c != '_');
            Some(Token::Word(chars[from..at].iter().collect()))
        } else if c == ':' && next == ':' {
            at += 2;
            Some(Token::Path)
        } else {
            at += 1;
            (!c.is_whitespace()).then_some(Token::Other(c))
        };
        tokens.extend(token.map(|token| (line, token)));
        line += chars[from..at.min(chars.len())].iter().filter(|c| **c == '\n').count();
    }
    tokens
}

fn end_of(chars: &[char], from: usize, ends: impl Fn(char) -> bool) -> usize {
    (from..chars.len()).find(|at| ends(chars[*at])).unwrap_or(chars.len())
}

/// Block comments nest.
fn end_of_comment(chars: &[char], from: usize) -> usize {
    let (mut depth, mut at) = (0, from);
    while at < chars.len() {
        match (chars[at], chars.get(at + 1)) {
            ('/', Some('*')) => (depth, at) = (depth + 1, at + 2),
            ('*', Some('/')) => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at
}

/// How many `#` a raw string has that begins here (`r"`, `br#"`), if one does.
fn raw_string(chars: &[char], at: usize) -> Option<usize> {
    let before = at.checked_sub(1).and_then(|at| chars.get(at));
    if before.is_some_and(|c| c.is_alphanumeric() || *c == '_') {
        return None;
    }
    let from = at + usize::from(chars[at] == 'b');
    let hashes = chars.get(from + 1..)?.iter().take_while(|c| **c == '#').count();
    (chars.get(from) == Some(&'r') && chars.get(from + 1 + hashes) == Some(&'"')).then_some(hashes)
}

fn read_raw(chars: &[char], at: usize, hashes: usize) -> (usize, String) {
    let from = end_of(chars, at, |c| c == '"') + 1;
    let closes = |at: usize| chars[at] == '"' && (1..=hashes).all(|more| chars.get(at + more) == Some(&'#'));
    let end = (from..chars.len()).find(|at| closes(*at)).unwrap_or(chars.len());
    (end + 1 + hashes, chars[from..end.max(from)].iter().collect())
}

fn read_string(chars: &[char], from: usize) -> (usize, String) {
    let (mut at, mut literal) = (from, String::new());
    while at < chars.len() && chars[at] != '"' {
        if chars[at] == '\\' {
            at += 1;
        }
        literal.extend(chars.get(at));
        at += 1;
    }
    (at + 1, literal)
}

/// The repository's root.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// All files below `folder` with one of the endings, as paths below the root, sorted.
pub fn files(folder: &str, endings: &[&str]) -> Vec<String> {
    let mut found = BTreeSet::new();
    let mut open = vec![root().join(folder)];
    while let Some(path) = open.pop() {
        for entry in fs::read_dir(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())) {
            let path = entry.expect("an entry").path();
            if path.is_dir() && path.file_name().is_some_and(|name| name != "node_modules") {
                open.push(path);
            } else if path.extension().is_some_and(|ending| endings.iter().any(|wanted| ending == *wanted)) {
                found.insert(below_root(&path));
            }
        }
    }
    found.into_iter().collect()
}

fn below_root(path: &Path) -> String {
    path.strip_prefix(root()).expect("below the root").to_string_lossy().into_owned()
}

/// A file below the root.
pub fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// How files end that hold tests, or what tests share.
const TESTS: [&str; 4] = ["_test.rs", "_tests.rs", "/tests.rs", "/testing.rs"];

/// All of the product's own source, without tests.
pub fn product() -> Vec<Source> {
    let ends = |path: &str| TESTS.iter().any(|ending| path.ends_with(ending));
    let is_test = |path: &str| ends(path) || path.contains("/tests/");
    let paths = files("src", &["rs"]);
    paths.iter().filter(|path| !is_test(path)).map(|path| Source::new(path, &read(path))).collect()
}

/// The literals in a template's expressions: what stands between `{{ }}` or `{% %}`.
pub fn template_texts(template: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (open, close) in [("{{", "}}"), ("{%", "%}")] {
        let mut from = 0;
        while let Some(start) = template[from..].find(open).map(|at| from + at + open.len()) {
            let end = template[start..].find(close).map_or(template.len(), |at| start + at);
            let line = template[..start].matches('\n').count();
            for (inner, token) in tokens(&template[start..end]) {
                if let Token::Text(text) = token {
                    found.push((line + inner, text));
                }
            }
            from = end;
        }
    }
    found
}
