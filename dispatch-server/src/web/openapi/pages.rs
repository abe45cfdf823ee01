//! Pages, their forms and their live parts.

use super::operation::FieldKind::{Day, Id, MaybeId, One, Text, Whole};
use super::operation::{Door, Field, Gives, Operation, Sends, field};
use crate::web::session::{ADMIN, CONSOLE, DESK, DISPATCH, OWN_ADMIN, REVIEW, STATISTICS, SUPERVISE};
use dispatch_core::Role;

const CREDENTIALS: &[Field] = &[field("login", Text), field("passcode", Text)];
const SECOND: &[Field] = &[
    Field { name: "code", kind: Text, required: false },
    Field { name: "recovery", kind: Text, required: false },
    Field { name: "keep", kind: One(&["", "1"]), required: false },
    Field { name: "name", kind: Text, required: false },
];
const RECOVERY: &[Field] = &[field("login", Text)];
const PASSWORD: &[Field] = &[field("old", Text), field("new", Text)];
const INCIDENT: &[Field] = &[
    field("received", Whole),
    field("place", Text),
    field("municipality", Text),
    field("lat", Text),
    field("lon", Text),
    field("call_text", Text),
    field("unit", MaybeId),
    Field { name: "card", kind: One(&["", "ready", "not_at_hand", "has_none", "could_not_ask"]), required: false },
];
const ASSIGN: &[Field] = &[field("unit", Id), Field { name: "next_leg", kind: One(&["1"]), required: false }];
const MESSAGE: &[Field] = &[
    field("message", Id),
    Field { name: "to", kind: MaybeId, required: false },
    Field { name: "phrase", kind: Text, required: false },
    field("text", Text),
];
const CARD: &[Field] = &[field("answer", One(&["ready", "not_at_hand", "has_none", "could_not_ask"]))];
const CHECKED: &[Field] = &[field("alarm", Text)];
/// The categories of the console's board.
const CATEGORY_KEYS: &[&str] = &[
    "stroke_thrombolysis",
    "cardiology24h",
    "trauma",
    "surgery24h",
    "paediatrics",
    "perinatal",
    "psychiatry_somatic",
    "intensive_care",
];
/// What of the dispatch page is wanted.
const WANTED: &[Field] = &[
    Field { name: "show", kind: One(&["all", "open", "own", "hard"]), required: false },
    Field { name: "more", kind: One(&["true", "false"]), required: false },
    Field { name: "of", kind: One(CATEGORY_KEYS), required: false },
];
const ANSWER: &[Field] = &[field("say", Text)];
const WITHDRAWAL: &[Field] = &[field("reason", Whole)];
const LEVEL: &[Field] = &[field("of", Text), field("say", Text), Field { name: "on", kind: Text, required: false }];
const WEEK: &[Field] = &[field("of", Text), field("say", Text)];
const PLACES: &[Field] = &[
    field("red", Whole),
    field("yellow", Whole),
    field("green", Whole),
    field("black", Whole),
    field("minutes", Whole),
];
const BAYS: &[Field] = &[field("taken", Whole), field("total", Whole)];
const SHOWN: &[Field] = &[Field { name: "of", kind: Text, required: false }];
const SIGNATURE: &[Field] = &[field("name", Text)];
const REVIEWED: &[Field] =
    &[field("say", One(&["right", "not_right"])), Field { name: "note", kind: Text, required: false }];
const PERIOD: &[Field] = &[field("reason", Text), field("area", Text), field("hours", Whole)];
const RELIEF: &[Field] = &[field("unit", Id)];
const TOKEN: &[Field] =
    &[field("name", Text), field("purpose", One(&["cad", "capacity", "statistics"])), field("days", Whole)];
/// The first and the last day of calls.
pub(super) const DAYS: &[Field] =
    &[Field { name: "from", kind: Day, required: false }, Field { name: "to", kind: Day, required: false }];
const REQUIRED: &[Field] = &[field("required", One(&["0", "1"]))];

/// Who opens a handover document: the department, or the destination's desk.
pub(crate) const READERS: &[Role] =
    &[Role::Dispatcher, Role::DispatchSupervisor, Role::DepartmentAdmin, Role::HospitalDesk, Role::HospitalAdmin];

