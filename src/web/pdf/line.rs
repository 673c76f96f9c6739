//! Words into lines of a width: broken at spaces, and inside a word only where it alone is too wide.

use super::font::{Cut, Shaped, shape};
use crate::web::emphasis::Run;

/// A part of a line in one cut; `x` is its distance from the line's beginning, for one point of size.
#[derive(Debug, Clone)]
pub struct Piece {
    pub x: f32,
    pub shaped: Shaped,
}

/// A line. It keeps the space at which it was broken, so that whoever reads the text finds two words.
#[derive(Debug, Clone, Default)]
pub struct Line {
    pub pieces: Vec<Piece>,
    /// For one point of size, without the space at its end.
    pub width: f32,
    advance: f32,
}

impl Line {
    /// The text in one cut, on one line.
    pub fn of(cut: Cut, text: &str) -> Self {
        let mut line = Self::default();
        line.push(&Word::of(cut, text));
        line
    }

    fn push(&mut self, word: &Word) {
        for part in &word.0 {
            match self.pieces.last_mut().filter(|piece| piece.shaped.cut == part.cut) {
                Some(piece) => piece.shaped.append(part),
                None => self.pieces.push(Piece { x: self.advance, shaped: part.clone() }),
            }
            self.advance += part.width;
        }
        self.width = self.advance - word.space();
    }

    /// What is written on it.
    #[cfg(test)]
    pub fn text(&self) -> String {
        self.pieces.iter().map(|piece| piece.shaped.text.as_str()).collect()
    }
}

/// What is never broken unless it is too wide for a line of its own; its cut may change inside: `**Kabel**,`.
struct Word(Vec<Shaped>);

impl Word {
    fn of(cut: Cut, text: &str) -> Self {
        Self(vec![shape(cut, text)])
    }

    fn advance(&self) -> f32 {
        self.0.iter().map(|part| part.width).sum()
    }

    /// The width of the space at its end.
    fn space(&self) -> f32 {
        let last = self.0.last().filter(|part| part.text.ends_with(' '));
        last.and_then(|part| part.glyphs.last()).map_or(0.0, |glyph| glyph.x_advance)
    }

    fn is_open(&self) -> bool {
        self.0.last().is_some_and(|part| !part.text.ends_with(' '))
    }

    /// Pieces that fit, where it is too wide.
    fn cut(self, width: f32) -> Vec<Self> {
        if self.advance() - self.space() <= width {
            return vec![self];
        }
        let letters = self.0.iter().flat_map(|part| part.text.chars().map(|c| (part.cut, c)));
        let mut pieces: Vec<Self> = Vec::new();
        for (cut, letter) in letters {
            let one = shape(cut, letter.encode_utf8(&mut [0; 4]));
            match pieces.last_mut().filter(|piece| letter == ' ' || piece.advance() + one.width <= width) {
                Some(piece) => piece.0.push(one),
                None => pieces.push(Self(vec![one])),
            }
        }
        pieces
    }
}

fn words(runs: &[Run]) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    for run in runs {
        for text in run.text.split_inclusive(' ') {
            let part = shape(Cut::of(run), text);
            match words.last_mut().filter(|word| word.is_open()) {
                Some(word) => word.0.push(part),
                None => words.push(Word(vec![part])),
            }
        }
    }
    words
}

/// Breaks runs into lines at most `width` wide, for one point of size.
pub fn broken(runs: &[Run], width: f32) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for word in words(runs).into_iter().flat_map(|word| word.cut(width)) {
        let needed = word.advance() - word.space();
        match lines.last_mut().filter(|line| line.advance + needed <= width) {
            Some(line) => line.push(&word),
            None => {
                let mut line = Line::default();
                line.push(&word);
                lines.push(line);
            }
        }
    }
    lines
}
