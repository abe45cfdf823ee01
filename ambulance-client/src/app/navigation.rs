//! What is open on this tablet: pages, half-entered values, the lock. Never at rest, never of a case's meaning.

use super::picture::PictureError;
use super::shut::Shut;
use super::told::Told;
use crate::canvas::Display;
use crate::frame::Tab;
use crate::screens::display::Loudness;
use crate::screens::staff_password::DIGITS as STAFF_DIGITS;
use ambulance_core::{Now, State};
use card::{Keyed, NUMBER_B_DIGITS, NumberB, PIN_DIGITS, Pin};
use case::{CorrectionReason, Ending, OverrideReason};
use model::{EnquiryId, HospitalId, Monotonic, Stage, Timestamp};
use patient_history::{ConsentKind, MedicalText, NotObtainableReason, Origin};
use std::collections::BTreeSet;
use wire::Passcode;

/// Without a touch for this long the tablet locks (2 min, design §6.7).
pub const LOCK_AFTER_US: u64 = 120_000_000;
/// Wrong passcodes on this tablet before the session ends here.
pub const WRONG_MAX: u32 = 10;
/// Crew members remembered on the lock page; the oldest gives way.
pub const MEMBERS_MAX: usize = 3;
/// Letters of a sign-in name at most; further ones are ignored.
pub const LOGIN_MAX: usize = 32;

/// A value of the assessment, as one cell and its keypad know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// 呼吸.
    Respiration,
    /// 脈拍.
    Pulse,
    /// 血圧: two values.
    Pressure,
    /// SpO2.
    Saturation,
    /// 体温.
    Temperature,
    /// 血糖.
    Glucose,
}

impl Field {
    /// All six, in screen order.
    pub const ALL: [Self; 6] =
        [Self::Respiration, Self::Pulse, Self::Pressure, Self::Saturation, Self::Temperature, Self::Glucose];
}

/// A value being entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Which.
    pub field: Field,
    /// Digits of the value, or of the upper pressure.
    pub first: String,
    /// Digits of the lower pressure.
    pub second: String,
    /// The lower pressure is being entered.
    pub lower: bool,
    /// When it was measured: when the page was opened.
    pub taken_at: Timestamp,
}

/// Pages that open over a part and lead back to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// Patients of this unit.
    Patients,
    /// Sex and age as seen.
    Seen,
    /// Who it is, and other cases of the same patient.
    Who,
    /// All stage times and their correction.
    Stages,
    /// Complaints of the second page.
    Complaints,
    /// Which sections the consent covers.
    Sections,
    /// 経路, 印刷: what this version offers.
    NotHere(Absent),
    /// 聞き取り.
    Oral,
    /// お薬手帳.
    Notebook,
    /// The rows of the section group with this index; the index behind the last group is everything.
    Rows(usize),
    /// How the rows of this group are narrowed down.
    Filter(usize),
    /// All alerts and what else is on record.
    Alerts,
    /// One alert.
    Alert(usize),
    /// The terms of a candidate in words.
    Terms(HospitalId),
    /// Excluded hospitals.
    Excluded,
    /// What history changed in the order.
    Changes,
    /// The register, nearest first.
    Register,
    /// What a hospital said on the telephone.
    Telephone(EnquiryId),
    /// How the case ends without a handover.
    Endings,
    /// Whom to phone.
    Phone(Option<HospitalId>),
    /// The handover document in full.
    Document,
    /// This program and tablet.
    About,
    /// Letters of a sign-in name.
    Letters,
    /// Link, clock, queue and disk of this tablet.
    Tablet,
}

/// How lists of records are narrowed down.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Narrowed {
    /// From here only.
    pub origin: Option<Origin>,
    /// Not older than this many days.
    pub days: Option<i32>,
    /// Words typed on a keyboard.
    pub text: MedicalText,
}

impl Narrowed {
    /// Whether anything is left out.
    #[must_use]
    pub fn is_any(&self) -> bool {
        self.origin.is_some() || self.days.is_some() || !self.text.is_empty()
    }
}

/// A correction of a stage's time being made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StageEdit {
    /// Which stage.
    pub stage: Stage,
    /// Minutes to add.
    pub shift: i64,
    /// It never happened.
    pub removed: bool,
    /// Why.
    pub reason: Option<CorrectionReason>,
}

/// What has no page of its own yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absent {
    /// 経路.
    Route,
    /// 印刷.
    Print,
    /// Training is a property of the installation.
    Training,
}

