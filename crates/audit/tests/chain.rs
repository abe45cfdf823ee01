//! A whole chain is accepted; any change of it is found and named.

use audit::{
    AuditFault, Basis, Begin, Chain, ChainId, Code, ConsentRef, Hash, Head, Outcome, ShownItem, Stored, Verified,
    Viewer, Viewing, verify,
};
use model::{CaseId, CrewId, DepartmentId, LogId, LookupId, Timestamp};
use proptest::prelude::*;

const CHAIN: ChainId = ChainId([7; 16]);

fn code(text: &str) -> Code {
    Code::new(text).expect("a code")
}

fn begin(n: u8) -> Begin {
    Begin {
        viewer: Viewer {
            person: Some(CrewId::from_bytes([n; 16])),
            session: None,
            device: None,
            department: Some(DepartmentId::from_bytes([1; 16])),
            hospital: None,
            role: code("crew"),
        },
        case: CaseId::from_bytes([n; 16]),
        lookup: LookupId::from_bytes([n; 16]),
        viewing: Viewing::CrewLookup,
        basis: if n.is_multiple_of(2) {
            let event = ConsentRef { log: LogId::from_bytes([n; 16]), seq: 3 };
            Basis::Consent { method: code("spoken"), event, told_hospitals: true }
        } else {
            Basis::Emergency {
                reason: code("unconscious"),
                event: ConsentRef { log: LogId::from_bytes([n; 16]), seq: 4 },
            }
        },
        items: vec![code("surgery"), code("medication")],
    }
}

/// `n` looks with an anchor behind each third; returns the entries and the heads that were kept outside.
fn chain_of(n: u8) -> (Vec<Stored>, Vec<Head>) {
    let mut chain = Chain::start(CHAIN);
    let (mut entries, mut heads) = (Vec::new(), Vec::new());
    let mut push = |chain: &mut Chain, stored: Stored| {
        chain.advance(&stored);
        entries.push(stored);
    };
    for look in 0..n {
        let at = Timestamp(i64::from(look) * 1_000_000);
        let begun = chain.begin(at, begin(look));
        push(&mut chain, begun.clone());
        let shown = vec![ShownItem { item: code("medication"), rows: 12 }];
        let completed =
            chain.complete(at.plus_us(5), begun.seq, LookupId::from_bytes([look; 16]), Outcome::Shown, shown);
        push(&mut chain, completed);
        if look % 3 == 2 {
            heads.push(chain.head());
            let anchor = chain.anchor(at.plus_us(9));
            push(&mut chain, anchor);
        }
    }
    (entries, heads)
}

#[test]
fn a_whole_chain_is_accepted_and_its_end_is_known() {
    let (entries, heads) = chain_of(4);
    let verified = verify(CHAIN, &entries, &heads).expect("whole");
    let head = Head { chain: CHAIN, seq: 9, hash: entries[8].hash };
    assert_eq!(verified, Verified { head, purged_through: 0, unfinished: vec![] });
    let mut resumed = Chain::resume(verified.head);
    let next = resumed.begin(Timestamp(0), begin(9));
    resumed.advance(&next);
    let longer: Vec<_> = entries.iter().chain([&next]).collect();
    assert_eq!(verify(CHAIN, longer, &heads).expect("whole").unfinished, [10]);
    let empty = verify(CHAIN, &[], &[]).expect("an empty chain is whole");
    assert_eq!(empty.head, Chain::start(CHAIN).head());
}

#[test]
fn an_entry_that_was_not_stored_leaves_the_chain_where_it_was() {
    let chain = Chain::start(CHAIN);
    let (first, again) = (chain.begin(Timestamp(1), begin(1)), chain.begin(Timestamp(2), begin(1)));
    assert_eq!((first.seq, again.seq), (1, 1));
    let mut chain = chain;
    chain.advance(&again);
    chain.advance(&first);
    assert_eq!(chain.head().hash, again.hash);
}

#[test]
fn a_missing_tail_is_named_as_missing() {
    let (entries, heads) = chain_of(6);
    assert_eq!(heads.last().map(|head| head.seq), Some(13));
    let cut = verify(CHAIN, &entries[..10], &heads);
    assert_eq!(cut, Err(AuditFault::MissingTail { chain: CHAIN, from: 11, anchored: 13 }));
    assert_eq!(verify(CHAIN, &[], &heads), Err(AuditFault::MissingTail { chain: CHAIN, from: 1, anchored: 13 }));
}

#[test]
fn a_rewritten_chain_is_not_the_anchored_one() {
    let (entries, heads) = chain_of(3);
    let mut forged = Chain::start(CHAIN);
    let mut rewritten = Vec::new();
    for n in 0..entries.len() {
        let stored = forged.begin(Timestamp(0), begin(u8::try_from(n).expect("small")));
        forged.advance(&stored);
        rewritten.push(stored);
    }
    assert!(verify(CHAIN, &rewritten, &[]).is_ok(), "without an anchor nobody can tell");
    assert_eq!(verify(CHAIN, &rewritten, &heads), Err(AuditFault::NotAsAnchored { chain: CHAIN, seq: 6 }));
}

