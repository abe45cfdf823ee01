//! What is open on this tablet: pages, half-entered values, the lock. Never at rest, never of a case's meaning.

use super::picture::PictureError;
use super::shut::Shut;
use super::told::Told;
use crate::canvas::Display;
use crate::screens::display::Loudness;
use crate::screens::staff_password::DIGITS as STAFF_DIGITS;
use ambulance_core::{Now, State};
use card::{Keyed, NUMBER_B_DIGITS, PIN_DIGITS};
use case::{Ending, OverrideReason};
use model::{HospitalId, Monotonic, Timestamp};
use patient_history::{ConsentKind, NotObtainableReason};
use std::collections::BTreeSet;
use wire::Passcode;

mod half_entered;
mod keyed;
mod members;
mod page;

pub use half_entered::{Entry, Field, Find, Narrowed, StageEdit};
pub use members::{LOGIN_MAX, MEMBERS_MAX, Member};
pub use page::{Absent, List, Page, page_of, page_of_part};

/// Without a touch for this long the tablet locks (2 min, design §6.7).
pub const LOCK_AFTER_US: u64 = 120_000_000;
/// Wrong passcodes on this tablet before the session ends here.
pub const WRONG_MAX: u32 = 10;

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
    /// Those that the ranking proposes to ask at once are chosen, in the place of one.
    pub together: bool,
    /// The hospital of ほかの病院.
    pub other: Option<HospitalId>,
    /// No hospital: the destination that stands is given up (未定にもどす).
    pub nowhere: bool,
    /// Its reason.
    pub other_reason: Option<OverrideReason>,
    /// The reason of 同意を得られない.
    pub unobtainable: Option<NotObtainableReason>,
    /// How the register is searched.
    pub find: Find,
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
            together: false,
            other: None,
            nowhere: false,
            other_reason: None,
            unobtainable: None,
            find: Find::default(),
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
        self.together = false;
        self.other = None;
        self.nowhere = false;
        self.find = Find::default();
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
}
