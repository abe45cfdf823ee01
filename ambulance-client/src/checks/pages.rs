//! What a press on the pages means, and that the pages hold everything the model has.

use egui_kittest::kittest::Queryable as _;

use super::presses::{sample, shown};
use crate::samples;
use crate::screens::ending::EndingAction;
use crate::screens::hospital_detail::HospitalDetailAction;
use crate::screens::list::ListAction;
use crate::screens::patients::PatientsAction;
use crate::screens::stage_times::StageTimesAction;
use crate::screens::{Action, Screen, consent_sections, ending, more_complaints, stage_times};
use crate::text::Lang;

fn pressed(name: &str, label: &str) -> Vec<Action> {
    let mut harness = shown(name);
    harness.get_by_label(label).click();
    harness.run_steps(5);
    harness.state().pressed.clone()
}

#[test]
fn a_row_of_the_second_page_is_told_by_its_place_among_all() {
    let label = "傷病者 5 区分 黒 0 男 60代 傷病者接触 10:24 この端末が記録";
    assert_eq!(pressed("16b-patients-last", label), [Action::Patients(PatientsAction::Select(4))]);
}

#[test]
fn a_case_is_taken_over_by_one_press() {
    let label = "傷病者 2 この事案を引き取る";
    assert_eq!(pressed("16-patients", label), [Action::Patients(PatientsAction::TakeOver(1))]);
}

#[test]
fn pages_turn_both_ways_and_end() {
    assert_eq!(pressed("04d-medicines", "次へ"), [Action::List(ListAction::NextPage)]);
    assert_eq!(pressed("04e-medicines-last", "前へ"), [Action::List(ListAction::PreviousPage)]);
    assert!(shown("04d-medicines").query_by_label("前へ").is_none());
    assert!(shown("04e-medicines-last").query_by_label("次へ").is_none());
}

#[test]
fn a_covered_row_says_that_opening_is_logged() {
    let label = "3 伏せた受診 1件 押すと開きます。だれが開いたか記録に残ります 開くと記録に残ります";
    assert_eq!(pressed("04f-visits", label), [Action::List(ListAction::Open(2))]);
}

#[test]
fn a_list_may_have_a_next_thing_to_do_and_a_chosen_row() {
    assert_eq!(pressed("05d-moved", "わかった 知らせを消します"), [Action::List(ListAction::Primary)]);
    let label = "2 青波第2病院 一覧にない ・ 二次救急 2.4 km 選択中";
    assert_eq!(pressed("05g-register", label), [Action::List(ListAction::Open(1))]);
}

#[test]
fn an_ending_must_be_chosen_before_the_case_ends() {
    assert!(pressed("15-ending", "終わる 終わり方を選ぶと押せます").is_empty());
    assert_eq!(pressed("15b-ending-chosen", "終わる 拒否 取り消せません"), [Action::Ending(EndingAction::End)]);
}

#[test]
fn a_correction_needs_a_reason_and_a_skipped_stage_none() {
    assert!(pressed("14c-stage-no-reason", "記録する 理由を選ぶと押せます").is_empty());
    let record = [Action::StageTimes(StageTimesAction::Record)];
    assert_eq!(pressed("14b-stage-correct", "記録する 車内収容 10:29"), record);
    let now = [Action::StageTimes(StageTimesAction::StampNow)];
    assert_eq!(pressed("14d-stage-skipped", "いま記録 傷病者接触"), now);
}

#[test]
fn a_corrected_uncertain_time_is_named_with_both_times() {
    let label = "現場到着 ±10:23 訂正 10:25→10:23 時刻を直す";
    assert_eq!(pressed("14-stage-times", label), [Action::StageTimes(StageTimesAction::ChooseStage(3))]);
    let label = "車内収容 5分 早める";
    assert_eq!(pressed("14b-stage-correct", label), [Action::StageTimes(StageTimesAction::Shift(-5))]);
}

#[test]
fn consent_to_no_section_is_no_consent() {
    assert!(pressed("03h-consent-sections-none", "この範囲で 同意あり 項目を選ぶと押せます").is_empty());
}

#[test]
fn an_excluded_hospital_cannot_be_asked_from_its_page() {
    assert!(shown("05f-hospital-excluded").query_by_label_contains("照会する").is_none());
    let asked = [Action::HospitalDetail(HospitalDetailAction::SendEnquiry)];
    assert_eq!(pressed("05e-hospital-detail", "汐見台記念病院 照会する"), asked);
}

#[test]
fn the_terms_of_every_hospital_add_up_to_its_minutes() {
    for sample in samples::all(Lang::Ja) {
        match &sample.screen {
            Screen::Hospitals(vm) => {
                for row in &vm.rows {
                    assert_eq!(row.minutes, row.terms.iter().sum::<i32>(), "{}: {}", sample.name, row.name);
                }
            }
            Screen::HospitalDetail(vm) => {
                assert_eq!(vm.minutes, vm.terms.iter().map(|(m, _)| m).sum::<i32>(), "{}", sample.name);
            }
            _ => {}
        }
    }
}

#[test]
fn the_pages_hold_all_that_the_model_has() {
    assert_eq!(stage_times::STAGES, model::Stage::ALL.len());
    assert_eq!(ending::ENDINGS, case::Ending::WITHOUT_HANDOVER.len());
    assert_eq!(consent_sections::SECTIONS, patient_history::ConsentKind::ALL.len());
    let Screen::MoreComplaints(vm) = sample("02d-complaints").screen else { panic!("another screen") };
    assert_eq!(more_complaints::ON_FIRST_PAGE + vm.complaints.len(), model::Complaint::ALL.len());
}