const fn page(path: &'static str, id: &'static str, summary: &'static str, door: Door) -> Operation {
    Operation::new("GET", path, id, summary, door)
}

const fn form(
    path: &'static str,
    id: &'static str,
    summary: &'static str,
    door: Door,
    fields: &'static [Field],
) -> Operation {
    Operation::new("POST", path, id, summary, door).sends(Sends::Form(fields))
}

pub(super) fn operations() -> Vec<Operation> {
    [assets(), sessions(), dispatch(), desk(), handover(), receipt(), department()].concat()
}

fn assets() -> Vec<Operation> {
    let file = |path, id, summary, media| page(path, id, summary, Door::Open).gives(200, Gives::Media(media));
    vec![
        file("/assets/style.css", "style", "画面の見た目", "text/css; charset=utf-8"),
        file("/assets/live.js", "script", "画面の動き", "text/javascript; charset=utf-8"),
        file("/assets/keys.js", "keysScript", "画面のキー", "text/javascript; charset=utf-8"),
        file("/assets/console.js", "consoleScript", "指令の画面の音", "text/javascript; charset=utf-8"),
        file("/assets/desk.css", "deskStyle", "受入照会の画面の見た目", "text/css; charset=utf-8"),
        file("/assets/desk.js", "deskScript", "受入照会の画面の動き", "text/javascript; charset=utf-8"),
        file("/assets/sign-in.css", "signInStyle", "サインインの画面の見た目", "text/css; charset=utf-8"),
        file("/assets/sign-in.js", "signInScript", "サインインの画面の動き", "text/javascript; charset=utf-8"),
        file("/assets/icon.svg", "icon", "しるし", "image/svg+xml"),
        file("/assets/map/{file}", "mapFile", "地図の動き・輪郭・地名", "text/javascript; charset=utf-8")
            .gives(200, Gives::Media("application/octet-stream"))
            .gives(200, Gives::Media("text/csv; charset=utf-8"))
            .refuses(&[404]),
    ]
}

fn sessions() -> Vec<Operation> {
    vec![
        page("/sign-in", "signInPage", "サインインの画面", Door::Open).gives(200, Gives::Page),
        form("/sign-in", "signInForm", "サインインする", Door::Open, CREDENTIALS)
            .gives(303, Gives::See)
            .refuses(&[401, 429]),
        page("/second", "secondPage", "認証コードの画面", Door::AnySession).gives(200, Gives::Page),
        form("/second", "secondForm", "認証コードを示す（端末の登録時と1日1回）", Door::AnySession, SECOND)
            .gives(303, Gives::See)
            .refuses(&[404, 429]),
        form("/second/app", "secondAppForm", "認証アプリを登録する", Door::AnySession, SECOND)
            .gives(303, Gives::See)
            .refuses(&[403, 429]),
        form("/sign-out", "signOutForm", "サインアウトする", Door::AnySession, &[]).gives(303, Gives::See),
        page("/keys", "keysPage", "キーの一覧", Door::AnySession).gives(200, Gives::Page),
        form("/look", "lookForm", "明るい・暗い画面を切り替える", Door::AnySession, &[]).gives(303, Gives::See),
        form("/language", "languageForm", "指令の画面の言葉を切り替える", Door::AnySession, &[]).gives(303, Gives::See),
        page("/password", "passwordPage", "パスコードの変更の画面", Door::AnySession).gives(200, Gives::Page),
        form("/password", "passwordForm", "パスコードを変える（ほかのサインインも終わる）", Door::AnySession, PASSWORD)
            .gives(303, Gives::See)
            .refuses(&[429]),
    ]
}

