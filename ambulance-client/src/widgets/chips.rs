//! Choices by one press: picker rows, reasons, three-state answers, follow-ups, categories.

use egui::{Align2, Rect, pos2, vec2};

use super::button::{Button, ButtonFace, Look};
use super::icons::Icon;
use crate::canvas::{Canvas, Kind, Style, Target};
use crate::theme::Size;
use crate::theme::grid;

/// A word that is chosen or not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChipVm {
    /// The word.
    pub word: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// The state of a follow-up question; 未 is not なし.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FollowUpState {
    /// Not asked yet.
    #[default]
    Untouched,
    /// Answered なし.
    No,
    /// Answered あり.
    Yes,
}

/// A follow-up question of a complaint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FollowUpVm {
    /// What is asked.
    pub word: String,
    /// The answer so far.
    pub state: FollowUpState,
    /// A value instead of an answer (a time): pressing opens its page.
    pub value: Option<String>,
}

/// Urgency as the crew judged it; the four triage colours and nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TriageVm {
    /// 赤 I.
    Red,
    /// 黄 II.
    Yellow,
    /// 緑 III.
    Green,
    /// 黒 0.
    Black,
}

impl TriageVm {
    /// All categories in order.
    pub const ALL: [Self; 4] = [Self::Red, Self::Yellow, Self::Green, Self::Black];

    /// The numeral that always stands on the patch.
    #[must_use]
    pub fn numeral(self) -> &'static str {
        match self {
            Self::Red => "I",
            Self::Yellow => "II",
            Self::Green => "III",
            Self::Black => "0",
        }
    }

    /// The colour's word in the current language.
    #[must_use]
    pub fn word(self, c: &Canvas<'_>) -> &'static str {
        match self {
            Self::Red => c.w.red,
            Self::Yellow => c.w.yellow,
            Self::Green => c.w.green,
            Self::Black => c.w.black,
        }
    }

    fn index(self) -> usize {
        Self::ALL.iter().position(|t| *t == self).unwrap_or(0)
    }
}

/// The accessible name of something that can be chosen.
#[must_use]
pub fn chosen_name(c: &Canvas<'_>, word: &str, chosen: bool) -> String {
    if chosen { format!("{word} {}", c.w.name_selected) } else { word.to_owned() }
}

/// A chip with a centred word; true when pressed.
pub fn chip(c: &mut Canvas<'_>, rect: Rect, key: (&'static str, usize), chip: &ChipVm) -> bool {
    chip_with(c, rect, key, chip, ButtonFace::word(chip.word.clone()))
}

/// A chip with a left-aligned word, for reasons; true when pressed.
pub fn reason(c: &mut Canvas<'_>, rect: Rect, key: (&'static str, usize), chip: &ChipVm) -> bool {
    chip_with(c, rect, key, chip, ButtonFace::word(chip.word.clone()).left(22.0))
}

fn chip_with(c: &mut Canvas<'_>, rect: Rect, key: (&'static str, usize), chip: &ChipVm, face: ButtonFace) -> bool {
    let narrow = rect.width() < 100.0;
    let check = if narrow { 18.0 } else { 24.0 };
    let face = if chip.chosen { face.icon(Icon::Check, check) } else { face };
    let mut button = Button::new(rect, key, face).name(chosen_name(c, &chip.word, chip.chosen));
    button.chosen = Some(chip.chosen);
    button.look(if chip.chosen { Look::Selected } else { Look::Rest }).show(c)
}

/// A row of equal chips; the index of the pressed one.
pub fn row(c: &mut Canvas<'_>, area: Rect, key: &'static str, chips: &[ChipVm]) -> Option<usize> {
    let rects = grid::columns(area, chips.len(), grid::GAP);
    let mut pressed = None;
    for (i, (rect, vm)) in rects.into_iter().zip(chips).enumerate() {
        if chip(c, rect, (key, i), vm) {
            pressed = Some(i);
        }
    }
    pressed
}

/// Reasons in two columns; the index of the pressed one.
pub fn reasons(c: &mut Canvas<'_>, area: Rect, height: f32, key: &'static str, chips: &[ChipVm]) -> Option<usize> {
    let rects = grid::cells(area, 2, height, chips.len());
    let mut pressed = None;
    for (i, (rect, vm)) in rects.into_iter().zip(chips).enumerate() {
        if reason(c, rect, (key, i), vm) {
            pressed = Some(i);
        }
    }
    pressed
}

