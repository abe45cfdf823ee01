//! The search without a card (災害時医療情報閲覧): all four attributes, kana in any way of writing, the address loosely below
//! the prefecture, and one person or nobody.

use super::persona_history::Insured;
use eligibility::protocol::PersonSearch;
use patient_history::fold;
use virtual_card::Sex;

/// The one insured person that fits; none when nobody does, and none when several do.
pub(super) fn the_one<'a>(all: impl Iterator<Item = &'a Insured>, asked: &PersonSearch) -> Option<&'a Insured> {
    let mut fitting = all.filter(|insured| fits(insured, asked));
    let first = fitting.next()?;
    fitting.next().is_none().then_some(first)
}

fn fits(insured: &Insured, asked: &PersonSearch) -> bool {
    let person = &insured.persona.person;
    let sex = match person.sex {
        Sex::Male => "1",
        Sex::Female => "2",
    };
    let kana = kana_key(asked.name_kana.as_str());
    !kana.is_empty()
        && kana == kana_key(&person.kana)
        && asked.birthdate == person.birth.replace('-', "")
        && asked.sex1 == sex
        && address_fits(&person.address, asked.address.as_str())
}

/// Half and full width, hiragana and katakana, large and small letters are one; blanks and middle dots go.
fn kana_key(text: &str) -> String {
    fold(text).as_str().chars().filter(|c| *c != '・').map(large).collect()
}

/// A small kana as its large one: ッ is ツ.
const fn large(letter: char) -> char {
    match letter {
        'ァ' => 'ア',
        'ィ' => 'イ',
        'ゥ' => 'ウ',
        'ェ' => 'エ',
        'ォ' => 'オ',
        'ッ' => 'ツ',
        'ャ' => 'ヤ',
        'ュ' => 'ユ',
        'ョ' => 'ヨ',
        'ヮ' => 'ワ',
        'ヵ' => 'カ',
        'ヶ' => 'ケ',
        other => other,
    }
}

/// The prefecture as it stands; below it words and numbers apart: the words that were said must be found in the address, one
/// behind the other, and the numbers must be its first ones. What was not said does not count against anybody.
fn address_fits(of_record: &str, said: &str) -> bool {
    let (record, said) = (split(of_record), split(said));
    let prefecture = !said.prefecture.is_empty() && record.prefecture == said.prefecture;
    let mut rest = record.words.as_str();
    let words = said.words_said.iter().all(|word| match rest.find(word.as_str()) {
        Some(at) => {
            rest = rest.get(at + word.len()..).unwrap_or_default();
            true
        }
        None => false,
    });
    prefecture && !said.words_said.is_empty() && words && record.numbers.starts_with(&said.numbers)
}

struct Address {
    prefecture: String,
    /// Below the prefecture, without numbers and what stands between them.
    words: String,
    /// The same in pieces, as they were said.
    words_said: Vec<String>,
    numbers: Vec<String>,
}

fn split(text: &str) -> Address {
    let text = fold(text);
    let text = text.as_str();
    let end = text.char_indices().skip(2).find(|(_, c)| matches!(c, '都' | '道' | '府' | '県'));
    let at = end.map_or(0, |(at, c)| at + c.len_utf8());
    let (prefecture, below) = text.split_at_checked(at).unwrap_or(("", text));
    let mut numbers: Vec<String> = Vec::new();
    let (mut words_said, mut word, mut in_number) = (Vec::new(), String::new(), false);
    for c in below.chars() {
        match c {
            '0'..='9' => {
                if !in_number {
                    numbers.push(String::new());
                }
                numbers.last_mut().into_iter().for_each(|number| number.push(c));
                words_said.extend(Some(core::mem::take(&mut word)).filter(|w| !w.is_empty()));
            }
            // What stands between and behind numbers: 1丁目2番3号, 1-2-3, 1の2の3.
            '-' | '‐' | '−' | 'ー' | 'ノ' | '丁' | '目' | '番' | '号' | '地' if !numbers.is_empty() => {}
            _ => word.push(c),
        }
        in_number = c.is_ascii_digit();
    }
    words_said.extend(Some(word).filter(|w| !w.is_empty()));
    Address { prefecture: prefecture.to_owned(), words: words_said.concat(), words_said, numbers }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORD: &str = "訓練県見本市中央１丁目２番３号";

    #[test]
    fn kana_is_one_in_every_way_of_writing() {
        for written in ["タカギ　ハナ", "ﾀｶｷﾞ ﾊﾅ", "たかぎはな", "タカギ・ハナ"] {
            assert_eq!(kana_key(written), "タカギハナ", "{written}");
        }
        assert_eq!(kana_key("ショウタ"), kana_key("シヨウタ"));
        assert_ne!(kana_key("タカキ"), kana_key("タカギ"));
    }

    #[test]
    fn an_address_is_compared_loosely_below_the_prefecture() {
        for said in
            ["訓練県見本市", "訓練県 見本市中央", "訓練県見本市中央1-2-3", "訓練県見本市1丁目2番", "訓練県見本市１の２"]
        {
            assert!(address_fits(RECORD, said), "{said}");
        }
        for said in
            ["見本市中央", "訓練県", "他県見本市中央", "訓練県見本市中央2", "訓練県見本市西町", "訓練県中央見本市", ""]
        {
            assert!(!address_fits(RECORD, said), "{said}");
        }
    }
}
