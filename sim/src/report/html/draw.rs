//! Plots, bars and latency curves as SVG.

use super::canvas::{Canvas, Failed, Frame, HEIGHT, ROOM_BELOW, draw};
use super::scale::Scale;
use crate::report::number::amount;
use crate::report::{Axis, Bars, Latency, Plot, Series, Style};

/// Up to so many points of a line are marked.
const FEW_POINTS: usize = 40;
/// Names of bars that fit beside each other.
const NAMES_FIT: usize = 16;
/// Letters of all names that fit under upright bars.
const NAME_LETTERS: usize = 80;
/// Letters of a name that fit beside a lying bar; longer ones are cut.
const LONG_NAME_LETTERS: usize = 30;
/// Room for them.
const ROOM_FOR_NAMES: u32 = 440;
/// A lying bar is at least so high.
const ROW: u32 = 26;
/// Part of the room of a name that its bars fill.
const BAR_PART: f64 = 0.78;
/// Times so much longer than the shortest are drawn by their powers of ten.
const WIDE: f64 = 30.0;
/// Rarer times than this are not told, in nines.
const MOST_NINES: f64 = 5.0;

type Points = Vec<(f64, f64)>;

/// Series over a number.
pub(super) fn plot(plot: &Plot) -> String {
    let points = || plot.series.iter().flat_map(|series| &series.points);
    let bands = plot.series.iter().flat_map(|series| series.band.iter().flatten().copied());
    let x = Scale::around(&plot.x, points().map(|[x, _]| *x));
    let y = Scale::around(&plot.y, points().map(|[_, y]| *y).chain(bands).chain(plot.limit));
    let x_label = |mark: f64| x.label(mark);
    let frame = Frame {
        x_words: plot.x.text(),
        y_words: plot.y.text(),
        x_label: &x_label,
        y_label: &|mark| y.label(mark),
        ..Frame::new(&x, &y)
    };
    draw(&frame, |canvas| {
        for (index, series) in plot.series.iter().enumerate() {
            one_series(canvas, index, series, (&x, &y))?;
        }
        limit(canvas, plot.limit, (&x, &y))
    })
}

fn limit(canvas: &mut Canvas<'_, '_>, limit: Option<f64>, (x, y): (&Scale, &Scale)) -> Result<(), Failed> {
    match limit.and_then(|limit| y.place(limit)) {
        Some(at) => canvas.limit((x.from, at), (x.to, at)),
        None => Ok(()),
    }
}

fn one_series(
    canvas: &mut Canvas<'_, '_>,
    index: usize,
    series: &Series,
    (x, y): (&Scale, &Scale),
) -> Result<(), Failed> {
    let placed = |[at_x, at_y]: [f64; 2]| Some((x.place(at_x)?, y.place(at_y)?));
    let points: Points = series.points.iter().filter_map(|point| placed(*point)).collect();
    if series.band.len() == series.points.len() {
        let edge = |end: usize| -> Points {
            let both = series.points.iter().zip(&series.band);
            // Below the lowest power of ten the band ends at the axis.
            both.filter_map(|(point, ends)| Some((x.place(point[0])?, y.place(ends[end]).unwrap_or(y.from)))).collect()
        };
        canvas.band(index, &edge(0), &edge(1))?;
    }
    match series.style {
        Style::Line => {
            canvas.line(index, points.clone())?;
            if points.len() <= FEW_POINTS { canvas.marks(index, &points) } else { Ok(()) }
        }
        Style::Points => canvas.marks(index, &points),
        Style::Steps => canvas.line(index, steps(&points)),
    }
}

/// Each value stays until the next one.
fn steps(points: &[(f64, f64)]) -> Points {
    let mut path = Points::with_capacity(points.len() * 2);
    for &(x, y) in points {
        if let Some(&(_, before)) = path.last() {
            path.push((x, before));
        }
        path.push((x, y));
    }
    path
}

/// Bars over names, from 0: upright, or lying where the names are too long to stand under them.
pub(super) fn bars(bars: &Bars) -> String {
    let letters = NAME_LETTERS / bars.names.len().clamp(1, NAMES_FIT);
    let long = bars.names.iter().any(|name| name.chars().count() > letters);
    if long { lying(bars) } else { upright(bars) }
}

