use super::client::Answer;
use super::world::{HERE, World, csrf};
use audit::{Basis, Begin, Code, ConsentRef, Outcome, ShownItem, Viewer, Viewing};
use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use dispatch_core::contract::fixtures::NOW;
use dispatch_core::store::AuditLog;
use model::{LogId, LookupId};

const LOOKUP: LookupId = LookupId::from_bytes([9; 16]);

fn code(text: &str) -> Code {
    Code::new(text).expect("a code")
}

/// A crew member looked while the patient was unconscious.
async fn looked(world: &World) {
    let viewer = Viewer {
        person: Some(HERE.crew()),
        session: None,
        device: Some(HERE.device()),
        department: Some(HERE.department()),
        hospital: None,
        role: code("crew"),
    };
    let event = ConsentRef { log: LogId::from_bytes([1; 16]), seq: 2 };
    let begin = Begin {
        viewer,
        case: HERE.case(),
        lookup: LOOKUP,
        viewing: Viewing::CrewLookup,
        basis: Basis::Emergency { reason: code("unconscious"), event },
        items: Vec::new(),
    };
    let store = &world.state.store;
    let ticket = store.begin(NOW, begin).await.expect("begun");
    let shown = vec![ShownItem { item: code("medications"), rows: 3 }];
    store.complete(NOW, ticket, Outcome::Shown, shown).await.expect("ended");
}

async fn press(world: &World, token: &str, say: &str) -> Answer {
    let request = world
        .request(Method::POST, &format!("/reviews/{LOOKUP}"))
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let note = "%E5%AE%B6%E6%97%8F%E4%B8%8D%E5%9C%A8";
    let form = format!("csrf={}&say={say}&note={note}", csrf(token));
    world.send(request.body(Body::from(form)).expect("a request")).await
}

#[tokio::test]
async fn a_look_without_consent_stands_on_the_console_until_one_of_two_reviewers_has_judged_it() {
    let world = World::training().await;
    looked(&world).await;
    let (dispatcher, supervisor) = (world.token("dispatcher").await, world.token("supervisor").await);
    let console = world.get("/", &dispatcher).await.body;
    assert!(console.contains("同意なし閲覧の確認待ち") && !console.contains("href=\"/reviews\""), "{console}");
    assert!(world.get("/", &supervisor).await.body.contains("href=\"/reviews\""));
    world.clock.advance_minutes(25 * 60);
    // A day later they sign in anew.
    let (supervisor, admin) = (world.token("supervisor").await, world.token("admin").await);
    let page = world.get("/reviews", &supervisor).await.body;
    for part in ["意識不明", "隊員1", "救急1", "薬剤 3件", "期限（24時間）を過ぎています", "確認済み: 妥当"]
    {
        assert!(page.contains(part), "{part} is not in {page}");
    }
    assert_eq!(press(&world, &supervisor, "perhaps").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(press(&world, &supervisor, "right").await.status, StatusCode::SEE_OTHER);
    assert_eq!(press(&world, &supervisor, "right").await.status, StatusCode::SEE_OTHER, "the same press again");
    let second = press(&world, &admin, "not_right").await;
    assert_eq!(second.status, StatusCode::CONFLICT);
    for part in ["先に確認されています", "訓練 supervisor", "妥当", "家族不在"] {
        assert!(second.body.contains(part), "{part} is not in {}", second.body);
    }
    let after = world.get("/reviews", &admin).await.body;
    assert!(after.contains("確認を待っている閲覧はありません") && after.contains("家族不在"), "{after}");
    assert!(!world.get("/", &admin).await.body.contains("確認待ち"));
}