/// What is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// 出動中 or 現場.
    Assess,
    /// A value's keypad.
    Value,
    /// カード and its ladder.
    Card,
    /// The keypad of 照合番号B, while the face is to be compared.
    NumberB,
    /// The keypad of the staff password, while the face is to be compared.
    StaffPassword,
    /// 同意を得られない.
    Unobtainable,
    /// 病歴.
    History,
    /// 受入候補.
    Hospitals,
    /// ほかの病院.
    Override,
    /// 照会中.
    Enquiry,
    /// 搬送中.
    Transport,
    /// 引継ぎ and the wipe.
    Handover,
    /// 表示と施錠.
    Display,
    /// いま使えるもの.
    WorksNow,
    /// A list over the page from which it was opened.
    List(List),
    /// The keypad of the PIN, while it is asked for.
    Pin,
    /// The keys of the look-up without a card, in a disaster.
    WithoutCard,
}

/// A crew member known to this tablet since it was started.
pub struct Member {
    /// Sign-in name.
    pub login: String,
    /// Name on screen; the sign-in name until the server has told it.
    pub name: String,
    /// The passcode that the server accepted, to unlock without radio. In memory only.
    accepted: Option<Passcode>,
}

/// What is open. See the module.
pub struct Navigation {
    /// The open page.
    pub page: Page,
    /// Where a list goes back to.
    pub behind: Page,
    /// Theme, language, hand.
    pub display: Display,
    /// The theme follows the light sensor, where there is one.
    pub auto_theme: bool,
    /// Brightness, percent.
    pub brightness: u8,
    /// Loudness.
    pub loudness: Loudness,
    /// Locked since; names and history are off the screen.
    pub locked: Option<Timestamp>,
    /// The lock followed from two minutes without touch.
    pub idle_lock: bool,
    /// The last touch.
    pub touched_at: Monotonic,
    /// A script presses instead of a crew: the tablet does not lock by itself.
    pub scripted: bool,
    /// Members on the lock page.
    pub members: Vec<Member>,
    /// The chosen one.
    pub member: usize,
    /// Letters of a new sign-in name.
    pub login: String,
    passcode: Option<Passcode>,
    entered: usize,
    /// Digits of 照合番号B; gone with the page.
    pub number: Keyed<NUMBER_B_DIGITS>,
    /// These digits were presented and nothing was changed since.
    pub number_presented: bool,
    /// Digits of the patient's PIN; gone with the page and with every press.
    pub pin: Keyed<PIN_DIGITS>,
    /// Digits of the staff password; gone with the page.
    pub staff_password: Keyed<STAFF_DIGITS>,
    /// A sign-in is under way.
    pub signing_in: bool,
    /// Wrong passcodes since the last right one.
    pub wrong: u32,
    /// What the last unlock left shut.
    pub shut: Shut,
    /// The value being entered.
    pub entry: Option<Entry>,
    /// What is being keyed of a patient without a card; it stays to be corrected, and goes with the case.
    pub told: Told,
    /// The chosen candidate.
    pub hospital: Option<HospitalId>,
    /// The hospital of ほかの病院.
    pub other: Option<HospitalId>,
    /// Its reason.
    pub other_reason: Option<OverrideReason>,
    /// The reason of 同意を得られない.
    pub unobtainable: Option<NotObtainableReason>,
    /// Chosen sections of a partial consent.
    pub sections: BTreeSet<ConsentKind>,
    /// The page of the open list, from 0.
    pub turn: usize,
    /// The correction being made.
    pub stage_edit: Option<StageEdit>,
    /// The chosen ending.
    pub ending: Option<Ending>,
    /// Masked rows were opened for this case.
    pub unmasked: bool,
    /// How lists of records are narrowed down.
    pub narrowed: Narrowed,
    /// Why the last picture held no code.
    pub picture_trouble: Option<PictureError>,
    /// Since when there is no link.
    pub offline_since: Option<Timestamp>,
    /// The loop behind the screen has ended: nothing that is pressed is taken.
    pub stopped: bool,
    /// Damaged places that the crew has seen.
    pub seen_damage: usize,
    /// What was seen last.
    pub seen: crate::app::follow::Seen,
}

impl Navigation {
    /// As after a start.
    #[must_use]
    pub fn new(state: &State, now: Now) -> Self {
        Self {
            page: Page::Assess,
            behind: Page::Assess,
            display: Display::default(),
            auto_theme: false,
            brightness: 70,
            loudness: Loudness::Middle,
            locked: state.crew.is_none().then_some(now.utc),
            idle_lock: false,
            touched_at: now.mono,
            scripted: false,
            members: Vec::new(),
            member: 0,
            login: String::new(),
            passcode: None,
            entered: 0,
            number: Keyed::new(),
            number_presented: false,
            pin: Keyed::new(),
            staff_password: Keyed::new(),
            signing_in: false,
            wrong: 0,
            shut: Shut::default(),
            entry: None,
            told: Told::default(),
            hospital: None,
            other: None,
            other_reason: None,
            unobtainable: None,
            sections: BTreeSet::new(),
            turn: 0,
            stage_edit: None,
            ending: None,
            unmasked: false,
            narrowed: Narrowed::default(),
            picture_trouble: None,
            offline_since: None,
            stopped: false,
            seen_damage: 0,
            seen: crate::app::follow::Seen::default(),
        }
    }

