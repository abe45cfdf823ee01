//! What dispatch tells the crew: a strip that stays until it was read, and the list on the page of the dispatch centre.

use super::View;
use super::who::number;
use crate::app::navigation::{List, Page};
use crate::frame::{AgeBannerVm, BannerKind};
use crate::screens::list::{ListRowKind, ListRowVm, ListVm};
use case::Message;
use model::MessageId;

/// What the strip holds beside its button, in tenths of a full-width character of the note size.
const STRIP: u32 = 270;
/// A Latin letter is about 0.6 em wide (design/tablet.md §3).
const LETTER: u32 = 6;
/// A full-width character.
const WIDE: u32 = 10;

/// The message that waits for the crew.
pub(crate) struct Waiting {
    /// Which.
    pub(crate) id: MessageId,
    /// The strip does not hold it.
    pub(crate) long: bool,
}

/// The oldest message that waits.
pub(crate) fn message(view: &View<'_>) -> Option<Waiting> {
    let (_, id, message) = view.state.waiting_messages().into_iter().next()?;
    Some(Waiting { id, long: is_long(&message.text) })
}

fn is_long(text: &str) -> bool {
    text.chars().map(width).sum::<u32>() > STRIP
}

const fn width(c: char) -> u32 {
    if c.is_ascii() { LETTER } else { WIDE }
}

/// Messages whose words are on the screen as it is now.
pub(crate) fn on_screen(view: &View<'_>) -> Vec<MessageId> {
    if view.nav.locked.is_some() {
        return Vec::new();
    }
    let waiting = view.state.waiting_messages();
    if view.nav.page == Page::List(List::Phone(None)) {
        return waiting.into_iter().map(|(_, id, _)| id).collect();
    }
    waiting.into_iter().take(1).map(|(_, id, _)| id).collect()
}

/// The strip.
pub(super) fn strip(view: &View<'_>) -> Option<AgeBannerVm> {
    if view.nav.page == Page::List(List::Phone(None)) {
        // The page tells them all.
        return None;
    }
    let waiting = view.state.waiting_messages();
    let (case, _, message) = waiting.first()?;
    let at = message.sent_at.tokyo_hhmm();
    let more = waiting.len() - 1;
    let more = match more {
        0 => String::new(),
        more => view.say(&format!(" ・ ほか {more}件"), &format!(" ・ {more} more")),
    };
    let other = view.state.cases.get(case).filter(|_| view.state.current != Some(*case));
    let other = other.map_or_else(String::new, |case| format!(" ・ {}", number(view, case)));
    let title = view.say(&format!("指令台から {at}{other}{more}"), &format!("Dispatch {at}{other}{more}"));
    let long = is_long(&message.text);
    Some(AgeBannerVm { kind: BannerKind::Message { long }, title, body: beginning(&message.text) })
}

/// As much as the strip holds.
fn beginning(text: &str) -> String {
    if !is_long(text) {
        return text.to_owned();
    }
    let mut room = STRIP - WIDE;
    let fits = |c: &char| {
        let left = room.checked_sub(width(*c));
        room = left.unwrap_or(0);
        left.is_some()
    };
    let cut: String = text.chars().take_while(fits).collect();
    format!("{cut}…")
}

/// Adds the messages of the case on screen to the page of the dispatch centre, the newest first.
pub(super) fn listed(view: &View<'_>, vm: ListVm) -> ListVm {
    let Some(case) = view.open_case() else { return vm };
    let mut all: Vec<&Message> = case.view.messages.values().filter(|m| m.is_for(view.state.unit)).collect();
    if all.is_empty() {
        return vm;
    }
    all.sort_by_key(|message| core::cmp::Reverse(message.sent_at));
    let mut vm = vm;
    vm.title = view.say(&format!("指令台 ・ 連絡 {}", all.len()), &format!("Dispatch ・ {} messages", all.len()));
    vm.rows.splice(0..0, all.into_iter().map(|message| row(view, message)));
    vm.page = view.nav.turn;
    let answer = message(view).map(|_| (view.words().message_understood.to_owned(), oldest(view)));
    ListVm { primary: answer, ..vm }
}

/// Which one the button answers.
fn oldest(view: &View<'_>) -> String {
    let waiting = view.state.waiting_messages();
    waiting.first().map_or_else(String::new, |(_, _, message)| {
        let at = message.sent_at.tokyo_hhmm();
        view.say(&format!("{at} の連絡を読みました"), &format!("read the one of {at}"))
    })
}

fn row(view: &View<'_>, message: &Message) -> ListRowVm {
    let unit = view.state.unit;
    let right = match message.acknowledged.get(&unit) {
        Some(at) => view.say(&format!("了解 {}", at.tokyo_hhmm()), &format!("read {}", at.tokyo_hhmm())),
        None => view.say("了解まえ", "not read"),
    };
    let kind = if message.waits_for(unit) { ListRowKind::Notice } else { ListRowKind::Plain };
    let at = message.sent_at.tokyo_hhmm();
    let strong = view.say(&format!("{at} 指令台から"), &format!("{at} from dispatch"));
    ListRowVm { kind, strong, note: message.text.clone(), right }
}

#[cfg(test)]
mod tests {
    use super::{beginning, is_long};

    #[test]
    fn what_the_strip_does_not_hold_is_cut_and_opens_its_page() {
        let short = "家族が玄関先で待っています";
        assert_eq!((is_long(short), beginning(short).as_str()), (false, short));
        let long = "長".repeat(28);
        assert!(is_long(&long));
        assert_eq!(beginning(&long), format!("{}…", "長".repeat(26)));
        assert!(!is_long(&"a".repeat(45)) && is_long(&"a".repeat(46)));
    }
}
