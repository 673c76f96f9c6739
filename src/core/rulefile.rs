//! Files in TOML that a CERT maintains beside the configuration: plans, playbooks, text blocks, duties. A mistake is
//! told with file and line.

use std::fmt;
use std::path::{Path, PathBuf};

use toml::Spanned;

/// Reads TOML.
///
/// # Errors
/// [`Mistake`]: the first thing that is wrong, with its line.
pub fn read<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, Mistake> {
    toml::from_str(text).map_err(|error| {
        let begin = error.span().map_or(0, |span| span.start);
        Mistake { line: line_of(text, begin), what: error.message().to_owned() }
    })
}

/// What each of a list of tables says, with the line in which it begins.
///
/// # Errors
/// [`Mistake`] for the first that says it wrongly.
pub fn each<W, T: TryFrom<W, Error = String>>(
    text: &str,
    words: Vec<Spanned<W>>,
) -> Result<Vec<(usize, T)>, Mistake> {
    let one = |words: Spanned<W>| {
        let line = line_of(text, words.span().start);
        let read = T::try_from(words.into_inner()).map_err(|what| Mistake { line, what })?;
        Ok((line, read))
    };
    words.into_iter().map(one).collect()
}

/// The line, from 1, in which a byte lies.
#[must_use]
pub fn line_of(text: &str, at: usize) -> usize {
    text.as_bytes().iter().take(at).filter(|byte| **byte == b'\n').count() + 1
}

/// What is wrong with a file, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct Mistake {
    pub line: usize,
    pub what: String,
}

impl Mistake {
    /// At the first place where the file says `word`.
    pub fn at(text: &str, word: &str, what: impl Into<String>) -> Self {
        Self { line: line_of(text, text.find(word).unwrap_or(0)), what: what.into() }
    }
}

/// Why a file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    #[error("{}: {source}", path.display())]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("{}, {mistake}", path.display())]
    Mistake { path: PathBuf, mistake: Mistake },
    #[error("{}: {what}", path.display())]
    Folder { path: PathBuf, what: &'static str },
    /// What all files of a folder together leave out, or say twice.
    #[error("{}: {what}", path.display())]
    Whole { path: PathBuf, what: String },
}

/// Everything that is wrong, file by file.
#[derive(Debug, thiserror::Error)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let said: Vec<_> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&said.join("\n"))
    }
}

/// A file with its name.
#[derive(Debug)]
pub struct File {
    pub path: PathBuf,
    /// The name without the ending.
    pub key: String,
    pub text: String,
}

/// The files of a folder by name; for an empty path those that are built in, as name and text, with the folder in
/// which they lie in the product's sources.
pub fn files(folder: &Path, built_in: (&str, &[(&str, &str)]), problems: &mut Vec<Problem>) -> Vec<File> {
    if !folder.as_os_str().is_empty() {
        return listed(folder, problems);
    }
    let (folder, files) = built_in;
    let file = |(key, text): &(&str, &str)| File {
        path: Path::new(folder).join(format!("{key}.toml")),
        key: (*key).to_owned(),
        text: (*text).to_owned(),
    };
    files.iter().map(file).collect()
}

fn listed(folder: &Path, problems: &mut Vec<Problem>) -> Vec<File> {
    let unreadable = |path: &Path| {
        let path = path.to_owned();
        |source| Problem::Unreadable { path, source }
    };
    let listed = std::fs::read_dir(folder).and_then(|entries| entries.collect::<std::io::Result<Vec<_>>>());
    let mut paths: Vec<PathBuf> = match listed.map_err(unreadable(folder)) {
        Ok(entries) => entries.into_iter().map(|entry| entry.path()).collect(),
        Err(problem) => {
            problems.push(problem);
            return Vec::new();
        }
    };
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "toml"));
    paths.sort();
    let mut found = Vec::new();
    for path in paths {
        let key = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        let is_key = (1..=60).contains(&key.len())
            && key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if !is_key {
            problems.push(Problem::Folder {
                path,
                what: "the name must be of small letters, digits and hyphens",
            });
            continue;
        }
        match std::fs::read_to_string(&path).map_err(unreadable(&path)) {
            Ok(text) => found.push(File { path, key, text }),
            Err(problem) => problems.push(problem),
        }
    }
    found
}