/// The axis of what the bars count.
fn counted(bars: &Bars) -> Scale {
    let values = bars.series.iter().flat_map(|series| series.values.iter().map(|value| value.0));
    let bands = bars.series.iter().flat_map(|series| series.band.iter().flatten().copied());
    let axis = if bars.y.log { bars.y.clone() } else { bars.y.clone().from(bars.y.from.unwrap_or(0.0).min(0.0)) };
    Scale::around(&axis, values.chain(bands))
}

fn upright(bars: &Bars) -> String {
    let (x, y) = (Scale::names(bars.names.len(), NAMES_FIT), counted(bars));
    let x_label = |mark: f64| bars.names.get(mark as usize).cloned().unwrap_or_default();
    let frame = Frame {
        x_words: bars.x.clone(),
        y_words: bars.y.text(),
        x_label: &x_label,
        y_label: &|mark| y.label(mark),
        grid: (false, true),
        ..Frame::new(&x, &y)
    };
    draw(&frame, |canvas| each_bar(canvas, bars, &y, |across, along| (across, along)))
}

/// The first name on top.
fn lying(bars: &Bars) -> String {
    let many = bars.names.len();
    let (x, y) = (counted(bars), Scale::names(many, many));
    let y_label = |mark: f64| {
        let name = (many as f64 - mark) as usize;
        short(bars.names.get(name).map_or("", String::as_str), LONG_NAME_LETTERS)
    };
    let rows = u32::try_from(many * bars.series.len().max(1)).unwrap_or(u32::MAX);
    let frame = Frame {
        x_words: bars.y.text(),
        y_words: String::new(),
        x_label: &|mark| x.label(mark),
        y_label: &y_label,
        grid: (true, false),
        height: HEIGHT.max(rows.saturating_mul(ROW).saturating_add(ROOM_BELOW)),
        left: ROOM_FOR_NAMES,
        ..Frame::new(&x, &y)
    };
    draw(&frame, |canvas| each_bar(canvas, bars, &x, |across, along| (along, many as f64 - across)))
}

/// Draws every bar with its whisker; `at` places what lies so far across the names and so far along the bar.
fn each_bar(
    canvas: &mut Canvas<'_, '_>,
    bars: &Bars,
    scale: &Scale,
    at: impl Fn(f64, f64) -> (f64, f64),
) -> Result<(), Failed> {
    let width = BAR_PART / bars.series.len().max(1) as f64;
    let foot = scale.place(0.0).unwrap_or(scale.from);
    for (index, series) in bars.series.iter().enumerate() {
        let left = (1.0 - BAR_PART) / 2.0 + width * index as f64;
        for (name, value) in series.values.iter().enumerate() {
            let from = name as f64 + left;
            let Some(top) = scale.place(value.0) else { continue };
            canvas.bar(index, [at(from, foot), at(width.mul_add(0.94, from), top)])?;
            if let Some([low, high]) = series.band.get(name)
                && let (Some(low), Some(high)) = (scale.place(*low), scale.place(*high))
            {
                let middle = width.mul_add(0.47, from);
                canvas.whisker([at(middle, low), at(middle, high)])?;
            }
        }
    }
    Ok(())
}

/// At most so many letters.
fn short(name: &str, letters: usize) -> String {
    match name.chars().count() > letters {
        true => name.chars().take(letters.saturating_sub(1)).chain(['…']).collect(),
        false => name.to_owned(),
    }
}

