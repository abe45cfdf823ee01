//! Shows every sample screen in a real window and writes what the window shows as PNG files.
//!
//! `cargo run -p ambulance-client --features samples --example gallery -- DIR [NAME …]`

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use ambulance_client::canvas::Display;
use ambulance_client::samples::{self, Sample};
use ambulance_client::screens;
use ambulance_client::text::Lang;
use ambulance_client::theme::{Hand, ThemeName, fonts, grid};
use anyhow::Context as _;

struct Shot {
    file: String,
    display: Display,
    sample: Sample,
}

struct Gallery {
    shots: VecDeque<Shot>,
    folder: PathBuf,
    taken: Arc<Mutex<Option<Arc<egui::ColorImage>>>>,
    frames: u32,
    failure: Arc<Mutex<Option<anyhow::Error>>>,
}

/// Frames drawn before a picture is asked for, so that new glyphs are in the atlas.
const SETTLE: u32 = 2;

impl Gallery {
    fn collect(&mut self) -> anyhow::Result<()> {
        let image = self.taken.lock().map_err(|_| anyhow::anyhow!("the picture's lock is poisoned"))?.take();
        if let Some(image) = image {
            if let Some(shot) = self.shots.pop_front() {
                write_png(&self.folder.join(shot.file), &image)?;
            }
            self.frames = 0;
        }
        Ok(())
    }
}

impl eframe::App for Gallery {
    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        let ctx = ui.ctx().clone();
        if let Err(error) = self.collect() {
            if let Ok(mut failure) = self.failure.lock() {
                *failure = Some(error);
            }
            self.shots.clear();
        }
        let Some(shot) = self.shots.front() else {
            ctx.send_viewport_cmd(egui::ViewportCommand::Close);
            return;
        };
        let _pressed = screens::show(ui, shot.display, &shot.sample.shell, &shot.sample.screen);
        self.frames += 1;
        if self.frames == SETTLE {
            let taken = Arc::clone(&self.taken);
            ctx.request_screenshot(move |image| {
                if let Ok(mut slot) = taken.lock() {
                    *slot = Some(image);
                }
            });
        }
        ctx.request_repaint();
    }
}

#[expect(clippy::disallowed_methods, reason = "a program that writes pictures")]
fn write_png(path: &Path, image: &egui::ColorImage) -> anyhow::Result<()> {
    let [width, height] = image.size;
    let file = std::fs::File::create(path).with_context(|| format!("creating {}", path.display()))?;
    let mut encoder = png::Encoder::new(file, u32::try_from(width)?, u32::try_from(height)?);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let bytes: Vec<u8> = image.pixels.iter().flat_map(|p| [p.r(), p.g(), p.b()]).collect();
    encoder.write_header()?.write_image_data(&bytes)?;
    Ok(())
}

fn shots(only: &[String]) -> VecDeque<Shot> {
    let mut shots = VecDeque::new();
    let wanted = |file: &str| only.is_empty() || only.iter().any(|o| file.contains(o.as_str()));
    let mut add = |sample: Sample, suffix: &str, display| {
        let file = format!("{}-{suffix}.png", sample.name);
        if wanted(&file) {
            shots.push_back(Shot { file, display, sample });
        }
    };
    for sample in samples::all(Lang::Ja) {
        for (theme, suffix) in ThemeName::ALL.into_iter().zip(["day", "night", "sunlight"]) {
            add(sample.clone(), suffix, Display { theme, ..Display::default() });
        }
        let mut training = sample.clone();
        training.shell.training = true;
        add(training, "training", Display { hand: Hand::Left, ..Display::default() });
    }
    for sample in samples::all(Lang::En) {
        add(sample, "en-day", Display { lang: Lang::En, ..Display::default() });
    }
    shots
}

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().context("usage: gallery DIR [NAME …]")?);
    let only: Vec<String> = arguments.collect();
    std::fs::create_dir_all(&folder).with_context(|| format!("creating {}", folder.display()))?;
    let fonts = fonts::load()?;
    let failure = Arc::new(Mutex::new(None));
    let gallery = Gallery {
        shots: shots(&only),
        folder,
        taken: Arc::new(Mutex::new(None)),
        frames: 0,
        failure: Arc::clone(&failure),
    };
    let viewport = egui::ViewportBuilder::default().with_inner_size(grid::PANEL).with_decorations(false);
    let options = eframe::NativeOptions { viewport, ..eframe::NativeOptions::default() };
    let app = move |cc: &eframe::CreationContext<'_>| {
        cc.egui_ctx.set_fonts(fonts);
        cc.egui_ctx.set_pixels_per_point(1.0);
        Ok(Box::new(gallery) as Box<dyn eframe::App>)
    };
    eframe::run_native("gallery", options, Box::new(app)).map_err(|e| anyhow::anyhow!("opening the window: {e}"))?;
    let failed = failure.lock().ok().and_then(|mut f| f.take());
    failed.map_or(Ok(()), Err)
}
