//! A sheet: what is on its pages, in which order it is read, and where the next thing goes.

use krilla::tagging::{ListNumbering, TableHeaderScope, Tag, TagKind};

use super::Paper;
use super::font::Cut;
use super::line::{Line, broken};
use crate::core::tlp::Tlp;
use crate::web::emphasis::Run;

/// What stands at head and foot of each page, beside the page number.
#[derive(Debug, Clone)]
pub struct Frame {
    /// Head, left: what it is and of when.
    pub reference: String,
    /// Right, at head and foot, as FIRST wants it (TLP 2.0): capitals, at least 12 points, on black. None on what is
    /// written to the public.
    pub tlp: Option<Tlp>,
    /// Foot, before the page number.
    pub foot: String,
    /// A line below it.
    pub under: String,
}

/// How pairs of a name and a value look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Facts {
    /// As running text.
    Plain,
    /// Large and in a frame: what somebody looks for in a hurry.
    Large,
}

/// To what a drawn thing belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// The content with this number, which has its place in the order of reading.
    Read(usize),
    Head,
    Foot,
    Ornament,
}

/// A colour on white paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ink {
    Black,
    /// On a label's black.
    Label(Tlp),
}

/// Something drawn. Lengths in points from the upper left corner.
pub(super) enum Op {
    /// `y` is the baseline.
    Text {
        mark: Mark,
        ink: Ink,
        x: f32,
        y: f32,
        size: f32,
        line: Line,
    },
    Rule {
        x: f32,
        y: f32,
        width: f32,
        thick: f32,
        is_dotted: bool,
    },
    /// A black area, or the frame around one where `border` is given.
    Area {
        mark: Mark,
        x: f32,
        y: f32,
        width: f32,
        height: f32,
        border: Option<f32>,
    },
}

/// The order of reading.
pub(super) enum Node {
    Group(TagKind, Vec<Node>),
    Content(usize),
}

/// A page by page filled part of a document.
pub struct Sheet {
    pub(super) paper: Paper,
    pub(super) frame: Frame,
    pub(super) pages: Vec<Vec<Op>>,
    pub(super) nodes: Vec<Node>,
    /// How many contents there are.
    pub(super) contents: usize,
    y: f32,
}

/// The size of head and foot, and of the label in them.
const SMALL: f32 = 9.0;
const LABEL: f32 = 12.0;
/// From baseline to baseline, for one point of size.
const LEADING: f32 = 1.3;
/// White around the words of a label and of a frame.
const PAD: f32 = 5.0;

impl Sheet {
    /// An empty page with head and foot.
    #[must_use]
    pub fn new(paper: Paper, frame: Frame) -> Self {
        let mut sheet = Self { paper, frame, pages: Vec::new(), nodes: Vec::new(), contents: 0, y: 0.0 };
        sheet.turn();
        sheet
    }

    /// How many pages are begun.
    #[must_use]
    pub fn page_count(&self) -> usize {
        self.pages.len()
    }

    /// The heading of the whole.
    pub fn title(&mut self, text: &str) {
        let size = self.paper.text() * 1.8;
        self.headed(1, text, size);
        self.gap(4.0);
    }

    /// The heading of a part, ruled below.
    pub fn heading(&mut self, text: &str) {
        let size = self.paper.text() * 1.1;
        self.gap(size * 0.8);
        // A heading does not stand alone at the foot of a page.
        self.make_room(size * 4.0);
        self.headed(2, text, size);
        self.gap(1.5);
        self.rule(1.5, false);
        self.gap(4.0);
    }

    /// Running text.
    pub fn paragraph(&mut self, runs: &[Run]) {
        let children = self.text_at(runs, 0.0, self.paper.text(), self.width());
        self.nodes.push(Node::Group(Tag::P.into(), children));
        self.gap(2.0);
    }

    /// A rule from side to side with white around it.
    pub fn divide(&mut self) {
        self.gap(5.0);
        self.rule(1.5, false);
        self.gap(5.0);
    }

    /// Steps with their numbers.
    pub fn numbered(&mut self, items: &[Vec<Run>]) {
        let (size, indent) = (self.paper.text(), 16.0);
        let mut list = Vec::new();
        for (number, runs) in (1..).zip(items) {
            self.make_room(size * LEADING);
            let label = Line::of(Cut::Regular, &format!("{number}. "));
            let x = indent - 4.0 - label.width * size;
            let label = self.put(label, x, self.baseline(Cut::Regular, size), size);
            let body = self.text_at(runs, indent, size, self.width() - indent);
            let group = |tag: TagKind, children| Node::Group(tag, children);
            let parts = vec![group(Tag::Lbl.into(), vec![label]), group(Tag::LBody.into(), body)];
            list.push(group(Tag::LI.into(), parts));
            self.gap(2.0);
        }
        self.nodes.push(Node::Group(Tag::L(ListNumbering::Decimal).into(), list));
    }

