"""Plots as SVG, drawn by pygal."""

from __future__ import annotations

import re

import pygal
from pygal.style import Style

from bench.report import Plot, number

_STYLE = Style(
    background="white",
    plot_background="white",
    font_family="sans-serif",
    colors=("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"),  # told apart by everybody
    title_font_size=18,
    label_font_size=13,
    major_label_font_size=13,
    legend_font_size=13,
    value_font_size=12,
    guide_stroke_color="#cccccc",
    major_guide_stroke_color="#cccccc",
)


def draw(plot: Plot) -> bytes:
    """A picture without scripts, the same for the same figures."""
    chart = (pygal.Bar if plot.is_bars else pygal.Line)(
        style=_STYLE,
        title=plot.title,
        x_title=plot.x_title,
        y_title=plot.y_title,
        logarithmic=plot.is_logarithmic,
        legend_at_bottom=True,
        width=800,
        height=450,
        js=(),
        print_values=plot.is_bars,
        print_values_position="top",
        value_formatter=number,
        include_x_axis=not plot.is_logarithmic,
        disable_xml_declaration=False,
    )
    chart.uuid = plot.name  # else another one each time
    chart.x_labels = plot.x
    for name, values in plot.series.items():
        chart.add(name, values)
    # pygal gives every chart a script with its settings, for tooltips that a picture in a page cannot show.
    return re.sub(rb"<script.*?</script>", b"", chart.render(), flags=re.DOTALL)
