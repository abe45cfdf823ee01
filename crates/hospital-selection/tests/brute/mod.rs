//! The oracle: every hospital, every rule, plain formulas. It shares the constants and the drive with the crate, nothing else.

use hospital_selection::{CapacityReport, CapacitySource, CapacityState, ExclusionReason, params};
use model::{Capability, HospitalId, Need, Position, Strength, Timestamp};
use travel_time::{DistanceModel, TravelTime};

/// Capabilities that the cases ask for, in their order.
pub(crate) const NEEDS: [Capability; 4] =
    [Capability::Tertiary, Capability::CtNow, Capability::IntensiveCare, Capability::Endoscopy];
/// Names with and without a word for children.
pub(crate) const NAMES: [&str; 3] = ["病院", "中央病院", "こども病院"];
/// Standings in the table's words; the last is unknown.
const STANDINGS: [&str; 5] = ["confirmed", "filed", "derived:x", "absent", ""];

#[derive(Clone, Debug)]
pub(crate) struct Hospital {
    pub(crate) lat: f64,
    pub(crate) tertiary: bool,
    pub(crate) volume: Option<u32>,
    /// By capability of [`NEEDS`], into [`STANDINGS`].
    pub(crate) standings: Vec<usize>,
    pub(crate) name: usize,
}

#[derive(Clone, Debug)]
pub(crate) struct Report {
    pub(crate) hospital: usize,
    pub(crate) need: Option<usize>,
    pub(crate) state: CapacityState,
    pub(crate) age: i64,
    pub(crate) lasts: Option<i64>,
}

impl Report {
    pub(crate) fn report(&self, now: Timestamp) -> CapacityReport {
        let at = now.plus_minutes(-self.age);
        CapacityReport {
            hospital: id(self.hospital),
            capability: self.need.map(|n| NEEDS[n]),
            state: self.state,
            at,
            source: CapacitySource::Desk,
            until: self.lasts.map(|minutes| at.plus_minutes(minutes)),
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) hospitals: Vec<Hospital>,
    pub(crate) lat: f64,
    pub(crate) reports: Vec<Report>,
    /// Hospital, minutes ago, reason.
    pub(crate) refused: Vec<(usize, i64, ExclusionReason)>,
    /// Hospital, minutes ago.
    pub(crate) held: Vec<(usize, i64)>,
    /// Hospital, units.
    pub(crate) inbound: Vec<(usize, u8)>,
    /// Hospital, tenths of a minute.
    pub(crate) known: Vec<(usize, i32)>,
    pub(crate) needs: Vec<(usize, bool)>,
    pub(crate) listed: Option<Vec<usize>>,
    pub(crate) age: Option<u8>,
    pub(crate) red: bool,
    pub(crate) critical: bool,
    pub(crate) wanted: usize,
}

fn id(n: usize) -> HospitalId {
    HospitalId::from_bytes([u8::try_from(n).unwrap() + 1; 16])
}

pub(crate) fn need(n: usize, hard: bool) -> Need {
    Need { capability: NEEDS[n], strength: if hard { Strength::Hard } else { Strength::Soft } }
}

/// The table's file.
pub(crate) fn rows(hospitals: &[Hospital]) -> String {
    let mut text = concat!(
        "#version,oracle\n",
        "id,record_id,name,pref,area_code,municipality,lat,lon,beds,tertiary,secondary,",
        "ambulance_accepted,operations,deliveries,capabilities\n"
    )
    .to_owned();
    for (n, h) in hospitals.iter().enumerate() {
        let words: Vec<String> = NEEDS
            .iter()
            .zip(&h.standings)
            .skip(1)
            .filter(|(_, s)| !STANDINGS[**s].is_empty())
            .map(|(c, s)| format!("{}:{}", serde_json::to_string(c).unwrap().trim_matches('"'), STANDINGS[*s]))
            .chain(h.tertiary.then(|| "tertiary:filed".to_owned()))
            .collect();
        let volume = h.volume.map_or(String::new(), |v| v.to_string());
        let name = NAMES[h.name];
        let (lat, tertiary) = (h.lat, u8::from(h.tertiary));
        text.push_str(&format!(
            "{},T-{n},{name}{n},東京都,1301,某市,{lat},139.5,,{tertiary},1,{volume},,,{}\n",
            id(n),
            words.join(";")
        ));
    }
    text
}

impl Case {
    /// Reports that count now: hospital, capability, in their order.
    fn reports(&self, n: usize, what: Option<usize>) -> impl Iterator<Item = &Report> {
        let closes = |r: &Report| matches!(r.state, CapacityState::Down | CapacityState::OffDuty);
        self.reports.iter().filter(move |r| r.hospital == n && r.need == what && r.age >= 0).filter(move |r| {
            match r.lasts {
                Some(lasts) => r.age < lasts,
                None => !closes(r) || r.age < params::CLOSURE_MINUTES,
            }
        })
    }

