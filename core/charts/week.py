"""The working hours of a week, day by day, to be checked at a glance."""

import plotly.graph_objects as go

from core.charts.look import Look, figure
from core.worktime import DAYS, Calendar, Shift

_DAY = 24 * 60
_TICKS = (0, 6, 12, 18, 24)


def week(calendar: Calendar, look: Look, *, height: int = 236) -> go.Figure:
    """Monday to Sunday from above, midnight to midnight; at the right how long the shifts last that begin on the day.

    A night shift is drawn where the clock on the wall shows it: its second part stands in the next day's row.
    """
    made = figure(look, height, left=4, right=4, top=2, bottom=24)
    stretches = [stretch for shift in calendar.week for stretch in _stretches(shift)]
    for name, colour, rows in (
        ("day", look.ghost, [(day, 0, _DAY, DAYS[day]) for day in range(7)]),
        ("open", look.stage, stretches),
    ):
        made.add_trace(
            go.Bar(
                y=[day for day, *_ in rows],
                base=[opens / 60 for _, opens, _, _ in rows],
                x=[(closes - opens) / 60 for _, opens, closes, _ in rows],
                orientation="h",
                width=0.62 if name == "open" else 0.1,
                marker={"color": colour},
                hovertext=[said for *_, said in rows],
                hoverinfo="text" if name == "open" else "skip",
                name=name,
            )
        )
    size = look.size(13)
    for day, name in enumerate(DAYS):
        minutes = sum(shift.minutes for shift in calendar.week if shift.day == day)
        night = any(where == day for where, *_ in stretches)
        text = lasting(minutes) if minutes else f"of {DAYS[day - 1][:3]}" if night else "closed"
        made.add_annotation(
            x=24.3, y=day, xanchor="left", showarrow=False, text=text,
            font={"size": size, "color": look.text if minutes else look.quiet},
        )  # fmt: skip
        made.add_annotation(
            x=-0.3, y=day, xanchor="right", showarrow=False, text=name[:3],
            font={"size": size, "color": look.text},
        )  # fmt: skip
    made.update_yaxes(range=[6.6, -0.6], visible=False)
    made.update_xaxes(
        range=[-2.4, 28],
        tickmode="array",
        tickvals=list(_TICKS),
        ticktext=[f"{hour:02}" for hour in _TICKS],
        tickfont={"size": look.size(12), "color": look.quiet},
    )
    return made


def lasting(minutes: int) -> str:
    """Minutes as hours.

    >>> lasting(480), lasting(450), lasting(30)
    ('8 h', '7 h 30 min', '30 min')
    """
    hours, rest = divmod(minutes, 60)
    return " ".join(part for part in (f"{hours} h" if hours else "", f"{rest} min" if rest else "") if part) or "0 h"


def _stretches(shift: Shift) -> list[tuple[int, int, int, str]]:
    """Day, opening and closing in minutes, and the shift in words; two of them where it goes over midnight."""
    first = (shift.day, shift.opens_at, min(shift.closes_at, _DAY), str(shift))
    over = shift.closes_at - _DAY
    return [first] if over <= 0 else [first, ((shift.day + 1) % 7, 0, over, str(shift))]


__all__ = ["lasting", "week"]
