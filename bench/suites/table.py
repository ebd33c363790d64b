"""Rows of the one table (figure, goal, measured, ratio), how a goal is judged, how it is printed.

Nothing here measures. A goal that could not be measured is a row too: it says why.
"""

import dataclasses
import json
import os
import statistics


@dataclasses.dataclass
class Row:
    figure: str
    goal: str = ""
    measured: str = ""
    ratio: str = ""
    met: bool | None = None  # None: no goal, only for comparison
    values: dict = dataclasses.field(default_factory=dict)

    @property
    def mark(self):
        return {True: "yes", False: "NO", None: ""}[self.met]


def at_least(figure, goal_text, value, goal, measured, unit="", **values):
    """A row whose `value` should reach `goal`; `unit` says what the value is a multiple of."""
    return Row(figure, goal_text, measured, f"{value:.2f}{unit}", value >= goal,
               {"value": value, "goal": goal, **values})


def at_most(figure, goal_text, value, goal, measured, **values):
    """A row whose `value` should not pass `goal`; the ratio is value / goal."""
    ratio = value / goal if goal else 0.0
    return Row(figure, goal_text, measured, f"{ratio:.2f} of goal", value <= goal,
               {"value": value, "goal": goal, **values})


def info(figure, measured, ratio="", **values):
    return Row(figure, "", measured, ratio, None, values)


def missing(figure, goal_text, why):
    return Row(figure, goal_text, f"not measured: {why}", "", False, {"missing": why})


def count(number):
    """12 345 678, as people read it."""
    return f"{round(number):,}".replace(",", " ")


def rate(number):
    return f"{count(number)}/s"


def us(number):
    return f"{number / 1000:.2f} ms" if number >= 1000 else f"{number:.0f} µs"


def median(values):
    values = [value for value in values if value is not None]
    return statistics.median(values) if values else 0.0


def print_table(rows):
    header = ("figure", "goal", "measured", "ratio", "met")
    cells = [header] + [(r.figure, r.goal, r.measured, r.ratio, r.mark) for r in rows]
    widths = [max(len(row[i]) for row in cells) for i in range(len(header))]
    for number, row in enumerate(cells):
        print(" | ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
        if number == 0:
            print("-|-".join("-" * width for width in widths))


def write_json(path, rows, facts):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    document = {**facts, "rows": [dataclasses.asdict(row) for row in rows]}
    with open(path + ".part", "w", encoding="utf-8") as file:
        json.dump(document, file, indent=1, ensure_ascii=False)
    os.replace(path + ".part", path)
