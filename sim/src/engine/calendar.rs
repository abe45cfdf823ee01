//! What happens next: a calendar of events.

/// Virtual time, microseconds since the start of the run. A u64 holds 584,000 years.
pub type Ticks = u64;

/// Children of a node of the heap: four keys of 16 bytes are one line of a usual cache.
const ARITY: usize = 4;

/// Events to come, in order of time; those of one instant in the order in which they were put in.
///
/// A heap with four children a node. Nothing is taken out before its time: a handler that finds its event out of date lets it go by.
#[derive(Clone, Debug)]
pub struct Calendar<E> {
    heap: Vec<Entry<E>>,
    now: Ticks,
    sequence: u64,
    taken: u64,
}

#[derive(Clone, Debug)]
struct Entry<E> {
    /// Time in the upper half, number of the insertion in the lower: one comparison tells both.
    key: u128,
    event: E,
}

impl<E> Default for Calendar<E> {
    fn default() -> Self {
        Self { heap: Vec::new(), now: 0, sequence: 0, taken: 0 }
    }
}

impl<E> Calendar<E> {
    /// An empty calendar at time 0.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
    /// The time of the event that was taken last.
    #[must_use]
    pub const fn now(&self) -> Ticks {
        self.now
    }
    /// Events still to come.
    #[must_use]
    pub fn len(&self) -> usize {
        self.heap.len()
    }
    /// Whether nothing is to come.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.heap.is_empty()
    }
    /// Events taken so far.
    #[must_use]
    pub const fn taken(&self) -> u64 {
        self.taken
    }
    /// When the next event is.
    #[must_use]
    pub fn next_at(&self) -> Option<Ticks> {
        self.heap.first().map(|entry| time_of(entry.key))
    }
    /// Puts an event in. A time that is past counts as now: time never runs back.
    pub fn at(&mut self, time: Ticks, event: E) {
        let key = (u128::from(time.max(self.now)) << 64) | u128::from(self.sequence);
        self.sequence += 1;
        self.heap.push(Entry { key, event });
        self.rise(self.heap.len() - 1);
    }
    /// Puts an event in so many ticks from now; beyond the end of time is the end of time.
    pub fn after(&mut self, delay: Ticks, event: E) {
        self.at(self.now.saturating_add(delay), event);
    }
    /// The next event, and its time is now.
    pub fn pop(&mut self) -> Option<(Ticks, E)> {
        if self.heap.is_empty() {
            return None;
        }
        let Entry { key, event } = self.heap.swap_remove(0);
        self.sink();
        self.now = time_of(key);
        self.taken += 1;
        Some((self.now, event))
    }
    /// The next event when it is before `end`; otherwise `end` is now, and nothing is taken.
    pub fn pop_before(&mut self, end: Ticks) -> Option<(Ticks, E)> {
        if self.next_at().is_some_and(|at| at < end) {
            return self.pop();
        }
        self.now = self.now.max(end);
        None
    }

    /// Moves the entry at `index` up to where its parent is earlier.
    fn rise(&mut self, mut index: usize) {
        while index > 0 {
            let parent = (index - 1) / ARITY;
            if self.heap[parent].key <= self.heap[index].key {
                return;
            }
            self.heap.swap(parent, index);
            index = parent;
        }
    }
    /// Moves the first entry down to where its children are later.
    fn sink(&mut self) {
        let mut index = 0;
        loop {
            let first = index * ARITY + 1;
            let end = (first + ARITY).min(self.heap.len());
            let Some(least) = (first..end).min_by_key(|&child| self.heap[child].key) else { return };
            if self.heap[index].key <= self.heap[least].key {
                return;
            }
            self.heap.swap(index, least);
            index = least;
        }
    }
}

/// The time in a key.
const fn time_of(key: u128) -> Ticks {
    (key >> 64) as Ticks
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ties_come_in_the_order_of_insertion_and_time_never_runs_back() {
        let mut calendar = Calendar::new();
        calendar.at(5, 'b');
        calendar.at(5, 'c');
        calendar.at(1, 'a');
        assert_eq!(calendar.pop(), Some((1, 'a')));
        calendar.at(0, 'n');
        assert_eq!(calendar.pop(), Some((1, 'n')), "a past time is now");
        assert_eq!(calendar.pop(), Some((5, 'b')));
        calendar.after(0, 'd');
        assert_eq!(calendar.pop(), Some((5, 'c')));
        assert_eq!(calendar.pop(), Some((5, 'd')));
        assert_eq!((calendar.pop(), calendar.taken()), (None, 5));
    }

    #[test]
    fn the_end_of_a_run_is_reached_without_an_event() {
        let mut calendar = Calendar::new();
        calendar.at(10, ());
        assert_eq!(calendar.pop_before(10), None, "an event at the end is not before it");
        assert_eq!((calendar.now(), calendar.len()), (10, 1));
    }

    proptest! {
        #[test]
        fn any_mix_of_puts_and_takes_comes_out_sorted_and_stable(steps in prop::collection::vec(prop::option::of(0u64..50), 1..300)) {
            let mut calendar = Calendar::new();
            let mut model: Vec<(u64, usize)> = Vec::new();
            for (number, step) in steps.into_iter().enumerate() {
                if let Some(delay) = step {
                    calendar.after(delay, number);
                    model.push((calendar.now() + delay, number));
                } else {
                    model.sort_unstable();
                    let expected = (!model.is_empty()).then(|| model.remove(0));
                    prop_assert_eq!(calendar.pop(), expected);
                }
            }
        }
    }
}
