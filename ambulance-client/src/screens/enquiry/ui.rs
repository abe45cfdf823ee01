//! Drawing of 照会中.

use super::{EnquiryAction, EnquiryVm, ROWS};
use crate::canvas::Canvas;
use crate::frame::{self, Out, ShellVm};
use crate::theme::Size;
use crate::theme::grid::{self, GAP, Stack};
use crate::widgets::button::{Button, ButtonFace};
use crate::widgets::enquiry_row::enquiry_row;
use crate::widgets::panels;
use crate::widgets::side::{self, Foot, Primary};

/// Draws the screen.
pub fn ui(c: &mut Canvas<'_>, shell: &ShellVm, vm: &EnquiryVm, out: &mut Out<EnquiryAction>) {
    let foot = foot(c, vm);
    let above = side::foot(c, shell, foot, out);
    let mut stack = Stack::new(frame::content(c, shell), GAP);
    if let Some((title, body)) = &vm.alarm {
        panels::alarm(c, stack.top(96.0), title, body);
    }
    panels::heading(c, stack.top(30.0), c.w.answers, &vm.asked);
    let buttons = stack.bottom(80.0);
    let free = stack.rest().height();
    let height = ((free - GAP * 4.0) / 5.0).clamp(72.0, 92.0);
    for (i, row) in vm.rows.iter().take(ROWS).enumerate() {
        if stack.rest().height() + 1.0 < height {
            break;
        }
        out.when(enquiry_row(c, stack.top(height), i, row), EnquiryAction::RowButton(i));
    }
    let phone = ButtonFace::default().line(c.w.phone_enquiries(vm.phone_count), Size::Strong, true).line(
        c.w.phone_count_note,
        Size::Note,
        true,
    );
    let faces =
        [(phone, EnquiryAction::CountPhoneEnquiry), (ButtonFace::word(c.w.coordinate), EnquiryAction::AskDispatch)];
    for (i, (rect, (face, action))) in grid::columns(buttons, 2, GAP).into_iter().zip(faces).enumerate() {
        out.when(Button::new(rect, ("below", i), face).show(c), action);
    }
    let next = if shell.radio { c.w.next_two } else { c.w.next_by_phone };
    let mut parts = vec![side::strong_and_note(96.0, next, &vm.next_note, EnquiryAction::AskNext)];
    // As the primary it stands once only.
    if vm.decide.is_some() || !vm.last_resort {
        parts.push(side::word_and_note(96.0, c.w.last_resort, &vm.last_resort_note, EnquiryAction::LastResort));
    }
    parts.push(side::word(72.0, c.w.dispatch_phone, EnquiryAction::PhoneDispatch));
    side::top(c, above, parts, out);
    c.repaint_after(1.0);
}

fn foot(c: &Canvas<'_>, vm: &EnquiryVm) -> Foot<EnquiryAction> {
    match (&vm.decide, vm.last_resort) {
        (Some((hospital, note)), _) => {
            let face = ButtonFace::default()
                .line(hospital.clone(), Size::Strong, true)
                .line(c.w.decide, Size::Title, true)
                .line(note.clone(), Size::Note, true);
            Foot::Primary(Primary::new("", "", EnquiryAction::Decide).face(face).height(172.0))
        }
        (None, true) => Foot::Primary(Primary::new(c.w.last_resort, &vm.last_resort_note, EnquiryAction::LastResort)),
        (None, false) => Foot::StageOnly,
    }
}
