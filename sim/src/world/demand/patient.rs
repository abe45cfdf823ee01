//! One patient: type, severity, age, place, complaints, from the published tables. What is not published is \[A\].

use super::tables::{Published, Weighted};
use super::{CardFate, Demand, Incident};
use crate::world::geography::Geography;
use model::{
    Complaint, Findings, FollowUp, FollowUpAnswer, Jcs, Position, Sex, Timestamp, Triage, Vital, VitalReading,
};
use rand::{Rng, RngExt};
use rand_chacha::ChaCha12Rng;
use rand_distr::{Distribution, StandardNormal};
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $ja:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// All of them, in the order of the published table.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// The published word.
            #[must_use]
            pub const fn ja(self) -> &'static str { match self { $(Self::$variant => $ja),+ } }
        }
    };
}

words! {
    /// 事故種別.
    Kind {
        /// Illness.
        Illness = "急病",
        /// Traffic.
        Traffic = "交通事故",
        /// Other injury.
        Injury = "一般負傷",
        /// Assault.
        Assault = "加害",
        /// Self-harm.
        SelfHarm = "自損行為",
        /// Accident at work.
        Work = "労働災害",
        /// Sports.
        Sports = "運動競技",
        /// Fire.
        Fire = "火災",
        /// Water.
        Water = "水難",
        /// Natural disaster.
        Disaster = "自然災害",
        /// From one hospital to another.
        Transfer = "転院搬送",
        /// Other.
        Other = "その他",
    }
}

words! {
    /// 傷病程度, as the physician says at first.
    Severity {
        /// Dead.
        Dead = "死亡",
        /// Three weeks in hospital or more.
        Serious = "重症",
        /// In hospital, shorter.
        Moderate = "中等症",
        /// Not in hospital.
        Minor = "軽症",
        /// Other.
        Other = "その他",
    }
}

impl Severity {
    /// 重症以上: the group of the survey on enquiries.
    #[must_use]
    pub const fn is_serious(self) -> bool {
        matches!(self, Self::Dead | Self::Serious)
    }
}

words! {
    /// 発生場所 2022 (selection.md §4.1).
    PlaceKind {
        /// At home.
        Home = "住宅",
        /// A hospital or clinic.
        Hospital = "病院・診療所",
        /// A home for the old.
        CareHome = "老人ホーム",
        /// Other public places.
        Public = "公衆出入場所",
        /// A road.
        Road = "道路",
        /// A place of work.
        Work = "仕事場",
        /// Elsewhere.
        Other = "その他",
    }
}

/// What is known of a call before the patient.
pub(super) struct Call {
    pub(super) number: u64,
    pub(super) at: Timestamp,
    pub(super) municipality: usize,
    pub(super) place: Position,
    pub(super) quake: bool,
}

/// Ages by the bands of the table: 乳幼児 0–6, 少年 7–17, 成人 18–64, 高齢者.
const BANDS: [&str; 5] = ["新生児", "乳幼児", "少年", "成人", "高齢者"];
/// Classes of 急病 with a table by age.
const BY_AGE: [&str; 6] = ["脳疾患", "心疾患等", "消化器系", "呼吸器系", "精神系", "感覚系"];
/// People of a large city (大都市: designated cities and 東京); others have more severe cases among fewer.
const LARGE_CITY: u32 = 690_000;
/// Share of men among the transported \[A\].
const MEN: f64 = 0.51;

struct Tables {
    kinds: Weighted<Kind>,
    /// By kind, then by size of city (other, large).
    severities: Vec<[Weighted<Severity>; 2]>,
    classes: Weighted<&'static str>,
    /// Bands by class of 急病, in the order of [`BY_AGE`].
    ages_of_class: Vec<Weighted<&'static str>>,
    ages: Weighted<&'static str>,
}

static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let p = Published::get();
    let kinds = Weighted::new(Kind::ALL.iter().map(|k| (*k, p.count("accident_type", k.ja()))));
    let severities =
        Kind::ALL.iter().map(|k| ["その他の市町村合計", "大都市合計"].map(|city| severity_of(p, *k, city))).collect();
    let ages_of_class = BY_AGE.iter().map(|class| ages_of(p, class)).collect();
    let classes = Weighted::new(p.table("illness_class(急病)"));
    let ages = Weighted::new(p.table("age").filter(|(band, _)| *band != "新生児"));
    Tables { kinds, severities, classes, ages_of_class, ages }
});

