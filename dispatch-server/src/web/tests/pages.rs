use super::world::{ALERT, DRUG, HERE, PERSON, World, csrf, hospitals};
use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use case::{Body as Fact, Ending, JoinReason, Subject};
use dispatch_core::contract::fixtures::TabletPen;
use model::LogId;
use serde_json::Value;

#[tokio::test]
async fn the_dispatch_page_says_what_is_silent_and_follows_what_happens() {
    let world = World::training().await;
    let token = world.token("dispatcher").await;
    let page = world.get("/", &token).await;
    assert!(page.body.contains("いま人の手が要る事案はありません") && page.body.contains("無応答"), "{}", page.body);
    let mut live = world.open("/live/console", &token).await;
    live.until(&["event: now"]).await;
    let opened =
        world.post("/api/v1/incidents", &token, r#"{"place":"天下茶屋3丁目","scene":{"lat":34.63,"lon":135.49}}"#);
    let opened = opened.await;
    assert_eq!(opened.status, StatusCode::CREATED);
    live.until(&["未割当の119", "天下茶屋3丁目"]).await;
    let id = opened.json().get("case").and_then(Value::as_str).expect("a case").to_owned();
    let assign = format!(r#"{{"unit":"{}"}}"#, HERE.unit());
    assert_eq!(world.post(&format!("/api/v1/cases/{id}/assign"), &token, &assign).await.status, StatusCode::NO_CONTENT);
    live.until(&["救急1", "まだ一度も受信していません"]).await;
    let other = world.token("dispatcher-2").await;
    assert_eq!(world.get(&format!("/cases/{id}"), &other).await.status, StatusCode::NOT_FOUND);
    assert!(!world.get("/", &other).await.body.contains("天下茶屋"));
}

#[tokio::test]
async fn every_page_of_a_training_server_says_so_and_none_loads_from_elsewhere() {
    let world = World::training().await;
    let (case, _) = world.enquire(40, &hospitals()).await;
    let (dispatcher, desk) = (world.token("dispatcher").await, world.token("desk-a").await);
    let admin = world.token("operations").await;
    for (path, token) in [
        ("/sign-in", ""),
        ("/nowhere", ""),
        ("/", &*dispatcher),
        ("/incidents/new", &*dispatcher),
        (&*format!("/cases/{case}"), &*dispatcher),
        ("/password", &*dispatcher),
        ("/desk", &*desk),
        ("/admin", &*admin),
    ] {
        let page = world.get(path, token).await;
        assert!(page.body.contains(r#"<div class="train""#), "{path}: {}", page.body);
        assert!(page.header("content-security-policy").contains("frame-ancestors 'none'"), "{path}");
        assert_eq!((page.header("x-content-type-options"), page.header("cache-control")), ("nosniff", "no-store"));
        for outside in ["http://", "style=\"", "onclick"] {
            let own = page.body.replace("http://www.w3.org/2000/svg", "");
            assert!(!own.contains(outside), "{path} contains {outside}");
        }
    }
    let form = world.get("/incidents/new", &dispatcher).await.body;
    assert!(
        form.contains("お薬手帳") && form.contains("立川市") && !form.contains("西成区\""),
        "one prefecture's points"
    );
}

#[tokio::test]
async fn the_handover_document_is_for_the_destination_and_its_code_opens_once_without_history() {
    let world = World::training().await;
    let (case, enquiries) = world.enquire(40, &hospitals()).await;
    let (desk_a, desk_b) = (world.token("desk-a").await, world.token("desk-b").await);
    let path = format!("/api/v1/desk/enquiries/{}/answer", enquiries.first().expect("one"));
    assert_eq!(world.post(&path, &desk_a, r#"{"accepted":{}}"#).await.status, StatusCode::OK);
    let dispatcher = world.token("dispatcher").await;
    let made = world.post(&format!("/api/v1/cases/{case}/handover"), &dispatcher, "{}").await;
    let sha256 = made.json().get("sha256").and_then(Value::as_str).expect("a digest").to_owned();
    let recorded = world.get(&format!("/api/v1/cases/{case}"), &dispatcher).await;
    assert_eq!(recorded.json().get("handover_document").and_then(Value::as_str), Some(&*sha256));

    let page = world.get(&format!("/handover/{case}"), &desk_a).await.body;
    for part in [DRUG, ALERT, PERSON, "R01", "2026-11-02", "レセプト", "記録なし ≠ 服用なし", "同意なし", &*sha256]
    {
        assert!(page.contains(part), "{part} is not in {page}");
    }
    let crew_part = world.get(&format!("/handover/{case}"), &dispatcher).await;
    assert!(crew_part.status == StatusCode::OK && !crew_part.body.contains(DRUG) && !crew_part.body.contains(PERSON));
    assert_eq!(world.get(&format!("/handover/{case}"), &desk_b).await.status, StatusCode::FORBIDDEN);

    let bundle = world.get(&format!("/handover/{case}.json"), &desk_a).await;
    assert!(bundle.header("content-type").starts_with("application/fhir+json"));
    let kinds: Vec<String> = bundle
        .json()
        .get("entry")
        .and_then(Value::as_array)
        .expect("entries")
        .iter()
        .filter_map(|e| e.pointer("/resource/resourceType").and_then(Value::as_str).map(str::to_owned))
        .collect();
    assert_eq!(kinds, ["Patient", "Encounter", "Coverage", "MedicationStatement", "Provenance", "Provenance"]);
    assert!(!world.get(&format!("/handover/{case}.json"), &dispatcher).await.body.contains("MedicationStatement"));

    // After the handover the patient's lines leave the board; the document stays to be opened.
    let mut pen = TabletPen::new(HERE, 41).about(Subject::Case(case));
    world.write(HERE, &mut pen, vec![Fact::CaseEnded { ending: Ending::HandedOver }]).await;
    let board = world.get("/desk", &desk_a).await.body;
    assert!(board.contains("引き継いだ患者") && board.contains(&format!("/handover/{case}")), "{board}");
    assert!(!board.contains("頭部打撲") && !board.contains(ALERT), "{board}");
    assert!(world.get(&format!("/handover/{case}"), &desk_a).await.body.contains(DRUG));

    let hospital = hospitals()[0];
    let link = world.state.handover_path(case, hospital).expect("a path");
    let ask = || world.send(world.request(Method::GET, &link).body(Body::empty()).expect("a request"));
    assert!(ask().await.status == StatusCode::OK && ask().await.status == StatusCode::OK, "asking uses nothing up");
    let open = || world.send(world.request(Method::POST, &link).body(Body::empty()).expect("a request"));
    let opened = open().await;
    assert!(opened.body.contains(&sha256) && !opened.body.contains(DRUG) && !opened.body.contains(PERSON));
    assert_eq!(open().await.status, StatusCode::GONE);

    let qr = world
        .request(Method::POST, &format!("/handover/{case}/code"))
        .header(header::AUTHORIZATION, format!("Bearer {desk_a}"))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let qr = world.send(qr.body(Body::from(format!("csrf={}", csrf(&desk_a)))).expect("a request")).await;
    assert!(qr.status == StatusCode::OK && qr.body.contains("<svg") && qr.body.contains("1回だけ"));
}

#[tokio::test]
async fn lost_and_repeated_records_are_told_on_the_case_page() {
    let world = World::training().await;
    let (case, _) = world.enquire(40, &hospitals()).await;
    let mut pen = TabletPen::new(HERE, 42).about(Subject::Case(case));
    let log = LogId::from_bytes([7; 16]);
    let joined = Fact::TabletJoined { device: HERE.device(), reason: JoinReason::RecordedAgain };
    let lost = |from, through| Fact::EntriesLost { log, from, through };
    world.write(HERE, &mut pen, vec![joined, lost(12, 15), lost(20, 20)]).await;
    let dispatcher = world.token("dispatcher").await;
    let page = world.get(&format!("/cases/{case}"), &dispatcher).await.body;
    for part in
        ["続けられない記録を書きなおした", "失われた記録（12〜15件目）", "失われた記録（20件目）", "紙の控えで補う"]
    {
        assert!(page.contains(part), "{part} is not in {page}");
    }
    assert!(!page.contains("entries_lost"));
    let json = world.get(&format!("/api/v1/cases/{case}"), &dispatcher).await.json();
    assert_eq!(json.pointer("/lost/0/through").and_then(Value::as_u64), Some(15));
}

#[tokio::test]
async fn statistics_are_a_page_json_and_lines_for_a_spreadsheet() {
    let world = World::training().await;
    let (case, _) = world.enquire(50, &hospitals()).await;
    let mut pen = TabletPen::new(HERE, 51).about(Subject::Case(case));
    world.write(HERE, &mut pen, vec![Fact::CaseEnded { ending: Ending::HandedOver }]).await;
    let token = world.token("supervisor").await;
    let page = world.get("/stats", &token).await;
    assert_eq!(page.status, StatusCode::OK);
    for part in ["読取のじょうご", "救急1", &world.state.hospital_name(hospitals()[0]), "2件"] {
        assert!(page.body.contains(part), "{part}: {}", page.body);
    }
    let report = world.get("/api/v1/stats", &token).await.json();
    assert_eq!((report["transported"].as_u64(), report["enquiries"]["sent"].as_u64()), (Some(1), Some(2)));
    let csv = world.get("/api/v1/stats.csv", &token).await;
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
    assert!(csv.body.starts_with("\u{feff}区分,対象,項目,値,単位\n件数,,搬送,1,件\n"), "{}", csv.body);
    let weeks = report["enquiries"]["by_week"].as_array().expect("weeks");
    assert!(weeks.len() == 1 && weeks[0]["cases"] == 1 && weeks[0]["week"] == "2026-11-16", "{weeks:?}");
    assert!(csv.body.contains("週別,2026-11-16,搬送困難,0,件"), "{}", csv.body);
    assert!(page.body.contains("10件未満の割合は出しません"), "{}", page.body);
    let machine = world.token("dispatcher").await;
    let units = world.get("/api/v1/units.csv", &machine).await;
    assert!(units.body.starts_with("\u{feff}隊ID,隊,状態,") && units.body.contains(",救急1,"), "{}", units.body);
    let hospitals = world.get("/api/v1/hospitals.csv", &machine).await;
    assert!(hospitals.body.lines().count() > 100 && hospitals.body.contains(",東京都,"), "one line each");
    let none = world.get("/api/v1/stats?from=2020-01-01&to=2020-01-31", &token).await.json();
    assert_eq!(none["transported"].as_u64(), Some(0));
    for wrong in ["from=2026-02-30", "from=2026-02-02&to=2026-02-01", "since=2026-02-02"] {
        let refused = world.get(&format!("/api/v1/stats?{wrong}"), &token).await.status;
        assert!(matches!(refused.as_u16(), 400 | 422), "{wrong}: {refused}");
    }
    let elsewhere = world.get("/api/v1/stats", &world.token("dispatcher-2").await).await.status;
    assert_eq!(elsewhere, StatusCode::FORBIDDEN);
    for rows in [page.body, csv.body] {
        assert!(!rows.contains(DRUG) && !rows.contains(PERSON), "nothing of a history");
    }
}
