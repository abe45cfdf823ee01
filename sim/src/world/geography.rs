//! Where people live: prefectures, municipalities with town points, and synthetic fire departments.
//!
//! Departments: 東京消防庁, designated cities as one, every municipality from [`OWN`] people on, and the smaller ones of a
//! prefecture joined in the order of their codes until they have [`UNION`] \[A\]. Names and borders of real departments are not in public tables
//! that were at hand, so these are synthetic; their number comes out near the real 722.

use model::Position;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

/// 都道府県 in the order of their codes.
pub const PREFECTURES: [&str; 47] = [
    "北海道",
    "青森県",
    "岩手県",
    "宮城県",
    "秋田県",
    "山形県",
    "福島県",
    "茨城県",
    "栃木県",
    "群馬県",
    "埼玉県",
    "千葉県",
    "東京都",
    "神奈川県",
    "新潟県",
    "富山県",
    "石川県",
    "福井県",
    "山梨県",
    "長野県",
    "岐阜県",
    "静岡県",
    "愛知県",
    "三重県",
    "滋賀県",
    "京都府",
    "大阪府",
    "兵庫県",
    "奈良県",
    "和歌山県",
    "鳥取県",
    "島根県",
    "岡山県",
    "広島県",
    "山口県",
    "徳島県",
    "香川県",
    "愛媛県",
    "高知県",
    "福岡県",
    "佐賀県",
    "長崎県",
    "熊本県",
    "大分県",
    "宮崎県",
    "鹿児島県",
    "沖縄県",
];

/// A municipality with so many people has its own department \[A\].
pub const OWN: u32 = 80_000;
/// Smaller ones join until they have so many \[A\].
pub const UNION: u32 = 60_000;

const MUNICIPALITIES: &str = include_str!("../../data/municipalities.csv");
const PLACES: &str = include_str!("../../data/places.csv");
const TOTALS: &str = include_str!("../../data/prefectures.csv");

/// One prefecture.
#[derive(Clone, Debug)]
pub struct Prefecture {
    /// 都道府県.
    pub name: &'static str,
    /// Persons transported in 2023.
    pub transports: u32,
    /// 救急隊 on 2023-04-01.
    pub teams: u32,
    /// Its municipalities.
    pub municipalities: Range<usize>,
}

/// One municipality or ward.
#[derive(Clone, Debug)]
pub struct Municipality {
    /// 全国地方公共団体コード, five digits.
    pub code: u32,
    /// 市区町村.
    pub name: String,
    /// Place in [`PREFECTURES`].
    pub prefecture: usize,
    /// People, 2020.
    pub people: u32,
    /// Its town points in [`Geography::places`]; never empty.
    pub places: Range<usize>,
    /// Its department in [`Geography::departments`].
    pub department: usize,
}

/// A synthetic fire department.
#[derive(Clone, Debug)]
pub struct Department {
    /// Made of its first municipality's name.
    pub name: String,
    /// Place in [`PREFECTURES`].
    pub prefecture: usize,
    /// People it serves.
    pub people: u32,
}

/// All of it.
#[derive(Clone, Debug)]
pub struct Geography {
    /// In the order of [`PREFECTURES`].
    pub prefectures: Vec<Prefecture>,
    /// By code.
    pub municipalities: Vec<Municipality>,
    /// Town points.
    pub places: Vec<Position>,
    /// Departments.
    pub departments: Vec<Department>,
}

static GEOGRAPHY: LazyLock<Geography> = LazyLock::new(|| match read() {
    Some(geography) => geography,
    // A test reads the same bytes: broken tables never leave the workshop.
    None => unreachable!("the embedded tables of places"),
});

impl Geography {
    /// The tables that ship with the program. Read once, on first use.
    #[must_use]
    pub fn embedded() -> &'static Self {
        &GEOGRAPHY
    }
    /// Places in [`PREFECTURES`] of these names; all when none is given.
    #[must_use]
    pub fn chosen(names: &[String]) -> Vec<usize> {
        (0..PREFECTURES.len())
            .filter(|i| names.is_empty() || PREFECTURES.get(*i).is_some_and(|p| names.iter().any(|n| n == p)))
            .collect()
    }
}

fn rows(text: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    text.lines().skip(1).map(|line| line.split(',').collect())
}