/// P(severity | kind) × P(severity | size of city) ÷ P(severity): the two published margins, taken as independent.
fn severity_of(p: &Published, kind: Kind, city: &'static str) -> Weighted<Severity> {
    let table = match kind {
        Kind::Illness | Kind::Traffic | Kind::Injury => format!("severity|{}", kind.ja()),
        _ => "severity|その他".to_owned(),
    };
    let city = format!("severity|{city}");
    let of_city: f64 = p.table(&city).map(|(_, n)| n).sum();
    let both = |s: &Severity| {
        ["severity|大都市合計", "severity|その他の市町村合計"].iter().map(|t| p.count(t, s.ja())).sum::<f64>()
    };
    let all: f64 = Severity::ALL.iter().map(both).sum();
    let weight = |s: &Severity| p.count(&table, s.ja()) * (p.count(&city, s.ja()) / of_city) / (both(s) / all);
    Weighted::new(Severity::ALL.iter().map(|s| (*s, weight(s))))
}

/// P(age | class of 急病): 少年 are what the three published bands leave.
fn ages_of(p: &Published, class: &str) -> Weighted<&'static str> {
    let of = |band: &str| p.count(&format!("illness_class(急病)|{band}"), class);
    let (infants, adults, old) = (of("乳幼児"), of("成人(partial)"), of("高齢者(partial)"));
    let young = (p.count("illness_class(急病)", class) - infants - adults - old).max(0.0);
    Weighted::new([("乳幼児", infants), ("少年", young), ("成人", adults), ("高齢者", old)])
}

pub(super) fn incident(demand: &Demand<'_>, call: Call, rng: &mut ChaCha12Rng) -> Incident {
    let tables = &*TABLES;
    let drawn = tables.kinds.draw(rng).unwrap_or(Kind::Illness);
    let kind = if call.quake { of_quake(rng) } else { drawn };
    let city = usize::from(people_of(demand.geography, call.municipality) >= LARGE_CITY);
    let severities = tables.severities.get(Kind::ALL.iter().position(|k| *k == kind).unwrap_or(0));
    let severity = severities.and_then(|both| both.get(city)).and_then(|s| s.draw(rng)).unwrap_or(Severity::Minor);
    let class = tables.classes.draw(rng).unwrap_or("その他");
    let age = age(tables, kind, class, rng);
    let sex = if rng.random::<f64>() < MEN { Sex::Male } else { Sex::Female };
    let findings = findings(kind, severity, class, (age, sex), rng);
    let found = place_kind(kind, rng);
    let transported = rng.random::<f64>() < demand.scenario.demand.transported;
    let deep = findings.jcs.is_some_and(|jcs| jcs.grade() >= 100);
    let red = findings.triage == Some(Triage::Red);
    let card = CardFate::draw(&demand.scenario.card, age, red, deep, rng);
    let prefecture = demand.geography.municipalities.get(call.municipality).map_or(0, |m| m.prefecture);
    Incident {
        number: call.number,
        at: call.at,
        place: call.place,
        municipality: call.municipality,
        prefecture,
        kind,
        found,
        severity,
        age,
        sex,
        findings,
        transported,
        card,
        of_earthquake: call.quake,
    }
}

/// Extra calls of an earthquake: injuries first \[A\].
fn of_quake(rng: &mut ChaCha12Rng) -> Kind {
    let kinds = Weighted::new([(Kind::Disaster, 0.2), (Kind::Injury, 0.45), (Kind::Illness, 0.35)]);
    kinds.draw(rng).unwrap_or(Kind::Injury)
}

fn people_of(geography: &Geography, municipality: usize) -> u32 {
    let department = geography.municipalities.get(municipality).and_then(|m| geography.departments.get(m.department));
    department.map_or(0, |d| d.people)
}

