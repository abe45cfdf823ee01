//! What dispatch and its machines tell of a case, as pages and programs see it.

use super::world::{HERE, World, csrf};
use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use serde_json::Value;

/// A case with a unit of this department.
async fn sent(world: &World, token: &str) -> String {
    let new = format!(r#"{{"place":"天下茶屋3丁目","unit":"{}","card":"could_not_ask"}}"#, HERE.unit());
    let opened = world.post("/api/v1/incidents", token, &new).await;
    assert_eq!(opened.status, StatusCode::CREATED);
    opened.json().get("case").and_then(Value::as_str).expect("a case").to_owned()
}

async fn form(world: &World, token: &str, path: &str, fields: &str) -> StatusCode {
    let request = world
        .request(Method::POST, path)
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(format!("csrf={}&{fields}", csrf(token))));
    world.send(request.expect("a request")).await.status
}

#[tokio::test]
async fn a_message_and_the_answer_about_the_card_stand_on_the_page_and_in_the_programs_answer() {
    let world = World::training().await;
    let token = world.token("dispatcher").await;
    let case = sent(&world, &token).await;
    let told = world.post(&format!("/api/v1/cases/{case}/messages"), &token, r#"{"text":"一報を"}"#).await;
    assert_eq!(told.status, StatusCode::CREATED);
    let id = "0198c0de-0000-7000-8000-000000000001";
    for _ in 0..2 {
        let fields = format!(
            "message={id}&to=&phrase=%E7%84%A1%E7%B7%9A%E3%81%A7%E5%91%BC%E3%82%93%E3%81%A7%E3%81%8F%E3%81%A0%E3%81%95%E3%81%84&text="
        );
        assert_eq!(form(&world, &token, &format!("/cases/{case}/message"), &fields).await, StatusCode::SEE_OTHER);
    }
    assert_eq!(form(&world, &token, &format!("/cases/{case}/card"), "answer=ready").await, StatusCode::SEE_OTHER);
    let page = world.get(&format!("/cases/{case}"), &token).await.body;
    for words in ["一報を", "無線で呼んでください", "隊の表示待ち", "用意あり", "data-key=\"Digit1\""]
    {
        assert!(page.contains(words), "{words}: {page}");
    }
    let json = world.get(&format!("/api/v1/cases/{case}"), &token).await.json();
    assert_eq!(json.get("card_asked").and_then(Value::as_str), Some("ready"));
    assert_eq!(json.get("messages").and_then(Value::as_array).map(Vec::len), Some(2), "sent twice, told once");
    let long = format!(r#"{{"text":"{}"}}"#, "長".repeat(71));
    let refused = world.post(&format!("/api/v1/cases/{case}/messages"), &token, &long).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.body);
}

#[tokio::test]
async fn a_machine_tells_the_stage_of_a_unit_whose_tablet_is_silent() {
    let world = World::training().await;
    let (dispatcher, machine) = (world.token("dispatcher").await, world.token("machine").await);
    let case = sent(&world, &dispatcher).await;
    let stage = format!(r#"{{"unit":"{}","stage":"on_scene"}}"#, HERE.unit());
    let told = world.post(&format!("/api/v1/cases/{case}/stages"), &machine, &stage).await;
    assert_eq!(told.status, StatusCode::NO_CONTENT, "{}", told.body);
    let json = world.get(&format!("/api/v1/cases/{case}"), &machine).await.json();
    let reached = json.pointer("/stages/on_scene_at/told_by_machine").and_then(Value::as_bool);
    assert_eq!(reached, Some(true), "{json}");
    let page = world.get("/", &dispatcher).await.body;
    assert!(page.contains("指令システムから") && page.contains("現場到着"), "{page}");
    assert!(world.get(&format!("/cases/{case}"), &dispatcher).await.body.contains("指令システム・無線から"));
    let wrong = format!(r#"{{"unit":"{}","stage":"on_scene","at":"yesterday"}}"#, HERE.unit());
    let wrong = world.post(&format!("/api/v1/cases/{case}/stages"), &machine, &wrong).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn an_alarm_is_put_aside_by_a_press_and_only_if_it_stands() {
    let world = World::training().await;
    let token = world.token("dispatcher").await;
    let case = sent(&world, &token).await;
    assert!(world.get("/", &token).await.body.contains("隊が無応答"), "never heard");
    let silent = format!("alarm=%7B%22silent%22%3A%7B%22unit%22%3A%22{}%22%7D%7D", HERE.unit());
    for fields in ["alarm=%22difficult%22", &silent] {
        assert_eq!(form(&world, &token, &format!("/cases/{case}/checked"), fields).await, StatusCode::SEE_OTHER);
    }
    let page = world.get("/", &token).await.body;
    assert!(!page.contains("隊が無応答") && page.contains("悪くなれば要対応に戻ります"), "{page}");
    let json = world.get(&format!("/api/v1/cases/{case}"), &token).await.body;
    assert_eq!(json.matches("alarm_checked").count(), 1, "what does not stand is not put aside");
    let nonsense = form(&world, &token, &format!("/cases/{case}/checked"), "alarm=nonsense").await;
    assert_eq!(nonsense, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn the_wall_tells_no_place_and_no_word_of_a_call_and_the_page_speaks_english() {
    let world = World::training().await;
    let token = world.token("dispatcher").await;
    sent(&world, &token).await;
    let wall = world.get("/wall", &token).await.body;
    assert!(wall.contains("要対応") && !wall.contains("天下茶屋"), "{wall}");
    let english = world
        .request(Method::GET, "/")
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::COOKIE, "__Host-language=en")
        .body(Body::empty());
    let page = world.send(english.expect("a request")).await.body;
    assert!(page.contains(r#"<html lang="en""#) && page.contains("Needs you") && page.contains("Incidents"), "{page}");
}
