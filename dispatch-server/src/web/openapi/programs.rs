//! `/api/v1`.

use super::operation::FieldKind::One;
use super::operation::{Door, Field, Gives, Operation, Sends};
use super::pages::DAYS;
use crate::web::session::{DESK, FEED, READ, STATISTICS_OUT, WRITE};

const CSV: &str = "text/csv; charset=utf-8";
const OPEN: &[Field] = &[Field { name: "open", kind: One(&["true", "false"]), required: false }];

const fn get(path: &'static str, id: &'static str, summary: &'static str, door: Door) -> Operation {
    Operation::new("GET", path, id, summary, door)
}

const fn post(path: &'static str, id: &'static str, summary: &'static str, door: Door) -> Operation {
    Operation::new("POST", path, id, summary, door)
}

pub(super) fn operations() -> Vec<Operation> {
    [sessions(), dispatch(), desk()].concat()
}

fn sessions() -> Vec<Operation> {
    vec![
        get("/api/v1/openapi.json", "openapi", "この文書", Door::Open).gives(200, Gives::Json("Document")),
        post("/api/v1/sign-in", "signIn", "サインインする", Door::Open)
            .sends(Sends::Json("Credentials"))
            .gives(200, Gives::Json("SignedIn"))
            .refuses(&[401, 429]),
        get("/api/v1/terminal/ring", "terminalRing", "サインイン前の登録端末で鳴っている照会の数", Door::Open)
            .gives(200, Gives::Json("Ringing")),
        post("/api/v1/sign-out", "signOut", "サインアウトする", Door::AnySession).gives(204, Gives::Empty),
    ]
}

fn dispatch() -> Vec<Operation> {
    let (read, write) = (Door::Roles(READ), Door::Roles(WRITE));
    vec![
        post("/api/v1/incidents", "openIncident", "事案を開く", write)
            .sends(Sends::Json("NewIncident"))
            .gives(201, Gives::Json("Opened"))
            .refuses(&[404, 409]),
        get("/api/v1/cases", "listCases", "事案の一覧（新しい順）", read)
            .query(OPEN)
            .gives(200, Gives::Json("CaseList")),
        get("/api/v1/cases/{case}", "readCase", "事案ひとつ", read).gives(200, Gives::Json("Case")).refuses(&[404]),
        post("/api/v1/cases/{case}/assign", "assignUnit", "隊を割り当てる", write)
            .sends(Sends::Json("Assign"))
            .gives(204, Gives::Empty)
            .refuses(&[404, 409]),
        post("/api/v1/cases/{case}/messages", "sendMessage", "隊へ連絡する", write)
            .sends(Sends::Json("NewMessage"))
            .gives(201, Gives::Json("Told"))
            .refuses(&[404, 409]),
        post("/api/v1/cases/{case}/stages", "tellStage", "隊の段階を伝える（指令システムから）", write)
            .sends(Sends::Json("StageTold"))
            .gives(204, Gives::Empty)
            .refuses(&[404, 409]),
        post("/api/v1/cases/{case}/card", "noteCard", "カードとお薬手帳の用意を記録する", write)
            .sends(Sends::Json("CardSaid"))
            .gives(204, Gives::Empty)
            .refuses(&[404, 409]),
        post("/api/v1/cases/{case}/handover", "makeHandover", "引継書を作る", write)
            .gives(201, Gives::Json("Made"))
            .refuses(&[404, 409]),
        get("/api/v1/units", "listUnits", "隊の一覧", read).gives(200, Gives::Json("UnitList")),
        get("/api/v1/units.geojson", "unitsGeoJson", "隊の位置", read).gives(200, Gives::GeoJson),
        get("/api/v1/hospitals.geojson", "hospitalsGeoJson", "都道府県の病院の位置", read).gives(200, Gives::GeoJson),
        get("/api/v1/units.csv", "unitsCsv", "隊の一覧（CSV）", read).gives(200, Gives::Media(CSV)),
        get("/api/v1/hospitals.csv", "hospitalsCsv", "都道府県の病院（CSV）", read).gives(200, Gives::Media(CSV)),
        get("/api/v1/stats", "readStats", "統計", Door::Roles(STATISTICS_OUT))
            .query(DAYS)
            .gives(200, Gives::Json("Stats"))
            .refuses(&[422]),
        get("/api/v1/stats.csv", "readStatsCsv", "統計（1行に1つの値）", Door::Roles(STATISTICS_OUT))
            .query(DAYS)
            .gives(200, Gives::Media("text/csv; charset=utf-8"))
            .refuses(&[422]),
        get("/api/v1/capacity", "readCapacity", "病院の受入の可否と多数傷病者の受入（都道府県内）", read)
            .gives(200, Gives::Json("CapacityTold")),
        post("/api/v1/capacity", "feedCapacity", "病院の受入の可否をまとめて伝える（機械用）", Door::Roles(FEED))
            .sends(Sends::Json("CapacityReports"))
            .gives(204, Gives::Empty),
    ]
}

fn desk() -> Vec<Operation> {
    let desk = Door::Roles(DESK);
    vec![
        get("/api/v1/desk/enquiries", "listEnquiries", "この病院への照会（新しい順）", desk)
            .gives(200, Gives::Json("Board")),
        get("/api/v1/desk/events", "deskEvents", "照会の変化", desk).gives(200, Gives::Events),
        post("/api/v1/desk/watch", "sayWatching", "この画面を人が見聞きできるか", desk)
            .sends(Sends::Json("Watch"))
            .gives(204, Gives::Empty),
        post("/api/v1/desk/enquiries/{enquiry}/delivered", "receiveEnquiry", "照会が届いた（見たとは限らない）", desk)
            .gives(204, Gives::Empty)
            .refuses(&[404, 409]),
        post("/api/v1/desk/enquiries/{enquiry}/seen", "seeEnquiry", "照会を人が見た", desk)
            .gives(204, Gives::Empty)
            .refuses(&[404, 409]),
        post("/api/v1/desk/enquiries/{enquiry}/answer", "answerEnquiry", "照会に答える", desk)
            .sends(Sends::Json("Said"))
            .gives(200, Gives::Json("MaybeEnquiry"))
            .refuses(&[404, 409]),
        post("/api/v1/desk/capacity", "reportCapacity", "受入の可否を伝える", desk)
            .sends(Sends::Json("Capacity"))
            .gives(204, Gives::Empty),
        post(
            "/api/v1/desk/mass-capacity",
            "offerMassCapacity",
            "多数傷病者の受入を色別に宣言する（0分で取り下げ）",
            desk,
        )
        .sends(Sends::Json("MassCapacity"))
        .gives(204, Gives::Empty),
        get("/api/v1/desk/patients/{case}", "readHistory", "受け入れた傷病者の履歴（開くたびに監査に残る）", desk)
            .gives(200, Gives::Json("History"))
            .refuses(&[404, 409, 410]),
    ]
}
