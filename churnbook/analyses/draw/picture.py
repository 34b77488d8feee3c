"""Pictures of charts on white paper, as PNG and SVG."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import altair as alt
import vl_convert

from churnbook.analyses.draw.finished import Finished, finish, with_rows
from churnbook.analyses.draw.theme import CATEGORICAL, INK, LINE, PAPER, PICTURE_WIDTH, Chart

# Pictures


_ON_PAPER = {
    "background": PAPER,
    "view": {"stroke": None},
    "axis": {"labelColor": INK, "titleColor": INK, "gridColor": LINE, "domainColor": LINE, "titleFontWeight": "normal"},
    "title": {"color": INK},
    "range": {"category": CATEGORICAL},
}


def picture_kind(chart: Callable[[], Finished]) -> str:
    """`png`, or `svg` where a chart has Chinese characters and the server no font for them; asked for only then."""
    return "svg" if cjk_font() is None and chart().is_chinese else "png"


def picture(chart: Chart, kind: str) -> bytes:
    """The chart on white paper as PNG (twice the size) or SVG."""
    sized = chart if isinstance(chart, alt.VConcatChart) else chart.properties(width=PICTURE_WIDTH)
    spec = {**with_rows(finish(sized)), "config": {**_ON_PAPER, "font": cjk_font() or "sans-serif"}}
    if kind == "svg":
        return str(vl_convert.vegalite_to_svg(spec)).encode()
    return bytes(vl_convert.vegalite_to_png(spec, scale=2))


_CJK_FONTS = {
    "NotoSansCJK": "Noto Sans CJK SC",
    "NotoSansSC": "Noto Sans SC",
    "SourceHanSans": "Source Han Sans SC",
    "wqy": "WenQuanYi Zen Hei",
    "PingFang": "PingFang SC",
    "msyh": "Microsoft YaHei",
    "simhei": "SimHei",
    "DroidSansFallback": "Droid Sans Fallback",
}
_FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts", "/Library/Fonts", "/System/Library/Fonts", "C:/Windows/Fonts")  # fmt: skip


@cache
def cjk_font() -> str | None:
    """A font of this machine that has Chinese characters; None where there is none."""
    for folder in _FONT_FOLDERS:
        for path in Path(folder).expanduser().rglob("*.[to]t[fc]"):
            for start, family in _CJK_FONTS.items():
                if path.name.casefold().startswith(start.casefold()):
                    return family
    return None
