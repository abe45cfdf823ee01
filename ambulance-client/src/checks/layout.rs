//! Sizes, gaps, words, contrast, names: §12 of the design.

use egui_kittest::Harness;

use super::{Shown, show};
use crate::canvas::{Display, Kind, Ledger};
use crate::frame::{AgeBannerVm, BannerKind};
use crate::samples::{self, Sample};
use crate::text::Lang;
use crate::theme::tokens::contrast;
use crate::theme::{Hand, ThemeName, grid};

/// One harness for many samples: the fonts are read once.
struct Viewer(Harness<'static, Shown>);

impl Viewer {
    fn new() -> Self {
        Self(show(samples::all(Lang::Ja).swap_remove(0), Display::default()))
    }

    fn ledger(&mut self, sample: &Sample, display: Display) -> Ledger {
        let state = self.0.state_mut();
        state.sample = sample.clone();
        state.display = display;
        self.0.step();
        self.0.state().ledger.clone()
    }
}

fn everything() -> Vec<(String, Sample, Display, Ledger)> {
    let mut viewer = Viewer::new();
    let mut all = Vec::new();
    for lang in Lang::ALL {
        for sample in samples::all(lang) {
            for theme in ThemeName::ALL {
                let hand = if theme == ThemeName::Night { Hand::Left } else { Hand::Right };
                let display = Display { theme, lang, hand };
                let ledger = viewer.ledger(&sample, display);
                all.push((format!("{} {lang:?} {theme:?}", sample.name), sample.clone(), display, ledger));
            }
        }
    }
    all
}

pub(crate) fn check_targets(what: &str, ledger: &Ledger, problems: &mut Vec<String>) {
    let panel = egui::Rect::from_min_size(egui::Pos2::ZERO, grid::PANEL);
    for (i, target) in ledger.targets.iter().enumerate() {
        let least = if matches!(target.kind, Kind::Primary | Kind::Stage) { 118.0 } else { 59.5 };
        if target.rect.width() < least || target.rect.height() < least {
            problems.push(format!("{what}: {} is {:?}, under {least}", target.name, target.rect.size()));
        }
        if target.name.trim().is_empty() {
            problems.push(format!("{what}: a target at {:?} has no name", target.rect));
        }
        if !panel.contains_rect(target.rect) {
            problems.push(format!("{what}: {} leaves the panel", target.name));
        }
        for other in ledger.targets.iter().skip(i + 1) {
            let (a, b) = (target.rect, other.rect);
            let dx = (b.min.x - a.max.x).max(a.min.x - b.max.x);
            let dy = (b.min.y - a.max.y).max(a.min.y - b.max.y);
            if dx.max(dy) < 11.8 {
                problems.push(format!("{what}: {} and {} are {} apart", target.name, other.name, dx.max(dy)));
            }
        }
    }
}

pub(crate) fn check_words(what: &str, ledger: &Ledger, problems: &mut Vec<String>) {
    for words in &ledger.words {
        if words.elided {
            problems.push(format!("{what}: 「{}」 does not fit {:?}", words.text, words.room.size()));
        }
        if !words.room.expand(1.5).contains_rect(words.ink) {
            problems.push(format!("{what}: 「{}」 {:?} leaves its box {:?}", words.text, words.ink, words.room));
        }
        let ratio = contrast(words.colour, words.ground);
        if ratio < 7.0 {
            problems.push(format!("{what}: 「{}」 has contrast {ratio}", words.text));
        }
    }
}

fn check_foot(what: &str, sample: &Sample, display: Display, ledger: &Ledger, problems: &mut Vec<String>) {
    let missing = ledger.targets.iter().any(|t| t.kind == Kind::Primary && !t.enabled);
    // Who only waits for answers has nothing to press but the stage.
    let waits = matches!(&sample.screen, crate::screens::Screen::Enquiry(vm) if vm.decide.is_none() && !vm.last_resort);
    let expected = u32::from(!missing && !waits);
    if ledger.solids != expected {
        problems.push(format!("{what}: {} solid blocks, not {expected}", ledger.solids));
    }
    let side = grid::side(display.hand);
    let stage = ledger.targets.iter().find(|t| t.kind == Kind::Stage);
    let Some(stage) = stage else {
        problems.push(format!("{what}: no stage block"));
        return;
    };
    if stage.rect.max != side.max || stage.rect.width() < 279.0 {
        problems.push(format!("{what}: the stage block stands at {:?}", stage.rect));
    }
    if let Some(primary) = ledger.targets.iter().find(|t| t.kind == Kind::Primary) {
        let above = (stage.rect.min.y - primary.rect.max.y - grid::GAP_PRIMARY).abs() < 0.1;
        if !above && !matches!(sample.screen, crate::screens::Screen::Card(_)) {
            problems.push(format!("{what}: the primary is not directly above the stage block"));
        }
    }
}

#[test]
fn every_screen_keeps_the_designs_rules() {
    let mut problems = Vec::new();
    for (what, sample, display, ledger) in everything() {
        check_targets(&what, &ledger, &mut problems);
        check_words(&what, &ledger, &mut problems);
        check_foot(&what, &sample, display, &ledger, &mut problems);
        let shell = &sample.shell;
        for cell in [&shell.who, &shell.stage_cell, &shell.age, &shell.queue] {
            assert!(!cell.note.is_empty() && !cell.strong.is_empty(), "{what}: an empty band cell");
        }
    }
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}

#[test]
fn no_theme_changes_a_position() {
    let mut viewer = Viewer::new();
    for sample in samples::all(Lang::Ja) {
        let mut rects = |theme| {
            let ledger = viewer.ledger(&sample, Display { theme, ..Display::default() });
            ledger.targets.iter().map(|t| t.rect).collect::<Vec<_>>()
        };
        let day = rects(ThemeName::Day);
        assert_eq!(day, rects(ThemeName::Night), "{}", sample.name);
        assert_eq!(day, rects(ThemeName::Sunlight), "{}", sample.name);
    }
}

#[test]
fn every_screen_still_fits_with_the_age_banner() {
    let mut viewer = Viewer::new();
    let mut problems = Vec::new();
    for mut sample in samples::all(Lang::Ja) {
        sample.shell.age_banner = Some(AgeBannerVm {
            kind: BannerKind::Age,
            title: "圏外 12分59秒 ― 入力と段階はこの端末に残ります".to_owned(),
            body: "未送信 12件。電波が戻ると自動で送ります。".to_owned(),
        });
        let what = format!("{} offline", sample.name);
        let ledger = viewer.ledger(&sample, Display::default());
        check_targets(&what, &ledger, &mut problems);
        check_words(&what, &ledger, &mut problems);
    }
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}

#[test]
fn every_screen_still_fits_with_a_message_and_its_button() {
    let mut viewer = Viewer::new();
    let mut problems = Vec::new();
    for mut sample in samples::all(Lang::Ja).into_iter().filter(|sample| !sample.shell.locked) {
        sample.shell.age_banner = Some(AgeBannerVm {
            kind: BannerKind::Message { long: true },
            title: "指令台から 10:28 ・ 傷病者 12 ・ ほか 12件".to_owned(),
            body: format!("{}…", "長".repeat(26)),
        });
        let what = format!("{} with a message", sample.name);
        let ledger = viewer.ledger(&sample, Display::default());
        check_targets(&what, &ledger, &mut problems);
        check_words(&what, &ledger, &mut problems);
        assert!(ledger.targets.iter().any(|target| target.name == "全文を読む"), "{what}: no button");
    }
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}

#[test]
fn no_accessible_name_is_used_twice() {
    let mut viewer = Viewer::new();
    for lang in Lang::ALL {
        for sample in samples::all(lang) {
            let ledger = viewer.ledger(&sample, Display { lang, ..Display::default() });
            let mut names: Vec<_> = ledger.targets.iter().map(|t| t.name.clone()).collect();
            names.sort();
            for pair in names.windows(2) {
                assert_ne!(pair.first(), pair.last(), "{} {lang:?}", sample.name);
            }
        }
    }
}
