//! Categories of patients (分類基準, 消防法 第35条の5 第2項第1号).

use serde::{Deserialize, Serialize};

macro_rules! categories {
    ($($(#[$doc:meta])* $name:ident = $ja:literal / $en:literal),+ $(,)?) => {
        /// What kind of patient this is for the prefecture's list of hospitals.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Category { $($(#[$doc])* $name),+ }

        impl Category {
            /// All categories; the first that fits wins.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];
            /// The word on screens.
            #[must_use]
            pub const fn ja(self) -> &'static str { match self { $(Self::$name => $ja),+ } }
            /// The English word on screens.
            #[must_use]
            pub const fn en(self) -> &'static str { match self { $(Self::$name => $en),+ } }
        }
    };
}

categories! {
    /// 重篤: life threat by physiology or arrest.
    Critical = "重篤" / "Critical",
    /// 周産期
    Perinatal = "周産期" / "Perinatal",
    /// 脳卒中疑い
    Stroke = "脳卒中疑い" / "Stroke suspected",
    /// 心疾患疑い
    Cardiac = "心疾患疑い" / "Cardiac suspected",
    /// 熱傷
    Burn = "熱傷" / "Burn",
    /// 外傷
    Trauma = "外傷" / "Trauma",
    /// 中毒
    Poisoning = "中毒" / "Poisoning",
    /// 小児
    Paediatric = "小児" / "Paediatric",
    /// 精神
    Psychiatric = "精神" / "Psychiatric",
    /// 一般
    General = "一般" / "General",
}
