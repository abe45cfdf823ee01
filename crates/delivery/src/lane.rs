//! Which log goes first. Fresh facts never wait behind old backlog.

use model::LogId;

use crate::store::{LogHead, LogKind};

/// Order of sending between logs; smaller goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lane {
    /// The open case that began last.
    NewestOpenCase,
    /// Other open cases, newest first.
    OpenCase,
    /// The log of the unit itself (duty, position of the vehicle, faults).
    Unit,
    /// Cases that are closed on this tablet, newest first.
    OlderCase,
}

/// All logs in the order of sending: by lane, then newest beginning first, then by id.
#[must_use]
pub fn lane_order(heads: &[LogHead]) -> Vec<(Lane, LogId)> {
    let newest_open = heads
        .iter()
        .filter(|head| is_open_case(head))
        .max_by_key(|head| (head.begun_at, head.log))
        .map(|head| head.log);
    let mut order: Vec<_> = heads
        .iter()
        .map(|head| {
            let lane = match head.kind {
                LogKind::Unit => Lane::Unit,
                LogKind::Case(_) if head.closed => Lane::OlderCase,
                LogKind::Case(_) if Some(head.log) == newest_open => Lane::NewestOpenCase,
                LogKind::Case(_) => Lane::OpenCase,
            };
            (lane, core::cmp::Reverse(head.begun_at), head.log)
        })
        .collect();
    order.sort();
    order.into_iter().map(|(lane, _, log)| (lane, log)).collect()
}

fn is_open_case(head: &LogHead) -> bool {
    matches!(head.kind, LogKind::Case(_)) && !head.closed
}

#[cfg(test)]
mod tests {
    use model::{CaseId, Timestamp};

    use super::*;

    fn head(id: u8, kind: LogKind, begun: i64, closed: bool) -> LogHead {
        LogHead { closed, ..LogHead::new(LogId::from_bytes([id; 16]), kind, Timestamp(begun)) }
    }

    #[test]
    fn fresh_cases_go_before_the_unit_and_the_unit_before_old_cases() {
        let case = |id| LogKind::Case(CaseId::from_bytes([id; 16]));
        let heads = [
            head(1, case(1), 10, true),
            head(2, case(2), 20, false),
            head(3, LogKind::Unit, 0, false),
            head(4, case(4), 40, false),
            head(5, case(5), 50, true),
            head(6, case(6), 30, false),
        ];
        let order: Vec<_> = lane_order(&heads).into_iter().map(|(lane, log)| (lane, log.bytes()[0])).collect();
        use Lane::{NewestOpenCase, OlderCase, OpenCase, Unit};
        assert_eq!(
            order,
            [(NewestOpenCase, 4), (OpenCase, 6), (OpenCase, 2), (Unit, 3), (OlderCase, 5), (OlderCase, 1)]
        );
    }
}
