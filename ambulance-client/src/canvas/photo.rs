//! The card's photo as a grey picture. Its texture lives for one frame: the toolkit frees it after painting, so a photo
//! that leaves the page, the state or the screen leaves the graphics memory with the same frame.

use card::photo::Photo;
use egui::{Color32, ColorImage, Rect, TextureOptions, pos2, vec2};

use super::Canvas;
use crate::theme::ThemeName;

/// At night the white of a photo is dimmed, so that it does not blind.
const NIGHT_WHITE: u8 = 176;

impl Canvas<'_> {
    /// Draws the photo as large as it fits into the middle of `rect`.
    pub fn photo(&mut self, rect: Rect, photo: &Photo) {
        let Some(image) = grey(photo) else { return };
        let size = vec2(as_points(image.size[0]), as_points(image.size[1]));
        let scale = (rect.width() / size.x).min(rect.height() / size.y);
        let place = Rect::from_center_size(rect.center(), size * scale);
        let texture = self.ui.ctx().load_texture("card photo", image, TextureOptions::LINEAR);
        let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        let white =
            if self.display.theme == ThemeName::Night { Color32::from_gray(NIGHT_WHITE) } else { Color32::WHITE };
        self.ui.painter().image(texture.id(), place, whole, white);
    }
}

#[expect(clippy::cast_precision_loss, reason = "a photo's side has at most some hundred pixels")]
const fn as_points(pixels: usize) -> f32 {
    pixels as f32
}

/// None when the pixels are not those of the declared size.
fn grey(photo: &Photo) -> Option<ColorImage> {
    let size = [usize::try_from(photo.width).ok()?, usize::try_from(photo.height).ok()?];
    let count = size[0].checked_mul(size[1]).filter(|count| *count > 0)?;
    let channels = if photo.is_rgb { 3 } else { 1 };
    if photo.pixels.len() != count.checked_mul(channels)? {
        return None;
    }
    let pixels = photo.pixels.chunks_exact(channels).map(|pixel| Color32::from_gray(luma(pixel))).collect();
    Some(ColorImage::new(size, pixels))
}

/// ITU-R BT.601 of three channels; one channel is grey already.
fn luma(pixel: &[u8]) -> u8 {
    match pixel {
        [r, g, b] => {
            let sum = u32::from(*r) * 299 + u32::from(*g) * 587 + u32::from(*b) * 114;
            u8::try_from(sum / 1000).unwrap_or(u8::MAX)
        }
        _ => pixel.first().copied().unwrap_or(0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use zeroize::Zeroizing;

    fn photo(pixels: Vec<u8>, is_rgb: bool) -> Photo {
        Photo { width: 2, height: 1, pixels: Zeroizing::new(pixels), is_rgb }
    }

    #[test]
    fn colours_become_grey_and_grey_stays() {
        let image = grey(&photo(vec![255, 255, 255, 0, 255, 0], true)).expect("a picture");
        assert_eq!(image.pixels, [Color32::from_gray(255), Color32::from_gray(149)]);
        let image = grey(&photo(vec![7, 9], false)).expect("a picture");
        assert_eq!(image.pixels, [Color32::from_gray(7), Color32::from_gray(9)]);
    }

    #[test]
    fn pixels_of_another_size_are_no_picture() {
        assert!(grey(&photo(vec![1, 2, 3], false)).is_none());
        assert!(grey(&photo(vec![1, 2], true)).is_none());
    }
}
