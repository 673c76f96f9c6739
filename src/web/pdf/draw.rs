//! Sheets into a file.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use krilla::SerializeSettings;
use krilla::color::{luma, rgb};
use krilla::configure::{Accessibility, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::{DateTime, Metadata};
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::{Fill, Paint, Stroke, StrokeDash};
use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, ContentTag, Identifier, Node as TagNode, SpanTag, Tag, TagGroup, TagTree,
};
use krilla::text::Font;

use super::About;
use super::font::Cut;
use super::line::Line;
use super::sheet::{Ink, Mark, Node, Op, Sheet};
use crate::core::error::{Error, Result};
use crate::core::i18n::{Lang, text_with};
use crate::core::tlp::Tlp;

/// The whole file: a bookmark for each sheet, named by its reference.
///
/// # Errors
/// [`Error::Internal`] where the file would not be what it claims to be.
pub fn write(about: &About, sheets: Vec<Sheet>) -> Result<Vec<u8>> {
    let broken = |what: &dyn std::fmt::Debug| Error::Internal(format!("a PDF file: {what:?}"));
    let accessible = ConfigurationBuilder::new().with_accessibility_validator(Accessibility::UA1).finish();
    let settings = SerializeSettings {
        configuration: accessible.map_err(|error| broken(&error))?,
        enable_tagging: true,
        ..SerializeSettings::default()
    };
    let mut document = krilla::Document::new_with(settings);
    let fonts = Fonts::load().ok_or_else(|| broken(&"no font"))?;
    let (mut outline, mut tree, mut page_count) =
        (Outline::new(), TagTree::new().with_lang(Some("de".to_owned())), 0);
    for mut sheet in sheets {
        sheet.close(page_number);
        let there = XyzDestination::new(page_count, Point::from_xy(0.0, 0.0));
        outline.push_child(OutlineNode::new(sheet.frame.reference.clone(), there));
        page_count += sheet.pages.len();
        let mut contents = vec![None; sheet.contents];
        for page in &sheet.pages {
            let (width, height) = sheet.paper.size();
            let size = PageSettings::from_wh(width, height).ok_or_else(|| broken(&"paper"))?;
            let mut drawn = document.start_page_with(size);
            let mut surface = drawn.surface();
            for op in page {
                fonts.draw(&mut surface, op, &mut contents);
            }
            surface.finish();
            drawn.finish();
        }
        let children = sheet.nodes.into_iter().filter_map(|node| tagged(node, &contents)).collect();
        tree.push(TagGroup::with_children(Tag::Section, children));
    }
    document.set_outline(outline);
    document.set_tag_tree(tree);
    document.set_metadata(metadata(about));
    document.finish().map_err(|error| broken(&error))
}

fn page_number(page: usize, pages: usize) -> String {
    text_with(Lang::De, "web-printed-page", &[("page", page.into()), ("pages", pages.into())]).into_owned()
}

fn metadata(about: &About) -> Metadata {
    Metadata::new()
        .title(about.title.clone())
        .language("de".to_owned())
        .creator("Meldekette".to_owned())
        .creation_date(moment(about.written))
}

fn moment(at: Timestamp) -> DateTime {
    let at = at.to_zoned(TimeZone::UTC);
    let small = |number: i8| number.unsigned_abs();
    DateTime::new(at.year().unsigned_abs())
        .month(small(at.month()))
        .day(small(at.day()))
        .hour(small(at.hour()))
        .minute(small(at.minute()))
        .second(small(at.second()))
        .utc_offset_hour(0)
}

/// The order of reading, with what was drawn in its place.
fn tagged(node: Node, contents: &[Option<Identifier>]) -> Option<TagNode> {
    match node {
        Node::Content(at) => contents.get(at).copied().flatten().map(TagNode::from),
        Node::Group(tag, children) => {
            let children = children.into_iter().filter_map(|child| tagged(child, contents)).collect();
            Some(TagGroup::with_children(tag, children).into())
        }
    }
}

