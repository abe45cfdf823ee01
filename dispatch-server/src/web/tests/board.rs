//! The board: who watches it, what is taken back, what comes by telephone, who signs.

use super::client::Answer;
use super::world::{ALERT, HERE, World, csrf, hospitals};
use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use case::{Body as Fact, Subject};
use dispatch_core::contract::fixtures::{NOW, TabletPen};
use model::{CaseId, Stage};

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
