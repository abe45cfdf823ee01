//! Draws the personas' faces: `cargo run -p virtual-card --example draw_faces` writes `faces/*.jp2` anew, the same bytes
//! on every run. They are drawings made of ellipses, of nobody; the encoder is OpenJPEG's port to Rust, lossy at a fixed
//! rate. With `-- --preview FOLDER` it writes portable grey maps as well, with `-- --small FOLDER` pictures of a few pixels
//! in every form that a decoder has to know.
#![expect(clippy::print_stdout, clippy::disallowed_methods, reason = "a program that writes files and says which")]

mod drawing;
mod encode;

use std::path::{Path, PathBuf};

use encode::Picture;
use virtual_card::Persona;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder_after = |name| std::env::args().skip_while(|arg| arg != name).nth(1).map(PathBuf::from);
    let preview = folder_after("--preview");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("faces");
    for persona in Persona::all()? {
        let grey = drawing::draw(&persona)?;
        let picture = Picture { width: drawing::WIDTH, height: drawing::HEIGHT, channels: vec![grey.clone()] };
        let file = folder.join(format!("{}.jp2", persona.id));
        encode::jpeg_2000(&picture, None, &file).ok_or("the encoder refused the drawing")?;
        println!("{}: {} bytes", persona.id, std::fs::metadata(&file)?.len());
        if let Some(folder) = &preview {
            let head = format!("P5 {} {} 255\n", drawing::WIDTH, drawing::HEIGHT);
            let map = [head.as_bytes(), &grey].concat();
            std::fs::write(folder.join(format!("{}.pgm", persona.id)), map)?;
        }
    }
    folder_after("--small").map_or(Ok(()), |folder| small(&folder))
}

/// Slopes of grey and colour, 24 by 30 pixels, in one tile and in many.
fn small(folder: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let (width, height) = (24_usize, 30_usize);
    let slope = |across: usize, down: usize| -> Vec<u8> {
        let pixels = (0..width * height).map(|at| (at % width * across + at / width * down) % 256);
        pixels.filter_map(|grey| u8::try_from(grey).ok()).collect()
    };
    let grey = Picture { width, height, channels: vec![slope(4, 4)] };
    let colour = Picture { width, height, channels: vec![slope(10, 0), slope(0, 8), slope(5, 4)] };
    for (name, picture, tile) in [
        ("grey", &grey, None),
        ("colour", &colour, None),
        ("tiles", &grey, Some(16)),
        ("colour-tiles", &colour, Some(8)),
    ] {
        let file = folder.join(format!("{name}.jp2"));
        encode::jpeg_2000(picture, tile, &file).ok_or("the encoder refused the slope")?;
        println!("{name}: {} bytes", std::fs::metadata(&file)?.len());
    }
    Ok(())
}