fn dispatch() -> Vec<Operation> {
    let (console, send) = (Door::Roles(CONSOLE), Door::Roles(DISPATCH));
    vec![
        page("/", "consolePage", "指令の画面、またはこの人のはじめの画面へ", Door::Session)
            .query(WANTED)
            .gives(200, Gives::Page)
            .gives(303, Gives::See),
        page("/live/console", "consoleLive", "指令の画面の更新", console).query(WANTED).gives(200, Gives::Events),
        page("/live/map", "mapLive", "地図の上で動いたもの", console).query(WANTED).gives(200, Gives::Events),
        page("/map/{z}/{x}/{y}", "mapTile", "地図の下地のタイル。204 はそこに無い、404 はファイルが無い", console)
            .gives(200, Gives::Media("image/png"))
            .gives(200, Gives::Media("image/jpeg"))
            .gives(200, Gives::Media("image/webp"))
            .gives(200, Gives::Media("image/avif"))
            .gives(204, Gives::Empty)
            .refuses(&[404]),
        page("/wall", "wallPage", "壁面の画面（傷病者の情報なし）", console).gives(200, Gives::Page),
        page("/live/wall", "wallLive", "壁面の画面の更新", console).gives(200, Gives::Events),
        page("/incidents/new", "incidentPage", "119受付の画面", send).gives(200, Gives::Page),
        form("/incidents", "incidentForm", "事案を開く", send, INCIDENT).gives(303, Gives::See).refuses(&[404, 409]),
        page("/cases/{case}", "casePage", "事案の画面", console).gives(200, Gives::Page).refuses(&[404]),
        page("/live/cases/{case}", "caseLive", "事案の画面の更新", console).gives(200, Gives::Events).refuses(&[404]),
        form("/cases/{case}/assign", "assignForm", "隊を割り当てる", send, ASSIGN)
            .gives(303, Gives::See)
            .refuses(&[404, 409]),
        form("/cases/{case}/message", "messageForm", "隊へ連絡する", send, MESSAGE)
            .gives(303, Gives::See)
            .refuses(&[404, 409]),
        form("/cases/{case}/card", "cardForm", "カードとお薬手帳の用意を記録する", send, CARD)
            .gives(303, Gives::See)
            .refuses(&[404, 409]),
        form("/cases/{case}/checked", "checkedForm", "要対応を確認済みにする", send, CHECKED)
            .gives(303, Gives::See)
            .refuses(&[404, 409]),
        form("/cases/{case}/handover", "makeHandoverForm", "引継書を作る", send, &[])
            .gives(303, Gives::See)
            .refuses(&[404, 409]),
    ]
}

fn desk() -> Vec<Operation> {
    let desk = Door::Roles(DESK);
    vec![
        page("/desk", "deskPage", "受入照会の画面", desk).gives(200, Gives::Page),
        page("/live/desk", "deskLive", "受入照会の画面の更新", desk).gives(200, Gives::Events),
        form("/desk/enquiries/{enquiry}/answer", "answerForm", "照会に答える", desk, ANSWER)
            .gives(303, Gives::See)
            .refuses(&[404, 409]),
        form("/desk/enquiries/{enquiry}/withdraw", "withdrawForm", "受入を取り消す", desk, WITHDRAWAL)
            .gives(303, Gives::See)
            .refuses(&[404, 409]),
        form("/desk/enquiries/{enquiry}/put-aside", "putAsideForm", "応需の更新の提案を出さない", desk, &[])
            .gives(303, Gives::See)
            .refuses(&[404]),
        page("/desk/capacity", "capacityPage", "応需情報の画面", desk)
            .query(SHOWN)
            .gives(200, Gives::Page)
            .refuses(&[422]),
        form("/desk/capacity", "capacityForm", "応需情報と停止を伝える", desk, LEVEL).gives(303, Gives::See),
        form("/desk/capacity/week", "weekForm", "週間の型を変える", desk, WEEK).gives(303, Gives::See),
        form("/desk/capacity/places", "placesForm", "多数傷病者の受入を色別に宣言する", desk, PLACES)
            .gives(303, Gives::See),
        form("/desk/capacity/bays", "baysForm", "初療室の人数と床数を伝える", desk, BAYS).gives(303, Gives::See),
        form("/desk/cases/{case}/sign", "signForm", "引継の受領に署名する", desk, SIGNATURE)
            .gives(303, Gives::See)
            .refuses(&[404, 409]),
    ]
}

