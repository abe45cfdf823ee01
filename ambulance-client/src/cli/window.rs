//! The tablet's window: the same running tablet as without one, shown and pressed.

use super::headless::{self, finish, load, name};
use super::kiosk::Kiosk;
use super::{Cli, Outcome, folder, say, secure};
use crate::app::navigation::page_of_part;
use crate::app::{Tablet, TabletApp};
use crate::canvas::Display;
use crate::script::report::Report;
use crate::script::run::{Stage, run};
use crate::script::{Look, Picture, Script, Step};
use crate::theme::{fonts, grid};
use ambulance_core::{Command, Now, State};
use ambulance_runtime::runtime::Commands;
use ambulance_runtime::{Handle, Notice, SystemClock, TabletFolder};
use anyhow::{Context, Result, anyhow, bail};
use egui::{ColorImage, ViewportCommand};
use model::Clock;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;
use tokio::sync::{oneshot, watch};

/// Frames drawn before a picture is taken, so that new glyphs are in the atlas and presses have opened their page.
const SETTLE: u32 = 3;
/// A picture that does not come in this time is left out.
const PICTURE_WAIT: Duration = Duration::from_secs(10);
/// The loop has this long to write what was decided when the window closes.
const STOP_WAIT: Duration = Duration::from_secs(10);

/// Opens the window. A tablet that cannot keep a record still gets one: it says what happened and what works. With a
/// script, which nobody looks at, the cause is an error instead.
///
/// # Errors
/// When there is no display, a scripted tablet cannot start, or the report not be written.
pub fn main(cli: &Cli) -> Result<Outcome> {
    let script = cli.script.as_deref().map(load).transpose()?;
    let folder = folder(cli)?;
    display_there()?;
    let fonts = fonts::load()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("start the runtime")?;
    let (stop, stopped) = oneshot::channel();
    let (report_tx, report) = mpsc::channel();
    let (task_tx, task) = mpsc::channel();
    let scripted = script.is_some();
    let plan = Plan {
        script,
        keep: cli.keep,
        wants_lists: cli.json.is_some(),
        pictures: cli.pictures.clone(),
        report: report_tx,
        stop: stopped,
    };
    let opener = Opener {
        runtime: runtime.handle().clone(),
        folder,
        inspectable: cli.inspectable,
        plan: Some(plan),
        task: task_tx,
    };
    let viewport = egui::ViewportBuilder::default().with_inner_size(grid::PANEL).with_title("ambulance-client");
    let options = eframe::NativeOptions { viewport, ..eframe::NativeOptions::default() };
    let failure = Arc::new(Mutex::new(None));
    let failed = Arc::clone(&failure);
    let open = move |cc: &eframe::CreationContext<'_>| {
        cc.egui_ctx.set_fonts(fonts);
        match Kiosk::open(opener, scripted, &cc.egui_ctx) {
            Ok(kiosk) => Ok(Box::new(kiosk) as Box<dyn eframe::App>),
            Err(error) => {
                let words = format!("{error:#}");
                if let Ok(mut slot) = failed.lock() {
                    *slot = Some(error);
                }
                Err(words.into())
            }
        }
    };
    let shown = eframe::run_native("ambulance-client", options, Box::new(open));
    let _already_stopped = stop.send(());
    if let Ok(running) = task.try_recv() {
        runtime.block_on(async {
            if tokio::time::timeout(STOP_WAIT, running).await.is_err() {
                tracing::error!("the tablet's loop did not stop in time");
            }
        });
    }
    if let Some(error) = failure.lock().ok().and_then(|mut slot| slot.take()) {
        return Err(error);
    }
    shown.map_err(|error| anyhow!("open the window: {error}; use --headless SCRIPT, or start under Xvfb"))?;
    outcome(cli, &report)
}

fn outcome(cli: &Cli, report: &mpsc::Receiver<Report>) -> Result<Outcome> {
    let Ok(report) = report.try_recv() else {
        return Ok(if cli.script.is_some() { Outcome::CheckFailed } else { Outcome::Success });
    };
    finish(cli, &report)?;
    Ok(if report.ok { Outcome::Success } else { Outcome::CheckFailed })
}

