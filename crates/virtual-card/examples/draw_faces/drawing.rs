//! A face out of ellipses. What varies (hair, glasses, lines of age) follows from age, sex and name of the persona.

use virtual_card::{Persona, PersonaError, Sex};

/// Pixels: the shape of the card's photo.
pub(crate) const WIDTH: usize = 210;
/// Pixels.
pub(crate) const HEIGHT: usize = 270;
/// Every pixel is the mean of this many samples a side.
const SAMPLES: usize = 3;
/// The year in which the drawings show the personas.
const DRAWN_IN: u16 = 2026;

const BACKGROUND: f64 = 226.0;
const DARK: f64 = 34.0;

/// An ellipse of one grey, a part of it cut off above and below.
struct Shape {
    centre: (f64, f64),
    radii: (f64, f64),
    rows: (f64, f64),
    grey: f64,
}

impl Shape {
    fn whole(centre: (f64, f64), radii: (f64, f64), grey: f64) -> Self {
        Self { centre, radii, rows: (0.0, f64::MAX), grey }
    }

    fn holds(&self, x: f64, y: f64) -> bool {
        let (dx, dy) = ((x - self.centre.0) / self.radii.0, (y - self.centre.1) / self.radii.1);
        dx * dx + dy * dy <= 1.0 && (self.rows.0..=self.rows.1).contains(&y)
    }
}

/// Grey pixels, row by row.
pub(crate) fn draw(persona: &Persona) -> Result<Vec<u8>, PersonaError> {
    let shapes = shapes(persona)?;
    let grey_at = |x, y| shapes.iter().rev().find(|shape| shape.holds(x, y)).map_or(BACKGROUND, |shape| shape.grey);
    let mut pixels = Vec::with_capacity(WIDTH * HEIGHT);
    for row in 0..HEIGHT {
        for column in 0..WIDTH {
            let place = |pixel: usize, sample: usize| pixel as f64 + (sample as f64 + 0.5) / SAMPLES as f64;
            let samples = (0..SAMPLES * SAMPLES).map(|s| grey_at(place(column, s % SAMPLES), place(row, s / SAMPLES)));
            let mean = samples.sum::<f64>() / (SAMPLES * SAMPLES) as f64;
            pixels.push(mean.round().clamp(0.0, 255.0) as u8);
        }
    }
    Ok(pixels)
}

/// From the back to the front.
fn shapes(persona: &Persona) -> Result<Vec<Shape>, PersonaError> {
    let age = f64::from(DRAWN_IN - persona.birth_date()?.year);
    // A small number that differs from persona to persona and never changes.
    let seed = persona.id.bytes().fold(7_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte)));
    let pick = |shift: u32, most: u32| f64::from((seed >> shift) % (most + 1));
    let child = age < 12.0;
    let woman = persona.person.sex == Sex::Female;
    let skin = 176.0 + pick(3, 20);
    let hair = if age > 60.0 { 120.0 + (age - 60.0) * 2.4 } else { DARK + pick(5, 26) };
    let (middle, eyes) = (105.0, if child { 142.0 } else { 132.0 });
    let (wide, tall) = (if child { 54.0 } else { 50.0 + pick(1, 8) }, if child { 58.0 } else { 66.0 + pick(9, 6) });
    let clothes = 70.0 + pick(11, 90);
    let mut all = vec![
        Shape::whole((middle, 296.0), (if child { 70.0 } else { 96.0 }, 74.0), clothes),
        Shape::whole((middle, 212.0), (22.0, 44.0), skin - 22.0),
    ];
    if woman {
        let length = 90.0 + pick(13, 40);
        all.push(Shape { rows: (0.0, 130.0 + length), ..Shape::whole((middle, 150.0), (wide + 20.0, 116.0), hair) });
    }
    all.push(Shape::whole((middle, 104.0), (wide + 9.0, 64.0), hair));
    for side in [-1.0, 1.0] {
        all.push(Shape::whole((middle + side * (wide + 1.0), eyes + 8.0), (8.0, 14.0), skin - 14.0));
    }
    all.push(Shape::whole((middle, 140.0), (wide, tall), skin));
    // The fringe, higher on older men.
    let fringe = if woman || child { 104.0 } else { 104.0 - (age - 30.0).clamp(0.0, 34.0) };
    all.push(Shape { rows: (0.0, fringe), ..Shape::whole((middle, 122.0), (wide - 1.0, 56.0), hair) });
    for side in [-1.0, 1.0] {
        eye(&mut all, (middle + side * 21.0, eyes), age, pick(7, 2) == 0.0 && age > 40.0, skin);
    }
    all.push(Shape::whole((middle, eyes + 25.0), (6.0, 9.0), skin - 20.0));
    all.push(Shape::whole((middle, eyes + 22.0), (5.0, 8.0), skin));
    let smile = 12.0 + pick(15, 6);
    all.push(Shape::whole((middle, eyes + 45.0), (smile, 5.0), if woman { 104.0 } else { 124.0 }));
    all.push(Shape::whole((middle, eyes + 42.5), (smile + 1.0, 4.0), skin));
    Ok(all)
}

fn eye(all: &mut Vec<Shape>, (x, y): (f64, f64), age: f64, glasses: bool, skin: f64) {
    if age > 55.0 {
        all.push(Shape::whole((x, y + 10.0), (12.0, 2.4), skin - 30.0));
        all.push(Shape::whole((x, y + 8.6), (12.5, 2.4), skin));
    }
    if glasses {
        all.push(Shape::whole((x, y), (19.0, 15.0), DARK));
        all.push(Shape::whole((x, y), (17.0, 13.0), skin + 12.0));
    }
    all.push(Shape::whole((x, y - 14.0), (14.0, 3.0), if age > 60.0 { 130.0 } else { 60.0 }));
    all.push(Shape::whole((x, y), (10.0, 5.5), 244.0));
    all.push(Shape::whole((x, y), (4.8, 5.2), DARK));
    all.push(Shape::whole((x + 1.6, y - 1.8), (1.5, 1.5), 250.0));
}