    /// Pairs of a name and a value, as a table whose rows have the name as their head.
    pub fn facts(&mut self, rows: &[(String, String)], look: Facts) {
        let is_large = look == Facts::Large;
        let (size, pad) = if is_large { (20.0, 10.0) } else { (self.paper.text(), 0.0) };
        let width = self.width() - 2.0 * pad;
        let cell = |text: &str, size: f32, width: f32, cut: Cut| {
            let run = if cut == Cut::SemiBold { Run::strong(text) } else { Run::plain(text) };
            broken(&[run], width / size)
        };
        let natural = |texts: &mut dyn Iterator<Item = &String>, size: f32, cut| {
            texts.map(|text| Line::of(cut, text).width * size).fold(0.0, f32::max)
        };
        let values = natural(&mut rows.iter().map(|(_, value)| value), size, Cut::SemiBold);
        let names = natural(&mut rows.iter().map(|(name, _)| name), self.paper.text(), Cut::Regular);
        let values = values.min((width - names - 14.0).max(width * 0.55));
        let (top, before) = (self.y, self.pages.len());
        self.gap(if is_large { 5.0 } else { 0.0 });
        let mut table = Vec::new();
        for (name, value) in rows {
            let value = cell(value, size, values + 0.1, Cut::SemiBold);
            let name = cell(name, self.paper.text(), width - values - 8.0, Cut::Regular);
            table.push(self.row(name, value, (pad, pad + width - values), size));
        }
        self.gap(if is_large { 5.0 } else { 0.0 });
        if is_large && self.pages.len() == before {
            // The line lies on the edge: half of it inside.
            let (border, height) = (2.5, self.y - top);
            let x = self.paper.margin() + border / 2.0;
            let width = self.width() - border;
            let mark = Mark::Ornament;
            self.draw(Op::Area { mark, x, y: top, width, height, border: Some(border) });
        }
        self.nodes.push(Node::Group(Tag::Table.into(), table));
        self.gap(5.0);
    }

    /// Names with room behind them for what is written by hand.
    pub fn blanks(&mut self, names: &[String]) {
        let size = self.paper.text();
        let widest = names.iter().map(|name| Line::of(Cut::Regular, name).width * size).fold(0.0, f32::max);
        let x = (widest + 10.0).min(self.width() / 2.0);
        for name in names {
            self.make_room(size * 2.0);
            let children = self.text_at(&[Run::plain(name)], 0.0, size, x);
            self.nodes.push(Node::Group(Tag::P.into(), children));
            let (start, width) = (self.paper.margin() + x, self.width() - x);
            let y = self.y - 1.5;
            self.draw(Op::Rule { x: start, y, width, thick: 0.75, is_dotted: true });
            self.gap(8.5);
        }
    }

    /// White, in points.
    fn gap(&mut self, height: f32) {
        self.y += height;
    }

    /// The width between the margins.
    fn width(&self) -> f32 {
        self.paper.size().0 - 2.0 * self.paper.margin()
    }

    fn draw(&mut self, op: Op) {
        if let Some(page) = self.pages.last_mut() {
            page.push(op);
        }
    }

    fn make_room(&mut self, height: f32) {
        let foot = self.paper.size().1 - self.paper.margin() - 2.0 * SMALL * LEADING - 6.0;
        if self.y + height > foot {
            self.turn();
        }
    }

    /// A row of a table: name and value on one baseline.
    fn row(&mut self, name: Vec<Line>, value: Vec<Line>, (left, right): (f32, f32), size: f32) -> Node {
        let small = self.paper.text();
        let height = |lines: &[Line], size: f32| lines.iter().map(|_| size * LEADING).sum::<f32>();
        let tall = height(&value, size).max(height(&name, small) + (size - small));
        self.make_room(tall);
        let baseline = self.baseline(Cut::SemiBold, size);
        let column = |sheet: &mut Self, lines: Vec<Line>, x: f32, size: f32| -> Vec<Node> {
            let mut y = baseline;
            let place = |line| {
                let node = sheet.put(line, x, y, size);
                y += size * LEADING;
                node
            };
            lines.into_iter().map(place).collect()
        };
        let head = column(self, name, left, small);
        let data = column(self, value, right, size);
        self.gap(tall);
        let head = Node::Group(Tag::TH(TableHeaderScope::Row).into(), head);
        Node::Group(Tag::TR.into(), vec![head, Node::Group(Tag::TD.into(), data)])
    }