fn display_there() -> Result<()> {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if cfg!(target_os = "linux") && !set("DISPLAY") && !set("WAYLAND_DISPLAY") {
        bail!("no display: use --headless SCRIPT, or start under Xvfb");
    }
    Ok(())
}

fn make_folder(pictures: &Path) -> Result<()> {
    std::fs::create_dir_all(pictures).with_context(|| format!("make the folder {}", pictures.display()))
}

/// What the task beside the window does.
pub(super) struct Plan {
    script: Option<Script>,
    keep: bool,
    /// Somebody will read the report.
    wants_lists: bool,
    pictures: Option<PathBuf>,
    report: mpsc::Sender<Report>,
    stop: oneshot::Receiver<()>,
}

/// What opens the tablet, at the start and when it is tried again.
pub(super) struct Opener {
    runtime: tokio::runtime::Handle,
    folder: PathBuf,
    inspectable: bool,
    plan: Option<Plan>,
    task: mpsc::Sender<tokio::task::JoinHandle<()>>,
}

impl Opener {
    /// Opens the tablet of the folder.
    ///
    /// # Errors
    /// When it cannot start; it can be tried again.
    pub(super) fn open(&mut self, ctx: &egui::Context) -> Result<Window> {
        let tablet = TabletFolder::load(&self.folder)?;
        if let Some(pictures) = self.plan.as_ref().and_then(|p| p.pictures.as_deref()) {
            if !tablet.settings.training {
                bail!("--pictures is only for training installations: a live screen is never written to a file");
            }
            make_folder(pictures)?;
        }
        secure::close_process(tablet.settings.training, self.inspectable)?;
        let repaint = ctx.clone();
        let handle = self.runtime.block_on(headless::open(&tablet, move || repaint.request_repaint()))?;
        let title = format!("{} {}", tablet.settings.department_name, tablet.settings.callsign);
        ctx.send_viewport_cmd(ViewportCommand::Title(title));
        let (notice_tx, notices) = mpsc::channel();
        let (request_tx, requests) = mpsc::channel();
        let wire = Wire { state: handle.state(), commands: handle.commands(), notices, clock: SystemClock::new() };
        let mut app = TabletApp::new(Box::new(wire));
        let plan = self.plan.take().context("the window's tablet was opened before")?;
        app.nav.scripted = plan.script.is_some();
        let task = self.runtime.spawn(beside(handle, plan, notice_tx, request_tx, ctx.clone()));
        let _receiver_waits = self.task.send(task);
        Ok(Window { app, requests, shot: None })
    }
}

/// Runs the script, then forwards notices until the window closes.
async fn beside(
    mut handle: Handle,
    plan: Plan,
    notices: mpsc::Sender<Notice>,
    requests: mpsc::Sender<Request>,
    ctx: egui::Context,
) {
    let Plan { script, keep, wants_lists, pictures, report, mut stop } = plan;
    if let Some(script) = script {
        let mut stage = Pictures { requests, folder: pictures, ctx: ctx.clone(), wants_lists };
        tokio::select! {
            done = run(&script, &handle, &mut stage) => {
                let _main_waits = report.send(done);
                if !keep {
                    ctx.send_viewport_cmd(ViewportCommand::Close);
                }
            }
            _ = &mut stop => return handle.stop().await,
        }
    }
    loop {
        tokio::select! {
            notice = handle.notice() => match notice {
                Some(notice) => {
                    let _window_takes = notices.send(notice);
                    ctx.request_repaint();
                }
                None => break,
            },
            _ = &mut stop => break,
        }
    }
    handle.stop().await;
}

/// The running tablet as the app sees it.
struct Wire {
    state: watch::Receiver<Arc<State>>,
    commands: Commands,
    notices: mpsc::Receiver<Notice>,
    clock: SystemClock,
}

impl Tablet for Wire {
    fn state(&self) -> Arc<State> {
        Arc::clone(&self.state.borrow())
    }
    fn now(&self) -> Now {
        Now { utc: self.clock.utc(), mono: self.clock.monotonic() }
    }
    fn notice(&mut self) -> Option<Notice> {
        self.notices.try_recv().ok()
    }
    fn runs(&self) -> bool {
        self.state.has_changed().is_ok()
    }
    fn send(&self, command: Command) -> bool {
        self.commands.try_send(command)
    }
}

