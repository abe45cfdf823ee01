//! The frame of a plot as SVG, by plotters: axes, grid, marks, words, and shapes in the colours of series.
//!
//! Colours here are names: `#1000NN` is the NN-th series, the others are below. The style sheet gives them a real colour, one for
//! paper and light screens and one for dark ones.

use super::scale::Scale;
use plotters::backend::SVGBackend;
use plotters::chart::{ChartBuilder, ChartContext};
use plotters::coord::Shift;
use plotters::coord::cartesian::Cartesian2d;
use plotters::coord::ranged1d::{DefaultFormatting, KeyPointHint, Ranged};
use plotters::drawing::{DrawingArea, DrawingAreaErrorKind, IntoDrawingArea};
use plotters::element::{Circle, Cross, PathElement, Polygon, Rectangle, TriangleMarker};
use plotters::style::{Color, RGBColor, ShapeStyle};

/// Drawn twice as large as it is shown, because plotters counts in whole dots.
pub(super) const WIDTH: u32 = 1_280;
/// As high as most drawings are.
pub(super) const HEIGHT: u32 = 680;
const TEXT: RGBColor = RGBColor(1, 1, 1);
const GRID: RGBColor = RGBColor(2, 2, 2);
const AXIS: RGBColor = RGBColor(3, 3, 3);
const LIMIT: RGBColor = RGBColor(4, 4, 4);
/// Series that are told apart; the next one looks like the first.
pub(super) const SERIES: usize = 8;
const SERIES_RED: u8 = 0x10;
const LETTER: (&str, u32) = ("sans-serif", 31);
const STROKE: u32 = 4;
const MARKER: i32 = 7;
/// How much of what is behind a band can be seen through it.
const BAND: f64 = 0.18;
/// Room for numbers beside the drawing.
pub(super) const ROOM_LEFT: u32 = 150;
pub(super) const ROOM_BELOW: u32 = 92;

type Chart<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<Scale, Scale>>;
/// What goes wrong while text is written into memory: nothing, but plotters cannot know that.
pub(super) type Failed = DrawingAreaErrorKind<std::io::Error>;

impl Ranged for Scale {
    type FormatOption = DefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, (first, last): (i32, i32)) -> i32 {
        let part = (value - self.from) / (self.to - self.from);
        first + (f64::from(last - first) * part).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        if hint.weight().allow_light_points() { Vec::new() } else { self.marks.clone() }
    }

    fn range(&self) -> std::ops::Range<f64> {
        self.from..self.to
    }
}

/// What stands around the shapes.
pub(super) struct Frame<'a> {
    pub(super) x: &'a Scale,
    pub(super) y: &'a Scale,
    pub(super) x_words: String,
    pub(super) y_words: String,
    /// The words at a mark of the x axis.
    pub(super) x_label: &'a dyn Fn(f64) -> String,
    /// The words at a mark of the y axis.
    pub(super) y_label: &'a dyn Fn(f64) -> String,
    /// Lines from the marks of each axis, of x and of y.
    pub(super) grid: (bool, bool),
    pub(super) height: u32,
    /// Room for the words of the y axis.
    pub(super) left: u32,
}

impl<'a> Frame<'a> {
    /// Without words, with lines from all marks.
    pub(super) fn new(x: &'a Scale, y: &'a Scale) -> Self {
        let (x_words, y_words) = (String::new(), String::new());
        Self {
            x,
            y,
            x_words,
            y_words,
            x_label: &no_words,
            y_label: &no_words,
            grid: (true, true),
            height: HEIGHT,
            left: ROOM_LEFT,
        }
    }
}

fn no_words(_: f64) -> String {
    String::new()
}

/// A frame to draw into, in the numbers of its axes.
pub(super) struct Canvas<'a, 'b>(Chart<'a, 'b>);

/// Draws; the text is a whole `<svg>` element.
pub(super) fn draw(frame: &Frame<'_>, shapes: impl FnOnce(&mut Canvas<'_, '_>) -> Result<(), Failed>) -> String {
    let mut text = String::new();
    let drawn = try_draw(SVGBackend::with_string(&mut text, (WIDTH, frame.height)).into_drawing_area(), frame, shapes);
    match drawn {
        Ok(()) => text,
        Err(_) => String::new(),
    }
}

