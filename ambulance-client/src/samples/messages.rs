//! A message of dispatch: the strip over the screen that the crew works on, a long one, and the list on the dispatch centre's page.

use super::{Sample, before_hospital, say, shell};
use crate::frame::{AgeBannerVm, BannerKind};
use crate::screens::Screen;
use crate::screens::list::{ListRowKind, ListRowVm, ListVm};
use crate::text::Lang;

fn strip(lang: Lang, long: bool) -> AgeBannerVm {
    let (ja, en) = match long {
        false => ("家族が玄関先で待っています", "The family waits at the entrance"),
        true => {
            ("団地の北側の入口は工事中です。南側の駐車場から入り、…", "The north entrance is closed; use the south…")
        }
    };
    let title = say(lang, "指令台から 10:26", "Dispatch 10:26");
    AgeBannerVm { kind: BannerKind::Message { long }, title, body: say(lang, ja, en) }
}

fn over(lang: Lang, name: &'static str, long: bool) -> Option<Sample> {
    let mut sample = before_hospital::samples(lang).into_iter().find(|sample| sample.name == "02-onscene")?;
    sample.name = name;
    sample.shell.age_banner = Some(strip(lang, long));
    Some(sample)
}

fn row(kind: ListRowKind, strong: String, note: String, right: String) -> ListRowVm {
    ListRowVm { kind, strong, note, right }
}

fn listed(lang: Lang) -> Sample {
    let from = |at: &str| say(lang, &format!("{at} 指令台から"), &format!("{at} from dispatch"));
    let long = say(
        lang,
        "団地の北側の入口は工事中です。南側の駐車場から入り、エレベーターで7階へ。管理人が鍵を持って待っています",
        "The north entrance is closed; use the southern car park, floor 7",
    );
    let unread = say(lang, "了解まえ", "not read");
    let read = say(lang, "了解 10:21", "read 10:21");
    let family = say(lang, "家族が玄関先で待っています", "The family waits at the entrance");
    let rows = vec![
        row(ListRowKind::Notice, from("10:26"), long, unread),
        row(ListRowKind::Plain, from("10:20"), family, read),
        row(
            ListRowKind::Plain,
            say(lang, "隊の電話でかけてください", "Use the unit's telephone"),
            say(
                lang,
                "番号は名簿にありません ・ この端末からは発信できません",
                "no number in the register; this tablet cannot call",
            ),
            String::new(),
        ),
    ];
    let vm = ListVm {
        title: say(lang, "指令台 ・ 連絡 2", "Dispatch ・ 2 messages"),
        rows,
        primary: Some((
            say(lang, "了解", "Understood"),
            say(lang, "10:26 の連絡を読みました", "read the one of 10:26"),
        )),
        ..ListVm::default()
    };
    Sample {
        name: "52-messages",
        shell: shell::at(lang, "10:29", shell::Moment::Contact, 13),
        screen: Screen::List(vm),
    }
}

pub(super) fn samples(lang: Lang) -> Vec<Sample> {
    let strips = [over(lang, "50-message", false), over(lang, "51-message-long", true)];
    strips.into_iter().flatten().chain([listed(lang)]).collect()
}
