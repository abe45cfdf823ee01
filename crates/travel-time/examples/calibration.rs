//! Prints how well the distance model fits the published means.
#![expect(clippy::print_stdout, reason = "an example that prints a table")]

use travel_time::DistanceModel;
use travel_time::calibration::{FIT, PUBLISHED_MEAN, modelled_mean};

fn main() {
    let model = DistanceModel::japan();
    let row = |name: &str, published: f64, modelled: f64| {
        println!("{name:<24} {published:>10.1} {modelled:>7.1} {:>12.1}", modelled - published);
    };
    println!("department's population   published   model   difference");
    for class in FIT {
        row(class.name, class.published, class.modelled(&model));
    }
    row("all", PUBLISHED_MEAN, modelled_mean(&model));
}