fn age(tables: &Tables, kind: Kind, class: &str, rng: &mut ChaCha12Rng) -> u8 {
    let of_class = BY_AGE.iter().position(|c| *c == class).and_then(|i| tables.ages_of_class.get(i));
    // The bands of these types are [A]; the published table is of all types together.
    let own = |young, adults, old| Weighted::new([("少年", young), ("成人", adults), ("高齢者", old)]);
    let band = match kind {
        Kind::Illness => of_class.unwrap_or(&tables.ages).draw(rng),
        Kind::Work => own(0.0, 0.85, 0.15).draw(rng),
        Kind::Sports => own(0.55, 0.40, 0.05).draw(rng),
        Kind::Assault | Kind::SelfHarm => own(0.08, 0.80, 0.12).draw(rng),
        Kind::Traffic => own(0.12, 0.62, 0.26).draw(rng),
        Kind::Injury | Kind::Transfer => own(0.05, 0.20, 0.75).draw(rng),
        _ => tables.ages.draw(rng),
    };
    let u: f64 = rng.random();
    let (from, to) = match band.unwrap_or(BANDS[4]) {
        "乳幼児" => (0.0, 7.0),
        "少年" => (7.0, 18.0),
        "成人" => (18.0, 65.0),
        _ => (65.0, 103.0),
    };
    // Inside the band evenly, of the old more around 82 [A].
    let part = if from >= 65.0 { (u + rng.random::<f64>()) / 2.0 } else { u };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 103")]
    let years = (from + (to - from) * part) as u8;
    years
}

/// Where patients are found 2022: 住宅 59.8 %, 公衆 25.7 % (of it hospitals 8.8, homes for the old 8.7), 道路 9.8, 仕事場 2.2, other 2.4. Types that
/// say their place take theirs; the rest of each share goes to the others.
fn place_kind(kind: Kind, rng: &mut ChaCha12Rng) -> PlaceKind {
    match kind {
        Kind::Transfer => return PlaceKind::Hospital,
        Kind::Work => return PlaceKind::Work,
        Kind::Traffic => return PlaceKind::Road,
        _ => {}
    }
    let rest = Weighted::new([
        (PlaceKind::Home, 0.598),
        (PlaceKind::Hospital, 0.005),
        (PlaceKind::CareHome, 0.0865),
        (PlaceKind::Public, 0.0828),
        (PlaceKind::Road, 0.044),
        (PlaceKind::Work, 0.013),
        (PlaceKind::Other, 0.024),
    ]);
    rest.draw(rng).unwrap_or(PlaceKind::Home)
}

/// The crew's tag by what the physician will say: (赤, 黄, 緑) \[A\].
const fn tags(severity: Severity) -> [f64; 3] {
    match severity {
        Severity::Dead => [0.95, 0.05, 0.0],
        Severity::Serious => [0.40, 0.55, 0.05],
        Severity::Moderate => [0.03, 0.62, 0.35],
        Severity::Minor | Severity::Other => [0.003, 0.147, 0.85],
    }
}

fn findings(kind: Kind, severity: Severity, class: &str, of: (u8, Sex), rng: &mut ChaCha12Rng) -> Findings {
    let (age, sex) = of;
    let [red, yellow, green] = tags(severity);
    let triage = Weighted::new([(Triage::Red, red), (Triage::Yellow, yellow), (Triage::Green, green)]).draw(rng);
    let mut f = Findings { age_years: Some(age), sex: Some(sex), triage, ..Findings::default() };
    if severity == Severity::Dead && rng.random::<f64>() < 0.85 {
        f.complaints.insert(Complaint::CardiacArrest);
        f.jcs = Jcs::new(300);
        return f;
    }
    let complaint = Weighted::new(complaints(kind, class).iter().copied()).draw(rng).unwrap_or(Complaint::Other);
    f.complaints.insert(complaint);
    let grave = matches!(triage, Some(Triage::Red));
    f.jcs = Jcs::new(if grave {
        [3, 30, 100, 200][rng.random_range(0..4)]
    } else {
        [0, 0, 0, 0, 1, 2][rng.random_range(0..6)]
    });
    let breath = if complaint == Complaint::Dyspnoea { 930 } else { 970 } - if grave { 60 } else { 0 };
    let mut vital = |vital: Vital, mean: i32, sd: f64| {
        let z: f64 = StandardNormal.sample(rng);
        #[expect(clippy::cast_possible_truncation, reason = "some hundreds")]
        let value = mean + (z * sd) as i32;
        let (least, most) = vital.range_tenths();
        f.vitals.insert(vital, VitalReading::Measured(value.clamp(least, most)));
    };
    vital(Vital::OxygenSaturation, breath, 20.0);
    vital(Vital::SystolicPressure, if grave { 1_100 } else { 1_400 }, 250.0);
    vital(Vital::PulseRate, if grave { 1_050 } else { 850 }, 180.0);
    vital(Vital::RespiratoryRate, if grave { 260 } else { 190 }, 40.0);
    vital(Vital::Temperature, if complaint == Complaint::Fever { 384 } else { 367 }, 6.0);
    follow_ups(&mut f, complaint, severity, rng);
    f
}