/// A follow-up chip: 未 → なし → あり → 未 by presses; true when pressed.
pub fn follow_up(c: &mut Canvas<'_>, rect: Rect, key: (&'static str, usize), vm: &FollowUpVm) -> bool {
    if let Some(value) = &vm.value {
        return Button::new(rect, key, ButtonFace::word(format!("{} {value}", vm.word))).show(c);
    }
    let (short, spoken, look) = match vm.state {
        FollowUpState::Untouched => (c.w.untouched, c.w.name_untouched, Look::Untouched),
        FollowUpState::No => (c.w.no, c.w.no, Look::Selected),
        FollowUpState::Yes => (c.w.yes, c.w.yes, Look::Selected),
    };
    let face = ButtonFace::word(format!("{} {short}", vm.word));
    let face = if look == Look::Selected { face.icon(Icon::Check, 20.0) } else { face };
    Button::new(rect, key, face).name(format!("{} {spoken}", vm.word)).look(look).show(c)
}

/// A three-state answer, none chosen at first: あり / なし / 不明. Untouched is not なし: it is sent as "not asked".
pub fn three_state(
    c: &mut Canvas<'_>,
    area: Rect,
    key: &'static str,
    question: &str,
    chosen: Option<usize>,
) -> Option<usize> {
    let words = [c.w.yes, c.w.no, c.w.unsure];
    let mut pressed = None;
    for (i, (rect, word)) in grid::columns(area, words.len(), grid::GAP).into_iter().zip(words).enumerate() {
        let is = chosen == Some(i);
        let face = ButtonFace::word(word);
        let face = if is { face.icon(Icon::Check, 14.0) } else { face };
        let name = chosen_name(c, &format!("{question} {word}"), is);
        let look = if is { Look::Selected } else { Look::Rest };
        if Button::new(rect, (key, i), face).name(name).look(look).show(c) {
            pressed = Some(i);
        }
    }
    pressed
}

/// A triage patch: colour and numeral, always with an ink border.
pub fn patch(c: &mut Canvas<'_>, rect: Rect, triage: TriageVm, size: Size) {
    let Some(pair) = c.t.triage.get(triage.index()).copied() else { return };
    c.rounded(rect, pair.fill, c.t.ink, 2.0);
    let style = Style { size, ..Style::strong(pair.on) };
    c.on(pair.fill, |c| c.ink(rect.shrink(2.0), Align2::CENTER_CENTER, triage.numeral(), style));
}

/// The four categories side by side; the pressed one.
pub fn triage_row(c: &mut Canvas<'_>, area: Rect, chosen: Option<TriageVm>) -> Option<TriageVm> {
    let mut pressed = None;
    for (i, (rect, triage)) in grid::columns(area, 4, grid::GAP).into_iter().zip(TriageVm::ALL).enumerate() {
        let is = chosen == Some(triage);
        let word = triage.word(c);
        let name = chosen_name(c, &format!("{} {word} {}", c.w.category, triage.numeral()), is);
        let press =
            c.press(Target { rect, key: ("triage", i), name, kind: Kind::Ordinary, enabled: true, selected: Some(is) });
        let t = c.t;
        let marked = is || press.held;
        let ground = if marked { t.tint } else { t.surface };
        if marked {
            c.rounded(rect, ground, t.accent.fill, t.strong_border);
        } else {
            c.rounded(rect, ground, t.line, t.border);
        }
        let style = Style::body(t.ink).bold();
        let check = if is { 40.0 } else { 0.0 };
        let word_width = c.width(word, style);
        let roomy = word_width + 78.0 + check <= rect.width() - 24.0;
        let (side, gap) = if roomy { (64.0, 14.0) } else { (48.0, 8.0) };
        let width = side + gap + word_width + check;
        let x = rect.center().x - width / 2.0;
        let at = Rect::from_center_size(pos2(x + side / 2.0, rect.center().y), vec2(side, 44.0));
        patch(c, at, triage, Size::Strong);
        let words = Rect::from_min_max(pos2(x + side + gap, rect.min.y), rect.max);
        c.on(ground, |c| c.ink(words, Align2::LEFT_CENTER, word, style));
        if is {
            let centre = pos2(x + width - 14.0, rect.center().y);
            c.icon(Icon::Check, Rect::from_center_size(centre, vec2(28.0, 28.0)), t.ink);
        }
        if press.focused {
            c.focus_line(rect);
        }
        if press.fired {
            pressed = Some(triage);
        }
    }
    pressed
}
