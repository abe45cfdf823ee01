//! The safe state: every cause in both languages, hands and all themes keeps the design's rules and says what to do.

use std::path::PathBuf;

use ambulance_runtime::{KeyError, OpenError, StartError};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use model::Timestamp;

use super::layout::{check_targets, check_words};
use crate::app::safe_state;
use crate::canvas::{Display, Kind, Ledger};
use crate::screens::safe_state::{SafeStateAction, SafeStateVm, show};
use crate::text::Lang;
use crate::theme::{Hand, ThemeName, fonts, grid};

struct Shown {
    display: Display,
    vm: SafeStateVm,
    pressed: Vec<SafeStateAction>,
    ledger: Ledger,
}

fn harness(vm: SafeStateVm) -> Harness<'static, Shown> {
    let state = Shown { display: Display::default(), vm, pressed: Vec::new(), ledger: Ledger::default() };
    Harness::builder()
        .with_size(grid::PANEL)
        .with_pixels_per_point(1.0)
        .with_step_dt(0.3)
        .with_context_setup(|ctx| ctx.set_fonts(fonts::load().expect("the system has the font package")))
        .build_ui_state(
            |ui, shown: &mut Shown| {
                let (pressed, ledger) = show(ui, shown.display, &shown.vm);
                shown.pressed.extend(pressed);
                shown.ledger = ledger;
            },
            state,
        )
}

fn causes() -> Vec<Option<StartError>> {
    let path = || PathBuf::from("/var/lib/ambulance/outbox.sqlite");
    let medium = || std::io::Error::other("no such folder");
    let outbox = [
        OpenError::Locked { path: path() },
        OpenError::WrongKey { path: path() },
        OpenError::Damaged { path: path(), source: None },
        OpenError::TooNew { path: path(), found: 9, known: 1 },
        OpenError::DiskFull { path: path() },
        OpenError::Forbidden { path: path() },
        OpenError::KeptFull { path: path(), kept: 16 },
        OpenError::Medium { path: path(), source: Box::new(medium()) },
    ];
    let mut causes: Vec<Option<StartError>> = outbox.into_iter().map(|e| Some(StartError::Outbox(e))).collect();
    causes.push(Some(StartError::Key(KeyError::Damaged { path: "outbox.key".into() })));
    let sealed = || "/var/lib/ambulance/outbox.key".to_owned();
    causes.push(Some(StartError::Key(KeyError::OtherTpm { path: sealed() })));
    causes.push(Some(StartError::Key(KeyError::NoTpm { path: sealed(), why: "no such device".into() })));
    causes.push(Some(StartError::Folder { path: "data".into(), source: medium() }));
    causes.push(Some(StartError::OtherUnit("立川01".into())));
    causes.push(Some(StartError::NoRandomness));
    causes.push(None);
    causes
}

#[test]
fn every_cause_fits_in_both_languages_hands_and_all_themes() {
    let mut problems = Vec::new();
    let mut harness = harness(SafeStateVm::default());
    for cause in causes() {
        for lang in Lang::ALL {
            for theme in ThemeName::ALL {
                let hand = if theme == ThemeName::Night { Hand::Left } else { Hand::Right };
                let shown = harness.state_mut();
                shown.display = Display { theme, lang, hand };
                shown.vm = safe_state(cause.as_ref(), "open the outbox: it is damaged", Timestamp(0), lang);
                assert!((3..=4).contains(&shown.vm.steps.len()), "{cause:?}");
                harness.step();
                let ledger = &harness.state().ledger;
                let what = format!("{cause:?} {lang:?} {theme:?}");
                check_targets(&what, ledger, &mut problems);
                check_words(&what, ledger, &mut problems);
                assert_eq!(ledger.solids, 1, "{what}");
                assert!(ledger.targets.iter().any(|t| t.kind == Kind::Primary), "{what}");
            }
        }
    }
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}

#[test]
fn a_damaged_file_is_said_to_be_kept_and_can_be_tried_again() {
    let damaged = StartError::Outbox(OpenError::Damaged { path: "outbox.sqlite".into(), source: None });
    let mut harness = harness(safe_state(Some(&damaged), "", Timestamp(0), Lang::Ja));
    harness.run_steps(3);
    let words: String = harness.state().ledger.words.iter().map(|w| w.text.as_str()).collect();
    for said in ["記録のファイルが壊れています", "そのまま残しています", "段階の時刻は紙に", "指令台へ無線・電話"]
    {
        assert!(words.contains(said), "{said}: {words}");
    }
    harness.get_by_label("もう一度 ためす 記録を開きなおす").click();
    harness.run_steps(3);
    assert_eq!(harness.state().pressed, [SafeStateAction::TryAgain]);
}