fn try_draw(
    area: DrawingArea<SVGBackend<'_>, Shift>,
    frame: &Frame<'_>,
    shapes: impl FnOnce(&mut Canvas<'_, '_>) -> Result<(), Failed>,
) -> Result<(), Failed> {
    let mut chart = ChartBuilder::on(&area)
        .margin_top(18)
        .margin_right(56)
        .x_label_area_size(ROOM_BELOW)
        .y_label_area_size(frame.left)
        .build_cartesian_2d(frame.x.clone(), frame.y.clone())?;
    let (x_label, y_label) = (|mark: &f64| (frame.x_label)(*mark), |mark: &f64| (frame.y_label)(*mark));
    let letters = |colour| plotters::style::TextStyle::from(LETTER).color(colour);
    let mut mesh = chart.configure_mesh();
    mesh.axis_style(AXIS.stroke_width(2))
        .bold_line_style(GRID.stroke_width(2))
        .light_line_style(GRID.mix(0.0))
        .label_style(letters(&TEXT))
        .axis_desc_style(letters(&TEXT))
        .x_label_formatter(&x_label)
        .y_label_formatter(&y_label)
        .x_desc(frame.x_words.as_str())
        .y_desc(frame.y_words.as_str());
    if !frame.grid.0 {
        mesh.disable_x_mesh();
    }
    if !frame.grid.1 {
        mesh.disable_y_mesh();
    }
    mesh.draw()?;
    shapes(&mut Canvas(chart))?;
    area.present()
}

fn colour(series: usize) -> RGBColor {
    RGBColor(SERIES_RED, 0, u8::try_from(series % SERIES).unwrap_or(0))
}

/// The name of a series' colour in the style sheet and in the legend.
pub(super) fn colour_name(series: usize) -> String {
    let RGBColor(red, green, blue) = colour(series);
    format!("#{red:02X}{green:02X}{blue:02X}")
}

impl Canvas<'_, '_> {
    /// A line through the points.
    pub(super) fn line(&mut self, series: usize, points: Vec<(f64, f64)>) -> Result<(), Failed> {
        self.path(points, colour(series).stroke_width(STROKE))
    }

    /// A line in the colour of words, as of a confidence interval.
    pub(super) fn whisker(&mut self, ends: [(f64, f64); 2]) -> Result<(), Failed> {
        self.path(ends.to_vec(), TEXT.stroke_width(3))
    }

    /// A limit, right across.
    pub(super) fn limit(&mut self, from: (f64, f64), to: (f64, f64)) -> Result<(), Failed> {
        self.path(vec![from, to], LIMIT.stroke_width(3))
    }

    fn path(&mut self, points: Vec<(f64, f64)>, style: ShapeStyle) -> Result<(), Failed> {
        self.0.draw_series(std::iter::once(PathElement::new(points, style))).map(|_| ())
    }

    /// What lies between two lines, over the same places.
    pub(super) fn band(&mut self, series: usize, low: &[(f64, f64)], high: &[(f64, f64)]) -> Result<(), Failed> {
        let around: Vec<_> = low.iter().chain(high.iter().rev()).copied().collect();
        self.0.draw_series(std::iter::once(Polygon::new(around, colour(series).mix(BAND)))).map(|_| ())
    }

    /// A mark at each point; its form too says which series it is.
    pub(super) fn marks(&mut self, series: usize, points: &[(f64, f64)]) -> Result<(), Failed> {
        let points = points.iter().copied();
        let (filled, line) = (colour(series).filled(), colour(series).stroke_width(STROKE));
        let chart = &mut self.0;
        match series % 4 {
            0 => chart.draw_series(points.map(|at| Circle::new(at, MARKER, filled))).map(|_| ()),
            1 => chart.draw_series(points.map(|at| TriangleMarker::new(at, MARKER + 3, filled))).map(|_| ()),
            2 => chart.draw_series(points.map(|at| Cross::new(at, MARKER, line))).map(|_| ()),
            _ => chart.draw_series(points.map(|at| Circle::new(at, MARKER, line))).map(|_| ()),
        }
    }

    /// A bar.
    pub(super) fn bar(&mut self, series: usize, corners: [(f64, f64); 2]) -> Result<(), Failed> {
        self.0.draw_series(std::iter::once(Rectangle::new(corners, colour(series).filled()))).map(|_| ())
    }
}
