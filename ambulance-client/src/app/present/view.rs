//! What every presenter looks at, with the words and ages that several of them need.

use super::shell::BEDS_OLD_MIN;
use crate::app::navigation::Navigation;
use crate::text::{Lang, Words};
use ambulance_core::{CaseState, Now, State};
use case::StageTime;
use hospital_selection::{Candidate, CapacityState, HospitalTable, Ranking};
use model::{AgeBand, HospitalId, Sex, Stage, Timestamp};

/// State, navigation and the present.
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// The running core's state.
    pub state: &'a State,
    /// What is open.
    pub nav: &'a Navigation,
    /// Both clocks.
    pub now: Now,
}

impl<'a> View<'a> {
    /// Looks at these.
    #[must_use]
    pub const fn new(state: &'a State, nav: &'a Navigation, now: Now) -> Self {
        Self { state, nav, now }
    }

    /// The present by the server's clock, as stage times are.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        self.state.offset.map_or(self.now.utc, |o| self.now.utc.plus_us(o.us))
    }

    /// The department that this unit works for: its own, or the one that it came to as relief.
    #[must_use]
    pub fn department(&self) -> String {
        match self.state.relief(self.now) {
            Some(relief) => self
                .say(&format!("{} 応援中", relief.department_name), &format!("relief for {}", relief.department_name)),
            None => self.state.department_name.clone(),
        }
    }

    /// The case on screen.
    #[must_use]
    pub fn case(&self) -> Option<&'a CaseState> {
        self.state.case()
    }

    /// The case on screen, while there is still something to do for it.
    #[must_use]
    pub fn open_case(&self) -> Option<&'a CaseState> {
        self.case()
            .filter(|c| !c.view.is_closed() || c.view.last_stage().is_none_or(|(s, _)| s != Stage::BackInService))
    }

    /// The list on screen.
    #[must_use]
    pub fn ranking(&self) -> Option<&'a Ranking> {
        Some(self.case()?.suggestion.as_ref()?.ranking.as_ref())
    }

    /// The language.
    #[must_use]
    pub const fn lang(&self) -> Lang {
        self.nav.display.lang
    }

    /// The words of the screens.
    #[must_use]
    pub fn words(&self) -> &'static Words {
        self.lang().words()
    }

    /// One of two words.
    #[must_use]
    pub fn say(&self, ja: &str, en: &str) -> String {
        self.pick(ja, en).to_owned()
    }

    /// One of two words, borrowed.
    #[must_use]
    pub const fn pick<'w>(&self, ja: &'w str, en: &'w str) -> &'w str {
        match self.lang() {
            Lang::Ja => ja,
            Lang::En => en,
        }
    }

    /// A time of this tablet's own clock as the server would tell it.
    #[must_use]
    pub fn own_time(&self, at: Timestamp) -> Timestamp {
        self.state.offset.map_or(at, |o| at.plus_us(o.us))
    }

    /// Age of something that the server's clock dates: `3分前`, `5時間前`, `3 min`. With '±' while this tablet does not
    /// know how far its own clock is off.
    #[must_use]
    pub fn ago(&self, at: Timestamp) -> String {
        let sign = if self.state.offset.is_none() { "±" } else { "" };
        let span = self.span(self.at().since_us(at));
        self.say(&format!("{sign}{span}前"), &format!("{sign}{span}"))
    }

    /// A length of time in its largest sensible unit: `9分`, from 2 hours on `5時間`, from 2 days on `3日`.
    #[must_use]
    pub fn span(&self, us: i64) -> String {
        let minutes = us.max(0) / 60_000_000;
        match minutes {
            0..120 => self.minutes(minutes),
            120..2_880 => self.say(&format!("{}時間", minutes / 60), &format!("{} h", minutes / 60)),
            _ => self.say(&format!("{}日", minutes / 1_440), &format!("{} d", minutes / 1_440)),
        }
    }

    /// Microseconds without radio, by when it was first missed.
    #[must_use]
    pub fn offline_us(&self) -> i64 {
        self.nav.offline_since.map_or(0, |since| self.now.utc.since_us(since).max(0))
    }

    /// `6分10秒` in steps of ten seconds; from one hour on `3時間12分`.
    #[must_use]
    pub fn offline_for(&self) -> String {
        let seconds = self.offline_us() / 10_000_000 * 10;
        let (m, s) = (seconds / 60, seconds % 60);
        if m < 60 {
            return self.say(&format!("{m}分{s:02}秒"), &format!("{m}:{s:02}"));
        }
        let (d, h, m) = (m / 1_440, m / 60 % 24, m % 60);
        match d {
            0 => self.say(&format!("{h}時間{m:02}分"), &format!("{h} h {m:02} min")),
            _ => self.say(&format!("{d}日{h}時間"), &format!("{d} d {h} h")),
        }
    }

    /// `10:31`, with '±' when its writer's clock was not certain.
    #[must_use]
    pub fn stage_time(time: &StageTime) -> String {
        let sign = if time.uncertain { "±" } else { "" };
        format!("{sign}{}", time.at.tokyo_hhmm())
    }

    /// A duration of whole minutes.
    #[must_use]
    pub fn minutes(&self, minutes: i64) -> String {
        self.say(&format!("{minutes}分"), &format!("{minutes} min"))
    }

    /// A stage's word.
    #[must_use]
    pub fn stage(&self, stage: Stage) -> String {
        if stage == Stage::BackInService {
            return self.say("待機にもどる", "Back to standby");
        }
        self.say(stage.ja(), stage.en())
    }

    /// The short name of a hospital, from the list or the register.
    #[must_use]
    pub fn hospital(&self, id: HospitalId) -> String {
        let listed = self.ranking().and_then(|r| r.candidates.iter().find(|c| c.hospital == id));
        match (listed, HospitalTable::embedded().get(id)) {
            (Some(candidate), _) => candidate.short_name.clone(),
            (None, Some(hospital)) => hospital.short_name().to_owned(),
            (None, None) => self.say("名簿にない病院", "Hospital not on the register"),
        }
    }

    /// `女 70代`; what is not known is left out.
    #[must_use]
    pub fn sex_and_age(&self) -> String {
        let Some(findings) = self.case().map(|c| &c.view.findings) else { return String::new() };
        let sex = findings.sex.map(|s| self.sex(s));
        let age = match (findings.age_years, findings.age_band) {
            (Some(years), _) => Some(self.say(&format!("{years}歳"), &years.to_string())),
            (None, Some(band)) => Some(self.band(band)),
            (None, None) => None,
        };
        [sex, age].into_iter().flatten().collect::<Vec<_>>().join(" ")
    }

    /// A sex.
    #[must_use]
    pub fn sex(&self, sex: Sex) -> String {
        let en = match sex {
            Sex::Male => "M",
            Sex::Female => "F",
            Sex::Unspecified => "―",
        };
        self.say(sex.ja(), en)
    }

    /// An age band.
    #[must_use]
    pub fn band(&self, band: AgeBand) -> String {
        let tens = u32::from(band.0) * 10;
        match band.0 {
            0 => self.say("10歳未満", "under 10"),
            9.. => self.say("90代〜", "90+"),
            _ => self.say(&format!("{tens}代"), &format!("{tens}s")),
        }
    }

    /// The newest bed report of a candidate: `空床 4分前`, `満床 9分前`, `空床 申告なし`.
    #[must_use]
    pub fn beds(&self, candidate: &Candidate) -> String {
        let Some(capacity) = &candidate.capacity else { return self.say("空床 申告なし", "beds not told") };
        let (ja, en) = match capacity.state {
            CapacityState::Free => ("空床", "beds"),
            CapacityState::Limited => ("空床少", "few beds"),
            CapacityState::Full => ("満床", "full"),
            CapacityState::Down => ("停止", "down"),
            CapacityState::OffDuty => ("当番外", "off duty"),
        };
        format!("{} {}", self.pick(ja, en), self.ago(capacity.at))
    }

    /// Whether the newest bed report of a candidate is older than it should be (15 min, design §9).
    #[must_use]
    pub fn beds_old(&self, candidate: &Candidate) -> bool {
        candidate.capacity.is_some_and(|c| c.at.age_minutes(self.at()) >= BEDS_OLD_MIN)
    }

    /// `1位 青波中央病院 29分`.
    #[must_use]
    pub fn best(&self) -> String {
        self.ranking().and_then(|r| r.candidates.first()).map_or_else(String::new, |c| {
            let minutes = c.whole().total;
            self.say(&format!("1位 {} {minutes}分", c.short_name), &format!("1. {} {minutes} min", c.short_name))
        })
    }

    /// `m:ss` between two moments, never negative.
    #[must_use]
    pub fn m_ss(from: Timestamp, to: Timestamp) -> String {
        let seconds = to.since_us(from).max(0) / 1_000_000;
        format!("{}:{:02}", seconds / 60, seconds % 60)
    }

    /// `HH:MM:SS` in Japan.
    #[must_use]
    pub fn hms(at: Timestamp) -> String {
        at.tokyo_rfc3339().get(11..19).map_or_else(|| at.tokyo_hhmm(), str::to_owned)
    }
}