/// Answers that raise needs: likelier in serious cases \[A\].
fn follow_ups(f: &mut Findings, complaint: Complaint, severity: Severity, rng: &mut impl Rng) {
    let more = if severity.is_serious() { 2.0 } else { 1.0 };
    let asked: &[(FollowUp, f64)] = match complaint {
        Complaint::StrokeSigns => {
            &[(FollowUp::GazeDeviation, 0.1), (FollowUp::SpeechTrouble, 0.3), (FollowUp::FacialDroop, 0.25)]
        }
        Complaint::Headache => &[(FollowUp::ThunderclapHeadache, 0.06), (FollowUp::Vomiting, 0.2)],
        Complaint::ChestPain => &[(FollowUp::ColdSweat, 0.12), (FollowUp::RadiatingPain, 0.08)],
        Complaint::HeadInjury => &[(FollowUp::Vomiting, 0.05), (FollowUp::Seizure, 0.01), (FollowUp::Paralysis, 0.02)],
        Complaint::Trauma => &[(FollowUp::HeavyBleeding, 0.05)],
        Complaint::Obstetric => &[(FollowUp::HeavyBleeding, 0.1), (FollowUp::Seizure, 0.01)],
        _ => &[],
    };
    for (question, share) in asked {
        let yes = rng.random::<f64>() < (share * more).min(0.95);
        f.follow_ups.insert(*question, if yes { FollowUpAnswer::Yes } else { FollowUpAnswer::No });
    }
    if complaint == Complaint::StrokeSigns {
        // Half are found within two hours [A].
        let hours: f64 = -libm::log(1.0 - rng.random::<f64>()) * 2.9;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most days")]
        let minutes = (hours * 60.0).min(4_000.0) as u32;
        f.onset_minutes = Some(minutes);
    }
}

/// What a crew sees by type and class of illness; weights are \[A\].
fn complaints(kind: Kind, class: &str) -> &'static [(Complaint, f64)] {
    use Complaint as C;
    match kind {
        Kind::Traffic | Kind::Work | Kind::Sports | Kind::Assault | Kind::Disaster => {
            &[(C::Trauma, 0.75), (C::HeadInjury, 0.25)]
        }
        Kind::Injury => &[(C::Trauma, 0.62), (C::HeadInjury, 0.36), (C::Burn, 0.02)],
        Kind::SelfHarm => &[(C::SelfHarm, 0.45), (C::Poisoning, 0.55)],
        Kind::Fire => &[(C::Burn, 1.0)],
        Kind::Water => &[(C::Dyspnoea, 0.6), (C::AlteredConsciousness, 0.4)],
        Kind::Illness | Kind::Transfer | Kind::Other => illness(class),
    }
}

fn illness(class: &str) -> &'static [(Complaint, f64)] {
    use Complaint as C;
    match class {
        "脳疾患" => {
            &[(C::StrokeSigns, 0.62), (C::AlteredConsciousness, 0.2), (C::Headache, 0.1), (C::Seizure, 0.08)]
        }
        "心疾患等" => &[(C::ChestPain, 0.5), (C::Dyspnoea, 0.25), (C::Syncope, 0.17), (C::Shock, 0.08)],
        "消化器系" => &[(C::AbdominalPain, 0.58), (C::Vomiting, 0.28), (C::GiBleed, 0.14)],
        "呼吸器系" => &[(C::Dyspnoea, 0.62), (C::Fever, 0.38)],
        "精神系" => &[(C::Psychiatric, 0.85), (C::Other, 0.15)],
        "感覚系" => &[(C::Vomiting, 0.3), (C::Weakness, 0.3), (C::Other, 0.4)],
        "泌尿器系" => &[(C::AbdominalPain, 0.4), (C::BackPain, 0.4), (C::Fever, 0.2)],
        "新生物" => &[(C::Weakness, 0.4), (C::Dyspnoea, 0.3), (C::AbdominalPain, 0.3)],
        _ => &[
            (C::Fever, 0.2),
            (C::Weakness, 0.22),
            (C::Syncope, 0.12),
            (C::AlteredConsciousness, 0.12),
            (C::Vomiting, 0.08),
            (C::AbdominalPain, 0.08),
            (C::Seizure, 0.05),
            (C::AllergicReaction, 0.03),
            (C::Other, 0.10),
        ],
    }
}
