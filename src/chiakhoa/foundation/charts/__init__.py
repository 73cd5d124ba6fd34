"""Charts as text: pure functions from numbers to SVG (or an HTML table where a table says it better).

They write classes, never colours, so that light, dark and print follow app.css; lengths are percentages, so that text
keeps its size on a phone. Words and number formats are handed in. A chart with links is a `group`, without links an
`img`: what stands inside an `img` is not offered to assistive technology. Every chart is shown beside its table
(foundation/chart.html).
Read in this order: frame, classes, bars, intervals, lines, heat, choropleth.
"""

from chiakhoa.foundation.charts.bars import Bar, bars
from chiakhoa.foundation.charts.choropleth import Mark, choropleth
from chiakhoa.foundation.charts.classes import legend, level, quintiles
from chiakhoa.foundation.charts.heat import Cell, Head, heat
from chiakhoa.foundation.charts.intervals import Interval, intervals
from chiakhoa.foundation.charts.lines import Series, line, spark

__all__ = [
    "Bar",
    "Cell",
    "Head",
    "Interval",
    "Mark",
    "Series",
    "bars",
    "choropleth",
    "heat",
    "intervals",
    "legend",
    "level",
    "line",
    "quintiles",
    "spark",
]