/// Times over their quantile: the rare ones have as much room as the others.
pub(super) fn latency(latency: &Latency) -> String {
    let told = || latency.curves.iter().flat_map(|curve| &curve.quantiles);
    let times = || told().map(|quantile| quantile.value);
    let (least, most) = times()
        .filter(|time| *time > 0.0)
        .fold((f64::INFINITY, 0.0_f64), |(least, most), time| (least.min(time), most.max(time)));
    let axis = Axis { log: most > least * WIDE, ..Axis::new("time", latency.unit.clone()) };
    let axis = if axis.log { axis } else { axis.from(0.0) };
    let y = Scale::around(&axis, times());
    let rarest = told().filter_map(|quantile| nines(quantile.at)).fold(1.0, f64::max);
    let marks: Vec<f64> = [0.0, 0.5, 0.9, 0.99, 0.999, 0.999_9, 0.999_99].iter().filter_map(|at| nines(*at)).collect();
    let x = Scale::with_marks(0.0, rarest, marks.into_iter().filter(|mark| *mark <= rarest + 0.01).collect());
    let frame = Frame {
        x_words: "so many were faster, %".to_owned(),
        y_words: axis.text(),
        x_label: &percent,
        y_label: &|mark| y.label(mark),
        ..Frame::new(&x, &y)
    };
    draw(&frame, |canvas| {
        for (index, curve) in latency.curves.iter().enumerate() {
            let points: Points = curve
                .quantiles
                .iter()
                .filter_map(|quantile| Some((nines(quantile.at)?, y.place(quantile.value)?)))
                .collect();
            canvas.line(index, points.clone())?;
            canvas.marks(index, &points)?;
        }
        Ok(())
    })
}

/// 0.99 is two nines; what is rarer than is told has no place.
fn nines(quantile: f64) -> Option<f64> {
    let nines = -(1.0 - quantile).log10();
    (0.0..=MOST_NINES + 0.01).contains(&nines).then_some(nines.max(0.0))
}

fn percent(nines: f64) -> String {
    let percent = (1.0 - 10_f64.powf(-nines)) * 100.0;
    // As many digits as there are nines; `amount` would round 99.99 to 100.
    if percent < 99.5 {
        amount(percent.round())
    } else {
        format!("{percent:.0$}", (nines.round() - 2.0).max(0.0) as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_told_by_their_nines() {
        let told: Vec<_> =
            [0.0, 0.5, 0.9, 0.99, 0.999, 0.999_9].iter().filter_map(|at| nines(*at)).map(percent).collect();
        assert_eq!(told, ["0", "50", "90", "99", "99.9", "99.99"]);
        assert_eq!(nines(1.0), None);
    }

    #[test]
    fn a_count_stays_until_it_changes() {
        assert_eq!(steps(&[(0.0, 1.0), (2.0, 5.0)]), [(0.0, 1.0), (2.0, 1.0), (2.0, 5.0)]);
    }

    #[test]
    fn words_of_any_origin_are_escaped_in_a_drawing() {
        let axis = || Axis::new("<script>", "");
        let svg = plot(&Plot::new("", axis(), axis()).series(Series::line("a", vec![[0.0, 1.0], [1.0, 2.0]])));
        assert!(svg.starts_with("<svg") && svg.contains("&lt;script&gt;") && !svg.contains("<script>"), "{svg}");
        let names = vec!["<img>".to_owned(), "b".to_owned()];
        let svg = bars(&Bars::new("", "x", axis(), names).series("a", [1.0, f64::NAN]));
        assert!(svg.contains("&lt;img&gt;") && svg.matches("#100000").count() == 1, "{svg}");
    }

    #[test]
    fn bars_lie_where_their_names_are_long() {
        let of = |names: [&str; 2]| {
            bars(&Bars::new("", "", Axis::new("n", ""), names.map(str::to_owned).to_vec()).series("a", [1.0, 2.0]))
        };
        let long = "the likeliest hospital to accept, first of all";
        let lying = of([long, "at random"]);
        assert!(lying.contains("the likeliest hospital to acc…") && lying.contains("at random"), "{lying}");
        let upright = of(["nearest", "at random"]);
        assert!(upright.contains("nearest") && !upright.contains('…'), "{upright}");
    }

    #[test]
    fn nothing_to_draw_is_an_empty_frame() {
        let empty = plot(&Plot::new("", Axis::log("x", ""), Axis::log("y", "")));
        assert!(empty.starts_with("<svg") && empty.trim_end().ends_with("</svg>"), "{empty}");
        assert!(latency(&Latency::new("", "ms")).starts_with("<svg"));
        assert!(bars(&Bars::new("", "", Axis::new("", ""), Vec::new())).starts_with("<svg"));
    }
}
