//! Draws the personas' faces: `cargo run -p virtual-card --example draw_faces` writes `faces/*.jp2` anew, the same bytes
//! on every run. They are drawings made of ellipses, of nobody; the encoder is OpenJPEG's port to Rust, lossy at a fixed
//! rate. With `-- --preview FOLDER` it writes portable grey maps as well.
#![expect(clippy::print_stdout, clippy::disallowed_methods, reason = "a program that writes files and says which")]

mod drawing;
mod encode;

use std::path::{Path, PathBuf};

use virtual_card::Persona;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let preview = std::env::args().skip_while(|arg| arg != "--preview").nth(1).map(PathBuf::from);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("faces");
    for persona in Persona::all()? {
        let picture = drawing::draw(&persona)?;
        let file = folder.join(format!("{}.jp2", persona.id));
        encode::jpeg_2000(&picture, &file).ok_or("the encoder refused the drawing")?;
        println!("{}: {} bytes", persona.id, std::fs::metadata(&file)?.len());
        if let Some(folder) = &preview {
            let head = format!("P5 {} {} 255\n", drawing::WIDTH, drawing::HEIGHT);
            let map = [head.as_bytes(), &picture].concat();
            std::fs::write(folder.join(format!("{}.pgm", persona.id)), map)?;
        }
    }
    Ok(())
}