fn colour(ink: Ink) -> Paint {
    match ink {
        Ink::Black => luma::Color::black().into(),
        // The colours of TLP 2.0.
        Ink::Label(Tlp::Clear) => luma::Color::white().into(),
        Ink::Label(Tlp::Green) => rgb::Color::new(0x33, 0xff, 0x00).into(),
        Ink::Label(Tlp::Amber | Tlp::AmberStrict) => rgb::Color::new(0xff, 0xc0, 0x00).into(),
        Ink::Label(Tlp::Red) => rgb::Color::new(0xff, 0x2b, 0x2b).into(),
    }
}

fn begin(surface: &mut Surface<'_>, mark: Mark) -> Option<Identifier> {
    let artifact = |kind| ContentTag::Artifact(Artifact::with_kind(kind));
    let tag = match mark {
        Mark::Read(_) => ContentTag::Span(SpanTag::empty()),
        Mark::Head => artifact(ArtifactType::Header),
        Mark::Foot => artifact(ArtifactType::Footer),
        Mark::Ornament => artifact(ArtifactType::Layout),
    };
    let identifier = surface.start_tagged(tag);
    matches!(mark, Mark::Read(_)).then_some(identifier)
}

/// The fonts of one file.
struct Fonts {
    regular: Font,
    semi_bold: Font,
}

impl Fonts {
    fn load() -> Option<Self> {
        Some(Self { regular: Cut::Regular.font()?, semi_bold: Cut::SemiBold.font()? })
    }

    fn draw(&self, surface: &mut Surface<'_>, op: &Op, contents: &mut [Option<Identifier>]) {
        match op {
            Op::Text { mark, ink, x, y, size, line } => {
                let identifier = begin(surface, *mark);
                if let Mark::Read(at) = mark
                    && let Some(slot) = contents.get_mut(*at)
                {
                    *slot = identifier;
                }
                self.text(surface, *ink, (*x, *y), *size, line);
            }
            Op::Rule { x, y, width, thick, is_dotted } => {
                begin(surface, Mark::Ornament);
                rule(surface, (*x, *y), *width, *thick, *is_dotted);
            }
            Op::Area { mark, x, y, width, height, border } => {
                begin(surface, *mark);
                area(surface, Rect::from_xywh(*x, *y, *width, *height), *border);
            }
        }
        surface.end_tagged();
    }

    fn text(&self, surface: &mut Surface<'_>, ink: Ink, (x, y): (f32, f32), size: f32, line: &Line) {
        surface.set_stroke(None);
        surface.set_fill(Some(Fill { paint: colour(ink), ..Fill::default() }));
        for piece in &line.pieces {
            let font = match piece.shaped.cut {
                Cut::Regular => &self.regular,
                Cut::SemiBold => &self.semi_bold,
            };
            let start = Point::from_xy(x + piece.x * size, y);
            surface.draw_glyphs(start, &piece.shaped.glyphs, font.clone(), &piece.shaped.text, size, false);
        }
    }
}

fn rule(surface: &mut Surface<'_>, (x, y): (f32, f32), width: f32, thick: f32, is_dotted: bool) {
    let mut path = PathBuilder::new();
    path.move_to(x, y);
    path.line_to(x + width, y);
    let dash = is_dotted.then(|| StrokeDash { array: vec![thick, thick * 2.0], offset: 0.0 });
    surface.set_fill(None);
    surface.set_stroke(Some(Stroke { width: thick, dash, ..Stroke::default() }));
    if let Some(path) = path.finish() {
        surface.draw_path(&path);
    }
}

fn area(surface: &mut Surface<'_>, rect: Option<Rect>, border: Option<f32>) {
    let mut path = PathBuilder::new();
    if let Some(rect) = rect {
        path.push_rect(rect);
    }
    surface.set_fill(border.is_none().then(Fill::default));
    surface.set_stroke(border.map(|width| Stroke { width, ..Stroke::default() }));
    if let Some(path) = path.finish() {
        surface.draw_path(&path);
    }
}
