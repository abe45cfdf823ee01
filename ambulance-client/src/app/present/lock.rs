//! 施錠 and sign-in.

use super::{Shown, View, screen};
use crate::app::navigation::{List, Page, WRONG_MAX};
use crate::screens::Screen;
use crate::screens::lock::{CrewMemberVm, LockVm};
use crate::screens::sign_in::SignInVm;
use crate::theme::ThemeName;

pub(super) fn lock(view: &View<'_>) -> Shown {
    let nav = view.nav;
    match nav.page {
        Page::List(List::Letters) => return super::choose::letters(view),
        Page::List(List::Phone(who)) => return screen(Screen::List(super::lists::phone(view, who))),
        _ => {}
    }
    let mut crew: Vec<CrewMemberVm> = nav
        .members
        .iter()
        .enumerate()
        .map(|(i, m)| CrewMemberVm { name: m.name.clone(), role: m.login.clone(), chosen: i == nav.member })
        .collect();
    crew.push(CrewMemberVm {
        name: view.say("名前を入れる", "Enter a name"),
        role: view.say("文字を押して選びます", "by pressing letters"),
        chosen: false,
    });
    if opens_without_session(view) {
        let (name, role) = if nav.shut.is_locked_out() {
            (
                view.say("サインインせずに記録する", "Record without signing in"),
                view.say("新しい傷病者だけ", "a new patient only"),
            )
        } else {
            (
                view.say("サインインせずに使う", "Use without signing in"),
                view.say("いまの傷病者だけ・照会なし", "this patient, no look-up"),
            )
        };
        crew.push(CrewMemberVm { name, role, chosen: false });
    }
    let theme = match nav.display.theme {
        ThemeName::Day => view.words().theme_day,
        ThemeName::Night => view.words().theme_night,
        ThemeName::Sunlight => view.words().theme_sunlight,
    };
    let theme = view.say(&format!("表示: {theme}"), &format!("Display: {theme}"));
    let (title, entered, state) = (title(view), nav.entered(), state(view));
    if view.state.crew.is_some() {
        return screen(Screen::Lock(LockVm { title, crew, entered, state, theme }));
    }
    let error = view.state.sign_in_error.as_ref().filter(|_| nav.wrong > 0 && !nav.signing_in);
    let error = error.map(|e| view.say(&format!("{}{}", e.ja, e.next_ja), &e.en));
    screen(Screen::SignIn(SignInVm { title, crew, page: nav.turn, entered, state, error, theme }))
}

fn title(view: &View<'_>) -> String {
    let callsign = &view.state.callsign;
    if view.state.crew.is_some() {
        return view.say(&format!("{callsign} ・ 施錠中"), &format!("{callsign} ・ locked"));
    }
    view.say(&format!("{callsign} ・ サインイン"), &format!("{callsign} ・ sign in"))
}

fn state(view: &View<'_>) -> String {
    let nav = view.nav;
    if nav.signing_in {
        return if view.state.link.is_up() {
            view.say("確かめています", "checking")
        } else {
            view.say("電波が戻ると確かめます", "waits for the radio")
        };
    }
    if nav.members.is_empty() {
        return view.say("はじめに名前を選びます", "choose a name first");
    }
    let left = WRONG_MAX.saturating_sub(nav.wrong);
    if nav.wrong > 0 {
        return view.say(&format!("ちがいます ・ 残り {left}回"), &format!("wrong ・ {left} tries left"));
    }
    view.words().tries_left(left)
}

/// Nobody is signed in and no history is in memory: there is nothing that the lock would have to hide.
pub(crate) fn opens_without_session(view: &View<'_>) -> bool {
    view.state.crew.is_none() && view.state.cases.values().all(|c| c.history.answer().is_none())
}
