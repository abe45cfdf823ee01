//! A long life of records in the real window: 10,000 rows, their list turned page by page, narrowed down by words, and the
//! summary before it. Prints what a frame costs the processor, drawing included, and the longest.
//!
//! `cargo run --release -p ambulance-client --example long_life` (without a display: behind `xvfb-run -a`)
//!
//! On two virtual cores, drawn in software, three runs (29 November 2026): summary p50 3.8 ms, p95 4.8 ms at most, longest
//! 9.1 ms; the list with a page turned every frame 3.0, 3.4 and 8.0 ms; the list of a search 3.2, 3.6 and 5.4 ms.

use ambulance_client::app::navigation::List;
use ambulance_client::app::{Page, Tablet, TabletApp};
use ambulance_client::theme::{fonts, grid};
use ambulance_core::{Command, Config, Core, HistoryState, Identity, Now, Restored, State};
use ambulance_runtime::Notice;
use anyhow::Context as _;
use field_alerts::medicine::MedicineMaster;
use field_alerts::{RuleTable, evaluate};
use hospital_selection::HospitalTable;
use model::{BootId, CivilDate, DepartmentId, DeviceId, LookupId, Monotonic, RngStreams, Sex, Timestamp, UnitId};
use patient_history::{
    Facility, HistorySnapshot, LookBack, Period, PersonOnRecord, QualificationValidity, Row, RowCode, RowSource,
    Section, SectionKind, SectionState, Sources, merge,
};
use std::sync::Arc;
use travel_time::RoadModel;
use wire::HistoryAnswer;

const ROWS: usize = 10_000;
/// The list that holds every group.
const EVERYTHING: usize = 4;
/// Frames of each part. The first ones put glyphs into the atlas and are not counted.
const FRAMES: usize = 240;
const SETTLE: usize = 20;
const NOW: Timestamp = Timestamp::from_millis(1_795_132_800_000);

/// A tablet that shows one state for ever.
struct Still(Arc<State>);

const fn now() -> Now {
    Now { utc: NOW, mono: Monotonic { boot: BootId::from_bytes([9; 16]), us: 1_000 } }
}

impl Tablet for Still {
    fn state(&self) -> Arc<State> {
        Arc::clone(&self.0)
    }
    fn now(&self) -> Now {
        now()
    }
    fn notice(&mut self) -> Option<Notice> {
        None
    }
    fn send(&self, _: Command) -> bool {
        true
    }
}

/// What is done before a frame of this number.
type Before = fn(&mut TabletApp, usize);
/// What is looked at.
const PARTS: [(&str, Before); 3] = [
    ("the summary", |app, _| app.nav.go(Page::History)),
    ("the list, a page turned every frame", |app, frame| {
        app.nav.go(Page::List(List::Rows(EVERYTHING)));
        app.nav.turn = frame * 5;
    }),
    ("the list of a search", |app, frame| {
        app.nav.go(Page::List(List::Rows(EVERYTHING)));
        app.nav.narrowed.text = format!("みどり {}", 4_000 + frame).into();
    }),
];

struct Show {
    app: TabletApp,
    part: usize,
    frame: usize,
    took_ms: Vec<f32>,
}

impl eframe::App for Show {
    fn ui(&mut self, ui: &mut egui::Ui, frame: &mut eframe::Frame) {
        if let (Some(took), true) = (frame.info().cpu_usage, self.frame > SETTLE) {
            self.took_ms.push(took * 1_000.0);
        }
        if self.frame == SETTLE + FRAMES {
            if let Some((what, _)) = PARTS.get(self.part) {
                say(what, &mut self.took_ms);
            }
            (self.part, self.frame) = (self.part + 1, 0);
        }
        let Some((_, step)) = PARTS.get(self.part) else {
            ui.ctx().send_viewport_cmd(egui::ViewportCommand::Close);
            return;
        };
        step(&mut self.app, self.frame);
        self.app.take_in(ui.ctx());
        let _drawn = self.app.draw(ui);
        self.frame += 1;
        ui.ctx().request_repaint();
    }
}

