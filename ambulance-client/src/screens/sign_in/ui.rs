//! Drawing of the sign-in. The stage block works without it; the sixth digit signs in.

use egui::Rect;

use super::{MEMBERS, SignInAction, SignInVm};
use crate::canvas::{Canvas, Style};
use crate::frame::{Out, ShellVm};
use crate::screens::lock;
use crate::theme::grid::{self, GAP, Stack};
use crate::widgets::icons::Icon;
use crate::widgets::pager::{self, Turn};
use crate::widgets::panels;
use crate::widgets::side::{self, Foot, Part};

/// Draws the screen.
pub fn ui(c: &mut Canvas<'_>, shell: &ShellVm, vm: &SignInVm, out: &mut Out<SignInAction>) {
    let above = side::foot(c, shell, Foot::SolidStage { height: 172.0, figure: false }, out);
    let mut stack = Stack::new(grid::content_and_rail(c.display.hand), GAP);
    lock::banner(c, shell, &mut stack);
    lock::title(c, stack.top(if shell.age_banner.is_some() { 48.0 } else { 60.0 }), &vm.title);
    if let Some(error) = &vm.error {
        let ink = c.t.ink;
        let message = panels::Message {
            icon: Icon::Warning,
            icon_size: 44.0,
            title: error,
            title_style: Style::body(ink).bold(),
            body: "",
            body_style: Style::note(ink),
        };
        panels::notice(c, stack.top(72.0), &message);
    }
    let rects = grid::weighted_columns(stack.rest(), &[430.0, 510.0], 24.0);
    if let [left, right] = rects.as_slice() {
        members(c, *left, vm, out);
        out.screen.extend(lock::pin(c, *right, vm.entered, &vm.state).map(SignInAction::Key));
    }
    let lines = vec![c.w.lock_can_stage.to_owned(), c.w.dispatch_phone.to_owned()];
    let parts = vec![
        Part::Info { title: c.w.lock_can.to_owned(), lines },
        side::word(84.0, c.w.dispatch_phone, SignInAction::PhoneDispatch),
        side::word(72.0, &vm.theme, SignInAction::NextTheme),
    ];
    side::top(c, above, parts, out);
}

fn members(c: &mut Canvas<'_>, area: Rect, vm: &SignInVm, out: &mut Out<SignInAction>) {
    let page = pager::page(&vm.crew, MEMBERS, vm.page);
    let mut stack = Stack::new(area, GAP);
    panels::heading(c, stack.top(30.0), c.w.who_are_you, "");
    if page.total == 0 {
        panels::rule_strip(c, stack.top(120.0), "", c.w.no_crew_list);
    }
    let turning = (page.pages > 1).then(|| stack.bottom(pager::HEIGHT));
    let height = ((stack.rest().height() - 3.0 * GAP) / 4.0).min(100.0);
    for (i, member) in page.rows.iter().enumerate() {
        let rect = stack.top(height);
        out.when(lock::member(c, rect, i, member), SignInAction::ChooseMember(page.first + i));
    }
    if let Some(rect) = turning {
        out.screen.extend(pager::pager(c, rect, &page).map(|turn| match turn {
            Turn::Previous => SignInAction::PreviousPage,
            Turn::Next => SignInAction::NextPage,
        }));
    }
}
