"""How long one report takes and what it costs: the sample record of the tests, full and nearly empty, in each language.

    python -m tests.benchmarks.report_speed --runs 3

needs the environment of the application (DJANGO_SETTINGS_MODULE and what settings.py asks for) and writes nothing. Processor seconds
of the Python process and seconds of waiting, which include the node process that draws the charts; best of the runs after one that
warms caches. Memory is the peak of the Python process.
"""

from __future__ import annotations

import argparse
import resource
import time

import django


def main() -> None:
    """Print one line per report."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--runs", type=int, default=3)
    runs = asked.parse_args().runs
    django.setup()
    from portal.catalogue.installed import catalogue
    from tests.compliance.reports import sample
    from tests.compliance.reports.conftest import made

    full, light = sample.sample_content(catalogue()), sample.light_content(catalogue())
    kinds = [(language, full, {"decision": sample.sample_decision(full)}) for language in ("zh", "en", "both")]
    kinds.append(("zh", light, {"decision": sample.sample_draft(light), "state": "draft"}))
    print("report            pages   CPU s  wall s")
    for language, content, more in kinds:
        best, wall, pages = 1e9, 1e9, 0
        for run in range(runs + 1):
            cpu, clock = time.process_time(), time.perf_counter()
            result = made(content, language=language, **more)
            if run:
                best, wall, pages = min(best, time.process_time() - cpu), min(wall, time.perf_counter() - clock), result.pages
        print(f"{'full' if content is full else 'nearly empty':<13}{language:<5}{pages:>5}{best:>8.1f}{wall:>8.1f}")
    print(f"peak of memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