    /// Minutes since it last said anything of itself that holds: every report of the oracle is a desk's.
    fn last_word(&self, n: usize) -> Option<i64> {
        let of = |what| self.reports(n, what).map(|r| r.age).min();
        [None].into_iter().chain((0..NEEDS.len()).map(Some)).filter_map(of).min()
    }

    fn newest(&self, n: usize, what: Option<usize>, states: &[CapacityState]) -> Option<&Report> {
        let all = self.reports(n, what).filter(|r| states.contains(&r.state));
        all.min_by_key(|r| (r.age, core::cmp::Reverse(r.state)))
    }

    fn closed(&self, n: usize, what: Option<usize>) -> Option<CapacityState> {
        use CapacityState::{Down, Free, Limited, OffDuty};
        self.newest(n, what, &[Free, Limited, Down, OffDuty]).map(|r| r.state).filter(|s| !matches!(s, Free | Limited))
    }

    fn beds(&self, n: usize, what: Option<usize>) -> Option<&Report> {
        self.newest(n, what, &[CapacityState::Free, CapacityState::Limited, CapacityState::Full])
    }

    /// The standing's place in [`STANDINGS`].
    fn standing(&self, n: usize, what: usize) -> usize {
        let h = &self.hospitals[n];
        match what {
            0 if h.tertiary => 1,
            0 => 3,
            _ => h.standings[what],
        }
    }

    /// Each need once, the stronger one, in order.
    fn merged(&self, soft_tertiary: bool) -> Vec<(usize, bool)> {
        let hard = |n: usize| self.needs.contains(&(n, true)) && !(soft_tertiary && n == 0);
        let mut all: Vec<usize> = self.needs.iter().map(|(n, _)| *n).collect();
        all.sort_by_key(|n| NEEDS[*n]);
        all.dedup();
        all.into_iter().map(|n| (n, hard(n))).collect()
    }

    fn refusal(&self, n: usize) -> Option<(i64, ExclusionReason)> {
        let mine = self.refused.iter().filter(|(h, ..)| *h == n).map(|(_, age, why)| (*age, *why));
        mine.min_by_key(|(age, why)| (*age, core::cmp::Reverse(*why)))
    }

    /// Step 0 relaxes nothing; 1 duty, 2 also the list, 3 also refusals.
    fn reject(&self, n: usize, needs: &[(usize, bool)], step: u8) -> Option<&'static str> {
        match self.refusal(n) {
            Some((_, ExclusionReason::RouteClosed)) => return Some("RouteClosed"),
            Some((age, _)) if step < 3 && age < params::REFUSAL_MINUTES => return Some("AlreadyRefused"),
            _ => {}
        }
        let shut = |what| match self.closed(n, what) {
            Some(CapacityState::Down) => Some("DeclaredDown"),
            Some(CapacityState::OffDuty) if step < 1 => Some("OffDuty"),
            _ => None,
        };
        if let Some(code) = shut(None) {
            return Some(code);
        }
        for (what, _) in needs.iter().filter(|(_, hard)| *hard) {
            if let Some(code) = shut(Some(*what)) {
                return Some(code);
            }
            if self.standing(n, *what) == 3 {
                return Some("NoCapability");
            }
        }
        if self.hospitals[n].name == 2 && self.age.is_some_and(|age| age >= 16) {
            return Some("AgeSexLimit");
        }
        let off_list = self.listed.as_ref().is_some_and(|list| !list.contains(&n));
        (off_list && step < 2).then_some("NotListed")
    }

    fn drive(&self, n: usize) -> travel_time::Travel {
        let at = |lat| Position::new(lat, 139.5).unwrap();
        DistanceModel::japan().minutes(at(self.lat), at(self.hospitals[n].lat))
    }

