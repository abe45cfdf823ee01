use super::client::Answer;
use super::world::{HERE, World, csrf, hospitals};
use crate::web::limits::MACHINE_PER_MINUTE;
use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use dispatch_core::store::{AuditLog, Directory, Ledger};
use dispatch_core::{Principal, tokens};
use hospital_selection::HospitalTable;
use model::HospitalId;

/// A hospital of the department's prefecture.
fn ours() -> HospitalId {
    HospitalTable::embedded().hospitals().iter().find(|hospital| hospital.pref == "東京都").expect("one").id
}

async fn press(world: &World, session: &str, path: &str, fields: &str) -> Answer {
    let request = world
        .request(Method::POST, path)
        .header(header::AUTHORIZATION, format!("Bearer {session}"))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(format!("csrf={}{fields}", csrf(session))));
    world.send(request.expect("a request")).await
}

/// Makes a token on the administrator's page; the page shows it once.
async fn made(world: &World, admin: &str, purpose: &str) -> String {
    let page = press(world, admin, "/admin/tokens", &format!("&name=CAD&purpose={purpose}&days=30")).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    let token = page.body.split("<code>").nth(1).and_then(|rest| rest.split('<').next()).expect("a token").to_owned();
    assert!(token.len() == 64 && !world.get("/admin", admin).await.body.contains(&token), "shown once");
    token
}

async fn acts(world: &World) -> Vec<String> {
    let chains = world.state.store.chains().await.expect("chains");
    let entries = chains.iter().flat_map(|(_, entries)| entries);
    let act = |entry: &audit::Stored| match entry.entry()?.kind {
        audit::Kind::Act(act) => Some(act.act.as_str().to_owned()),
        _ => None,
    };
    entries.filter_map(act).collect()
}

#[tokio::test]
async fn a_token_opens_what_it_is_for_and_nothing_else_until_it_is_ended() {
    let world = World::training().await;
    let admin = world.token("admin").await;
    let report = format!(r#"{{"reports":[{{"hospital":"{}","state":"full"}}]}}"#, ours());
    let cad = made(&world, &admin, "cad").await;
    assert_eq!(world.post("/api/v1/incidents", &cad, "{}").await.status, StatusCode::CREATED);
    assert_eq!(
        world.get("/api/v1/units.geojson", &cad).await.header("content-type"),
        "application/geo+json; charset=utf-8"
    );
    assert_eq!(world.post("/api/v1/capacity", &cad, &report).await.status, StatusCode::FORBIDDEN);
    let feed = made(&world, &admin, "capacity").await;
    assert_eq!(world.post("/api/v1/capacity", &feed, &report).await.status, StatusCode::NO_CONTENT);
    let kept = world.state.store.capacity().await.expect("reports");
    assert_eq!(kept.iter().map(|report| report.hospital).collect::<Vec<_>>(), [ours()]);
    let (case, _) = world.enquire(70, &hospitals()).await;
    for token in [&cad, &admin] {
        assert_eq!(world.get(&format!("/api/v1/cases/{case}"), token).await.status, StatusCode::OK);
    }
    for path in ["/api/v1/cases", "/api/v1/units", "/", "/admin", "/desk", "/reviews"] {
        let got = world.get(path, &feed).await;
        assert!(got.status == StatusCode::FORBIDDEN || got.header("location") == "/password", "{path}: {}", got.status);
    }
    let list = tokens(world.state.store.as_ref(), &Principal::system(), HERE.department()).await.expect("a list");
    let account = list.iter().find(|token| token.purpose.key() == "cad").expect("the token").account;
    let login = world.state.store.account(account).await.expect("read").expect("an account").login;
    for passcode in ["", "-"] {
        assert_eq!(world.try_sign_in(&login, passcode).await.status, StatusCode::UNAUTHORIZED, "no passcode fits");
    }
    for _ in 0..2 {
        let ended = press(&world, &admin, &format!("/admin/tokens/{account}/end"), "").await;
        assert_eq!(ended.header("location"), "/admin");
    }
    assert_eq!(world.get("/api/v1/units", &cad).await.status, StatusCode::UNAUTHORIZED);
    let said = ["token.made", "token.made", "case.read_by_machine", "token.ended"];
    assert_eq!(acts(&world).await, said, "a machine's reading of a case is in the audit, a person's is not");
    world.clock.advance_minutes(30 * 24 * 60);
    assert_eq!(
        world.post("/api/v1/capacity", &feed, &report).await.status,
        StatusCode::UNAUTHORIZED,
        "its days are over"
    );
}

#[tokio::test]
async fn a_feed_is_taken_whole_or_not_at_all() {
    let world = World::training().await;
    let feed = made(&world, &world.token("admin").await, "capacity").await;
    let a = ours();
    for wrong in [
        r#"{"hospital":"00000000-0000-0000-0000-000000000000","state":"free"}"#.to_owned(),
        format!(r#"{{"hospital":"{}","state":"free"}}"#, hospitals()[0]),
        format!(r#"{{"hospital":"{a}","state":"down"}}"#),
        format!(r#"{{"hospital":"{a}","state":"free","minutes":100000}}"#),
    ] {
        let both = format!(r#"{{"reports":[{{"hospital":"{a}","state":"free"}},{wrong}]}}"#);
        let refused = world.post("/api/v1/capacity", &feed, &both).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains("reports[1]."), "{}", refused.body);
    }
    assert!(world.state.store.capacity().await.expect("reports").is_empty());
}

#[tokio::test]
async fn a_machine_that_asks_too_often_is_told_when_to_ask_again() {
    let world = World::training().await;
    let admin = world.token("admin").await;
    let cad = made(&world, &admin, "cad").await;
    let list = tokens(world.state.store.as_ref(), &Principal::system(), HERE.department()).await.expect("a list");
    let account = list.first().expect("the token").account;
    let session = model::SessionId::from_uuid(account.uuid());
    for _ in 0..MACHINE_PER_MINUTE {
        world.state.machines.count(session, world.state.now()).expect("within the limit");
    }
    let slower = world.get("/api/v1/units", &cad).await;
    assert_eq!((slower.status, slower.header("retry-after").is_empty()), (StatusCode::TOO_MANY_REQUESTS, false));
    assert_eq!(world.get("/api/v1/cases", &admin).await.status, StatusCode::OK, "others are served");
    world.clock.advance_minutes(1);
    assert_eq!(world.get("/api/v1/units", &cad).await.status, StatusCode::OK);
}