/// A picture that the script wants.
struct Request {
    part: Option<String>,
    look: Option<Look>,
    done: oneshot::Sender<Arc<ColorImage>>,
}

/// Asks the window for pictures and writes them.
struct Pictures {
    requests: mpsc::Sender<Request>,
    folder: Option<PathBuf>,
    ctx: egui::Context,
    wants_lists: bool,
}

impl Stage for Pictures {
    fn wants_lists(&self) -> bool {
        self.wants_lists
    }

    fn done(&mut self, n: usize, step: &Step, ms: f64) {
        let what = serde_json::json!({ "step": n, "did": name(step), "ms": ms });
        say(&format!("{what}\n"));
    }

    async fn picture(&mut self, picture: &Picture) {
        let (done, image) = oneshot::channel();
        if self.requests.send(Request { part: picture.part.clone(), look: picture.look, done }).is_err() {
            return;
        }
        self.ctx.request_repaint();
        let image = match tokio::time::timeout(PICTURE_WAIT, image).await {
            Ok(Ok(image)) => image,
            _ => return tracing::error!(name = %picture.name, "the window gave no picture"),
        };
        let Some(folder) = &self.folder else { return };
        // The name is the script's: only its last part is used, so a script cannot write elsewhere.
        let Some(stem) = Path::new(&picture.name).file_name() else { return };
        let mut file = stem.to_owned();
        file.push(".png");
        if let Err(error) = write_png(&folder.join(file), &image) {
            tracing::error!("{error:#}");
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a program that writes pictures")]
fn write_png(path: &Path, image: &ColorImage) -> Result<()> {
    let [width, height] = image.size;
    let file = std::fs::File::create(path).with_context(|| format!("create {}", path.display()))?;
    let mut encoder = png::Encoder::new(file, u32::try_from(width)?, u32::try_from(height)?);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let bytes: Vec<u8> = image.pixels.iter().flat_map(|p| [p.r(), p.g(), p.b()]).collect();
    encoder.write_header()?.write_image_data(&bytes)?;
    Ok(())
}

struct Shot {
    frames: u32,
    done: Option<oneshot::Sender<Arc<ColorImage>>>,
}

/// The running tablet, with pictures for scripts.
pub(super) struct Window {
    app: TabletApp,
    requests: mpsc::Receiver<Request>,
    shot: Option<Shot>,
}

impl Window {
    /// Takes the newest state and what was pressed.
    pub(super) fn logic(&mut self, ctx: &egui::Context) {
        self.app.take_in(ctx);
        self.take_request();
    }

    /// Draws the present frame.
    pub(super) fn draw(&mut self, ui: &egui::Ui) {
        let _ledger = self.app.draw(ui);
        self.take_shot(ui.ctx());
    }

    fn take_request(&mut self) {
        if self.shot.is_some() {
            return;
        }
        let Ok(request) = self.requests.try_recv() else { return };
        if request.part.as_deref() == Some("lock") {
            let now = self.app.now();
            self.app.nav.lock(now);
        } else if let Some(page) = request.part.as_deref().and_then(|part| page_of_part(part, self.app.state())) {
            self.app.nav.locked = None;
            self.app.nav.go(page);
        }
        if let Some(Look { theme, lang, hand }) = request.look {
            self.app.nav.display = Display { theme, lang, hand };
        }
        self.shot = Some(Shot { frames: 0, done: Some(request.done) });
    }

    fn take_shot(&mut self, ctx: &egui::Context) {
        let Some(shot) = &mut self.shot else { return };
        shot.frames += 1;
        if shot.frames >= SETTLE {
            if let Some(done) = shot.done.take() {
                let again = ctx.clone();
                ctx.request_screenshot(move |image| {
                    let _script_waits = done.send(image);
                    again.request_repaint();
                });
            }
            self.shot = None;
        }
        ctx.request_repaint();
    }
}
