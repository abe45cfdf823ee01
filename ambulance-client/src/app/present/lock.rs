//! 施錠 and sign-in.

use super::{Shown, View, screen};
use crate::app::navigation::WRONG_MAX;
use crate::screens::Screen;
use crate::screens::lock::{CrewMemberVm, LockVm};
use crate::theme::ThemeName;

pub(super) fn lock(view: &View<'_>) -> Shown {
    let nav = view.nav;
    if let super::Page::List(super::List::Letters) = nav.page {
        return Shown::Picker(Box::new(super::choose::letters(view)), None);
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
    if view.state.crew.is_none() && crew.len() < 4 {
        crew.push(CrewMemberVm {
            name: view.say("サインインせずに使う", "Use without signing in"),
            role: view.say("病歴の照会だけ、できません", "all but the look-up"),
            chosen: false,
        });
    }
    let theme = match nav.display.theme {
        ThemeName::Day => view.words().theme_day,
        ThemeName::Night => view.words().theme_night,
        ThemeName::Sunlight => view.words().theme_sunlight,
    };
    screen(Screen::Lock(LockVm {
        title: title(view),
        crew,
        entered: nav.entered(),
        state: state(view),
        theme: view.say(&format!("表示: {theme}"), &format!("Display: {theme}")),
    }))
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
        return if view.state.link.is_up() { view.say("確かめています", "checking") } else { view.say("電波が戻ると確かめます", "waits for the radio") };
    }
    if let Some(error) = view.state.sign_in_error.as_ref().filter(|_| nav.wrong > 0) {
        return view.say(&error.ja, &error.en);
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
