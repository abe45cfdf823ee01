//! Look-ups without a card, in a disaster period only.

use crate::world::{A, B, LOOKUP, World, basis, question};
use audit::{Basis, Code, Kind, Outcome, Viewing};
use case::{Body, EventName};
use dispatch_core::contract::fixtures::{NOW, block_on_ready};
use dispatch_core::limits::DISASTER_DAYS_MAX;
use dispatch_core::store::{AuditLog, LookEnd, ReviewsOf};
use dispatch_core::{
    LookUp, OpenDisaster, Principal, Role, UseCaseError, end_disaster, open_disaster, open_reviews, reviews,
};
use model::{CivilDate, LookupId, Sex, Timestamp};
use patient_history::{IdentityLevel, LookupEvidence, PersonAttributes};

/// The supervisor of A.
pub(crate) fn supervisor() -> Principal {
    Principal { roles: [Role::DispatchSupervisor].into(), ..A.dispatcher() }
}

pub(crate) fn request(until: Timestamp) -> OpenDisaster {
    let area = vec!["訓練県見本市".into()];
    OpenDisaster { department: A.department(), reason: "地震".into(), area, until }
}

pub(crate) async fn open(world: &World) {
    let opened = open_disaster(&world.store, &world.call(), &supervisor(), request(NOW.plus_minutes(60))).await;
    assert_eq!(opened.expect("opened").opened_by, supervisor().person());
}

fn person() -> PersonAttributes {
    let birth_date = CivilDate::new(1948, 3, 8).expect("a date");
    PersonAttributes {
        kana: "タカギ　ハナ".into(), birth_date, sex: Sex::Female, address: "訓練県見本市".into()
    }
}

pub(crate) fn without_card(consent: EventName) -> LookUp {
    LookUp { evidence: LookupEvidence::by_attributes(person()), ..question(A, consent) }
}

async fn begun(world: &World) -> Vec<(Viewing, bool)> {
    let chains = world.store.chains().await.expect("the audit");
    let entries = chains.iter().flat_map(|(_, entries)| entries).filter_map(|stored| stored.entry());
    let begins = entries.filter_map(|entry| match entry.kind {
        Kind::Begin(begin) => Some((begin.viewing, matches!(begin.basis, Basis::Consent { .. }))),
        _ => None,
    });
    begins.collect()
}

fn refused(result: Result<(), UseCaseError>) -> String {
    result.expect_err("refused").code()
}

#[test]
fn without_a_period_nothing_is_asked_and_with_one_the_look_is_audited_and_reviewed() {
    block_on_ready(async {
        let world = World::new().await;
        let (mut pen, consent) = world.consented(A, 7).await;
        world.append(A, vec![pen.write(Body::AttributesLookupAsked { lookup: LOOKUP, consent })]).await;
        assert_eq!(refused(world.look_up(A, without_card(consent)).await), "disaster_over");
        assert_eq!((world.source.asked(), begun(&world).await.len()), (0, 0), "nothing was begun");
        open(&world).await;
        world.look_up(A, without_card(consent)).await.expect("answered");
        assert_eq!(begun(&world).await, [(Viewing::Disaster, true)]);
        let view = world.view(A).await;
        assert_eq!(view.lookups.get(&LOOKUP).map(|l| l.level), Some(IdentityLevel::FourAttributes));
        // Consent was given, and the look waits for a review all the same.
        assert_eq!(open_reviews(&world.store, &A.dispatcher()).await.expect("a number"), 1);
        let open = reviews(&world.store, &supervisor(), ReviewsOf::Open).await.expect("a list");
        let look = open.first().map(|item| &item.look).expect("one");
        assert_eq!((look.lookup, look.reason.as_str(), look.is_over(NOW)), (LOOKUP, "disaster", true));
        // One that found nobody is not tried again under its id; one that reached nobody is, as long as its case goes on.
        let ended = |reason: &str, minutes: i64| {
            let mut look = look.clone();
            let outcome = Outcome::Failed { reason: Code::new(reason).expect("a code") };
            look.end = Some(LookEnd { at: NOW, outcome, shown: Vec::new() });
            look.is_over(NOW.plus_minutes(minutes))
        };
        assert!(ended("not_narrowed", 0) && !ended("national_unreachable", 60));
        assert!(ended("national_unreachable", 25 * 60));
    });
}

