//! お薬手帳.

use super::{Shown, View, screen};
use crate::screens::Screen;
use crate::screens::notebook::{FoundVm, MAX_MEDICINES, NotebookVm};
use ambulance_core::{CaseState, NotebookReading, ReadNotebook};
use patient_history::Row;

pub(super) fn notebook(view: &View<'_>) -> Shown {
    let Some(case) = view.open_case() else {
        return super::history::nothing(view, "事案がありません", "There is no case");
    };
    let state = &case.notebook;
    let found = match &state.reading {
        NotebookReading::Whole(read) => Some(found(view, read)),
        NotebookReading::Nothing | NotebookReading::Parts { .. } => None,
    };
    screen(Screen::Notebook(NotebookVm {
        progress: progress(view, &state.reading),
        trouble: trouble(view, case),
        found,
        empty: taken(view, case),
        back_to: super::oral::back_to(view),
    }))
}

fn progress(view: &View<'_>, reading: &NotebookReading) -> (String, String) {
    match reading {
        NotebookReading::Nothing => {
            (view.say("待っています", "Waiting"), view.say("まだ読んでいません", "nothing read yet"))
        }
        NotebookReading::Parts { read, total, missing } => {
            let rest = missing.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            (
                view.say(&format!("{total}枚のうち {read}枚"), &format!("{read} of {total} parts")),
                view.say(&format!("残り {rest}枚め"), &format!("still missing: {rest}")),
            )
        }
        NotebookReading::Whole(read) => (
            view.say("読み終わりました", "All read"),
            view.say(&format!("QR {}枚", read.codes), &format!("{} codes", read.codes)),
        ),
    }
}

fn trouble(view: &View<'_>, case: &CaseState) -> Option<(String, String)> {
    if let Some(error) = view.nav.picture_trouble {
        return Some((view.say(error.ja(), error.en()), String::new()));
    }
    let error = case.notebook.trouble.as_ref()?;
    Some(match view.lang() {
        crate::text::Lang::Ja => (error.ja(), error.next_step_ja().to_owned()),
        crate::text::Lang::En => (error.en(), String::new()),
    })
}

fn found(view: &View<'_>, read: &ReadNotebook) -> FoundVm {
    let rows = read.rows();
    let total = rows.len() + read.undated();
    let date = rows.first().map(|row| row.date.to_string());
    let mut more = Vec::new();
    let hidden = total.saturating_sub(MAX_MEDICINES.min(rows.len()));
    if hidden > 0 {
        more.push(view.say(&format!("ほか {hidden}件"), &format!("{hidden} more")));
    }
    let visit = read.notebook.dispensings.first();
    if let Some(pharmacy) = visit.and_then(|v| v.dispensed_at.as_ref()) {
        more.push(pharmacy.name.as_str().to_owned());
    }
    if let Some(clinic) = visit.and_then(|v| v.prescribed_at.as_ref()) {
        let name = clinic.name.as_str();
        more.push(view.say(&format!("処方 {name}"), &format!("prescribed by {name}")));
    }
    FoundVm {
        title: view.say(&format!("読めた薬 {total}"), &format!("{total} medicines")),
        date: date.map_or_else(String::new, |d| view.say(&format!("調剤 {d}"), &format!("on {d}"))),
        medicines: rows.iter().take(MAX_MEDICINES).map(|row| medicine(view, row)).collect(),
        more,
        owner: owner(view, read),
    }
}

fn medicine(view: &View<'_>, row: &Row) -> (String, String) {
    let quantity = row.quantity.as_ref().map(|q| q.as_str().to_owned());
    let days = row.days_supplied.map(|d| view.say(&format!("{d}日分"), &format!("{d} days")));
    let words: Vec<String> = quantity.into_iter().chain(days).collect();
    (row.name.as_str().to_owned(), words.join(" ・ "))
}

/// Whose the notebook says it is: to be compared with the patient.
fn owner(view: &View<'_>, read: &ReadNotebook) -> String {
    let Some(patient) = &read.notebook.patient else {
        return view.say("手帳に名前がありません", "No name in the book");
    };
    let born = patient.birth_date.map(|date| date.to_string());
    let sex = view.sex(patient.sex);
    let words = [patient.name.as_str().to_owned()].into_iter().chain(born).chain([sex]).collect::<Vec<_>>().join(" ");
    view.say(&format!("手帳の名前 {words}"), &format!("Book: {words}"))
}

/// Before a notebook is read: which ones this case has.
fn taken(view: &View<'_>, case: &CaseState) -> (String, Vec<String>) {
    let taken = &case.notebook.taken;
    if taken.is_empty() && case.view.notebooks > 0 {
        return (
            view.say("読んだ手帳は消えました", "The book is gone"),
            vec![view.say("端末の記憶だけに置きます。もう一度読んでください", "kept in memory only: read it again")],
        );
    }
    if taken.is_empty() {
        return (view.say("読めた薬", "Medicines"), vec![view.say("読むと、ここに出ます", "appear here when read")]);
    }
    let line = |read: &std::sync::Arc<ReadNotebook>| {
        let (n, at) = (read.rows().len(), view.own_time(read.read_at).tokyo_hhmm());
        view.say(&format!("{at} に読んだ手帳 ・ 薬 {n}件"), &format!("read at {at} ・ {n} medicines"))
    };
    (view.say("使っている手帳", "Books in use"), taken.iter().rev().take(6).map(line).collect())
}
