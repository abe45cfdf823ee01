//! Independent pieces of work on several threads, their results in order.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Does `one` for 0 to `count` − 1 on so many threads and tells `done` after each. The results stand in their order, whatever the
/// threads. A piece that panics takes its thread's results with it: fewer than `count` come back.
pub(crate) fn in_order<T: Send>(
    count: usize,
    threads: usize,
    one: &(dyn Fn(usize) -> T + Sync),
    done: &(dyn Fn() + Sync),
) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut mine = Vec::new();
        loop {
            let piece = next.fetch_add(1, Ordering::Relaxed);
            if piece >= count {
                return mine;
            }
            mine.push((piece, one(piece)));
            done();
        }
    };
    let mut all: Vec<(usize, T)> = if threads < 2 {
        work()
    } else {
        std::thread::scope(|scope| {
            let workers: Vec<_> = (0..threads.min(count)).map(|_| scope.spawn(work)).collect();
            workers.into_iter().filter_map(|worker| worker.join().ok()).flatten().collect()
        })
    };
    all.sort_unstable_by_key(|(piece, _)| *piece);
    all.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_stand_in_their_order() {
        for threads in [1, 3] {
            assert_eq!(
                in_order(20, threads, &|piece| piece * piece, &|| ()),
                (0..20).map(|n| n * n).collect::<Vec<_>>()
            );
        }
    }
}
