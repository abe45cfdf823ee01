//! Presses on the keypad of a value.

use super::{Entry, Field, KeypadPress, Order, Page, ValueKeypadAction, Vital, VitalReading, change};
use crate::app::present::{View, next_field, parsed, vital};
use ambulance_core::Command;
use case::FindingsChange;

/// Digits of a value at most.
const DIGITS_MAX: usize = 4;

fn record(vital: Vital, reading: VitalReading) -> Order {
    Order::Tell(Command::Observe(FindingsChange::Vital { vital, reading: Some(reading) }))
}

fn edit(f: impl FnOnce(&mut Entry) + 'static) -> Vec<Order> {
    vec![change(move |nav| {
        if let Some(entry) = nav.entry.as_mut() {
            f(entry);
        }
    })]
}

fn close() -> Order {
    change(|nav| {
        nav.entry = None;
        nav.page = if nav.behind == Page::Value { Page::Assess } else { nav.behind };
    })
}

const fn part(entry: &mut Entry) -> &mut String {
    if entry.lower { &mut entry.second } else { &mut entry.first }
}

pub(super) fn keypad(view: &View<'_>, action: ValueKeypadAction) -> Vec<Order> {
    let Some(entry) = view.nav.entry.as_ref() else { return vec![Order::Go(Page::Assess)] };
    match action {
        ValueKeypadAction::Key(KeypadPress::Digit(d)) => edit(move |e| digit(e, d)),
        ValueKeypadAction::Key(KeypadPress::ClearOne) => edit(|e| {
            part(e).pop();
        }),
        ValueKeypadAction::Key(KeypadPress::ClearAll) => edit(|e| part(e).clear()),
        ValueKeypadAction::Add(step) => edit(move |e| add(e, step)),
        ValueKeypadAction::ChoosePart(i) => edit(move |e| e.lower = i == 1),
        ValueKeypadAction::CannotMeasure => without(entry.field, VitalReading::NotMeasurable),
        ValueKeypadAction::WillNotMeasure => without(entry.field, VitalReading::NotMeasured),
        ValueKeypadAction::NextItem => next(view, entry),
        ValueKeypadAction::Revert => edit(|e| {
            e.first.clear();
            e.second.clear();
            e.lower = false;
        }),
        ValueKeypadAction::Record => {
            let mut orders = recorded(entry);
            if !orders.is_empty() {
                orders.push(close());
            }
            orders
        }
        ValueKeypadAction::BelowRange | ValueKeypadAction::AboveRange => Vec::new(),
    }
}

/// Three digits of the upper pressure lead on to the lower one by themselves.
fn digit(entry: &mut Entry, digit: u8) {
    let key = char::from(b'0' + digit.min(9));
    let field = part(entry);
    if field.len() < DIGITS_MAX {
        if field == "0" {
            field.clear();
        }
        field.push(key);
    }
    let full = entry.first.len() >= 3 || (entry.first.len() == 2 && !entry.first.starts_with(['1', '2', '3']));
    if entry.field == Field::Pressure && !entry.lower && full {
        entry.lower = true;
    }
}

fn add(entry: &mut Entry, step: i32) {
    let field = part(entry);
    let value: i32 = field.parse().unwrap_or(0);
    *field = (value + step).clamp(0, 9_999).to_string();
}

fn both(field: Field) -> Vec<Vital> {
    if field == Field::Pressure { vec![Vital::SystolicPressure, Vital::DiastolicPressure] } else { vec![vital(field)] }
}

fn without(field: Field, reading: VitalReading) -> Vec<Order> {
    let mut orders: Vec<Order> = both(field).into_iter().map(|v| record(v, reading)).collect();
    orders.push(close());
    orders
}

/// What can be recorded of the entry; nothing when a part is out of range.
fn recorded(entry: &Entry) -> Vec<Order> {
    let mut orders = Vec::new();
    let parts = [&entry.first, &entry.second];
    for (vital, digits) in both(entry.field).into_iter().zip(parts) {
        match (digits.is_empty(), parsed(vital, digits)) {
            (true, _) => {}
            (false, Some(tenths)) => orders.push(record(vital, VitalReading::Measured(tenths))),
            (false, None) => return Vec::new(),
        }
    }
    orders
}

/// Records what stands, and opens the keypad of the next value.
fn next(view: &View<'_>, entry: &Entry) -> Vec<Order> {
    let mut orders = recorded(entry);
    let taken_at = view.at();
    match next_field(entry.field) {
        Some(field) => orders.push(change(move |nav| {
            nav.entry = Some(Entry { field, first: String::new(), second: String::new(), lower: false, taken_at });
        })),
        None => orders.push(close()),
    }
    orders
}