#[expect(clippy::print_stdout, reason = "a measurement prints what it measured")]
fn say(what: &str, took_ms: &mut Vec<f32>) {
    took_ms.sort_by(f32::total_cmp);
    let at = |part: usize| took_ms.get(took_ms.len() * part / 100).copied().unwrap_or_default();
    let longest = took_ms.last().copied().unwrap_or_default();
    println!("{what:<38} p50 {:>6.2} ms  p95 {:>6.2} ms  longest {longest:>6.2} ms", at(50), at(95));
    took_ms.clear();
}

fn rows(newest: CivilDate) -> Vec<Row> {
    let row = |n: usize| Row {
        date: newest.plus_days(-i32::try_from(n / 8).unwrap_or(i32::MAX)),
        code: RowCode::Yj(format!("{:07}F1029", 1_100_000 + n % 700).into()),
        name: format!("試験錠{}ｍｇ", n % 700).into(),
        days_supplied: Some(28),
        quantity: Some("1日1回 朝".into()),
        source: RowSource::Claims,
        facility: Some(Facility { name: format!("みどり医院{n}").into(), institution_code: None }),
        sensitive: n.is_multiple_of(50),
    };
    (0..ROWS).map(row).collect()
}

/// A case with that history.
fn state() -> anyhow::Result<State> {
    let identity = Identity {
        device: DeviceId::from_bytes([1; 16]),
        unit: UnitId::from_bytes([2; 16]),
        department: DepartmentId::from_bytes([3; 16]),
        training: true,
    };
    let config = Config {
        identity,
        callsign: "立川01".into(),
        department_name: "立川訓練消防本部".into(),
        version: "long_life".into(),
        hospitals: Arc::new(HospitalTable::embedded().clone()),
        travel: RoadModel::japan(),
    };
    let mut core = Core::new(config, Restored::default(), &RngStreams::from_u64(7), now());
    core.handle_command(Command::OpenCase, now());
    let mut state = core.state().clone();
    let today = NOW.tokyo_date().context("a date")?;
    let lookup = LookupId::from_bytes([1; 16]);
    let records = SectionState::Records { rows: rows(today), look_back: LookBack::Years(5), complete_up_to: None };
    let snapshot = HistorySnapshot {
        lookup,
        fetched_at: NOW,
        person: PersonOnRecord { name: "試験".into(), kana: "シケン".into(), birth_date: today, sex: Sex::Female },
        validity: QualificationValidity::Valid,
        period: Period::Full,
        sections: vec![Section { kind: SectionKind::Medications, state: records }],
        notices: Vec::new(),
    };
    let id = state.current.context("a case")?;
    let case = state.cases.get_mut(&id).context("the case")?;
    let evaluation = evaluate(&RuleTable::embedded()?, &snapshot, &case.view.findings, today);
    let sources = Sources { national: &[&snapshot], notebooks: &[], told: &[] };
    case.merged = Some(Arc::new(merge(&sources, &MedicineMaster)));
    case.history = HistoryState::Here { lookup, answer: Arc::new(HistoryAnswer { snapshot, evaluation }) };
    Ok(state)
}

fn main() -> anyhow::Result<()> {
    let mut app = TabletApp::new(Box::new(Still(Arc::new(state()?))));
    app.nav.scripted = true;
    app.nav.locked = None;
    let show = Show { app, part: 0, frame: 0, took_ms: Vec::new() };
    let fonts = fonts::load()?;
    let viewport = egui::ViewportBuilder::default().with_inner_size(grid::PANEL).with_decorations(false);
    let options = eframe::NativeOptions { viewport, ..eframe::NativeOptions::default() };
    let open = move |cc: &eframe::CreationContext<'_>| {
        cc.egui_ctx.set_fonts(fonts);
        cc.egui_ctx.set_pixels_per_point(1.0);
        Ok(Box::new(show) as Box<dyn eframe::App>)
    };
    eframe::run_native("long_life", options, Box::new(open)).map_err(|e| anyhow::anyhow!("opening the window: {e}"))
}