    /// Opens a page. A list remembers where it came from.
    pub fn go(&mut self, page: Page) {
        if matches!(page, Page::List(_)) && !matches!(self.page, Page::List(_) | Page::Value) {
            self.behind = self.page;
        }
        self.turn = 0;
        self.stage_edit = None;
        self.ending = None;
        self.page = page;
    }

    /// Back from a list.
    pub fn back(&mut self) {
        let behind = self.behind;
        self.go(behind);
    }

    /// The keypads hold the screen: nothing opens over them by itself.
    #[must_use]
    pub fn on_keypad(&self) -> bool {
        self.locked.is_some()
            || matches!(
                self.page,
                Page::Value
                    | Page::NumberB
                    | Page::Pin
                    | Page::StaffPassword
                    | Page::List(List::Letters | List::Notebook)
            )
    }

    /// Takes names and history off the screen.
    pub fn lock(&mut self, now: Now) {
        self.locked = Some(now.utc);
        self.clear_passcode();
        self.forget_number();
        self.forget_pin();
        self.forget_staff_password();
        self.forget_history();
    }

    /// What the lock was for is over.
    pub fn unlock(&mut self, now: Now) {
        self.locked = None;
        self.idle_lock = false;
        self.wrong = 0;
        self.touched_at = now.mono;
        self.clear_passcode();
    }

    /// No page keeps pointing into rows of a history that is gone.
    pub fn forget_history(&mut self) {
        self.unmasked = false;
        self.narrowed = Narrowed::default();
        if matches!(
            self.page,
            Page::List(
                List::Rows(_) | List::Filter(_) | List::Alerts | List::Alert(_) | List::Changes | List::Document
            )
        ) {
            self.page = self.behind;
        }
    }

    /// Another case is on screen: nothing half-done follows it.
    pub fn forget_case(&mut self) {
        self.forget_number();
        self.forget_pin();
        self.forget_staff_password();
        self.entry = None;
        self.told = Told::default();
        self.hospital = None;
        self.other = None;
        self.other_reason = None;
        self.unobtainable = None;
        self.sections.clear();
        self.stage_edit = None;
        self.ending = None;
        self.unmasked = false;
        self.narrowed = Narrowed::default();
        self.picture_trouble = None;
        self.page = Page::Assess;
        self.behind = Page::Assess;
    }

    /// The keyed digits of 照合番号B go and are zeroed.
    pub fn forget_number(&mut self) {
        if self.number.count() > 0 || self.number_presented {
            self.number = Keyed::new();
            self.number_presented = false;
        }
    }

    /// The keyed digits of the staff password go and are zeroed.
    pub fn forget_staff_password(&mut self) {
        if self.staff_password.count() > 0 {
            self.staff_password = Keyed::new();
        }
    }

    /// The staff password as keyed, when all digits are there.
    #[must_use]
    pub fn keyed_staff_password(&self) -> Option<Passcode> {
        if self.staff_password.count() != STAFF_DIGITS {
            return None;
        }
        let mut text = String::with_capacity(STAFF_DIGITS);
        let digits = (0..STAFF_DIGITS).filter_map(|place| self.staff_password.digit(place));
        text.extend(digits.map(|digit| char::from(b'0' + digit.min(9))));
        Some(Passcode::new(text))
    }

    /// 照合番号B as keyed, when all digits are there. What was keyed stays, to be corrected.
    #[must_use]
    pub fn keyed_number(&self) -> Option<NumberB> {
        let mut copy = Keyed::new();
        let digits = (0..self.number.count()).filter_map(|place| self.number.digit(place));
        digits.for_each(|digit| {
            copy.push(digit);
        });
        copy.finish().ok()
    }

    /// The keyed digits of the PIN go and are zeroed.
    pub fn forget_pin(&mut self) {
        if self.pin.count() > 0 {
            self.pin = Keyed::new();
        }
    }

    /// The PIN as keyed, when all digits are there.
    #[must_use]
    pub fn keyed_pin(&self) -> Option<Pin> {
        let mut copy = Keyed::new();
        (0..self.pin.count()).filter_map(|place| self.pin.digit(place)).for_each(|digit| {
            copy.push(digit);
        });
        copy.finish().ok()
    }

    /// Digits of the passcode entered so far.
    #[must_use]
    pub const fn entered(&self) -> usize {
        self.entered
    }

