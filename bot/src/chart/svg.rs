//! Drawing: a few shapes and words as SVG, made into a PNG with a font of our own.

use std::fmt::Write as _;
use std::sync::{Arc, LazyLock};

use anyhow::{Context as _, Result};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{self, fontdb};

pub(super) const WIDTH: f64 = 1280.0;
const HEIGHT: f64 = 720.0;

/// The font inside the program, so that every machine draws alike and has the rupee sign.
static FONTS: LazyLock<Arc<fontdb::Database>> = LazyLock::new(|| {
    let mut fonts = fontdb::Database::new();
    fonts.load_font_data(include_bytes!("../../fonts/DejaVuSans.ttf").to_vec());
    Arc::new(fonts)
});

/// Where a text is held.
#[derive(Debug, Clone, Copy)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// A picture while it is drawn.
pub(super) struct Picture(String);

impl Picture {
    pub(super) fn new() -> Self {
        let head =
            format!(r#"<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" font-family="DejaVu Sans">"#);
        let mut picture = Self(head);
        picture.rect(0.0, 0.0, WIDTH, HEIGHT, "#ffffff");
        picture
    }

    pub(super) fn rect(&mut self, x: f64, y: f64, width: f64, height: f64, colour: &str) {
        let _ = write!(self.0, r#"<rect x="{x:.1}" y="{y:.1}" width="{width:.1}" height="{height:.1}" fill="{colour}"/>"#);
    }

    pub(super) fn line(&mut self, x1: f64, y1: f64, x2: f64, y2: f64, colour: &str) {
        let _ =
            write!(self.0, r#"<line x1="{x1:.1}" y1="{y1:.1}" x2="{x2:.1}" y2="{y2:.1}" stroke="{colour}" stroke-width="2"/>"#);
    }

    /// A line through points, dashed where it is an estimate.
    pub(super) fn path(&mut self, points: &[(f64, f64)], thick: f64, is_dashed: bool, colour: &str) {
        let dashes = if is_dashed { r#" stroke-dasharray="10 8""# } else { "" };
        let points = joined(points);
        let _ = write!(
            self.0,
            r#"<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="{thick:.1}" stroke-linejoin="round"{dashes}/>"#
        );
    }

    /// A filled shape.
    pub(super) fn area(&mut self, points: &[(f64, f64)], colour: &str) {
        let _ = write!(self.0, r#"<polygon points="{}" fill="{colour}"/>"#, joined(points));
    }

    pub(super) fn text(&mut self, x: f64, y: f64, size: u32, colour: &str, anchor: Anchor, words: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let words = crate::messages::escape(words);
        let _ = write!(
            self.0,
            r#"<text x="{x:.1}" y="{y:.1}" font-size="{size}" fill="{colour}" text-anchor="{anchor}">{words}</text>"#
        );
    }

    /// A text that can be read over lines: with a white edge.
    pub(super) fn text_over(&mut self, x: f64, y: f64, size: u32, colour: &str, words: &str) {
        let words = crate::messages::escape(words);
        for paint in [r##"stroke="#ffffff" stroke-width="8" stroke-linejoin="round""##, ""] {
            let _ = write!(self.0, r#"<text x="{x:.1}" y="{y:.1}" font-size="{size}" fill="{colour}" {paint}>{words}</text>"#);
        }
    }

    /// The finding, smaller where it is long and cut where it is longer than the picture is wide.
    pub(super) fn title(&mut self, words: &str) {
        let size = if width(words, 38) <= WIDTH - 80.0 { 38 } else { 28 };
        let mut words = words.to_owned();
        while width(&words, size) > WIDTH - 60.0 {
            words = words.chars().take(words.chars().count() - 2).chain(['…']).collect();
        }
        self.text(40.0, 62.0, size, "#1b1f24", Anchor::Start, &words);
    }

    pub(super) fn finish(mut self) -> String {
        self.0.push_str("</svg>");
        self.0
    }
}

fn joined(points: &[(f64, f64)]) -> String {
    points.iter().fold(String::new(), |mut text, (x, y)| {
        let _ = write!(text, "{x:.1},{y:.1} ");
        text
    })
}

/// Words as the font can draw them, cut to a width; `instead` where it has no letter for some of them.
pub(super) fn drawable(words: &str, instead: &str, size: u32, most: f64) -> String {
    let plain: String = words.chars().filter(|letter| !letter.is_control() && !is_mark(*letter)).collect();
    let words = if plain.trim().is_empty() || !plain.chars().all(has_glyph) { instead } else { plain.trim() };
    let mut words = words.to_owned();
    while width(&words, size) > most && words.chars().count() > 2 {
        words = words.chars().take(words.chars().count() - 2).chain(['…']).collect();
    }
    words
}

/// Marks that turn the direction of text.
fn is_mark(letter: char) -> bool {
    matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether the font has this letter, as far as names have such letters.
fn has_glyph(letter: char) -> bool {
    matches!(letter, ' '..='~' | '\u{a0}'..='\u{17f}' | '\u{384}'..='\u{3ce}' | '\u{400}'..='\u{45f}' | '\u{5d0}'..='\u{5ea}'
        | '\u{621}'..='\u{63a}' | '\u{641}'..='\u{64a}' | '\u{2010}'..='\u{2027}' | '₹' | '€' | '−')
}

/// Roughly how wide words are.
pub(super) fn width(words: &str, size: u32) -> f64 {
    super::scale::pixels(words.chars().count()) * f64::from(size) * 0.6
}

/// The picture as a PNG.
pub(super) fn render(svg: &str) -> Result<Vec<u8>> {
    let options = usvg::Options { fontdb: FONTS.clone(), ..usvg::Options::default() };
    let tree = usvg::Tree::from_str(svg, &options).context("the picture is not SVG")?;
    let mut pixels = Pixmap::new(1280, 720).context("no memory for the picture")?;
    resvg::render(&tree, Transform::identity(), &mut pixels.as_mut());
    pixels.encode_png().context("the picture cannot be written as PNG")
}

#[cfg(test)]
mod tests {
    use super::{Anchor, Picture, drawable, render, width};

    #[test]
    fn the_font_has_a_glyph_for_the_rupee_sign_and_for_the_scripts_of_names() {
        let drawn = |letter: char| {
            let mut picture = Picture::new();
            picture.text(640.0, 360.0, 60, "#000000", Anchor::Middle, &letter.to_string());
            render(&picture.finish()).unwrap()
        };
        // What has no glyph is drawn as nothing or as the same box.
        let without_glyph = [drawn('\u{13000}'), drawn(' ')];
        for letter in ['₹', 'é', 'Ω', 'Ж', 'ש', 'ع', '–', '≥'] {
            assert!(!without_glyph.contains(&drawn(letter)), "{letter}");
        }
    }

    #[test]
    fn a_name_that_the_font_cannot_draw_gives_way_to_the_id_and_a_long_one_is_cut() {
        for (name, drawn) in [
            ("Sharma & Sons", "Sharma & Sons"),
            ("شركة النور", "شركة النور"),
            ("\u{202e}Iyer\n", "Iyer"),
            ("शर्मा", "MA_X"),
            ("🚚 Verma", "MA_X"),
            ("  ", "MA_X"),
        ] {
            assert_eq!(drawable(name, "MA_X", 28, 400.0), drawn, "{name}");
        }
        let long = drawable(&"x".repeat(200), "MA_X", 28, 400.0);
        assert!(long.ends_with('…') && width(&long, 28) <= 400.0, "{long}");
    }
}
