//! The two cuts of Fira Sans in which paper is set, and words as their glyphs.

use std::sync::LazyLock;

use krilla::text::{Font, GlyphId, KrillaGlyph};
use rustybuzz::{Direction, Face, ShapePlan, UnicodeBuffer, script};

use crate::web::emphasis::Run;

/// A cut of the font.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cut {
    Regular,
    SemiBold,
}

impl Cut {
    /// The cut of a run.
    pub fn of(run: &Run) -> Self {
        if run.is_strong { Self::SemiBold } else { Self::Regular }
    }

    fn bytes(self) -> &'static [u8] {
        match self {
            Self::Regular => include_bytes!(concat!(env!("OUT_DIR"), "/assets/FiraSans-Regular.ttf")),
            Self::SemiBold => include_bytes!(concat!(env!("OUT_DIR"), "/assets/FiraSans-SemiBold.ttf")),
        }
    }

    fn loaded(self) -> Option<&'static Loaded> {
        static REGULAR: LazyLock<Option<Loaded>> = LazyLock::new(|| Loaded::of(Cut::Regular));
        static SEMI_BOLD: LazyLock<Option<Loaded>> = LazyLock::new(|| Loaded::of(Cut::SemiBold));
        match self {
            Self::Regular => REGULAR.as_ref(),
            Self::SemiBold => SEMI_BOLD.as_ref(),
        }
    }

    /// The font for a document; `None` only where the build embedded something else.
    pub fn font(self) -> Option<Font> {
        Font::new(self.bytes().into(), 0)
    }

    /// How far the letters rise above the baseline and sink below it, for each point of size.
    pub fn extent(self) -> (f32, f32) {
        self.loaded().map_or((0.0, 0.0), |loaded| {
            let per_em = |units: i16| f32::from(units) / loaded.units;
            (per_em(loaded.face.ascender()), -per_em(loaded.face.descender()))
        })
    }
}

/// A font with what shaping needs, made once.
struct Loaded {
    face: Face<'static>,
    plan: ShapePlan,
    units: f32,
}

impl Loaded {
    fn of(cut: Cut) -> Option<Self> {
        let face = Face::from_slice(cut.bytes(), 0)?;
        let plan = ShapePlan::new(&face, Direction::LeftToRight, Some(script::LATIN), None, &[]);
        let units = u16::try_from(face.units_per_em()).map_or(1000.0, f32::from);
        Some(Self { face, plan, units })
    }
}

/// Text of one cut as glyphs. Lengths are for one point of size.
#[derive(Debug, Clone)]
pub struct Shaped {
    pub cut: Cut,
    pub text: String,
    pub glyphs: Vec<KrillaGlyph>,
    pub width: f32,
}

impl Shaped {
    /// Appends text of the same cut.
    pub fn append(&mut self, other: &Self) {
        let at = self.text.len();
        self.glyphs.extend(other.glyphs.iter().cloned().map(|mut glyph| {
            glyph.text_range = glyph.text_range.start + at..glyph.text_range.end + at;
            glyph
        }));
        self.text.push_str(&other.text);
        self.width += other.width;
    }
}

/// Shapes text. A character that the font does not have becomes a question mark: a PDF/UA file may not show a box.
pub fn shape(cut: Cut, text: &str) -> Shaped {
    let Some(loaded) = cut.loaded() else {
        return Shaped { cut, text: String::new(), glyphs: Vec::new(), width: 0.0 };
    };
    let shown = |c: char| if loaded.face.glyph_index(c).is_some() { c } else { '?' };
    let text: String = text.chars().map(shown).collect();
    let mut buffer = UnicodeBuffer::new();
    buffer.push_str(&text);
    buffer.set_direction(Direction::LeftToRight);
    buffer.set_script(script::LATIN);
    let shaped = rustybuzz::shape_with_plan(&loaded.face, &loaded.plan, buffer);
    let (infos, positions) = (shaped.glyph_infos(), shaped.glyph_positions());
    // Lengths of a font are small whole numbers, which f32 holds exactly.
    #[expect(clippy::cast_precision_loss, reason = "at most a few thousand units")]
    let per_em = |units: i32| units as f32 / loaded.units;
    let glyphs: Vec<_> = infos
        .iter()
        .zip(positions)
        .enumerate()
        .map(|(at, (info, position))| {
            let next = infos[at..].iter().find(|next| next.cluster != info.cluster);
            let end = next.map_or(text.len(), |next| next.cluster as usize);
            KrillaGlyph::new(
                GlyphId::new(info.glyph_id),
                per_em(position.x_advance),
                per_em(position.x_offset),
                per_em(position.y_offset),
                per_em(position.y_advance),
                info.cluster as usize..end,
                None,
            )
        })
        .collect();
    let width = glyphs.iter().map(|glyph| glyph.x_advance).sum();
    Shaped { cut, text, glyphs, width }
}