    /// What stands with one more digit.
    #[must_use]
    pub fn passcode_with(&self, digit: u8) -> Passcode {
        let mut text = String::with_capacity(crate::screens::lock::PIN_DIGITS);
        if let Some(before) = &self.passcode {
            text.push_str(before.expose());
        }
        text.push(char::from(b'0' + digit.min(9)));
        Passcode::new(text)
    }

    /// One more digit.
    pub fn digit(&mut self, digit: u8) {
        let longer = self.passcode_with(digit);
        self.entered = longer.expose().len();
        self.passcode = Some(longer);
    }

    /// Takes the last digit back.
    pub fn delete_digit(&mut self) {
        let shorter = self.passcode.as_ref().map(|p| {
            let text = p.expose();
            let end = text.len().saturating_sub(1);
            Passcode::new(text.get(..end).unwrap_or_default().to_owned())
        });
        self.entered = shorter.as_ref().map_or(0, |p| p.expose().len());
        self.passcode = shorter;
    }

    /// Takes all digits back.
    pub fn clear_passcode(&mut self) {
        self.passcode = None;
        self.entered = 0;
    }

    /// The sign-in name of the chosen member.
    #[must_use]
    pub fn chosen_login(&self) -> Option<&str> {
        self.members.get(self.member).map(|m| m.login.as_str())
    }

    /// Whether this passcode was accepted for the chosen member before; none when this tablet cannot tell.
    #[must_use]
    pub fn known_passcode(&self, passcode: &Passcode) -> Option<bool> {
        let accepted = self.members.get(self.member)?.accepted.as_ref()?;
        Some(accepted.expose() == passcode.expose())
    }

    /// Adds a member to the lock page and chooses it.
    pub fn add_member(&mut self, login: &str) {
        if let Some(known) = self.members.iter().position(|m| m.login == login) {
            self.member = known;
            return;
        }
        if self.members.len() >= MEMBERS_MAX {
            self.members.remove(0);
        }
        self.members.push(Member { login: login.to_owned(), name: login.to_owned(), accepted: None });
        self.member = self.members.len() - 1;
    }

    /// The passcode that opened this tablet without the server, with its sign-in name, to be confirmed there.
    #[must_use]
    pub fn unconfirmed(&self) -> Option<(String, Passcode)> {
        let member = self.members.get(self.member)?;
        Some((member.login.clone(), member.accepted.clone()?))
    }

    /// Remembers what is being tried, until the server says yes.
    pub fn try_passcode(&mut self, passcode: Passcode) {
        self.signing_in = true;
        if let Some(member) = self.members.get_mut(self.member) {
            member.accepted = Some(passcode);
        }
    }

    /// The server's word on the sign-in under way.
    pub fn signed_in(&mut self, name: Option<&str>) {
        if !self.signing_in {
            return;
        }
        self.signing_in = false;
        if let Some(member) = self.members.get_mut(self.member) {
            match name {
                Some(name) => name.clone_into(&mut member.name),
                None => member.accepted = None,
            }
        }
    }
}

/// The page of a rail tab, by where the case stands.
#[must_use]
pub fn page_of(tab: Tab, state: &State) -> Page {
    let case = state.case();
    let stamped = |stage| case.is_some_and(|c| c.view.stage(stage).is_some());
    match tab {
        Tab::Assess => Page::Assess,
        Tab::Card => Page::Card,
        Tab::History => Page::History,
        Tab::Hospital if case.is_some_and(|c| !c.view.enquiries.is_empty()) => Page::Enquiry,
        Tab::Hospital => Page::Hospitals,
        Tab::Handover if stamped(Stage::AtDestination) || stamped(Stage::TransferOfCare) => Page::Handover,
        Tab::Handover if stamped(Stage::LeftScene) => Page::Transport,
        Tab::Handover => Page::Handover,
        Tab::Display => Page::Display,
    }
}

/// The page of a part that a script names.
#[must_use]
pub fn page_of_part(part: &str, state: &State) -> Option<Page> {
    let leaving = state
        .case()
        .is_some_and(|c| c.view.stage(Stage::LeftScene).is_some() && c.view.stage(Stage::AtDestination).is_none());
    Some(match part {
        "assess" | "ready" | "onscene" => Page::Assess,
        "card" => Page::Card,
        "history" => Page::History,
        "hospital" if leaving => Page::Transport,
        "hospital" => page_of(Tab::Hospital, state),
        "hospitals" => Page::Hospitals,
        "enquiry" => Page::Enquiry,
        "transport" => Page::Transport,
        "handover" => page_of(Tab::Handover, state),
        "display" => Page::Display,
        "works_now" => Page::WorksNow,
        "tablet" => Page::List(List::Tablet),
        _ => return None,
    })
}
