use super::world::{HERE, THERE, World, hospitals};
use crate::data_dir::DataDir;
use crate::map_tiles::{MapTiles, tests as tiles};
use case::{Body as Fact, Ending, Subject};
use dispatch_core::contract::fixtures::{NOW, TabletPen};
use dispatch_core::{CaseFilter, case_list};
use model::Position;
use pmtiles::TileType;
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

/// The pages of a server with a file of tiles.
async fn tiled() -> World {
    let folder = tempfile::tempdir().expect("a folder");
    let data = DataDir::new(folder.path());
    tiles::write(&data.map_tiles_file(), TileType::Png);
    let loaded = MapTiles::load(&data).await;
    World::start_with(true, |state| state.tiles = Arc::new(loaded)).await
}

#[tokio::test]
async fn a_tile_goes_to_consoles_only_and_one_that_is_not_there_is_no_fault() {
    let world = tiled().await;
    let token = world.token("dispatcher").await;
    let (z, x, y) = tiles::THERE;
    let there = world.get(&format!("/map/{z}/{x}/{y}"), &token).await;
    assert_eq!((there.status.as_u16(), there.header("content-type")), (200, "image/png"));
    assert_eq!(there.header("cache-control"), "no-store", "which tiles somebody looked at rests nowhere");
    assert_eq!(there.body.as_bytes(), tiles::PICTURE);
    for (path, token, status) in [
        (format!("/map/{z}/{}/{y}", x + 1), &token, 204),
        ("/map/1/2/0".to_owned(), &token, 404),
        ("/map/32/0/0".to_owned(), &token, 404),
        ("/map/256/0/0".to_owned(), &token, 400),
        ("/map/4/-1/0".to_owned(), &token, 400),
        (format!("/map/{z}/{x}/{y}"), &world.token("desk-a").await, 403),
        (format!("/map/{z}/{x}/{y}"), &String::new(), 401),
    ] {
        let got = world.get(&path, token).await;
        assert_eq!(got.status.as_u16(), status, "{path}");
        assert!(status < 400 || got.header("content-type").starts_with("application/problem+json"), "{path}");
    }
    let page = world.get("/", &token).await.body;
    assert!(page.contains("data-tiles=\"4,9,") && page.contains("地図タイル: © 訓練地図 &amp; others"));
}