    fn headed(&mut self, level: u16, text: &str, size: f32) {
        let children = self.text_at(&[Run::strong(text)], 0.0, size, self.width());
        let level = std::num::NonZeroU16::new(level).unwrap_or(std::num::NonZeroU16::MIN);
        self.nodes.push(Node::Group(Tag::Hn(level, Some(text.to_owned())).into(), children));
    }

    fn rule(&mut self, thick: f32, is_dotted: bool) {
        let (x, y, width) = (self.paper.margin(), self.y, self.width());
        self.draw(Op::Rule { x, y, width, thick, is_dotted });
    }

    /// Lines of text from `x` on, from the left margin; what they are in the order of reading.
    fn text_at(&mut self, runs: &[Run], x: f32, size: f32, width: f32) -> Vec<Node> {
        let cut = runs.first().map_or(Cut::Regular, Cut::of);
        let lines = broken(runs, width / size);
        let mut nodes = Vec::with_capacity(lines.len());
        for line in lines {
            self.make_room(size * LEADING);
            nodes.push(self.put(line, x, self.baseline(cut, size), size));
            self.gap(size * LEADING);
        }
        nodes
    }

    /// The baseline of a line that begins where the next thing goes.
    fn baseline(&self, cut: Cut, size: f32) -> f32 {
        let (above, below) = cut.extent();
        self.y + size * ((LEADING - above - below) / 2.0 + above)
    }

    /// A line as content.
    fn put(&mut self, line: Line, x: f32, y: f32, size: f32) -> Node {
        let content = self.contents;
        self.contents += 1;
        let x = x + self.paper.margin();
        self.draw(Op::Text { mark: Mark::Read(content), ink: Ink::Black, x, y, size, line });
        Node::Content(content)
    }

    /// A new page with its head. On the first one the head is content, afterwards it repeats itself.
    fn turn(&mut self) {
        let is_first = self.pages.is_empty();
        self.pages.push(Vec::new());
        self.y = self.paper.margin();
        let text = Line::of(Cut::Regular, &self.frame.reference);
        let room = self.width() - self.frame.tlp.map_or(0.0, |tlp| label_width(tlp) + 8.0);
        let size = SMALL.min(room / text.width.max(0.1));
        let y = self.y + LABEL * LEADING - 2.0;
        if is_first {
            let reference = self.put(text, 0.0, y, size);
            self.nodes.push(Node::Group(Tag::P.into(), vec![reference]));
            if self.frame.tlp.is_some() {
                let content = self.contents;
                self.contents += 1;
                self.label(Mark::Read(content), self.y);
                self.nodes.push(Node::Group(Tag::P.into(), vec![Node::Content(content)]));
            }
        } else {
            let x = self.paper.margin();
            self.draw(Op::Text { mark: Mark::Head, ink: Ink::Black, x, y, size, line: text });
            self.label(Mark::Head, self.y);
        }
        self.y += LABEL * LEADING + 6.0;
    }

    /// The label, where there is one, at the right margin, `top` points from above.
    fn label(&mut self, mark: Mark, top: f32) {
        let Some(tlp) = self.frame.tlp else { return };
        let width = label_width(tlp);
        let x = self.paper.size().0 - self.paper.margin() - width;
        let height = LABEL * LEADING + 2.0;
        let area = if mark == Mark::Foot { Mark::Foot } else { Mark::Ornament };
        self.draw(Op::Area { mark: area, x, y: top, width, height, border: None });
        let (above, below) = Cut::SemiBold.extent();
        let y = top + (height - LABEL * (above + below)) / 2.0 + LABEL * above;
        let line = Line::of(Cut::SemiBold, tlp.label());
        self.draw(Op::Text { mark, ink: Ink::Label(tlp), x: x + PAD, y, size: LABEL, line });
    }

    /// Draws the foot of each page: `numbered` says which page of how many it is.
    pub(super) fn close(&mut self, numbered: impl Fn(usize, usize) -> String) {
        let all = std::mem::take(&mut self.pages);
        let (count, bottom) = (all.len(), self.paper.size().1 - self.paper.margin());
        for (at, page) in all.into_iter().enumerate() {
            self.pages.push(page);
            let first = format!("{} · {}", self.frame.foot, numbered(at + 1, count));
            let lines = [self.frame.under.clone(), first];
            let mut y = bottom - 2.0;
            for text in lines.into_iter().filter(|text| !text.is_empty()) {
                let line = Line::of(Cut::Regular, &text);
                let x = self.paper.margin();
                self.draw(Op::Text { mark: Mark::Foot, ink: Ink::Black, x, y, size: SMALL, line });
                y -= SMALL * LEADING;
            }
            self.label(Mark::Foot, bottom - LABEL * LEADING - 2.0);
        }
    }
}

fn label_width(tlp: Tlp) -> f32 {
    Line::of(Cut::SemiBold, tlp.label()).width * LABEL + 2.0 * PAD
}
