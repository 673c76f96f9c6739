//! `observables`: text in, one JSON object for each find out. Text of any length takes the same memory.

use std::io::{Read, Write};
use std::process::ExitCode;

use anyhow::{Context as _, Result};

use crate::incidents::observables::extract::extract;

/// Bytes that are looked at together. They end with a line where one ends in them, and nothing that is found goes beyond
/// a line.
const PART: usize = 1 << 20;

/// Finds what stands in `input`. Places count bytes from its begin; bytes that are no UTF-8 part words.
pub(super) fn run(mut input: impl Read, output: impl Write) -> Result<ExitCode> {
    let mut output = std::io::BufWriter::new(output);
    let (mut part, mut before) = (Vec::with_capacity(PART), 0);
    loop {
        let read = input
            .by_ref()
            .take((PART - part.len()) as u64)
            .read_to_end(&mut part)
            .context("standard input")?;
        let is_last = read == 0 || part.len() < PART;
        let cut = if is_last { part.len() } else { end_of(&part) };
        print(&part[..cut], before, &mut output)?;
        before += cut;
        part.drain(..cut);
        if is_last {
            output.flush()?;
            return Ok(ExitCode::SUCCESS);
        }
    }
}

/// Behind the last line, or else the last space; where there is neither, all of it but a letter that is cut.
fn end_of(part: &[u8]) -> usize {
    let behind = |mark: u8| part.iter().rposition(|byte| *byte == mark).map(|at| at + 1);
    let cut = || (0..part.len()).rev().find(|at| part[*at] & 0xc0 != 0x80).filter(|at| *at > 0);
    behind(b'\n').or_else(|| behind(b' ')).or_else(cut).unwrap_or(part.len())
}

fn print(part: &[u8], before: usize, output: &mut impl Write) -> Result<()> {
    for find in extract(&readable(part)) {
        let mut line = serde_json::to_value(&find)?;
        line["start"] = (before + find.start).into();
        line["end"] = (before + find.end).into();
        writeln!(output, "{line}").context("standard output")?;
    }
    Ok(())
}

/// The bytes as text of the same length: each that is no UTF-8 becomes a question mark.
fn readable(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| '?'));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(input: &[u8]) -> Vec<(String, u64)> {
        let mut output = Vec::new();
        run(input, &mut output).unwrap();
        let lines = std::str::from_utf8(&output).unwrap().lines();
        lines
            .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
            .map(|line| (line["value"].as_str().unwrap().to_owned(), line["start"].as_u64().unwrap()))
            .collect()
    }

    #[test]
    fn places_count_from_the_begin_however_long_the_text_is() {
        let mut text = "Zeile ohne Spur, aber lang genug\n".repeat(PART / 32).into_bytes();
        text.extend_from_slice(b"\xff\xfe evil[.]example \xe4 192.0.2.1");
        let at = text.len() as u64;
        assert_eq!(found(&text), [("evil.example".to_owned(), at - 26), ("192.0.2.1".to_owned(), at - 9)]);
    }

    #[test]
    fn a_text_without_lines_ends_too() {
        assert_eq!(found("ä".repeat(PART + 3).as_bytes()), []);
        assert_eq!(found(b""), []);
    }
}
