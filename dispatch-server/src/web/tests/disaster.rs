use super::client::Answer;
use super::world::{HERE, THERE, World, csrf};
use audit::Kind;
use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use dispatch_core::store::{AuditLog, Disasters};

async fn press(world: &World, token: &str, path: &str, fields: &str) -> Answer {
    let request = world
        .request(Method::POST, path)
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    world.send(request.body(Body::from(format!("csrf={}{fields}", csrf(token)))).expect("a request")).await
}

/// 地震; 訓練県見本市 and 訓練県隣町, a line each.
const OPENING: &str = "&reason=%E5%9C%B0%E9%9C%87&area=%E8%A8%93%E7%B7%B4%E7%9C%8C%E8%A6%8B%E6%9C%AC%E5%B8%82%0D%0A\
     %E8%A8%93%E7%B7%B4%E7%9C%8C%E9%9A%A3%E7%94%BA%0D%0A";

#[tokio::test]
async fn the_supervisor_opens_a_period_activates_a_relief_unit_and_ends_both() {
    let world = World::training().await;
    let supervisor = world.token("supervisor").await;
    let before = world.get("/disaster", &supervisor).await.body;
    assert!(before.contains("期間ではありません") && !before.contains("救急2"), "{before}");
    let odd = press(&world, &supervisor, "/disaster", &format!("{OPENING}&hours=1000")).await;
    assert_eq!(odd.status, StatusCode::UNPROCESSABLE_ENTITY);
    let opened = press(&world, &supervisor, "/disaster", &format!("{OPENING}&hours=24")).await;
    assert_eq!(opened.status, StatusCode::SEE_OTHER, "{}", opened.body);
    let second = press(&world, &supervisor, "/disaster", &format!("{OPENING}&hours=24")).await;
    assert_eq!(second.status, StatusCode::CONFLICT);
    let during = world.get("/disaster", &supervisor).await.body;
    for part in ["期間中", "訓練県見本市・訓練県隣町", "地震", "救急2", "応援を始める"] {
        assert!(during.contains(part), "{part} is not in {during}");
    }
    let unit = format!("&unit={}", THERE.unit());
    assert_eq!(press(&world, &supervisor, "/disaster/relief", &unit).await.status, StatusCode::SEE_OTHER);
    let own = format!("&unit={}", HERE.unit());
    let refused = press(&world, &supervisor, "/disaster/relief", &own).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    // The whole desk knows of the period; the unit stands among the console's units, and can be sent.
    let dispatcher = world.token("dispatcher").await;
    assert!(world.get("/", &dispatcher).await.body.contains("災害時の照会 期間中"));
    let console = world.get("/", &supervisor).await.body;
    assert!(console.contains("救急2") && console.contains("応援"), "{console}");
    assert!(world.get("/incidents/new", &supervisor).await.body.contains("救急2"));
    let path = format!("/disaster/relief/{}/end", THERE.unit());
    assert_eq!(press(&world, &supervisor, &path, "").await.status, StatusCode::SEE_OTHER);
    assert!(!world.get("/", &supervisor).await.body.contains("救急2"));
    assert_eq!(press(&world, &supervisor, "/disaster/end", "").await.status, StatusCode::SEE_OTHER);
    let after = world.get("/disaster", &supervisor).await.body;
    assert!(after.contains("期間ではありません") && after.contains("これまでの期間"), "{after}");
    let chains = world.state.store.chains().await.expect("the audit");
    let entries = chains.iter().flat_map(|(_, entries)| entries).filter_map(|stored| stored.entry());
    let acts = entries.filter_map(|entry| match entry.kind {
        Kind::Act(act) => Some((act.act.as_str().to_owned(), act.until.is_some(), act.unit)),
        _ => None,
    });
    let told: Vec<_> = acts.collect();
    let relief = Some(THERE.unit());
    let expected = [
        ("disaster.on", true, None),
        ("relief.on", true, relief),
        ("relief.off", false, relief),
        ("disaster.off", false, None),
    ];
    assert_eq!(told, expected.map(|(word, until, unit)| (word.to_owned(), until, unit)));
}

#[tokio::test]
async fn nobody_else_opens_one() {
    let world = World::training().await;
    for login in ["dispatcher", "admin", "review", "operations", "dispatcher-2"] {
        let token = world.token(login).await;
        assert_eq!(world.get("/disaster", &token).await.status, StatusCode::FORBIDDEN, "{login}");
        let opened = press(&world, &token, "/disaster", &format!("{OPENING}&hours=24")).await;
        assert_eq!(opened.status, StatusCode::FORBIDDEN, "{login}");
        assert!(!world.get("/password", &token).await.body.contains("href=\"/disaster\""), "{login}");
    }
    let store = &world.state.store;
    assert!(store.disasters(dispatch_core::Scope::Installation, 9).await.expect("a list").is_empty());
}
