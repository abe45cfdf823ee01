//! The board: who watches it, what is taken back, what comes by telephone, who signs.

use super::client::Answer;
use super::world::{ALERT, HERE, World, csrf, hospitals};
use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use case::{Body as Fact, FindingsChange, Subject};
use dispatch_core::contract::fixtures::{NOW, TabletPen, desk};
use dispatch_core::{offer_places, report_capacity};
use hospital_selection::{CapacityState, HospitalTable};
use model::{Capability, CaseId, Stage, Vital, VitalReading};

async fn form(world: &World, path: &str, token: &str, fields: &str) -> Answer {
    let request = world
        .request(Method::POST, path)
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    world.send(request.body(Body::from(format!("csrf={}&{fields}", csrf(token)))).expect("a request")).await
}

async fn write(world: &World, case: CaseId, log: u8, facts: Vec<Fact>) {
    let mut pen = TabletPen::new(HERE, log).about(Subject::Case(case)).at(NOW.plus_minutes(3));
    world.write(HERE, &mut pen, facts).await;
}

#[tokio::test]
async fn a_board_is_watched_while_it_is_open_and_says_that_it_can_ring() {
    let world = World::training().await;
    let [here, _] = hospitals();
    let desk = world.token("desk-a").await;
    let watched = || world.state.watching.watches(here, NOW);
    let said = |watches: bool| format!(r#"{{"page":"p1","watches":{watches}}}"#);
    let mut page = world.open("/live/desk?page=p1", &desk).await;
    page.until(&["event: now"]).await;
    assert!(!watched(), "nobody pressed for sound");
    assert_eq!(world.post("/api/v1/desk/watch", &desk, &said(true)).await.status, StatusCode::NO_CONTENT);
    assert!(watched());
    world.post("/api/v1/desk/watch", &desk, &said(false)).await;
    assert!(!watched(), "muted or hidden");
    world.post("/api/v1/desk/watch", &desk, &said(true)).await;
    drop(page);
    let closed = async {
        while watched() {
            world.state.changes.touch();
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), closed)
        .await
        .expect("a page that is gone watches nothing");
    let nameless = world.post("/api/v1/desk/watch", &desk, r#"{"page":"","watches":true}"#).await;
    assert_eq!(nameless.status, StatusCode::UNPROCESSABLE_ENTITY);
    let mut program = world.open("/api/v1/desk/events", &desk).await;
    program.until(&["event: sync"]).await;
    assert!(watched(), "a program is there as long as its stream");
}

#[tokio::test]
async fn an_acceptance_is_taken_back_with_a_reason_and_the_patient_is_gone_from_the_board() {
    let world = World::training().await;
    let (case, enquiries) = world.enquire(40, &hospitals()[..1]).await;
    let enquiry = enquiries.first().expect("one");
    let desk = world.token("desk-a").await;
    let ring = world.get("/desk", &desk).await.body;
    assert!(ring.contains("回答の残り") && ring.contains("data-undelivered") && ring.contains("11分後"), "{ring}");
    world.post(&format!("/api/v1/desk/enquiries/{enquiry}/delivered"), &desk, "").await;
    assert!(!world.get("/desk", &desk).await.body.contains("data-undelivered"));
    let path = format!("/desk/enquiries/{enquiry}/withdraw");
    assert_eq!(form(&world, &path, &desk, "reason=0").await.status, StatusCode::CONFLICT, "nothing was accepted");
    form(&world, &format!("/desk/enquiries/{enquiry}/answer"), &desk, "say=accepted").await;
    assert!(world.get("/desk", &desk).await.body.contains("受入を取り消す"));
    assert_eq!(form(&world, &path, &desk, "reason=99").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(form(&world, &path, &desk, "reason=1").await.status, StatusCode::SEE_OTHER);
    let page = world.get("/desk", &desk).await.body;
    assert!(page.contains("受入を取り消した（手術中") && !page.contains(ALERT) && !page.contains("頭部打撲"), "{page}");
    let history = world.get(&format!("/api/v1/desk/patients/{case}"), &desk).await;
    assert_eq!(history.status, StatusCode::FORBIDDEN);
    let again = form(&world, &format!("/desk/enquiries/{enquiry}/answer"), &desk, "say=accepted").await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    let dispatcher = world.token("dispatcher").await;
    let console = world.get("/", &dispatcher).await.body;
    assert!(console.contains("受入取消（手術中") && console.contains("未定に戻りました"), "{console}");
}

#[tokio::test]
async fn who_was_agreed_by_telephone_sees_what_comes_and_who_lost_sees_when() {
    let world = World::training().await;
    let [a, b] = hospitals();
    let (case, enquiries) = world.enquire(40, &[a]).await;
    let (desk_a, desk_b) = (world.token("desk-a").await, world.token("desk-b").await);
    form(&world, &format!("/desk/enquiries/{}/answer", enquiries.first().expect("one")), &desk_a, "say=accepted").await;
    write(&world, case, 41, vec![Fact::DestinationAgreed { hospital: b, enquiry: None }]).await;
    let agreed = NOW.plus_minutes(3).tokyo_hhmm();
    let lost = world.get("/desk", &desk_a).await.body;
    assert!(lost.contains(&format!("他院に決定（{agreed} に電話で合意）")) && !lost.contains("頭部打撲"), "{lost}");
    let came = world.get("/desk", &desk_b).await.body;
    assert!(came.contains("電話で了解") && came.contains("頭部打撲") && came.contains("引継書"), "{came}");
    let dispatcher = world.token("dispatcher").await;
    assert!(world.get("/", &dispatcher).await.body.contains("搬送先の食い違い"));
}

#[tokio::test]
async fn a_released_history_stands_as_unread_until_somebody_of_the_hospital_reads_it() {
    let world = World::training().await;
    let (case, enquiries) = world.enquire(40, &hospitals()[..1]).await;
    let desk = world.token("desk-a").await;
    let enquiry = enquiries.first().expect("one");
    let ring = world.get("/desk", &desk).await.body;
    assert!(!ring.contains("data-key=\"Digit1\"") && !ring.contains("履歴が未読"), "while it rings digits are reasons");
    world.clock.advance_minutes(1);
    form(&world, &format!("/desk/enquiries/{enquiry}/answer"), &desk, "say=accepted").await;
    let page = world.get("/desk", &desk).await.body;
    assert!(page.contains("履歴が未読 1"), "{page}");
    assert!(
        page.contains("data-key=\"KeyH\"") && page.contains("data-key=\"Digit1\"") && page.contains("履歴 未読"),
        "{page}"
    );
    assert!(
        page.contains("受入 <b class=\"n\">1</b>") && page.contains("返答の中央値 <b class=\"n\">54秒</b>"),
        "{page}"
    );
    // The document's FHIR form holds the history as well, and has to be made before it can be opened.
    let dispatcher = world.token("dispatcher").await;
    world.post(&format!("/api/v1/cases/{case}/handover"), &dispatcher, "{}").await;
    assert_eq!(world.get(&format!("/api/v1/desk/patients/{case}"), &desk).await.status, StatusCode::OK);
    let page = world.get("/desk", &desk).await.body;
    let read = world.state.now().tokyo_hhmm();
    assert!(page.contains(&format!("履歴 既読 <span class=\"n\">{read}</span>")) && !page.contains("未読"), "{page}");
}

#[tokio::test]
async fn a_desk_sees_its_answers_in_numbers() {
    let world = World::training().await;
    let [a, _] = hospitals();
    let desk = world.token("desk-a").await;
    for (number, said) in [(40, "decline-2"), (50, "decline-2"), (60, "decline-0"), (70, "condition-0"), (80, "")] {
        let (_, enquiries) = world.enquire(number, &[a]).await;
        world.clock.advance_minutes(1);
        if !said.is_empty() {
            let path = format!("/desk/enquiries/{}/answer", enquiries.first().expect("one"));
            assert_eq!(form(&world, &path, &desk, &format!("say={said}")).await.status, StatusCode::SEE_OTHER);
        }
    }
    let page = world.get("/desk", &desk).await.body;
    for words in [
        "照会 <b class=\"n\">5</b>",
        "受入 <b class=\"n\">0</b>",
        "条件付き <b class=\"n\">1</b>",
        "不可 <b class=\"n\">3</b> <span class=\"q sm\">（患者対応中2・満床1）</span>",
        "回答なし <b class=\"n\">1</b>",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let other = world.get("/desk", &world.token("desk-b").await).await.body;
    assert!(other.contains("照会 <b class=\"n\">0</b>") && !other.contains("返答の中央値"));
}

#[tokio::test]
async fn the_destination_signs_for_the_patient_with_a_name() {
    let world = World::training().await;
    let (case, enquiries) = world.enquire(40, &hospitals()[..1]).await;
    let desk = world.token("desk-a").await;
    form(&world, &format!("/desk/enquiries/{}/answer", enquiries.first().expect("one")), &desk, "say=accepted").await;
    let path = format!("/desk/cases/{case}/sign");
    let name = "name=%E8%A8%93%E7%B7%B4%E3%80%80%E5%A4%AA%E9%83%8E";
    assert_eq!(form(&world, &path, &desk, name).await.status, StatusCode::UNPROCESSABLE_ENTITY, "not arrived");
    write(&world, case, 41, vec![Fact::StageStamped { stage: Stage::AtDestination, leg: 1 }]).await;
    assert!(world.get("/desk", &desk).await.body.contains("受領する人の氏名"));
    let other = world.token("desk-b").await;
    assert_eq!(form(&world, &path, &other, name).await.status, StatusCode::NOT_FOUND);
    assert_eq!(form(&world, &path, &desk, name).await.status, StatusCode::SEE_OTHER);
    let page = world.get("/desk", &desk).await.body;
    assert!(page.contains("受領 <b>訓練　太郎</b>") && !page.contains("受領する人の氏名"), "{page}");
}

#[tokio::test]
async fn a_desk_says_its_capacity_and_what_is_down_until_when() {
    let world = World::training().await;
    let (desk, other) = (world.token("desk-a").await, world.token("desk-b").await);
    let page = world.get("/desk", &desk).await.body;
    assert!(page.contains("この病院の入力はまだありません"), "{page}");
    let send = async |token: &str, fields: &str| form(&world, "/desk/capacity", token, fields).await.status;
    assert_eq!(send(&other, "of=all&say=full").await, StatusCode::SEE_OTHER);
    world.clock.advance_minutes(1);
    assert_eq!(send(&desk, "of=all&say=free").await, StatusCode::SEE_OTHER);
    assert_eq!(send(&desk, "of=2&say=down-60").await, StatusCode::SEE_OTHER, "CT");
    let page = world.get("/desk", &desk).await.body;
    assert!(page.contains("aria-label=\"病院全体 余裕\" aria-pressed=\"true\""), "{page}");
    assert!(page.contains("停止 <span class=\"n\">") && page.contains("CT 停止を解除"), "{page}");
    assert!(page.contains("<b class=\"n\">2</b>院中 <b class=\"n\">1</b> 位"), "{page}");
    assert_eq!(send(&desk, "of=2&say=down-0").await, StatusCode::SEE_OTHER);
    assert!(!world.get("/desk", &desk).await.body.contains("停止を解除"));
    for wrong in ["of=999&say=free", "of=all&say=down-100000", "of=all&say=down", "of=all&say=half"] {
        assert_eq!(send(&desk, wrong).await, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
}

#[tokio::test]
async fn the_third_level_has_an_end_and_is_made_longer() {
    let world = World::training().await;
    let desk = world.token("desk-a").await;
    let send = async |fields: &str| form(&world, "/desk/capacity", &desk, fields).await.status;
    assert_eq!(send("of=all&say=longer").await, StatusCode::UNPROCESSABLE_ENTITY, "nothing stands");
    assert_eq!(send("of=all&say=limited").await, StatusCode::SEE_OTHER);
    let page = world.get("/desk", &desk).await.body;
    assert!(page.contains("aria-label=\"病院全体 可\" aria-pressed=\"true\""), "{page}");
    assert!(page.contains("2:00:00"), "two hours are left: {page}");
    assert_eq!(send("of=all&say=longer").await, StatusCode::SEE_OTHER);
    assert!(world.get("/desk/capacity", &desk).await.body.contains("3:00:00"));
    let dispatcher = world.token("dispatcher").await;
    assert!(world.get("/", &dispatcher).await.body.contains("全体 可 "), "the console shows it");
    world.clock.advance_minutes(181);
    let page = world.get("/desk", &desk).await.body;
    assert!(!page.contains("aria-pressed=\"true\"") && page.contains("入力なし"), "it is over: {page}");
}

#[tokio::test]
async fn a_weekly_pattern_speaks_where_nothing_was_typed() {
    let world = World::training().await;
    let desk = world.token("desk-a").await;
    let send = async |path: &str, fields: &str| form(&world, path, &desk, fields).await.status;
    let hour = usize::from(NOW.tokyo_hour_of_week());
    let press = format!("of=all&say={}", hour / 3);
    for _ in 0..3 {
        assert_eq!(send("/desk/capacity/week", &press).await, StatusCode::SEE_OTHER);
    }
    let page = world.get("/desk/capacity", &desk).await.body;
    assert!(page.contains("aria-label=\"病院全体 不可\" aria-pressed=\"true\"") && page.contains("週間の型"), "{page}");
    assert_eq!(send("/desk/capacity", "of=all&say=free").await, StatusCode::SEE_OTHER);
    assert!(world.get("/desk", &desk).await.body.contains("aria-label=\"病院全体 余裕\" aria-pressed=\"true\""));
    assert_eq!(send("/desk/capacity/week", "of=all&say=weekdays").await, StatusCode::SEE_OTHER);
    assert_eq!(send("/desk/capacity/week", "of=all&say=clear").await, StatusCode::SEE_OTHER);
    for wrong in ["of=all&say=56", "of=all&say=x", "of=999&say=1"] {
        assert_eq!(send("/desk/capacity/week", wrong).await, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
}

#[tokio::test]
async fn places_by_colour_stand_on_the_console_until_their_end() {
    let world = World::training().await;
    let (desk, dispatcher) = (world.token("desk-a").await, world.token("dispatcher").await);
    let send = async |fields: &str| form(&world, "/desk/capacity/places", &desk, fields).await.status;
    assert_eq!(send("red=2&yellow=4&green=12&black=0&minutes=60").await, StatusCode::SEE_OTHER);
    let console = world.get("/", &dispatcher).await.body;
    let tag = |class: &str, sign: &str, word: &str, n: u8| {
        format!("<span class=\"tri {class}\"><i>{sign}</i>{word}</span><b class=\"n\">{n}</b>")
    };
    assert!(console.contains(&tag("t1", "I", "赤", 2)) && console.contains(&tag("t3", "III", "緑", 12)), "{console}");
    assert!(!console.contains("tri t0"), "no places, no tag: {console}");
    for wrong in ["red=201&yellow=0&green=0&black=0&minutes=60", "red=1&yellow=0&green=0&black=0&minutes=-1"] {
        assert_eq!(send(wrong).await, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
    world.clock.advance_minutes(61);
    assert!(!world.get("/", &dispatcher).await.body.contains("tri t1"));
    let again = r#"{"red":1,"yellow":0,"green":0,"black":0,"minutes":30}"#;
    assert_eq!(world.post("/api/v1/desk/mass-capacity", &desk, again).await.status, StatusCode::NO_CONTENT);
    assert!(world.get("/", &dispatcher).await.body.contains("tri t1"));
    let back = again.replace(":30", ":0");
    assert_eq!(world.post("/api/v1/desk/mass-capacity", &desk, &back).await.status, StatusCode::NO_CONTENT);
    assert!(!world.get("/", &dispatcher).await.body.contains("tri t1"), "taken back");
}

#[tokio::test]
async fn programs_read_what_the_hospitals_of_their_prefecture_say() {
    let world = World::training().await;
    let near = HospitalTable::embedded().hospitals().iter().find(|hospital| hospital.pref == "東京都").expect("one").id;
    for hospital in [near, hospitals()[0]] {
        let (desk, store) = (desk(hospital), world.state.store.as_ref());
        let call = world.state.call().expect("a call");
        offer_places(store, &call, &desk, [2, 4, 12, 0], 60).await.expect("offered");
        report_capacity(store, &call, &desk, hospital, None, CapacityState::Limited, None).await.expect("reported");
    }
    let machine = world.token("machine").await;
    let told = world.get("/api/v1/capacity", &machine).await.json();
    let [reports, mass] =
        ["reports", "mass"].map(|list| told.get(list).and_then(|l| l.as_array()).expect("a list").clone());
    assert_eq!((reports.len(), mass.len()), (1, 1), "another prefecture's are not told: {told}");
    let of = |row: &serde_json::Value, field: &str| row.get(field).expect("a field").clone();
    assert_eq!((of(&reports[0], "state"), of(&reports[0], "source")), ("limited".into(), "desk".into()));
    assert_eq!(of(&reports[0], "hospital"), near.to_string());
    assert_eq!(
        ["red", "yellow", "green", "black"].map(|colour| of(&mass[0], colour)),
        [2, 4, 12, 0].map(serde_json::Value::from)
    );
}

#[tokio::test]
async fn a_refusal_for_want_of_room_proposes_and_changes_nothing_by_itself() {
    let world = World::training().await;
    let (_, enquiries) = world.enquire(40, &hospitals()[..1]).await;
    let enquiry = enquiries.first().expect("one");
    let desk = world.token("desk-a").await;
    form(&world, &format!("/desk/enquiries/{enquiry}/answer"), &desk, "say=decline-0").await;
    let page = world.get("/desk", &desk).await.body;
    assert!(page.contains("応需の更新の提案") && page.contains("data-proposal") && page.contains("外傷"), "{page}");
    assert!(!page.contains("aria-label=\"外傷 不可\" aria-pressed=\"true\""), "nothing is applied: {page}");
    assert_eq!(
        form(&world, &format!("/desk/enquiries/{enquiry}/put-aside"), &desk, "").await.status,
        StatusCode::SEE_OTHER
    );
    assert!(!world.get("/desk", &desk).await.body.contains("応需の更新の提案"));
    let (_, second) = world.enquire(44, &hospitals()[..1]).await;
    let second = second.first().expect("one");
    form(&world, &format!("/desk/enquiries/{second}/answer"), &desk, "say=decline-0").await;
    let trauma = Capability::ALL.iter().position(|c| *c == Capability::Trauma).expect("known");
    assert_eq!(
        form(&world, "/desk/capacity", &desk, &format!("of={trauma}&say=full")).await.status,
        StatusCode::SEE_OTHER
    );
    let page = world.get("/desk", &desk).await.body;
    assert!(
        !page.contains("応需の更新の提案") && page.contains("aria-label=\"外傷 不可\" aria-pressed=\"true\""),
        "{page}"
    );
}

#[tokio::test]
async fn the_ruler_shows_who_comes_against_the_bays() {
    let world = World::training().await;
    let (_, enquiries) = world.enquire(40, &hospitals()[..1]).await;
    let desk = world.token("desk-a").await;
    assert!(world.get("/desk", &desk).await.body.contains("60分以内に着く見込みの患者はいません"));
    form(&world, &format!("/desk/enquiries/{}/answer", enquiries.first().expect("one")), &desk, "say=accepted").await;
    assert_eq!(form(&world, "/desk/capacity/bays", &desk, "taken=4&total=4").await.status, StatusCode::SEE_OTHER);
    let page = world.get("/desk", &desk).await.body;
    let eta = NOW.plus_minutes(11).tokyo_hhmm();
    assert!(page.contains(&format!("{eta} から 5人 / 4床")), "{page}");
    assert!(page.contains("class=\"ruler\"") && page.contains("class=\"band\""), "{page}");
    let beyond = form(&world, "/desk/capacity/bays", &desk, "taken=100&total=4").await;
    assert_eq!(beyond.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_ring_shows_readings_before_and_now_and_the_range_of_the_arrival() {
    let world = World::training().await;
    let (case, _) = world.enquire(40, &hospitals()[..1]).await;
    let measured = |value| Fact::Observed {
        change: FindingsChange::Vital { vital: Vital::PulseRate, reading: Some(VitalReading::Measured(value)) },
    };
    write(&world, case, 41, vec![measured(920), measured(880)]).await;
    let desk = world.token("desk-a").await;
    let ring = world.get("/desk", &desk).await.body;
    assert!(ring.contains("92 <span") && ring.contains("<b class=\"read\">88</b>"), "{ring}");
    assert!(ring.contains("前回より低い") && ring.contains("幅 "), "{ring}");
    assert!(ring.contains("いまの自院"), "{ring}");
}