    fn usual(&self, n: usize) -> f64 {
        match self.hospitals.get(n).and_then(|h| h.volume) {
            None => 0.45,
            Some(v) if v >= 6000 => 0.80,
            Some(v) if v >= 3000 => 0.74,
            Some(v) if v >= 1500 => 0.66,
            Some(v) if v >= 500 => 0.56,
            Some(v) if v >= 1 => 0.42,
            Some(_) => 0.25,
        }
    }

    /// Bayes over the three kinds of case.
    fn share(&self) -> f64 {
        let says_no = |n: &usize| self.refusal(*n).is_some_and(|(_, why)| why.is_refusal());
        let refused: Vec<usize> = (0..8).filter(says_no).collect();
        if refused.is_empty() {
            return 1.0;
        }
        let prior = [(0.531, 0.948), (0.360, 0.507), (0.109, 0.249)];
        let mean: f64 = prior.iter().map(|(w, m)| w * m).sum();
        let after: Vec<(f64, f64)> = prior
            .iter()
            .map(|(w, m)| {
                (w * refused.iter().map(|n| 1.0 - (self.usual(*n) * m / mean).min(0.95)).product::<f64>(), *m)
            })
            .collect();
        let all: f64 = after.iter().map(|(w, _)| w).sum();
        (after.iter().map(|(w, m)| w * m).sum::<f64>() / all / mean).min(1.0)
    }

    fn permille(&self, n: usize, needs: &[(usize, bool)]) -> u16 {
        let base = self.usual(n) / 0.95;
        let free = |r: &Report| {
            let left = libm::exp(-(1.0 / 120.0 + 1.0 / 80.0) * f64::from(i32::try_from(r.age).unwrap()));
            match r.state {
                CapacityState::Free => base + (1.0 - base) * left,
                CapacityState::Limited => base + 0.5 * (1.0 - base) * left,
                _ => base * (1.0 - left),
            }
        };
        let mut now = self.beds(n, None).map_or(base, free);
        for (what, _) in needs {
            if let Some(scarce) = self.beds(n, Some(*what)).filter(|r| r.state != CapacityState::Free) {
                now = now.min(free(scarce));
            }
        }
        let holds = self.held.iter().filter(|(h, age)| *h == n && (0..10).contains(age)).count().min(3);
        let mut p = 0.95 * now;
        for _ in 0..if self.is_red() { 0 } else { holds } {
            p *= 0.6;
        }
        let thousandths = ((p * self.share()).max(0.02) * 1000.0).round();
        (0..=1000).find(|n| f64::from(*n) == thousandths).unwrap()
    }

    const fn is_red(&self) -> bool {
        self.red || self.critical
    }

    fn missing(&self, n: usize, (what, hard): (usize, bool)) -> i32 {
        let absent = if what == 0 { 150 } else { 120 };
        if self.closed(n, Some(what)).is_some() {
            return absent;
        }
        if self.beds(n, Some(what)).is_some() {
            return 0;
        }
        match self.standing(n, what) {
            0 | 1 => 0,
            2 => {
                if hard {
                    30
                } else {
                    10
                }
            }
            3 => absent,
            _ => {
                if hard {
                    100
                } else {
                    40
                }
            }
        }
    }

    /// Erlang's formula as it stands in books, and its slope.
    fn load(&self, n: usize) -> i32 {
        let units: u32 = self.inbound.iter().filter(|(h, _)| *h == n).map(|(_, units)| u32::from(*units)).sum();
        if units == 0 {
            return 0;
        }
        let usual = f64::from(self.hospitals[n].volume.unwrap_or(300).max(1)) / (365.25 * 24.0) * 2.0;
        let places = ((usual + 2.0 * usual.sqrt()).ceil() as i32).max(1);
        let turned = |a: f64| {
            let terms: Vec<f64> = (0..=places)
                .scan(1.0, |t, k| {
                    if k > 0 {
                        *t *= a / f64::from(k);
                    }
                    Some(*t)
                })
                .collect();
            let b = terms.last().unwrap() / terms.iter().sum::<f64>();
            b + a * b * (f64::from(places) / a - 1.0 + b)
        };
        tenths((turned(usual + f64::from(units.min(8))) - turned(usual)).max(0.0) * 15.0)
    }

