//! The allow-list as data: what may be named in each application. What is not here cannot leave.

/// The applications that may be selected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Application {
    /// 公的個人認証AP.
    Jpki,
    /// 券面事項入力補助AP.
    Text,
    /// 券面事項確認AP.
    Surface,
}

/// A key reference that may be presented, with the only length it has.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PinRule {
    pub(crate) file: u16,
    pub(crate) digits: usize,
}

/// What may be named inside one application.
#[derive(Debug)]
pub(crate) struct Rules {
    pub(crate) application: Application,
    pub(crate) aid: [u8; 10],
    pub(crate) readable: &'static [u16],
    pub(crate) pins: &'static [PinRule],
    pub(crate) keys: &'static [u16],
}

/// Absent on purpose: JPKI `0001`, `0002`, `001A`, `001B`; 入力補助 `0001` (個人番号), `0011` and `0014` (they open it);
/// 券面 `0005` (個人番号's picture), `0013` (照合番号A).
pub(crate) const RULES: [Rules; 3] = [
    Rules {
        application: Application::Jpki,
        aid: myna_card::ap::jpki::DF,
        // Token info, certificate availability, 利用者証明用証明書 and its CA.
        readable: &[0x0006, 0x0008, 0x000A, 0x000B],
        pins: &[PinRule { file: 0x0018, digits: 4 }],
        keys: &[0x0017],
    },
    Rules {
        application: Application::Text,
        aid: myna_card::ap::text::DF,
        // 基本4情報, opened by 照合番号B.
        readable: &[0x0002],
        pins: &[PinRule { file: 0x0015, digits: 14 }],
        keys: &[],
    },
    Rules {
        application: Application::Surface,
        aid: myna_card::ap::surface::DF,
        // The face with the photo, opened by 照合番号B.
        readable: &[0x0002],
        pins: &[PinRule { file: 0x0012, digits: 14 }],
        keys: &[],
    },
];

impl Rules {
    pub(crate) fn of(application: Application) -> &'static Self {
        let [jpki, text, surface] = &RULES;
        match application {
            Application::Jpki => jpki,
            Application::Text => text,
            Application::Surface => surface,
        }
    }

    pub(crate) fn may_select(&self, file: u16) -> bool {
        self.readable.contains(&file) || self.pin(file).is_some() || self.keys.contains(&file)
    }

    pub(crate) fn pin(&self, file: u16) -> Option<PinRule> {
        self.pins.iter().copied().find(|p| p.file == file)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_stand_under_their_own_application() {
        for rules in &RULES {
            assert_eq!(Rules::of(rules.application).aid, rules.aid);
        }
    }
}
