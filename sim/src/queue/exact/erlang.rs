//! Erlang's two formulas.

use super::Exacts;
use crate::queue::observe::IN_SYSTEM_MAX;
use crate::queue::plan::Plan;

/// Erlang B: the share of calls lost by `servers` servers at `load` erlangs (rate × mean service), whatever the distribution of services.
///
/// B(0) = 1, B(n) = a·B(n−1) / (n + a·B(n−1)): stable at any size.
#[must_use]
pub fn erlang_b(servers: u32, load: f64) -> f64 {
    (1..=servers).fold(1.0, |blocked, n| load * blocked / (f64::from(n) + load * blocked))
}

/// Erlang C: the share of calls that wait, at a load below the number of servers; 1 at or above it.
///
/// C = c·B / (c − a·(1 − B)).
#[must_use]
pub fn erlang_c(servers: u32, load: f64) -> f64 {
    let (c, blocked) = (f64::from(servers), erlang_b(servers, load));
    if load >= c { 1.0 } else { c * blocked / (c - load * (1.0 - blocked)) }
}

/// M/G/c/c: what does not depend on the distribution of services (insensitivity; Sevastyanov, 1957). Services may differ by area, not by
/// server; every server may serve everywhere, in any order.
pub(super) fn loss(plan: &Plan, exacts: &mut Exacts) {
    const BY: &str = "Erlang B";
    let by_area = |area: &crate::queue::plan::AreaPlan| {
        let same = area.service.iter().all(|service| service.law == area.service[0].law);
        let way =
            plan.travel == Some(crate::queue::TravelTime::BeforeService) && area.travel.iter().any(Option::is_some);
        (same && !way).then(|| area.rate * area.service[0].law.mean())
    };
    if !plan.everyone_everywhere() {
        return;
    }
    let Some(loads) = plan.areas.iter().map(by_area).collect::<Option<Vec<f64>>>() else { return };
    let (load, servers) = (loads.iter().sum::<f64>(), plan.servers());
    let blocked = erlang_b(servers, load);
    let carried = load * (1.0 - blocked);
    for figure in ["system.loss", "system.all_busy", "system.found_all_busy"] {
        exacts.tell(figure, blocked, BY);
    }
    for area in &plan.areas {
        exacts.tell(format!("area.{}.loss", area.id), blocked, BY);
    }
    exacts.tell("system.busy_mean", carried, BY);
    exacts.tell("system.in_system_mean", carried, BY);
    exacts.tell("system.utilisation", carried / f64::from(servers), BY);
    exacts.tell("system.time_in_system_mean", load / plan.rate(), BY);
    // P(n) = B(c)·c!/n!·a^(n−c), from the top down.
    let mut share = blocked;
    for n in (0..=servers).rev() {
        if usize::try_from(n).is_ok_and(|n| n < IN_SYSTEM_MAX) {
            exacts.tell(format!("system.in_system.{n}"), share, BY);
        }
        share *= f64::from(n) / load;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_formulas_give_the_printed_values() {
        // Servers, load, B, C: exact to the digits shown.
        for (servers, load, b, c) in [
            (3, 1.5, 9.0 / 67.0, 9.0 / 38.0),
            (3, 2.0, 4.0 / 19.0, 4.0 / 9.0),
            (5, 3.0, 0.110_054_35, 0.236_151_60),
            (10, 6.0, 0.043_141_84, 0.101_299_24),
            (10, 8.0, 0.121_661_06, 0.409_180_15),
            (17, 12.0, 0.040_900_03, 0.126_630_10),
            (20, 16.0, 0.064_410_92, 0.256_077_79),
            (100, 90.0, 0.026_957_38, 0.216_940_48),
        ] {
            assert!((erlang_b(servers, load) - b).abs() < 5e-9, "B({servers}, {load}) = {}", erlang_b(servers, load));
            assert!((erlang_c(servers, load) - c).abs() < 5e-9, "C({servers}, {load}) = {}", erlang_c(servers, load));
        }
        assert!((erlang_c(2, 2.0) - 1.0).abs() < 1e-12);
    }
}