fn handover() -> Vec<Operation> {
    let readers = Door::Roles(READERS);
    vec![
        page(
            "/handover/{document}",
            "handoverPage",
            "引継書。{document} は事案の番号、`.json` を付けると FHIR R4",
            readers,
        )
        .gives(200, Gives::Page)
        .gives(200, Gives::Media("application/fhir+json; charset=utf-8"))
        .refuses(&[404, 409, 410]),
        form("/handover/{case}/code", "handoverCodeForm", "引継書のQRコードを作る", readers, &[])
            .gives(200, Gives::Page)
            .refuses(&[404, 409, 410]),
        page("/h/{code}", "handoverCodePage", "QRコードの引継書を開く画面", Door::Open).gives(200, Gives::Page),
        Operation::new("POST", "/h/{code}", "handoverCodeOpen", "QRコードの引継書を一度だけ開く", Door::Open)
            .gives(200, Gives::Page)
            .refuses(&[404, 410]),
    ]
}

fn receipt() -> Vec<Operation> {
    let readers = Door::Roles(READERS);
    vec![
        page("/receipt/{case}", "receiptPage", "患者に渡す閲覧の控え", readers).gives(200, Gives::Page).refuses(&[404]),
        form("/receipt/{case}/code", "receiptCodeForm", "閲覧の控えのQRコードを作る", readers, &[])
            .gives(200, Gives::Page)
            .refuses(&[404]),
        page("/r/{code}", "receiptCodePage", "QRコードの控えを開く画面", Door::Open).gives(200, Gives::Page),
        Operation::new("POST", "/r/{code}", "receiptCodeOpen", "QRコードの控えを一度だけ開く", Door::Open)
            .gives(200, Gives::Page)
            .refuses(&[404, 410]),
    ]
}

fn department() -> Vec<Operation> {
    let (review, supervise, admin) = (Door::Roles(REVIEW), Door::Roles(SUPERVISE), Door::Roles(ADMIN));
    let own = Door::Roles(OWN_ADMIN);
    vec![
        page("/reviews", "reviewsPage", "同意なし閲覧の確認の画面", review).gives(200, Gives::Page),
        form("/reviews/{lookup}", "reviewForm", "同意なし閲覧を確認する", review, REVIEWED)
            .gives(303, Gives::See)
            .refuses(&[404, 409]),
        page("/disaster", "disasterPage", "災害の画面", supervise).gives(200, Gives::Page),
        form("/disaster", "disasterForm", "災害時の期間を始める", supervise, PERIOD)
            .gives(303, Gives::See)
            .refuses(&[404, 409]),
        form("/disaster/end", "disasterEndForm", "災害時の期間を終える", supervise, &[])
            .gives(303, Gives::See)
            .refuses(&[404, 409]),
        form("/disaster/relief", "reliefForm", "応援を始める", supervise, RELIEF)
            .gives(303, Gives::See)
            .refuses(&[404, 409]),
        form("/disaster/relief/{unit}/end", "reliefEndForm", "応援を終える", supervise, &[])
            .gives(303, Gives::See)
            .refuses(&[404, 409]),
        page("/stats", "statsPage", "統計の画面", Door::Roles(STATISTICS))
            .query(DAYS)
            .gives(200, Gives::Page)
            .refuses(&[422]),
        page("/admin", "adminPage", "管理の画面", admin).gives(200, Gives::Page),
        form("/admin/terminals/{terminal}/revoke", "terminalRevokeForm", "端末の登録を取り消す", admin, &[])
            .gives(303, Gives::See)
            .refuses(&[404]),
        form("/admin/recovery", "recoveryForm", "認証アプリを失くした人に一時コードを発行する", admin, RECOVERY)
            .gives(200, Gives::Page)
            .refuses(&[404]),
        form("/admin/tokens", "tokenForm", "機械用トークンを発行する", own, TOKEN).gives(200, Gives::Page),
        form("/admin/tokens/{account}/end", "tokenEndForm", "機械用トークンを終える", own, &[])
            .gives(303, Gives::See)
            .refuses(&[404]),
        form("/admin/staff-password", "staffPasswordRequiredForm", "目視確認用パスワードを必須にする", own, REQUIRED)
            .gives(303, Gives::See),
        form("/admin/staff-password/{account}", "staffPasswordForm", "目視確認用パスワードを発行する", own, &[])
            .gives(200, Gives::Page)
            .refuses(&[404]),
    ]
}
