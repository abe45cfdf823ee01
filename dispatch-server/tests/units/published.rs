//! What the server's ranking follows, sent to tablets: whoever ranks by it gets the server's bytes.

use crate::transport::{CASE, asked, code};
use crate::world::{DEADLINE, Tablet, World, now};
use dispatch_server::SharedSource;
use dispatch_server::roads::{ClosedArea, ClosedFile};
use dispatch_server::standards::{FOLDER, keep};
use hospital_selection::params::CREW_CANDIDATES;
use hospital_selection::{HospitalTable, Ranking, SelectionRequest, Standard, Standards, rank};
use model::{Complaint, Findings, Position};
use travel_time::RoadModel;
use travel_time::roads::Area;
use wire::codec::decode;
use wire::{Answer, FeedItem, FeedStart, NOTHING_PUBLISHED, PublishedContent, Question, SuggestQuestion};

fn findings() -> Findings {
    Findings { complaints: [Complaint::HeadInjury].into(), ..Findings::default() }
}

fn from() -> Position {
    Position::new(36.08, 140.11).expect("in Japan")
}

async fn decided(tablet: &Tablet, n: u8) -> Ranking {
    let question = SuggestQuestion {
        case: CASE,
        from: from(),
        findings: findings(),
        lookup: None,
        exclude: Vec::new(),
        levels: true,
    };
    match asked(tablet, n, None, Question::Suggest(question)).await {
        Answer::Suggestion(suggestion) => suggestion.ranking,
        other => panic!("no suggestion: {}", code(&other)),
    }
}

fn named(tablet: &Tablet) -> String {
    tablet.welcome.notice.as_ref().and_then(|notice| notice.published.clone()).expect("this server tells")
}

async fn content(tablet: &Tablet) -> PublishedContent {
    let Answer::Published(published) = asked(tablet, 9, None, Question::Published).await else { panic!("refused") };
    decode(&published.content).expect("a content")
}

/// An edition of the department's prefecture that lists the third of this list alone.
fn edition(ranking: &Ranking) -> String {
    let third = ranking.candidates.get(2).expect("ten are listed").hospital;
    let record = &HospitalTable::embedded().get(third).expect("on the table").record_id;
    let category = serde_json::to_string(&ranking.category).expect("a word");
    let head = "prefecture = '茨城県'\nversion = '2026-04-01'\nsource = '訓練'\n";
    format!("{head}[[class]]\ncategory = {category}\nhospitals = ['{record}']\n[secure]\nenquiries = 3\n")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_ranks_by_what_is_published_gets_the_server_s_bytes() {
    let world = World::new(SharedSource::none()).await;
    let tablet = world.tablet(1).await;
    assert_eq!(named(&tablet), NOTHING_PUBLISHED);
    let plain = decided(&tablet, 1).await;
    assert_eq!(plain.candidates.len(), CREW_CANDIDATES, "as many as on the tablet's own list");
    let text = edition(&plain);
    let table = HospitalTable::embedded();
    let standard = Standard::parse(&text, table).expect("an edition");
    keep(&world.data.path().join(FOLDER), &standard, &text).expect("kept");
    let world = world.restarted(SharedSource::none()).await;
    let tablet = world.tablet(1).await;
    assert_eq!(named(&tablet).len(), 64, "a hash");
    let content = content(&tablet).await;
    assert_eq!((content.editions.as_slice(), content.left_out), ([text].as_slice(), 0));
    let decided = decided(&tablet, 2).await;
    assert_eq!(decided.candidates.len(), 1);

    let editions = content.editions.iter().map(|text| Standard::parse(text, table).expect("an edition")).collect();
    let own = table.clone().with_standards(Standards::new(editions));
    let mut request = SelectionRequest::new(decided.at, from(), &findings());
    request.prefecture = content.prefecture;
    request.max_candidates = CREW_CANDIDATES;
    let ranked = rank(&own, &[], &RoadModel::japan(), &request);
    assert_eq!(ranked.to_json_bytes().expect("a time"), decided.to_json_bytes().expect("a time"));
    world.server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_area_that_is_closed_reaches_connected_tablets_by_its_name() {
    let world = World::new(SharedSource::none()).await;
    let tablet = world.tablet(1).await;
    let feed = tablet.feed(FeedStart { notices: true, ..FeedStart::default() }).await;
    let corner = |lat, lon| Position::new(lat, lon).expect("in Japan");
    let area = Area::try_from(vec![corner(36.0, 140.0), corner(36.1, 140.0), corner(36.1, 140.1)]).expect("an area");
    let at = now().tokyo_rfc3339();
    let closed = ClosedArea { name: "橋".into(), at, by: "試験".into(), ended_at: None, area: area.clone() };
    ClosedFile::of(&world.data).add(closed).expect("closed");
    let name = told(feed).await;
    assert_eq!(name.len(), 64, "a hash");
    assert_eq!(content(&tablet).await.closed, [Vec::<Position>::from(area)]);
    world.server.stop().await;
}

/// The first name on the feed that names something.
async fn told(mut feed: crate::world::Feed) -> String {
    loop {
        let frame = tokio::time::timeout(DEADLINE, feed.frames.recv()).await.expect("in time");
        let item = decode::<FeedItem>(&frame.expect("a frame").expect("not ended")).expect("an item");
        if let FeedItem::Notice(notice) = item
            && let Some(name) = notice.published.filter(|name| name != NOTHING_PUBLISHED)
        {
            return name;
        }
    }
}