fn read() -> Option<Geography> {
    let mut points: BTreeMap<u32, Vec<Position>> = BTreeMap::new();
    for row in rows(PLACES) {
        let [code, lat, lon] = row[..] else { return None };
        let at = Position::new(lat.parse().ok()?, lon.parse().ok()?).ok()?;
        points.entry(code.parse().ok()?).or_default().push(at);
    }
    let (mut municipalities, mut places) = (Vec::new(), Vec::new());
    for row in rows(MUNICIPALITIES) {
        let [code, name, people] = row[..] else { return None };
        let code: u32 = code.parse().ok()?;
        let from = places.len();
        places.extend(points.remove(&code)?);
        let prefecture = usize::try_from(code / 1_000).ok()?.checked_sub(1)?;
        let one = Municipality {
            code,
            name: name.to_owned(),
            prefecture,
            people: people.parse().ok()?,
            places: from..places.len(),
            department: 0,
        };
        municipalities.push(one);
    }
    let prefectures = prefectures(&municipalities)?;
    let departments = departments(&mut municipalities);
    Some(Geography { prefectures, municipalities, places, departments })
}

fn prefectures(municipalities: &[Municipality]) -> Option<Vec<Prefecture>> {
    let mut all = Vec::new();
    for (i, row) in rows(TOTALS).enumerate() {
        let [_, name, transports, teams, _] = row[..] else { return None };
        let name = *PREFECTURES.get(i).filter(|known| **known == name)?;
        let from = municipalities.partition_point(|m| m.prefecture < i);
        let to = municipalities.partition_point(|m| m.prefecture <= i);
        let (transports, teams) = (transports.parse().ok()?, teams.parse().ok()?);
        all.push(Prefecture { name, transports, teams, municipalities: from..to });
    }
    (all.len() == PREFECTURES.len()).then_some(all)
}

/// The name of the department that a municipality has or shares by its kind; none = by its people.
fn city(municipality: &Municipality) -> Option<String> {
    const INAGI: u32 = 13_225;
    const FIRST_ISLAND: u32 = 13_361;
    let (code, name) = (municipality.code, municipality.name.as_str());
    if municipality.prefecture == 12 && code < FIRST_ISLAND && code != INAGI {
        return Some("東京消防庁".to_owned());
    }
    let (city, ward) = name.split_once('市')?;
    ward.ends_with('区').then(|| format!("{city}市"))
}

fn departments(municipalities: &mut [Municipality]) -> Vec<Department> {
    let mut all: Vec<Department> = Vec::new();
    let mut by_city: BTreeMap<(usize, String), usize> = BTreeMap::new();
    let mut open: Option<usize> = None;
    for one in municipalities {
        let prefecture = one.prefecture;
        let new = |name: String, all: &mut Vec<Department>| {
            all.push(Department { name, prefecture, people: 0 });
            all.len() - 1
        };
        open = open.filter(|i| all.get(*i).is_some_and(|d| d.prefecture == prefecture && d.people < UNION));
        one.department = match city(one) {
            Some(name) => *by_city.entry((prefecture, name.clone())).or_insert_with(|| new(name, &mut all)),
            None if one.people >= OWN => new(one.name.clone(), &mut all),
            None => *open.get_or_insert_with(|| new(format!("{}組合", one.name), &mut all)),
        };
        if let Some(department) = all.get_mut(one.department) {
            department.people += one.people;
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_those_of_the_nation() {
        let g = Geography::embedded();
        assert_eq!(g.prefectures.iter().map(|p| p.transports).sum::<u32>(), 6_641_420);
        assert_eq!(g.municipalities.iter().map(|m| m.people).sum::<u32>(), 126_226_568);
        assert!((5_300..5_420).contains(&g.prefectures.iter().map(|p| p.teams).sum::<u32>()));
        assert!(g.municipalities.iter().all(|m| !m.places.is_empty()));
        assert!((690..=760).contains(&g.departments.len()), "{} departments, 722 are real", g.departments.len());
        let tokyo = g.departments.iter().find(|d| d.name == "東京消防庁").expect("there");
        assert!(tokyo.people > 13_000_000);
        assert!(g.departments.iter().any(|d| d.name == "横浜市" && d.people > 3_700_000));
    }
}
