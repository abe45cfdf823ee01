//! 応需情報: what the desk says of its categories and of what is down. A value counts for a while and then gives way to the weekly
//! pattern, else to what is usual; a stop is impossible without an end (design/web.md §5, a05, a08).

mod forms;
mod panel;
mod places;
mod week;

pub(super) use forms::check_places;
pub(crate) use forms::{bays_form, capacity_form, places_form, week_form};
pub(super) use panel::{fresh_panel, panel, stops_panel, summary, wide_panel};
pub(super) use places::{bays_panel, mass_panel};
pub(super) use week::week_panel;

use crate::web::fault::Fault;
use crate::web::parts::Moment;
use crate::web::state::App;
use dispatch_core::{Bays, MassOffer, Principal, Store, UseCaseError, Week};
use hospital_selection::{CapacityReport, CapacitySource, CapacityState};
use model::{Capability, HospitalId, Timestamp};
use std::collections::BTreeMap;

/// A category that a desk speaks of, and its words; none is the hospital as a whole.
pub(crate) struct Category {
    pub(crate) of: Option<Capability>,
    ja: &'static str,
    en: &'static str,
}

impl Category {
    pub(crate) const fn words(&self, moment: Moment) -> &'static str {
        moment.t(self.ja, self.en)
    }
}

const fn category(of: Option<Capability>, ja: &'static str, en: &'static str) -> Category {
    Category { of, ja, en }
}

/// The categories, in screen order.
pub(crate) const CATEGORIES: [Category; 9] = [
    category(None, "病院全体", "Whole hospital"),
    category(Some(Capability::StrokeThrombolysis), "脳卒中", "Stroke"),
    category(Some(Capability::Cardiology24h), "心疾患", "Cardiac"),
    category(Some(Capability::Trauma), "外傷", "Trauma"),
    category(Some(Capability::Surgery24h), "外科", "Surgery"),
    category(Some(Capability::Paediatrics), "小児", "Paediatric"),
    category(Some(Capability::Perinatal), "周産期", "Perinatal"),
    category(Some(Capability::PsychiatrySomatic), "精神合併", "Psychiatric"),
    category(Some(Capability::IntensiveCare), "ICU", "ICU"),
];

/// What can be down: CT, cath room, operating theatre, ICU, everything.
const STOPS: [Category; 5] = [
    category(Some(Capability::CtNow), "CT", "CT"),
    category(Some(Capability::Pci24h), "カテ室", "Cath room"),
    category(Some(Capability::Surgery24h), "手術室", "Theatre"),
    category(Some(Capability::IntensiveCare), "ICU", "ICU"),
    category(None, "全停止", "Everything"),
];

/// How long a stop lasts by one tap, minutes.
const STOP_MINUTES: [(i64, &str, &str); 3] = [(30, "30分", "30 min"), (60, "1時間", "1 h"), (240, "4時間", "4 h")];

/// The three levels (design/web.md §8): state, its word in forms, sign, words.
pub(crate) struct Level {
    state: CapacityState,
    value: &'static str,
    sign: &'static str,
    ja: &'static str,
    en: &'static str,
}

pub(crate) const LEVELS: [Level; 3] = [
    Level { state: CapacityState::Free, value: "free", sign: "◎", ja: "余裕", en: "open +" },
    Level { state: CapacityState::Limited, value: "limited", sign: "○", ja: "可", en: "open" },
    Level { state: CapacityState::Full, value: "full", sign: "×", ja: "不可", en: "closed" },
];

/// Sign and words of what was said.
fn sign_of(state: CapacityState, moment: Moment) -> (&'static str, &'static str) {
    let level = LEVELS.iter().find(|level| level.state == state);
    level.map_or(("×", moment.t("停止", "down")), |level| (level.sign, moment.t(level.ja, level.en)))
}

/// What the store knows of this hospital.
pub(crate) struct Known {
    pub(super) hospital: HospitalId,
    /// Reports of it that hold.
    own: Vec<CapacityReport>,
    /// When each hospital's desk said anything last.
    latest: BTreeMap<HospitalId, Timestamp>,
    weeks: Vec<Week>,
    offer: Option<MassOffer>,
    pub(super) bays: Option<Bays>,
    /// How often enquiries are accepted here when nothing is said.
    usual: f64,
}