#[test]
fn a_purge_leaves_its_head_and_an_unrecorded_one_is_missing_entries() {
    let (mut entries, heads) = chain_of(4);
    assert_eq!(verify(CHAIN, &entries[3..], &heads), Err(AuditFault::Missing { chain: CHAIN, from: 1, through: 3 }));
    let mut chain = Chain::resume(verify(CHAIN, &entries, &heads).expect("whole").head);
    let purge = chain.purge(Timestamp(99), &entries[2]);
    chain.advance(&purge);
    entries.push(purge);
    let verified = verify(CHAIN, &entries[3..], &heads).expect("a recorded purge");
    assert_eq!((verified.purged_through, verified.head), (3, chain.head()));
    assert!(verify(CHAIN, &entries[4..], &heads).is_err(), "one more than recorded is gone");
}

#[test]
fn an_end_needs_its_beginning() {
    let mut chain = Chain::start(CHAIN);
    let lookup = LookupId::from_bytes([1; 16]);
    let stray = chain.complete(Timestamp(0), 1, lookup, Outcome::Failed { reason: code("timeout") }, vec![]);
    chain.advance(&stray);
    assert_eq!(verify(CHAIN, [&stray], &[]), Err(AuditFault::NoBegin { chain: CHAIN, seq: 1, begin_seq: 1 }));
}

#[test]
fn another_chain_does_not_pass_for_this_one() {
    let (entries, _) = chain_of(1);
    let other = ChainId([8; 16]);
    assert_eq!(verify(other, &entries, &[]), Err(AuditFault::NotThisEntry { chain: other, seq: 1 }));
    assert_ne!(Hash::origin(CHAIN), Hash::origin(other));
}

proptest! {
    #[test]
    fn any_flipped_bit_is_found_at_its_place(
        looks in 1_u8..6, at in any::<prop::sample::Index>(), byte in any::<prop::sample::Index>(), bit in 0_u32..8,
    ) {
        let (mut entries, _) = chain_of(looks);
        let place = at.index(entries.len());
        let stored = &mut entries[place];
        let place = byte.index(stored.bytes.len() + stored.hash.0.len());
        let mut all = stored.bytes.iter_mut().chain(stored.hash.0.iter_mut());
        *all.nth(place).expect("inside") ^= 1_u8 << bit;
        let seq = stored.seq;
        prop_assert_eq!(verify(CHAIN, &entries, &[]), Err(AuditFault::Changed { chain: CHAIN, seq }));
    }

    #[test]
    fn a_change_with_its_hash_made_new_is_found_at_the_next(
        looks in 2_u8..6, at in any::<prop::sample::Index>(), byte in any::<prop::sample::Index>(), bit in 0_u32..8,
    ) {
        let (mut entries, _) = chain_of(looks);
        let place = at.index(entries.len() - 1);
        let stored = &mut entries[place];
        let byte = byte.index(stored.bytes.len());
        stored.bytes[byte] ^= 1_u8 << bit;
        stored.hash = Hash::of(&stored.bytes);
        prop_assert!(verify(CHAIN, &entries, &[]).is_err());
    }

    #[test]
    fn any_removed_entry_is_named(looks in 2_u8..8, at in any::<prop::sample::Index>()) {
        let (mut entries, _) = chain_of(looks);
        let removed = entries.remove(at.index(entries.len() - 1)).seq;
        prop_assert_eq!(verify(CHAIN, &entries, &[]), Err(AuditFault::Missing { chain: CHAIN, from: removed, through: removed }));
    }

    #[test]
    fn any_exchange_is_found(looks in 2_u8..8, a in any::<prop::sample::Index>(), b in any::<prop::sample::Index>()) {
        let (mut entries, _) = chain_of(looks);
        let (a, b) = (a.index(entries.len()), b.index(entries.len()));
        prop_assume!(a != b);
        entries.swap(a, b);
        prop_assert!(verify(CHAIN, &entries, &[]).is_err());
        // Also when the places are renumbered to look right.
        for (place, stored) in entries.iter_mut().enumerate() {
            stored.seq = place as u64 + 1;
        }
        prop_assert!(verify(CHAIN, &entries, &[]).is_err());
    }

    #[test]
    fn a_repeated_entry_is_found(looks in 1_u8..6, at in any::<prop::sample::Index>()) {
        let (mut entries, _) = chain_of(looks);
        let place = at.index(entries.len());
        let stored = entries[place].clone();
        let found = stored.seq;
        entries.insert(place + 1, stored);
        prop_assert_eq!(verify(CHAIN, &entries, &[]), Err(AuditFault::OutOfOrder { chain: CHAIN, expected: found + 1, found }));
    }
}
