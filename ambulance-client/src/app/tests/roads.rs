//! Whose roads the minutes are of, where they are shown.

use super::bench::Bench;
use super::{harness, words};
use crate::app::navigation::Page;
use crate::canvas::Display;
use crate::checks::layout::check_words;
use crate::text::Lang;
use ambulance_core::Restored;
use std::sync::Arc;
use travel_time::RoadModel;
use travel_time::roads::{RawEdge, RawNode, RawRoads, RoadClass, prepare_keeping};

/// One street, far from every hospital.
fn with_roads() -> RoadModel {
    let node = |id: i32| RawNode { id: i64::from(id), lat_e7: 330_000_000 + id * 10_000, lon_e7: 1_340_000_000 };
    let edge = |from, to| RawEdge { from, to, length_dm: 1_100, class: RoadClass::Primary, limit: None };
    let raw = RawRoads { nodes: vec![node(0), node(1)], edges: vec![edge(0, 1), edge(1, 0)], left_out: 0 };
    RoadModel::japan().with_roads(Arc::new(prepare_keeping(raw, "試験", "a test", 1).expect("prepared").0))
}

#[test]
fn the_list_names_the_makers_of_the_map() {
    let list = |travel, lang| {
        let bench = Bench::timed(Restored::default(), travel);
        bench.link_up();
        bench.sign_in();
        bench.on_scene();
        let mut harness = harness(bench.app());
        let nav = &mut harness.state_mut().app.nav;
        nav.scripted = true;
        nav.locked = None;
        nav.display = Display { lang, ..nav.display };
        nav.go(Page::Hospitals);
        harness.run_steps(2);
        let mut problems = Vec::new();
        check_words("the list", &harness.state().ledger, &mut problems);
        assert!(problems.is_empty(), "{}", problems.join("\n"));
        words(&harness)
    };
    for (lang, credit) in
        [(Lang::Ja, "道路データ © OpenStreetMap contributors"), (Lang::En, "Roads: © OpenStreetMap contributors")]
    {
        let shown = list(with_roads(), lang);
        assert!(shown.contains(credit), "{shown}");
        assert!(!list(RoadModel::japan(), lang).contains("OpenStreetMap"), "by distance nobody is credited");
    }
}