impl Known {
    pub(super) async fn read<S: Store>(app: &App<S>, principal: &Principal, now: Timestamp) -> Result<Self, Fault> {
        let hospital = principal.hospital().ok_or(Fault::not_permitted())?;
        let store = app.store.as_ref();
        let all = store.capacity().await.map_err(UseCaseError::from)?;
        let mut latest: BTreeMap<HospitalId, Timestamp> = BTreeMap::new();
        for report in all.iter().filter(|r| r.source == CapacitySource::Desk && r.at <= now) {
            let at = latest.entry(report.hospital).or_insert(report.at);
            *at = report.at.max(*at);
        }
        let offers = store.mass_offers().await.map_err(UseCaseError::from)?;
        let volume = app.hospitals.get(hospital).and_then(|h| h.ambulance_accepted);
        Ok(Self {
            hospital,
            own: all.into_iter().filter(|r| r.hospital == hospital && r.holds(now)).collect(),
            latest,
            weeks: store.weeks(Some(hospital)).await.map_err(UseCaseError::from)?,
            offer: offers.into_iter().find(|offer| offer.hospital == hospital && offer.holds(now)),
            bays: store.bays(hospital).await.map_err(UseCaseError::from)?,
            usual: hospital_selection::base_rate(volume),
        })
    }

    /// The level that stands.
    pub(super) fn level(&self, of: Option<Capability>) -> Option<&CapacityReport> {
        self.newest(of, CapacityState::is_level)
    }

    /// The stop that stands.
    fn stop(&self, of: Option<Capability>) -> Option<&CapacityReport> {
        self.newest(of, |state| state == CapacityState::Down)
    }

    fn newest(&self, of: Option<Capability>, wanted: impl Fn(CapacityState) -> bool) -> Option<&CapacityReport> {
        self.own.iter().filter(|r| r.capability == of && wanted(r.state)).max_by_key(|r| r.at)
    }

    /// What is usual at a time by the weekly pattern, and until when.
    fn pattern(&self, of: Option<Capability>, at: Timestamp) -> Option<(CapacityState, Timestamp)> {
        self.weeks.iter().find(|week| week.capability == of)?.levels.at(at)
    }

    /// The typed level whose time is over first, when it is over soon.
    pub(super) fn soon_over(&self, now: Timestamp) -> Option<(&'static Category, &CapacityReport, Timestamp)> {
        let typed = |of: &'static Category| {
            let report = self.level(of.of).filter(|r| r.source == CapacitySource::Desk)?;
            Some((of, report, report.until.filter(|until| *until <= now.plus_minutes(SOON_MINUTES))?))
        };
        CATEGORIES.iter().filter_map(typed).min_by_key(|(.., until)| *until)
    }
}

/// A typed level that is over so soon asks to be looked at.
const SOON_MINUTES: i64 = 15;

/// A category's word in forms.
pub(super) fn key(of: Option<Capability>) -> String {
    of.and_then(|c| Capability::ALL.iter().position(|known| *known == c))
        .map_or_else(|| "all".to_owned(), |n| n.to_string())
}

/// The category behind a word of a form or an address.
pub(super) fn of_key(key: &str) -> Result<Option<Capability>, Fault> {
    let unknown = || Fault::field("of", "この項目はありません");
    match key {
        "all" => Ok(None),
        number => {
            number.parse().ok().and_then(|n: usize| Capability::ALL.get(n).copied()).map(Some).ok_or_else(unknown)
        }
    }
}

/// Who said it, on screens.
const fn source_words(source: CapacitySource, moment: Moment) -> &'static str {
    match source {
        CapacitySource::Desk => moment.t("手入力", "typed"),
        CapacitySource::Refusal => moment.t("不可の回答から", "from a decline"),
        CapacitySource::Acceptance => moment.t("受入の回答から", "from an acceptance"),
        CapacitySource::Arrival => moment.t("到着から", "from an arrival"),
        CapacitySource::Region => moment.t("広域システム", "regional system"),
        CapacitySource::Phone => moment.t("指令への電話", "told by phone"),
        CapacitySource::Filed => moment.t("週間の型", "weekly pattern"),
    }
}
