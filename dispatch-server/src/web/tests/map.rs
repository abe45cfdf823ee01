use super::world::{HERE, THERE, World, hospitals};
use case::{Body as Fact, Ending, Subject};
use dispatch_core::contract::fixtures::{NOW, TabletPen};
use dispatch_core::{CaseFilter, case_list};
use model::Position;
use std::sync::Arc;

fn place(lat: f64) -> Position {
    Position::new(lat, 139.4).expect("in Japan")
}

#[tokio::test]
async fn a_map_is_told_everything_once_and_then_what_moved() {
    let world = World::training().await;
    let token = world.token("dispatcher").await;
    world.live.moved(HERE.unit(), place(35.7), NOW, None);
    let mut map = world.open("/live/map", &token).await;
    let first = map.until(&["event: hospitals", "event: now"]).await;
    let unit = format!(r#"[[0,"{}","救急1",""]]"#, HERE.unit());
    assert!(first.contains(&unit), "{unit} is not in {}", first.get(..400).unwrap_or(&first));
    assert!(first.contains(r#"[[0,"待",35.7,139.4,"#));
    assert!(!first.contains(&THERE.unit().to_string()), "a unit of another department");
    // Nothing changed: the next look tells nothing but the time.
    let second = map.until(&["event: now"]).await;
    assert!(!second.contains("event: moved") && !second.contains("event: hospitals"), "{second}");
    world.live.moved(HERE.unit(), place(35.71), NOW.plus_us(1), None);
    let third = map.until(&["event: moved", "event: now"]).await;
    assert!(third.contains(r#"[[0,"待",35.71,139.4,"#) && !third.contains("event: units"), "{third}");
}

#[tokio::test]
async fn incidents_stand_on_the_map_until_they_end() {
    let world = World::training().await;
    let token = world.token("dispatcher").await;
    let incident = r#"{"place":"天下茶屋3丁目","scene":{"lat":34.63,"lon":135.49}}"#;
    world.post("/api/v1/incidents", &token, incident).await;
    let mut map = world.open("/live/map", &token).await;
    map.until(&[r#",34.63,135.49,"?","未割当","#]).await;
    let mut others = world.open("/live/map", &world.token("dispatcher-2").await).await;
    let told = others.until(&["event: cases", "event: now"]).await;
    assert!(told.contains("event: cases\ndata: []"), "another department's incidents: {told}");
}

/// Open pages look several times a second: a case that nobody wrote to is not folded again.
#[tokio::test]
async fn a_case_is_folded_again_only_after_somebody_wrote_to_it() {
    let world = World::training().await;
    let (case, _) = world.enquire(40, &hospitals()).await;
    let principal = HERE.dispatcher();
    let (store, views) = (world.state.store.as_ref(), &world.state.views);
    let look = || case_list(store, &principal, CaseFilter::default(), views);
    let one = |list: dispatch_core::CaseList| list.cases.into_iter().find(|c| c.head.case == case).expect("the case");
    let (first, second) = (one(look().await.expect("a list")), one(look().await.expect("a list")));
    assert!(Arc::ptr_eq(&first.view, &second.view));
    let mut pen = TabletPen::new(HERE, 41).about(Subject::Case(case));
    world.write(HERE, &mut pen, vec![Fact::CaseEnded { ending: Ending::HandedOver }]).await;
    let third = one(look().await.expect("a list"));
    assert!(!Arc::ptr_eq(&first.view, &third.view) && third.view.is_closed());
    assert!(third.head.position > first.head.position);
}
