use super::world::{ALERT, DRUG, HERE, PERSON, World, hospitals};
use axum::http::StatusCode;
use case::{Body, EventName, Subject};
use dispatch_core::contract::fixtures::{NOW, TabletPen};
use dispatch_core::store::{AuditLog, Claim, HistoryVault};
use model::{LogId, LookupId};
use serde_json::Value;

fn only(board: &Value) -> &Value {
    let items = board.get("items").and_then(Value::as_array).expect("items");
    assert_eq!(items.len(), 1, "{board}");
    items.first().expect("one")
}

fn field<'a>(row: &'a Value, name: &str) -> &'a str {
    row.get(name).and_then(Value::as_str).unwrap_or("")
}

#[tokio::test]
async fn a_desk_sees_its_own_enquiries_without_a_name_and_nothing_once_it_is_over() {
    let world = World::training().await;
    let [a, b] = hospitals();
    let (_, to_a) = world.enquire(40, &[a]).await;
    let (_, to_b) = world.enquire(50, &[b]).await;
    let (desk_a, desk_b) = (world.token("desk-a").await, world.token("desk-b").await);
    let board = world.get("/api/v1/desk/enquiries", &desk_a).await;
    let row = board.json();
    assert_eq!(field(only(&row), "enquiry"), to_a.first().expect("one").to_string());
    assert!(board.body.contains(ALERT) && !board.body.contains(DRUG) && !board.body.contains(PERSON), "{}", board.body);
    assert!(!board.body.contains(&to_b.first().expect("one").to_string()));
    let page = world.get("/desk", &desk_a).await;
    assert!(page.body.contains("頭部打撲") && page.body.contains(ALERT) && !page.body.contains(DRUG));
    // Rule, day and kind of the record stand with an alert (DESIGN §5.12); of the row itself nothing does (§5.13).
    let told = only(&row).pointer("/patient/alerts_recorded/0").cloned().unwrap_or_default();
    let rule = field(&told, "rule").to_owned();
    assert_eq!((field(&told, "title"), field(&told, "date")), (ALERT, "2026-11-02"));
    assert_eq!((field(&told, "section_ja"), field(&told, "source_ja")), ("薬剤", "レセプト"));
    assert!(
        page.body.contains("2026-11-02")
            && page.body.contains("薬剤（レセプト）")
            && page.body.contains(&format!("{rule} v"))
    );
    for body in [&board.body, &page.body] {
        assert!(!body.contains("3332001F1032") && !body.contains("28日") && !body.contains("days_supplied"), "{body}");
    }

    let path = format!("/api/v1/desk/enquiries/{}/answer", to_a.first().expect("one"));
    let foreign = world.post(&path, &desk_b, r#"{"accepted":{}}"#).await;
    assert_eq!(foreign.status, StatusCode::NOT_FOUND);
    let declined = r#"{"declined":{"reason":"not_our_field"}}"#;
    assert_eq!(world.post(&path, &desk_a, declined).await.status, StatusCode::OK);
    assert_eq!(world.post(&path, &desk_a, declined).await.status, StatusCode::OK, "the same answer again");
    let after = world.get("/api/v1/desk/enquiries", &desk_a).await;
    assert_eq!(field(only(&after.json()), "state"), "declined");
    let page = world.get("/desk", &desk_a).await;
    for gone in [ALERT, "head_injury", "頭部打撲"] {
        assert!(!after.body.contains(gone) && !page.body.contains(gone), "{gone}");
    }
}

#[tokio::test]
async fn two_desks_race_and_one_destination_stands() {
    let world = World::training().await;
    let (case, enquiries) = world.enquire(40, &hospitals()).await;
    let (desk_a, desk_b) = (world.token("desk-a").await, world.token("desk-b").await);
    let path = |n: usize| format!("/api/v1/desk/enquiries/{}/answer", enquiries.get(n).expect("an enquiry"));
    let (path_a, path_b) = (path(0), path(1));
    let (first, second) = tokio::join!(
        world.post(&path_a, &desk_a, r#"{"accepted":{}}"#),
        world.post(&path_b, &desk_b, r#"{"accepted":{}}"#)
    );
    let mut statuses = [first.status, second.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [StatusCode::OK, StatusCode::CONFLICT]);
    let (winner, loser) = if first.status == StatusCode::OK { (&desk_a, &desk_b) } else { (&desk_b, &desk_a) };
    let won = world.get("/api/v1/desk/enquiries", winner).await.json();
    assert_eq!(field(only(&won), "state"), "decided_here");
    let lost = world.get("/api/v1/desk/enquiries", loser).await;
    assert_eq!(field(only(&lost.json()), "state"), "released");
    assert!(!lost.body.contains(ALERT) && !lost.body.contains("head_injury"));

    // Rows for the winner only; the opening is audited.
    let rows = world.get(&format!("/api/v1/desk/patients/{case}"), winner).await;
    assert!(rows.status == StatusCode::OK && rows.body.contains(DRUG) && rows.body.contains(PERSON));
    assert_eq!(rows.header("cache-control"), "no-store");
    assert_eq!(world.get(&format!("/api/v1/desk/patients/{case}"), loser).await.status, StatusCode::FORBIDDEN);
    let dispatcher = world.token("dispatcher").await;
    let timeline = world.get(&format!("/api/v1/cases/{case}"), &dispatcher).await;
    assert!(timeline.body.contains("destination_decided") && !timeline.body.contains(DRUG));
}

#[tokio::test]
async fn a_desk_is_told_of_an_enquiry_and_of_its_end() {
    let world = World::training().await;
    let (desk_a, desk_b) = (world.token("desk-a").await, world.token("desk-b").await);
    let mut events = world.open("/api/v1/desk/events", &desk_a).await;
    events.until(&["event: sync"]).await;
    let (_, enquiries) = world.enquire(40, &hospitals()).await;
    let mine = enquiries.first().expect("mine").to_string();
    let told = events.until(&["event: enquiry.opened", mine.as_str()]).await;
    assert!(!told.contains(&enquiries.get(1).expect("theirs").to_string()) && !told.contains(PERSON), "{told}");
    let path = format!("/api/v1/desk/enquiries/{}/answer", enquiries.get(1).expect("theirs"));
    assert_eq!(world.post(&path, &desk_b, r#"{"accepted":{}}"#).await.status, StatusCode::OK);
    events.until(&["event: enquiry.released", "他院に決定"]).await;
    assert_eq!(world.post("/api/v1/sign-out", &desk_a, "").await.status, StatusCode::NO_CONTENT);
    world.state.changes.touch();
    assert!(events.end().await.contains("event: signed-out"));
}

#[tokio::test]
async fn a_condition_stands_for_its_minutes_and_is_not_written_twice() {
    let world = World::training().await;
    let (case, enquiries) = world.enquire(40, &hospitals()[..1]).await;
    let desk = world.token("desk-a").await;
    let path = format!("/api/v1/desk/enquiries/{}/answer", enquiries.first().expect("one"));
    let said = r#"{"conditional":{"condition":"CT 15分待ち","minutes":15}}"#;
    let answer = world.post(&path, &desk, said).await;
    assert!(answer.status == StatusCode::OK && answer.body.contains("CT 15分待ち"), "{}", answer.body);
    world.clock.advance_minutes(1);
    world.post(&path, &desk, said).await;
    let dispatcher = world.token("dispatcher").await;
    let case = world.get(&format!("/api/v1/cases/{case}"), &dispatcher).await;
    assert_eq!(case.body.matches("enquiry_answered").count(), 1);
    let endless = r#"{"conditional":{"condition":"x","minutes":100000}}"#;
    let refused = world.post(&path, &desk, endless).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(field(&refused.json(), "detail").starts_with("conditional.minutes"));
}

/// Entries of the audit, each chain whole.
async fn audited(world: &World) -> usize {
    let chains = world.state.store.chains().await.expect("the audit");
    let whole = |(chain, entries): &(audit::ChainId, Vec<audit::Stored>)| {
        assert!(audit::verify(*chain, entries, &[]).expect("whole").unfinished.is_empty());
        entries.len()
    };
    chains.iter().map(whole).sum()
}

#[tokio::test]
async fn a_withdrawal_takes_the_history_back_from_the_hospital_and_leaves_the_audit() {
    let world = World::training().await;
    let (case, enquiries) = world.enquire(40, &hospitals()[..1]).await;
    let desk = world.token("desk-a").await;
    let path = format!("/api/v1/desk/enquiries/{}/answer", enquiries.first().expect("one"));
    assert_eq!(world.post(&path, &desk, r#"{"accepted":{}}"#).await.status, StatusCode::OK);
    let (rows, page) = (format!("/api/v1/desk/patients/{case}"), format!("/handover/{case}"));
    assert!(world.get(&rows, &desk).await.body.contains(DRUG) && world.get(&page, &desk).await.body.contains(DRUG));
    assert!(world.get("/desk", &desk).await.body.contains("引継書・履歴"));
    let before = audited(&world).await;
    assert_eq!(before, 4, "two openings");

    let mut pen = TabletPen::new(HERE, 41).about(Subject::Case(case));
    let consent = EventName { log: LogId::from_bytes([40; 16]), seq: 4 };
    world.write(HERE, &mut pen, vec![Body::ConsentWithdrawn { of: consent }]).await;
    let refused = world.get(&rows, &desk).await;
    assert_eq!((refused.status, field(&refused.json(), "code")), (StatusCode::FORBIDDEN, "consent_withdrawn"));
    let after = world.get(&page, &desk).await.body;
    assert!(after.contains("同意が取り消されたため、履歴は表示できません") && after.contains("同意取消"), "{after}");
    let fhir = world.get(&format!("{page}.json"), &desk).await.body;
    let board = world.get("/desk", &desk).await.body;
    for gone in [DRUG, PERSON, ALERT, "3332001F1032"] {
        assert!(![&refused.body, &after, &fhir, &board].iter().any(|text| text.contains(gone)), "{gone}");
    }
    assert!(board.contains("履歴は公開されていません"), "{board}");
    let (store, lookup) = (&world.state.store, LookupId::from_bytes([40; 16]));
    assert!(store.history(lookup, case, NOW).await.expect("the vault").is_none());
    assert!(matches!(store.claim(lookup, case, NOW, NOW).await.expect("the vault"), Claim::Gone));
    assert_eq!(audited(&world).await, before, "what was seen stays on record; what was refused is no look");
}

#[tokio::test]
async fn after_its_time_the_accepting_hospital_sees_nothing_of_the_history_any_more() {
    let world = World::training().await;
    let (case, enquiries) = world.enquire(60, &hospitals()[..1]).await;
    let answer = format!("/api/v1/desk/enquiries/{}/answer", enquiries.first().expect("one"));
    let path = format!("/api/v1/desk/patients/{case}");
    let desk = world.token("desk-a").await;
    assert_eq!(world.post(&answer, &desk, r#"{"accepted":{}}"#).await.status, StatusCode::OK);
    assert!(world.get(&path, &desk).await.body.contains(DRUG));
    world.clock.advance_minutes(24 * 60);
    let desk = world.token("desk-a").await;
    let expired = world.get(&path, &desk).await;
    assert_eq!((expired.status, field(&expired.json(), "code")), (StatusCode::GONE, "expired"));
    for seen in [expired, world.get("/api/v1/desk/enquiries", &desk).await, world.get("/desk", &desk).await] {
        for gone in [ALERT, DRUG, PERSON] {
            assert!(!seen.body.contains(gone), "{gone}: {}", seen.body);
        }
    }
}
