//! Inputs that were changed at random, from a corpus and with the words of a format.
//!
//! cargo-fuzz needs a nightly compiler for its view of coverage. This needs none: what an input makes its target answer
//! stands for the way that it took, and an input that makes it answer anew joins the corpus.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

#[expect(clippy::disallowed_methods, reason = "what is measured is real time")]
pub fn now() -> Instant {
    Instant::now()
}

/// Inputs that are kept, and bytes of one.
const CORPUS: usize = 4_000;
const CRASHES_TOLD: usize = 20;

/// What is fuzzed.
pub struct Target<'a> {
    pub name: &'a str,
    pub seeds: Vec<Vec<u8>>,
    /// Words of the format, which are put anywhere.
    pub words: &'a [&'a str],
    /// Bytes of an input at most.
    pub longest: usize,
    /// Executions in an ordinary run.
    pub ordinary: usize,
    /// One input may take as long.
    pub patience: Duration,
}

/// What came of it.
pub struct Outcome {
    /// The inputs that made the target answer anew.
    pub found: Vec<Vec<u8>>,
}

/// Numbers that look drawn and are the same in each run with the same beginning (xorshift64*).
pub struct Drawn(u64);

impl Drawn {
    pub fn from(seed: u64) -> Self {
        Self(seed | 1)
    }

    fn next(&mut self) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        usize::try_from(self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33).unwrap()
    }

    fn below(&mut self, end: usize) -> usize {
        self.next() % end.max(1)
    }

    fn byte(&mut self) -> u8 {
        u8::try_from(self.below(256)).unwrap()
    }
}

/// A number from the environment.
fn told(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Changes bytes, cuts, doubles and joins pieces, puts words of the format anywhere, repeats them.
fn changed(corpus: &[Vec<u8>], target: &Target<'_>, drawn: &mut Drawn) -> Vec<u8> {
    let mut input = corpus[drawn.below(corpus.len())].clone();
    for _ in 0..=drawn.below(8) {
        let at = drawn.below(input.len() + 1);
        let end = (at + drawn.below(200)).min(input.len());
        match drawn.below(10) {
            0 if at < input.len() => input[at] = drawn.byte(),
            1 => input.truncate(at),
            2 => input.insert(at, b"\r\n:;=<>@\"?\0.[](){}*-"[drawn.below(20)]),
            3 => {
                let piece = input[at..end].to_vec();
                input.splice(at..at, piece);
            }
            4 => {
                let other = &corpus[drawn.below(corpus.len())];
                input.truncate(at);
                input.extend(&other[drawn.below(other.len() + 1)..]);
            }
            5 => {
                input.drain(at..end);
            }
            6 if at < input.len() => input[at] ^= 1 << drawn.below(8),
            7 => {
                let word = target.words[drawn.below(target.words.len())];
                let many = if drawn.below(20) == 0 { drawn.below(2_000) } else { 1 };
                input.splice(at..at, word.repeat(many).into_bytes());
            }
            8 => {
                let word = target.words[drawn.below(target.words.len())];
                input.splice(at..end, word.bytes());
            }
            _ => input.reverse_piece(at, end),
        }
        input.truncate(target.longest);
    }
    input
}

trait Piece {
    fn reverse_piece(&mut self, from: usize, to: usize);
}

impl Piece for Vec<u8> {
    fn reverse_piece(&mut self, from: usize, to: usize) {
        self[from..to].reverse();
    }
}

/// Runs a target: in an ordinary run a fixed number of inputs, the same each time; with `MELDEKETTE_FUZZ_SECONDS` as long,
/// and from another beginning where `MELDEKETTE_FUZZ_SEED` says one. `execute` panics where something is wrong, and
/// answers with what the input was taken for.
pub fn run(target: &Target<'_>, execute: impl Fn(&[u8]) -> String) -> Outcome {
    let seconds = told("MELDEKETTE_FUZZ_SECONDS");
    let seed = told("MELDEKETTE_FUZZ_SEED").unwrap_or(0x6d65_6c64_656b_6574);
    let mut drawn = Drawn::from(seed);
    let mut corpus = target.seeds.clone();
    let (mut answers, mut found, mut crashes) = (HashSet::new(), Vec::new(), Vec::new());
    let (mut slowest, mut slowest_input, mut longest) = (Duration::ZERO, Vec::new(), 0);
    let (begin, mut executions) = (now(), 0);
    loop {
        let is_over = match seconds {
            Some(seconds) => begin.elapsed() >= Duration::from_secs(seconds),
            None => executions >= target.ordinary.max(target.seeds.len()),
        };
        if is_over {
            break;
        }
        // The corpus as it is comes first.
        let input = match target.seeds.get(executions) {
            Some(seed) => seed.clone(),
            None => changed(&corpus, target, &mut drawn),
        };
        longest = longest.max(input.len());
        let since = now();
        let answer = catch_unwind(AssertUnwindSafe(|| execute(&input)));
        let took = since.elapsed();
        executions += 1;
        if took > slowest {
            (slowest, slowest_input) = (took, input.clone());
        }
        match answer {
            Ok(answer) => {
                if answers.insert(answer) && found.len() < CORPUS {
                    corpus.push(input.clone());
                    found.push(input);
                }
            }
            Err(_) => crashes.push(input),
        }
        if crashes.len() >= CRASHES_TOLD {
            break;
        }
    }
    println!(
        "fuzz {}: {executions} executions in {:.1} s, seed {seed:#x}, {} answers, corpus {}, longest {longest} bytes, \
         slowest {:.1} ms ({} bytes), {} crashes",
        target.name,
        begin.elapsed().as_secs_f64(),
        answers.len(),
        corpus.len(),
        slowest.as_secs_f64() * 1000.0,
        slowest_input.len(),
        crashes.len(),
    );
    for crash in &crashes {
        println!("crash: {}", crash.escape_ascii());
    }
    assert!(crashes.is_empty(), "{} inputs stop {}", crashes.len(), target.name);
    assert!(
        slowest < target.patience,
        "{slowest:?} for {}",
        slowest_input[..slowest_input.len().min(2_000)].escape_ascii()
    );
    Outcome { found }
}
