use super::world::{DRUG, HERE, PERSON, World, csrf, hospitals};
use audit::Kind;
use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use dispatch_core::store::{AuditLog, Directory};
use model::CaseId;

async fn acts(world: &World) -> Vec<String> {
    let chains = world.state.store.chains().await.expect("the audit");
    let entries = chains.iter().flat_map(|(_, entries)| entries).filter_map(|entry| entry.entry());
    entries
        .filter_map(|entry| if let Kind::Act(act) = entry.kind { Some(act.act.as_str().to_owned()) } else { None })
        .collect()
}

/// The path in a fresh code, as the QR would say it.
async fn code(world: &World, case: CaseId, token: &str) -> String {
    let form = world
        .request(Method::POST, &format!("/receipt/{case}/code"))
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let page = world.send(form.body(Body::from(format!("csrf={}", csrf(token)))).expect("a request")).await;
    assert!(
        page.status == StatusCode::OK && page.body.contains("<svg") && page.body.contains("1回だけ"),
        "{}",
        page.body
    );
    format!("/r/{}", world.state.receipts.issue(case, world.state.now()).expect("a code"))
}

#[tokio::test]
async fn the_receipt_says_who_looked_at_what_and_opens_once_by_its_code() {
    let world = World::training().await;
    let (case, enquiries) = world.enquire(40, &hospitals()).await;
    let (desk_a, desk_b) = (world.token("desk-a").await, world.token("desk-b").await);
    let path = format!("/api/v1/desk/enquiries/{}/answer", enquiries.first().expect("one"));
    assert_eq!(world.post(&path, &desk_a, r#"{"accepted":{}}"#).await.status, StatusCode::OK);
    assert!(world.get(&format!("/handover/{case}"), &desk_a).await.body.contains(&format!("/receipt/{case}")));
    let dispatcher = world.token("dispatcher").await;
    assert!(world.get(&format!("/cases/{case}"), &dispatcher).await.body.contains(&format!("/receipt/{case}")));

    let hospital = world.state.hospital_name(hospitals()[0]);
    let page = world.get(&format!("/receipt/{case}"), &dispatcher).await.body;
    for part in [
        "訓練",
        &*hospital,
        "受入病院が閲覧",
        "薬剤 1件・過去3か月",
        "口頭同意",
        "連絡先の登録がありません",
        "マイナポータル",
    ] {
        assert!(page.contains(part), "{part} is not in {page}");
    }
    assert!(!page.contains(DRUG) && !page.contains(PERSON), "no row, no name: {page}");
    world.state.store.set_contact(HERE.department(), Some("救急課 029-000-0000".into())).await.expect("a contact");
    assert!(world.get(&format!("/receipt/{case}"), &desk_a).await.body.contains("救急課 029-000-0000"));
    assert_eq!(world.get(&format!("/receipt/{case}"), &desk_b).await.status, StatusCode::FORBIDDEN);

    let link = code(&world, case, &desk_a).await;
    let send = |method| world.send(world.request(method, &link).body(Body::empty()).expect("a request"));
    assert!(send(Method::GET).await.status == StatusCode::OK && send(Method::GET).await.status == StatusCode::OK);
    let opened = send(Method::POST).await.body;
    assert!(opened.contains(&hospital) && !opened.contains(DRUG) && !opened.contains(PERSON), "{opened}");
    assert_eq!(send(Method::POST).await.status, StatusCode::GONE);
    assert_eq!(acts(&world).await, ["receipt.shown", "receipt.shown", "receipt.code", "receipt.opened"]);
}
