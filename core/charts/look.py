"""How every picture looks: colours by role, hatching for leaks, text that says what the data say and nothing else."""

from dataclasses import dataclass, replace

import plotly.graph_objects as go

FONT = "Source Sans, Source Sans Pro, Segoe UI, Helvetica, Arial, sans-serif"

HATCHES = {"rejected": "/", "recycled": "\\", "disqualified": "x", "lost": "-", "stalled": "."}
"""Hatch of each leak: with the colour taken away it still says that this is a leak, and which."""


@dataclass(frozen=True)
class Look:
    """Colours by what they mean, and the size of the text. Okabe and Ito's hues: told apart without colour vision."""

    stage: str
    leak: str
    won: str
    ghost: str
    text: str
    quiet: str
    ground: str
    scale: float = 1.0

    def larger(self) -> "Look":
        """The same for a room: readable from the third row."""
        return replace(self, scale=1.4)

    @property
    def brief(self) -> bool:
        """For a room: only what matters most is labelled."""
        return self.scale > 1

    def size(self, pixels: float) -> int:
        """A text size in pixels, scaled."""
        return round(pixels * self.scale)


LIGHT = Look(
    stage="#0B63A5", leak="#D55E00", won="#00735C", ghost="#C9CDD3", text="#101418", quiet="#4A525B", ground="#FFFFFF"
)
DARK = Look(
    stage="#56B4E9", leak="#F0874A", won="#3FBF9F", ghost="#4A525B", text="#E9EDF1", quiet="#AEB6BF", ground="#101418"
)


def shown(text: object) -> str:
    """Text from the data as Plotly shows it unchanged: no markup, no template, no formula.

    >>> shown("<b>R&D</b> %{x} $5$")
    '&lt;b&gt;R&amp;D&lt;/b&gt; %&#123;x} &#36;5&#36;'
    """
    plain = str(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return plain.replace("$", "&#36;").replace("%{", "%&#123;")


def wrapped(text: str, width: int, lines: int = 2) -> str:
    """A label broken at its spaces into at most `lines` lines of about `width` signs; the rest becomes an ellipsis.

    >>> wrapped("Sales accepted lead", 10)
    'Sales<br>accepted…'
    >>> wrapped("Opportunity", 8)
    'Opportu…'
    """
    rows: list[str] = []
    for word in text.split():
        if rows and len(rows[-1]) + 1 + len(word) <= width:
            rows[-1] += " " + word
        else:
            rows.append(word)
    kept = [row if len(row) <= width else row[: width - 1] + "…" for row in rows[:lines]]
    if len(rows) > lines and not kept[-1].endswith("…"):
        kept[-1] += "…"
    return "<br>".join(shown(row) for row in kept)


def figure(look: Look, height: int, *, left: int = 4, right: int = 4, top: int = 4, bottom: int = 4) -> go.Figure:
    """An empty picture: no grid, no legend, no axis lines; bars drawn over each other where they are told to be."""
    made = go.Figure()
    made.update_layout(
        template="none",
        height=height,
        margin={"l": left, "r": right, "t": top, "b": bottom, "pad": 0},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"family": FONT, "size": look.size(13), "color": look.text},
        separators=".,",
        showlegend=False,
        hovermode="closest",
        hoverlabel={
            "bgcolor": look.ground,
            "bordercolor": look.quiet,
            "font": {"color": look.text, "size": look.size(13)},
        },
        barmode="overlay",
        barcornerradius=2,
        dragmode=False,
    )
    made.update_xaxes(showgrid=False, zeroline=False, fixedrange=True, showline=False, ticks="")
    made.update_yaxes(showgrid=False, zeroline=False, fixedrange=True, showline=False, ticks="")
    return made
