//! An invitation as a QR code: on a terminal, and as a picture. The lowest correction: the code is on a clean screen, and
//! every further module makes it harder to photograph.

use qrcode::render::{svg as vector, unicode::Dense1x2};
use qrcode::{EcLevel, QrCode};

use crate::failure::Failure;
use crate::output::Screen;

/// White on black, whatever colours the terminal has: cameras want light and dark that way round.
const COLOURS: &str = "\u{1b}[97;40m";
const COLOURS_END: &str = "\u{1b}[0m";
/// Pixels of a picture's side at least.
const PICTURE_PIXELS_MIN: u32 = 320;

/// A code that can be drawn with characters.
pub(crate) struct Drawn(QrCode);

fn code(text: &str) -> Result<QrCode, Failure> {
    QrCode::with_error_correction_level(text, EcLevel::L).map_err(|error| {
        let why = format!("{error}: it carries too many addresses");
        Failure::local("no_qr", "The invitation does not fit into a QR code", why)
            .mend("--out FILE, or fewer --address")
    })
}

/// The code for a terminal.
pub(crate) fn draw(text: &str) -> Result<Drawn, Failure> {
    code(text).map(Drawn)
}

/// The code as an SVG document.
pub(crate) fn svg(text: &str) -> Result<String, Failure> {
    let code = code(text)?;
    let mut picture = code.render::<vector::Color<'_>>();
    Ok(picture.min_dimensions(PICTURE_PIXELS_MIN, PICTURE_PIXELS_MIN).build())
}

impl Drawn {
    /// Two modules to a character, one above the other.
    pub(crate) fn shown(&self, screen: Screen) -> String {
        let drawn = self.0.render::<Dense1x2>().build();
        let line = |line: &str| match screen.columns {
            Some(_) => format!("{COLOURS}{line}{COLOURS_END}\n"),
            None => format!("{line}\n"),
        };
        drawn.lines().map(line).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str =
        "alliance-invitation-1.CiDxNUe5IJRKKuNXIaMyn6rbO1qeiuYTD6IcuuSA5NdqgBIgiojj3XQJ8ZX9UtstPLpdcspn";

    #[test]
    fn a_code_is_square_with_its_margin_and_has_the_three_corners() {
        let drawn = draw(TOKEN).unwrap();
        let shown = drawn.shown(Screen { columns: None });
        let modules = drawn.0.width() + 8;
        assert_eq!(shown.lines().count(), modules.div_ceil(2));
        assert!(shown.lines().all(|line| line.chars().count() == modules), "{shown}");
        // Row 4 of the margin and the first of the code, in the upper left and right corner: seven dark modules each.
        let first: Vec<char> = shown.lines().nth(2).unwrap().chars().collect();
        assert!(
            first[4..11] != first[11..18] && first[4..11] == first[modules - 11..modules - 4],
            "{shown}"
        );
        let on_terminal = drawn.shown(Screen { columns: Some(80) });
        assert!(
            on_terminal
                .lines()
                .all(|line| line.starts_with(COLOURS) && line.ends_with(COLOURS_END))
        );
    }

    #[test]
    fn a_picture_is_svg_and_does_not_hold_the_secret_as_text() {
        let picture = svg(TOKEN).unwrap();
        assert!(picture.contains("<svg") && picture.contains("<path"), "{picture}");
        assert!(!picture.contains("alliance-invitation"));
        assert_eq!(svg(&"a".repeat(4000)).unwrap_err().told.code, "no_qr");
    }
}
