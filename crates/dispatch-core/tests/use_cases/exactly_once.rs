//! Batches repeated, cut and reordered: every fact once, in order, with its effects once.

use crate::world::{A, World, hospital, sent};
use case::{Body, Stored};
use dispatch_core::Scope;
use dispatch_core::contract::fixtures::{TabletPen, block_on_ready, opened};
use dispatch_core::store::{AppendOutcome, EventStore};
use model::Stage;
use proptest::prelude::*;

/// A whole case of one log.
fn whole_log() -> Vec<Stored> {
    let mut pen = TabletPen::new(A, 7);
    let mut log = vec![pen.write(opened(1))];
    for stage in [Stage::OnScene, Stage::AtPatient, Stage::InVehicle] {
        log.push(pen.write(Body::StageStamped { stage, leg: 1 }));
    }
    log.push(pen.write(sent(1, hospital(0))));
    log.push(pen.write(sent(2, hospital(1))));
    log.push(pen.write(Body::DestinationAgreed { hospital: hospital(1), enquiry: None }));
    log.push(pen.write(Body::StageStamped { stage: Stage::LeftScene, leg: 1 }));
    log.push(pen.write(Body::CaseEnded { ending: case::Ending::HandedOver }));
    log
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_delivery_ends_the_same(tries in prop::collection::vec((0_usize..9, 1_usize..9), 0..40)) {
        block_on_ready(async {
            let world = World::new().await;
            let log = whole_log();
            let mut durable = 0;
            for (from, length) in tries {
                let batch: Vec<Stored> = log.iter().skip(from).take(length).cloned().collect();
                let last = (from + batch.len()) as u64;
                let expected = if from as u64 > durable {
                    AppendOutcome::Gap { from: durable + 1 }
                } else {
                    durable = durable.max(last);
                    AppendOutcome::Durable { through: last }
                };
                assert_eq!(world.append(A, batch).await.outcome, expected);
            }
            world.append(A, log.clone()).await;
            let facts = world.store.case_facts(Scope::Installation, A.case(), 0, 100).await.expect("facts");
            let positions: Vec<u64> = facts.iter().map(|fact| fact.position).collect();
            assert_eq!(positions, (1..=positions.len() as u64).collect::<Vec<_>>());
            let own: Vec<&Stored> = facts.iter().map(|f| &f.stored).filter(|s| s.name.log == log[0].name.log).collect();
            assert_eq!(own, log.iter().collect::<Vec<_>>());
            let view = world.view(A).await;
            assert_eq!((view.destinations.len(), view.conflicts.len()), (1, 0));
            let decided = facts.iter().filter(|f| matches!(f.event.body, Body::DestinationDecided { .. })).count();
            assert_eq!(decided, 1);
        });
    }
}