    /// Terms in screen order without acceptance, tenths.
    fn fixed(&self, n: usize, needs: &[(usize, bool)]) -> [i32; 5] {
        let h = &self.hospitals[n];
        let drive = self.drive(n);
        let travel = drive.p50.0 + tenths(f64::from(drive.p90.0 - drive.p50.0) / 10.0 / 2.0);
        let treatment = match (h.tertiary, h.volume) {
            (true, _) => 80,
            (false, v) => (if v.is_some_and(|v| v >= 2000) { 100 } else { 130 }) + if self.critical { 60 } else { 0 },
        };
        let missing = needs.iter().map(|need| self.missing(n, *need)).sum();
        let known = self.known.iter().filter(|(h, _)| *h == n).map(|(_, t)| *t).max().unwrap_or(0).clamp(0, 80);
        [travel, treatment, self.load(n), missing, if self.is_red() { 0 } else { -known }]
    }
}

fn tenths(minutes: f64) -> i32 {
    (minutes * 10.0).round() as i32
}

/// What the ranking must say.
pub(crate) fn oracle(case: &Case) -> String {
    let everybody = 0..case.hospitals.len();
    let mut relaxed: Vec<&str> = Vec::new();
    let strict = case.merged(false);
    let near = |n: &usize, reach: i32| case.drive(*n).p50.0 <= reach;
    let reached = |n: usize| case.hospitals[n].tertiary && near(&n, 450) && case.reject(n, &strict, 0).is_none();
    let too_far = strict.contains(&(0, true)) && !everybody.clone().any(reached);
    if too_far {
        relaxed.push("TertiaryOutOfReach");
    }
    let needs = case.merged(too_far);
    let left = |step: u8| everybody.clone().filter(|n| case.reject(*n, &needs, step).is_none()).collect::<Vec<_>>();
    let step = (0..4_u8)
        .find(|step| left(*step).iter().any(|n| near(n, 900)))
        .or_else(|| (0..4).find(|step| !left(*step).is_empty()))
        .unwrap_or(0);
    relaxed.extend(["OffDuty", "NotListed", "AlreadyRefused"].iter().take(step.into()));
    let last = everybody.clone().min_by_key(|n| {
        let code = case.reject(*n, &needs, 3);
        let class = match code {
            Some("RouteClosed") => 4,
            _ if !case.hospitals[*n].tertiary || !near(n, 900) => 3,
            None => 0,
            Some("NoCapability") => 1,
            Some(_) => 2,
        };
        (class, case.drive(*n).p50.0, *n)
    });
    let last = last.unwrap();
    let mut stay = left(step);
    if stay.is_empty() {
        relaxed.push("FallbackOnly");
        stay = vec![last];
    }
    let asking = |p: u16| tenths(4.0 / (f64::from(p) / 1000.0));
    let silent = i64::MAX;
    let mut valued: Vec<(i32, i64, usize)> = stay
        .iter()
        .map(|n| {
            let total = case.fixed(*n, &needs).iter().sum::<i32>() + asking(case.permille(*n, &needs));
            (total, case.last_word(*n).unwrap_or(silent), *n)
        })
        .collect();
    valued.sort_unstable();
    valued.truncate(case.wanted);
    let mut text = format!("[{}]\n", relaxed.join(", "));
    for (.., n) in &valued {
        let p = case.permille(*n, &needs);
        let [travel, treatment, load, missing, continuity] = case.fixed(*n, &needs).map(travel_time::Tenths);
        let acceptance = travel_time::Tenths(asking(p));
        let terms = hospital_selection::Terms { travel, acceptance, treatment, load, missing, continuity };
        text.push_str(&format!("{} {terms:?} p{p}\n", id(*n)));
    }
    let farthest = valued.iter().map(|(.., n)| case.drive(*n).p50.0).max().unwrap();
    let shown = |n: &usize, code: &str| matches!(code, "AlreadyRefused" | "RouteClosed") || near(n, farthest);
    let rejected =
        everybody.filter_map(|n| Some((n, case.reject(n, &needs, step)?))).filter(|(n, code)| shown(n, code));
    let mut excluded: Vec<String> = rejected.map(|(n, code)| format!("x {} {code}\n", id(n))).collect();
    excluded.sort();
    let index = travel_time::Tenths(case.fixed(last, &needs).iter().sum::<i32>() + 150);
    format!("{text}{}of {} last {:?}", excluded.concat(), excluded.len(), Some((id(last), index)))
}
