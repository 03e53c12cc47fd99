"""Lines in a plot, as SVG, without a library: for the benches whose figures are a curve."""

from pathlib import Path
from xml.sax.saxutils import escape

WIDTH, HEIGHT, EDGE = 640, 400, 56
COLOURS = ["#1769aa", "#999999", "#c0392b", "#2e8b57"]


def write_plot(path: Path, title: str, across: str, upwards: str, lines: dict[str, dict[float, float]]) -> None:
    """Each line is y by x; both axes begin at 0."""
    most_x = max(x for line in lines.values() for x in line)
    most_y = max(y for line in lines.values() for y in line.values()) * 1.05

    def place(x: float, y: float) -> str:
        return f"{EDGE + x / most_x * (WIDTH - 2 * EDGE):.1f},{HEIGHT - EDGE - y / most_y * (HEIGHT - 2 * EDGE):.1f}"

    def text(x: float, y: float, words: str, anchor: str = "middle") -> str:
        return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'

    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" font-family="sans-serif" font-size="13">',
           f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>', text(WIDTH / 2, 24, title),
           text(WIDTH / 2, HEIGHT - 12, across), text(EDGE - 8, EDGE - 16, upwards, "end"),
           f'<path d="M{place(0, most_y)} L{place(0, 0)} L{place(most_x, 0)}" fill="none" stroke="black"/>']
    for x in sorted({x for line in lines.values() for x in line}):
        left, bottom = map(float, place(x, 0).split(","))
        out.append(text(left, bottom + 18, f"{x:g}"))
    for step in range(1, 5):
        left, bottom = map(float, place(0, most_y * step / 4).split(","))
        out.append(text(left - 8, bottom + 4, f"{most_y * step / 4:.0f}", "end"))
    for index, (name, line) in enumerate(lines.items()):
        points = " ".join(place(x, y) for x, y in sorted(line.items()))
        out += [f'<polyline points="{points}" fill="none" stroke="{COLOURS[index]}" stroke-width="2"/>',
                f'<g fill="{COLOURS[index]}">{text(EDGE + 16, EDGE + 18 * index, name, "start")}</g>']
    path.write_text("\n".join([*out, "</svg>", ""]))
