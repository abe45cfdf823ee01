//! Names for assistive technology and words with numbers in them.

use super::{Lang, Words};
use crate::widgets::hospital_row::HospitalRowVm;

impl Words {
    /// 「あと 8秒」.
    #[must_use]
    pub fn seconds_left(&self, seconds: u32) -> String {
        match self.lang {
            Lang::Ja => format!("あと {seconds}秒"),
            Lang::En => format!("{seconds} s left"),
        }
    }

    /// 「取り消す 車内収容 残り8秒」.
    #[must_use]
    pub fn undo_name(&self, stage: &str, seconds: u32) -> String {
        match self.lang {
            Lang::Ja => format!("取り消す {stage} 残り{seconds}秒"),
            Lang::En => format!("Undo {stage}, {seconds} seconds left"),
        }
    }

    /// 「次の段階 車内収容を記録」.
    #[must_use]
    pub fn stage_name(&self, caption: &str, word: &str) -> String {
        match self.lang {
            Lang::Ja => format!("{caption} {word}を記録"),
            Lang::En => format!("{caption}: record {word}"),
        }
    }

    /// 「覚知 10:14 時刻を直す」.
    #[must_use]
    pub fn correct_name(&self, stage: &str, time: &str) -> String {
        match self.lang {
            Lang::Ja => format!("{stage} {time} 時刻を直す"),
            Lang::En => format!("{stage} {time} correct the time"),
        }
    }

    /// 「注意 抗凝固薬 … 規則R01 詳しく」.
    #[must_use]
    pub fn alert_name(&self, record: &str, watch: &str, source: &str, rule: &str) -> String {
        match self.lang {
            Lang::Ja => format!("注意 {record} {watch} {source} 規則{rule} 詳しく"),
            Lang::En => format!("Alert {record}. {watch}. {source}. Rule {rule}, details"),
        }
    }

    /// 「1位 青波中央病院 見込み29分 移動12 受入6 …」.
    #[must_use]
    pub fn hospital_name(&self, vm: &HospitalRowVm) -> String {
        let minus = match self.lang {
            Lang::Ja => "マイナス",
            Lang::En => "minus ",
        };
        let terms: Vec<_> = self
            .terms()
            .iter()
            .zip(vm.terms)
            .map(|(word, term)| {
                let sign = if term < 0 { minus } else { "" };
                let space = if self.lang == Lang::En { " " } else { "" };
                format!("{word}{space}{sign}{}", term.unsigned_abs())
            })
            .collect();
        let chosen = if vm.selected { format!(" {}", self.name_selected) } else { String::new() };
        let (name, minutes, terms) = (&vm.name, vm.minutes, terms.join(" "));
        match self.lang {
            Lang::Ja => format!("{}位 {name} 見込み{minutes}分 {terms}{chosen}", vm.rank),
            Lang::En => format!("{}. {name}, {minutes} minutes: {terms}{chosen}", vm.rank),
        }
    }

    /// The six terms of the sum: drive, reply, treat, load, lack, ties.
    #[must_use]
    pub fn terms(&self) -> [&'static str; 6] {
        [self.drive, self.reply, self.treat, self.load, self.lack, self.ties]
    }

    /// 「電話での照会 1件」.
    #[must_use]
    pub fn phone_enquiries(&self, count: u32) -> String {
        match self.lang {
            Lang::Ja => format!("電話での照会 {count}件"),
            Lang::En => format!("Asked by phone: {count}"),
        }
    }

    /// 「受入候補 4 か所」.
    #[must_use]
    pub fn candidate_count(&self, count: usize) -> String {
        match self.lang {
            Lang::Ja => format!("受入候補 {count} か所"),
            Lang::En => format!("{count} hospitals"),
        }
    }

    /// 「病院からの質問 2件」.
    #[must_use]
    pub fn question_count(&self, count: usize) -> String {
        match self.lang {
            Lang::Ja => format!("病院からの質問 {count}件"),
            Lang::En => format!("Questions from the hospital: {count}"),
        }
    }

    /// 「理由: …」.
    #[must_use]
    pub fn reason_is(&self, reason: &str) -> String {
        format!("{}: {reason}", self.reason)
    }

    /// 「残り 5回」.
    #[must_use]
    pub fn tries_left(&self, tries: u32) -> String {
        match self.lang {
            Lang::Ja => format!("残り {tries}回"),
            Lang::En => format!("{tries} tries left"),
        }
    }

    /// 「あと 3桁で押せます」.
    #[must_use]
    pub fn digits_missing(&self, digits: usize) -> String {
        match self.lang {
            Lang::Ja => format!("あと {digits}桁で押せます"),
            Lang::En => format!("{digits} digits to go"),
        }
    }

    /// 「2 / 3 ・ 全 14件」.
    #[must_use]
    pub fn page_of(&self, page: usize, pages: usize, rows: usize) -> String {
        match self.lang {
            Lang::Ja => format!("{page} / {pages} ・ 全 {rows}件"),
            Lang::En => format!("{page} of {pages} ・ {rows} in all"),
        }
    }

    /// 「傷病者 2 この事案を引き取る」.
    #[must_use]
    pub fn take_over_name(&self, number: &str) -> String {
        format!("{number} {}", self.take_over.replace('\n', if self.lang == Lang::Ja { "" } else { " " }))
    }

    /// 「車内収容 5分 早める」.
    #[must_use]
    pub fn shift_name(&self, stage: &str, minutes: i32) -> String {
        let (size, back) = (minutes.unsigned_abs(), minutes < 0);
        match (self.lang, back) {
            (Lang::Ja, true) => format!("{stage} {size}分 早める"),
            (Lang::Ja, false) => format!("{stage} {size}分 遅らせる"),
            (Lang::En, true) => format!("{stage} {size} min earlier"),
            (Lang::En, false) => format!("{stage} {size} min later"),
        }
    }

    /// 「規則 R01 第2版 ・ 規則表 2026-10-01」.
    #[must_use]
    pub fn rule_line(&self, rule: &str, version: &str, table: &str) -> String {
        match self.lang {
            Lang::Ja => format!("{rule} 第{version}版 ・ 規則表 {table}"),
            Lang::En => format!("{rule} version {version} ・ rule table {table}"),
        }
    }

    /// 「ほか 2件」.
    #[must_use]
    pub fn and_more(&self, count: usize) -> String {
        match self.lang {
            Lang::Ja => format!("ほか {count}件"),
            Lang::En => format!("{count} more"),
        }
    }
}