#[test]
fn a_period_ends_by_itself_and_by_a_word_and_the_next_look_up_is_refused() {
    block_on_ready(async {
        let world = World::new().await;
        let (_, consent) = world.consented(A, 7).await;
        open(&world).await;
        world.clock.advance_minutes(60);
        assert_eq!(refused(world.look_up(A, without_card(consent)).await), "disaster_over");
        let again = request(NOW.plus_minutes(120));
        open_disaster(&world.store, &world.call(), &supervisor(), again.clone()).await.expect("opened anew");
        let second = open_disaster(&world.store, &world.call(), &supervisor(), again).await;
        assert_eq!(second.expect_err("one stands").code(), "disaster_stands");
        end_disaster(&world.store, &world.call(), &supervisor(), A.department()).await.expect("ended");
        let ended = end_disaster(&world.store, &world.call(), &supervisor(), A.department()).await;
        assert_eq!(ended.expect_err("none stands").code(), "disaster_over");
        assert_eq!(refused(world.look_up(A, without_card(consent)).await), "disaster_over");
        assert_eq!(world.source.asked(), 0);
    });
}

#[test]
fn only_the_supervisor_of_the_department_opens_one_for_seven_days_at_most() {
    block_on_ready(async {
        let world = World::new().await;
        let longest = request(NOW.plus_minutes(DISASTER_DAYS_MAX * 24 * 60));
        let elsewhere = Principal { roles: [Role::DispatchSupervisor].into(), ..B.dispatcher() };
        let admin = Principal { roles: [Role::DepartmentAdmin].into(), ..A.dispatcher() };
        for other in [A.dispatcher(), admin, elsewhere, A.crew_member(), A.tablet()] {
            let refused = open_disaster(&world.store, &world.call(), &other, longest.clone()).await;
            assert_eq!(refused.expect_err("not permitted").code(), "not_permitted");
        }
        let too_long = request(longest.until.plus_us(1));
        let past = request(NOW);
        let nowhere = OpenDisaster { area: Vec::new(), ..longest.clone() };
        let unnamed = OpenDisaster { area: vec!["\n".into()], ..longest.clone() };
        let endless = OpenDisaster { area: vec!["市".repeat(41)], ..longest.clone() };
        let no_reason = OpenDisaster { reason: " ".into(), ..longest.clone() };
        for odd in [too_long, past, nowhere, unnamed, endless, no_reason] {
            let refused = open_disaster(&world.store, &world.call(), &supervisor(), odd).await;
            assert_eq!(refused.expect_err("not usable").code(), "bad_request");
        }
        open_disaster(&world.store, &world.call(), &supervisor(), longest).await.expect("opened");
    });
}

#[test]
fn a_look_up_shows_a_card_or_four_attributes_and_never_a_mixture() {
    block_on_ready(async {
        let world = World::new().await;
        let (_, consent) = world.consented(A, 7).await;
        open(&world).await;
        let good = without_card(consent);
        let change = |f: &dyn Fn(&mut LookupEvidence)| {
            let mut odd = good.clone();
            f(&mut odd.evidence);
            odd
        };
        let odd = [
            change(&|e| e.certificate = vec![1]),
            change(&|e| e.attributes = None),
            change(&|e| e.level = IdentityLevel::Visual),
            change(&|e| e.attributes.iter_mut().for_each(|person| person.kana = "TAKAGI".into())),
            change(&|e| e.attributes.iter_mut().for_each(|person| person.address = "".into())),
        ];
        for odd in odd {
            assert_eq!(refused(world.look_up(A, odd).await), "bad_request");
        }
        assert_eq!(world.source.asked(), 0);
        // Consent is needed as ever: what was recorded counts.
        let mut other_basis = good.clone();
        other_basis.basis =
            patient_history::ConsentBasis::NotObtainable { reason: patient_history::NotObtainableReason::Unconscious };
        assert_eq!(refused(world.look_up(A, other_basis).await), "consent_differs");
        assert_eq!(good.basis, basis());
        // A card that was judged to be another person's says nothing of a look-up without one.
        let mut pen = dispatch_core::contract::fixtures::TabletPen::new(A, 9);
        let wrong = Body::IdentityJudged { level: IdentityLevel::Visual, same_person: false };
        world.append(A, vec![pen.write(wrong)]).await;
        assert_eq!(refused(world.look_up(A, question(A, consent)).await), "wrong_person");
        let second = LookUp { lookup: LookupId::from_bytes([0x11; 16]), ..good };
        world.look_up(A, second).await.expect("answered");
    });
}
