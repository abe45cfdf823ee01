//! Band, rail and stage block of the case at each minute.

use super::say;
use crate::frame::{AgeBannerVm, BannerKind, CellVm, ShellVm, StageVm, UndoVm};
use crate::text::Lang;
use crate::widgets::chips::TriageVm;

fn cell(note: String, strong: String) -> CellVm {
    CellVm { note, strong, warn: false }
}

/// The four moments from which the samples are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moment {
    Contact,
    InVehicle,
    Leaving,
    AtHospital,
}

pub(super) fn at(lang: Lang, clock: &str, moment: Moment, minutes: u32) -> ShellVm {
    let named = moment != Moment::Contact;
    let (who_note, who) = if named {
        (
            say(lang, "傷病者 1 ・ 目視で本人確認", "Patient 1 ・ seen to match"),
            say(lang, "森川 和子 78歳 女", "Morikawa Kazuko 78 F"),
        )
    } else {
        (say(lang, "傷病者 1 ・ 本人確認まえ", "Patient 1 ・ not identified"), say(lang, "女 70代", "F in her 70s"))
    };
    let (stamp, since, next) = match moment {
        Moment::Contact => (("傷病者接触 10:24", "Contact 10:24"), ("現場", "On scene"), ("車内収容", "In vehicle")),
        Moment::InVehicle => (("車内収容 10:31", "In vehicle 10:31"), ("現場", "On scene"), ("現場出発", "Depart")),
        Moment::Leaving => (("現場出発 10:56", "Departed 10:56"), ("搬送", "Transport"), ("病院到着", "At hospital")),
        Moment::AtHospital => {
            (("病院到着 11:08", "At hospital 11:08"), ("病院", "Hospital"), ("医師引継ぎ", "Handed over"))
        }
    };
    let minutes = say(lang, &format!("{} {minutes}分", since.0), &format!("{} {minutes} min", since.1));
    let history = if named { ("病歴 2分前", "History 2 min") } else { ("病歴 未照会", "No history") };
    ShellVm {
        clock: clock.to_owned(),
        triage: Some(TriageVm::Yellow),
        who: cell(who_note, who),
        stage_cell: cell(say(lang, stamp.0, stamp.1), minutes),
        age: cell(say(lang, "空床 3分前", "Beds 3 min"), say(lang, history.0, history.1)),
        queue: cell(say(lang, "通信 良", "Link good"), say(lang, "未送信 0", "Unsent 0")),
        radio: true,
        rail: rail(lang, named),
        stage: StageVm {
            caption: say(lang, "次の段階", "Next stage"),
            word: say(lang, next.0, next.1),
            ..StageVm::default()
        },
        ..ShellVm::default()
    }
}

fn rail(lang: Lang, named: bool) -> [String; 6] {
    let states = if named {
        [
            ("6 / 6", "6 / 6"),
            ("同意済", "given"),
            ("注意 3", "Alert 3"),
            ("候補 4", "4"),
            ("―", "―"),
            ("昼・施錠", "Day"),
        ]
    } else {
        [("5 / 6", "5 / 6"), ("未読", "not yet"), ("―", "―"), ("候補 4", "4"), ("―", "―"), ("昼・施錠", "Day")]
    };
    states.map(|(ja, en)| say(lang, ja, en))
}

pub(super) fn before_contact(lang: Lang) -> ShellVm {
    let mut shell = at(lang, "10:21", Moment::Contact, 5);
    shell.triage = None;
    shell.who =
        cell(say(lang, "傷病者 1 ・ 未接触", "Patient 1 ・ not met"), say(lang, "女 78歳(通報)", "F 78 (as called)"));
    shell.stage_cell = cell(say(lang, "出動 10:16", "Dispatched 10:16"), say(lang, "出動から 5分", "Out for 5 min"));
    shell.stage.word = say(lang, "現場到着", "On scene");
    shell.stage.note = say(lang, "押した時刻を記録", "records the time");
    shell.rail =
        [("未", "not yet"), ("用意あり", "ready"), ("―", "―"), ("候補 4", "4"), ("―", "―"), ("昼・施錠", "Day")]
            .map(|(ja, en)| say(lang, ja, en));
    shell
}

pub(super) fn with_undo(lang: Lang, mut shell: ShellVm) -> ShellVm {
    shell.undo = Some(UndoVm {
        recorded: say(lang, "車内収容 10:31:05 を記録", "In vehicle 10:31:05 noted"),
        stage: say(lang, "車内収容", "In vehicle"),
        seconds_left: 8,
    });
    shell.stage.word = say(lang, "現場出発", "Depart");
    shell.stage.note = say(lang, "2秒後に押せます", "in 2 s");
    shell.stage.waiting = true;
    shell
}

/// The same without radio.
pub(super) fn offline(lang: Lang, mut shell: ShellVm) -> ShellVm {
    shell.radio = false;
    shell.queue = CellVm {
        note: say(lang, "圏外 6分", "No radio 6 min"),
        strong: say(lang, "未送信 12", "Unsent 12"),
        warn: true,
    };
    shell.age.note = say(lang, "空床 9分前", "Beds 9 min");
    shell.age.warn = true;
    shell.age_banner = Some(AgeBannerVm {
        kind: BannerKind::Age,
        title: say(
            lang,
            "圏外 6分12秒 ― 入力と段階はこの端末に残ります",
            "No radio 6:12 ― entries stay on this tablet",
        ),
        body: say(lang, "未送信 12件。電波が戻ると自動で送ります。", "12 unsent. They go out when the radio returns."),
    });
    shell
}
