//! Wall clocks that are set while programs run: the order inside a log never changes, durations go by monotonic time, and corrected
//! times are right within what they admit.

use ambulance_runtime::{TabletFolder, open_outbox};
use case::{Event, EventName, Stored};
use delivery::OutboxStore;
use model::Timestamp;
use std::collections::BTreeMap;
use system_tests::fault::clock::WallClock;
use system_tests::fault::journal::{Line, read};
use system_tests::fault::one::One;
use system_tests::fault::site::present;

/// The clock is read a moment before or after the press that is timed from outside.
const SLACK_US: i64 = 30_000;
const HOUR: i64 = 3_600;

/// A press with the true time before and after it, and the server's clock against the true one then.
struct Timed {
    names: Vec<EventName>,
    from: Timestamp,
    until: Timestamp,
    server_ahead_us: i64,
}

fn names(one: &One) -> Vec<EventName> {
    let name = |line: Line| match line {
        Line::Recorded { log, seq, .. } => Some(EventName { log, seq }),
        _ => None,
    };
    read(&one.subject.journal).into_iter().filter_map(name).collect()
}

async fn press(one: &mut One, server_ahead_s: i64) -> Timed {
    let before = names(one).len();
    let from = present();
    one.press(1).await.unwrap();
    let names = names(one).split_off(before);
    Timed { names, from, until: present(), server_ahead_us: server_ahead_s * 1_000_000 }
}

async fn events(one: &One) -> BTreeMap<EventName, Event> {
    let folder = TabletFolder::load(&one.subject.folder).unwrap();
    let (store, _) = open_outbox(folder.data(), present()).await.unwrap();
    let mut events = BTreeMap::new();
    for name in names(one) {
        let entry = store.read_log(name.log, name.seq, 1).await.unwrap().remove(0);
        events.insert(name, Stored::decode(entry.schema, &entry.bytes).unwrap());
    }
    store.close().await.unwrap();
    events
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clocks_that_are_set_disorder_nothing_and_times_stay_right() {
    let folder = tempfile::tempdir().unwrap();
    let mut one = One::make(folder.path(), &folder.path().join("server")).await.unwrap();
    let tablet = WallClock::right(&folder.path().join("tablet.clock")).unwrap();
    let server = WallClock::right(&folder.path().join("server.clock")).unwrap();
    one.kill_server().await.unwrap();
    one.place.around = server.around();
    one.start_server().await.unwrap();
    one.around = tablet.around();
    tablet.set(-2 * HOUR).unwrap();
    one.start_tablet().await.unwrap();
    let measured = one.tablet().until("the clock is measured", |shown| shown.offset.is_some()).await.unwrap();
    let (offset, uncertainty) = measured.offset.unwrap();
    assert!(
        (offset - 2 * HOUR * 1_000_000).abs() <= uncertainty + SLACK_US,
        "two hours behind: {offset} ± {uncertainty}"
    );
    let mut timed = Vec::new();
    // Set forward, back and forward again; each press follows at once, before anything could be measured anew.
    for ahead in [-2 * HOUR, 5 * HOUR, 7 * 24 * HOUR, -HOUR, 0, 90] {
        tablet.set(ahead).unwrap();
        timed.push(press(&mut one, 0).await);
    }
    one.delivered().await.unwrap();
    // The server's clock is set: it is the reference, so corrected times follow it once it has been heard.
    server.set(HOUR).unwrap();
    let follows = |shown: &system_tests::fault::tablet::Shown| {
        shown.offset.is_some_and(|(us, _)| (us - (HOUR - 90) * 1_000_000).abs() < 1_000_000)
    };
    one.tablet().until("the server's new time is known", follows).await.unwrap();
    timed.push(press(&mut one, HOUR).await);
    one.kill_server().await.unwrap();
    timed.push(press(&mut one, HOUR).await);
    one.start_server().await.unwrap();
    one.delivered().await.unwrap();
    one.kill_tablet().await.unwrap();
    let events = events(&one).await;
    let mut last_mono = 0;
    for press in &timed {
        for name in &press.names {
            let event = &events[name];
            let offset = event.at.offset.unwrap_or_else(|| panic!("{name:?} knows its offset"));
            let (from, until) = (press.from.plus_us(press.server_ahead_us), press.until.plus_us(press.server_ahead_us));
            let at = event.at.corrected();
            let may_err = offset.uncertainty_us + SLACK_US;
            assert!(
                from.plus_us(-may_err) <= at && at <= until.plus_us(may_err),
                "{name:?} is said to be at {at:?} ± {} but was between {from:?} and {until:?}",
                offset.uncertainty_us
            );
            assert!(event.at.mono.us >= last_mono, "monotonic time runs on in the order of the presses");
            last_mono = event.at.mono.us;
        }
    }
    let (first, last) = (&timed[0], timed.last().unwrap());
    let mono = |press: &Timed| i64::try_from(events[&press.names[0]].at.mono.us).unwrap();
    let (true_us, mono_us) = (last.from.since_us(first.from), mono(last) - mono(first));
    assert!((true_us - mono_us).abs() < 1_000_000, "durations go by monotonic time: {mono_us} of {true_us}");
    let (broken, _) = one.broken().await.unwrap();
    assert!(broken.is_empty(), "{broken:?}");
}
