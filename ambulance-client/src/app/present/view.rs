//! What every presenter looks at, with the words and ages that several of them need.

use crate::app::navigation::Navigation;
use crate::text::{Lang, Words};
use ambulance_core::{CaseState, Now, State};
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

    /// `3分前`, `3 min`.
    #[must_use]
    pub fn ago(&self, at: Timestamp) -> String {
        let minutes = at.age_minutes(self.at());
        self.say(&format!("{minutes}分前"), &format!("{minutes} min"))
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
            CapacityState::Full => ("満床", "full"),
            CapacityState::Down => ("停止", "down"),
            CapacityState::OffDuty => ("当番外", "off duty"),
        };
        format!("{} {}", self.pick(ja, en), self.ago(capacity.at))
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
