//! How fast observables are found, on one core, beside a pass of the regex crate over the same text.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use meldekette::incidents::observables::extract::extract;

use super::Bench;
use super::machine::{median, now};
use super::table::Row;

/// Bytes of text, made of the marked ones again and again.
const TEXT: usize = 8 << 20;
/// What simple extractors look for: addresses of networks, mail, pages, and hashes.
const PATTERN: &str = r"(?i)\b(?:\d{1,3}(?:\.\d{1,3}){3}|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|https?://[^\s<>]+|[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}|[0-9a-f]{32,128}|CVE-\d{4}-\d{4,7})\b";
/// Texts in which each byte begins something.
const HOSTILE: [&str; 8] = ["http://", "a@", "[.]", "1.", "HKLM\\a ", "::", "1.1.1.1/", "http://a.de/("];

/// The rate, and how much slower the worst of hostile texts is, byte by byte.
pub fn extraction(bench: &mut Bench, root: &Path) -> Result<()> {
    let text = sample(root)?;
    let regex = regex::Regex::new(PATTERN)?;
    let rate = |text: &str, run: &dyn Fn(&str) -> usize| {
        let begun = now();
        let found = run(text);
        (text.len() as f64 / 1e6 / begun.elapsed().as_secs_f64(), found)
    };
    let (ours, theirs) = (|text: &str| extract(text).len(), |text: &str| regex.find_iter(text).count());
    let (mut product, mut floor, mut found) = (Vec::new(), Vec::new(), (0, 0));
    for _ in 0..5 {
        let (fast, count) = rate(&text, &ours);
        let (peer, matched) = rate(&text, &theirs);
        product.push(fast);
        floor.push(peer);
        found = (count, matched);
    }
    let (product, floor) = (median(product), median(floor));
    let worst = HOSTILE
        .iter()
        .map(|unit| (rate(&unit.repeat(400_000 / unit.len()), &ours).0, *unit))
        .min_by(|(one, _), (other, _)| one.total_cmp(other))
        .context("a hostile text")?;
    bench.table.add(Row {
        what: "extraction of observables, one core".to_owned(),
        product: format!("{product:.1} MB/s"),
        floor: format!("{floor:.1} MB/s one regex"),
        ratio: Some(product / floor),
        bound: String::new(),
        is_met: None,
        details: vec![
            format!(
                "median of 5; {} MiB of reports, mails and logs: {} found, regex {}",
                TEXT >> 20,
                found.0,
                found.1
            ),
            format!("slowest hostile text: {:.1} MB/s, {:?} again and again", worst.0, worst.1),
        ],
    });
    Ok(())
}

/// The texts of the tests without their marks.
fn sample(root: &Path) -> Result<String> {
    let mut all = String::new();
    for file in std::fs::read_dir(root.join("tests/observables/texts"))? {
        let marked = std::fs::read_to_string(file?.path())?;
        for (at, part) in marked.split(['⟦', '⟧']).enumerate() {
            let written =
                if at % 2 == 0 { part } else { part.split_once('|').map_or(part, |(_, written)| written) };
            all.push_str(written);
        }
    }
    ensure!(!all.is_empty(), "tests/observables/texts holds no text");
    Ok(all.repeat(TEXT / all.len() + 1))
}
