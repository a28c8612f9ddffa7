"""Calculator runs, measurements and money of the sample. Inputs and outputs fit each other."""

from __future__ import annotations

import hashlib
from typing import Any

# calculator → (inputs: value and unit, source), outputs
_RUNS: dict[str, tuple[dict[str, tuple[Any, str, str]], dict[str, tuple[Any, str]]]] = {
    "C-D1-SIZE": (
        {
            "mau": ("30000", "people", "item:D1.06"),
            "dau_ratio_pct": ("20", "percent", "item:D1.06"),
            "requests_per_active_day": ("4", "count", "item:D1.06"),
            "peak_hour_share_pct": ("20", "percent", "item:D1.06"),
            "burst": ("1.5", "factor", "entered"),
            "mean_latency_s": ("6", "s", "item:D9.09"),
        },
        {
            "dau": ("6000", "people"),
            "requests_per_day": ("24000", "count"),
            "peak_rps": ("2", "requests/s"),
            "concurrency": ("12", "count"),
            "tier_12m": ("M", "tier"),
        },
    ),
    "C-D2-TOKEN": (
        {
            "requests_per_day": ("38100", "count", "item:D2.09"),
            "days_per_month": ("30", "days", "item:D2.09"),
            "in_tokens": ("2370", "tokens", "item:D2.09"),
            "out_tokens": ("265", "tokens", "item:D2.09"),
            "price_in_per_million": ("20.00", "currency", "entered"),
            "price_out_per_million": ("80.00", "currency", "entered"),
            "cloud_monthly": ("28500", "currency", "item:D2.10"),
        },
        {
            "input_million_tokens": ("2708.91", "million tokens"),
            "output_million_tokens": ("302.90", "million tokens"),
            "token_cost_month": ("78410.20", "currency"),
            "month_total": ("122946.73", "currency"),
            "annual_total": ("1475360.76", "currency"),
        },
    ),
    "C-D3-GROWTH": (
        {
            "documents": ("18400", "count", "item:D3.01"),
            "chunks_per_document": ("12", "count", "entered"),
            "dimensions": ("1024", "count", "entered"),
            "limit_gb": ("32", "GB", "entered"),
        },
        {"now_gb": ("1.07", "GB"), "increment_gb_month": ("0.013", "GB"), "months_to_limit": ("2379.23", "months")},
    ),
    "C-D4-DQ": (
        {
            "rows": ("1200", "rows", "import:质量抽样_2026-10-30.csv"),
            "key_fields": ("3", "count", "entered"),
            "missing_key_cells": ("72", "cells", "import:质量抽样_2026-10-30.csv"),
            "duplicate_rows": ("30", "rows", "import:质量抽样_2026-10-30.csv"),
            "dirty_rows": ("78", "rows", "import:质量抽样_2026-10-30.csv"),
        },
        {
            "rows": ("1200", "rows"),
            "completeness": ("98", "percent"),
            "uniqueness": ("97.5", "percent"),
            "validity": ("98.5", "percent"),
            "consistency": ("98", "percent"),
            "timeliness": ("92", "percent"),
            "score": ("96.83", "points"),
            "dirty_rate": ("6.5", "percent"),
            "band": ("good", "band"),
        },
    ),
    "C-D5-ROUTE": (
        {
            "data_class": ("C3", "class", "item:D5.02"),
            "hosting": ("dedicated_instance", "mode", "fact:hosting"),
            "terms_agreed": (["no_training", "retention", "region", "subprocessors", "breach"], "list", "item:D5.08"),
        },
        {"allowed": (False, "true/false"), "allowed_with_conditions": (True, "true/false"), "forbidden": (False, "true/false")},
    ),
    "C-D6-NET": (
        {
            "peak_rps": ("2", "requests/s", "calc:C-D1-SIZE"),
            "bytes_per_request": ("12000", "bytes", "entered"),
            "available_mbps": ("800", "Mbps", "item:D6.01"),
        },
        {"user_mbps": ("0.29", "Mbps"), "required_mbps": ("123.4", "Mbps")},
    ),
    "C-D7-RACI": (
        {
            "covered_roles": ("9", "count", "item:D7.03"),
            "tasks": ("12", "count", "item:D7.03"),
            "tasks_with_exactly_one_A": ("12", "count", "item:D7.03"),
        },
        {"required_roles": ("9", "count"), "coverage": ("100", "percent"), "tasks_without_one_A": ("0", "count")},
    ),
    "C-D9-ACC": (
        {
            "correct": ("178", "count", "import:promptfoo_2026-11-09.json"),
            "n": ("200", "count", "import:promptfoo_2026-11-09.json"),
            "target": ("85", "percent", "item:D9.01"),
        },
        {
            "measured": ("89", "percent"),
            "wilson_low_pct": ("83.9", "percent"),
            "wilson_high_pct": ("92.6", "percent"),
            "reaches_target": (True, "true/false"),
        },
    ),
    "C-D9-CAP": (
        {
            "max_qps": ("5", "requests/s", "item:D9.09"),
            "mean_time_s": ("6", "s", "import:k6_2026-11-10.json"),
            "measured_qps": ("6.8", "requests/s", "import:k6_2026-11-10.json"),
        },
        {"required_concurrency": ("30", "count"), "headroom_pct": ("36", "percent"), "error_rate": ("0.343", "percent")},
    ),
    "C-D9-INST": ({"concurrency": ("12", "count", "calc:C-D1-SIZE")}, {"instances": ("8", "count"), "ordered": ("7", "count")}),
    "C-D10-BUDGET": (
        {
            "planned_lines": (["90000", "110000", "144000", "60000", "80000", "76000"], "currency list", "item:D10.02"),
            "spent_total": ("445000", "currency", "item:D10.02"),
            "project_total": ("4000000", "currency", "entered"),
        },
        {"planned_total": ("560000", "currency"), "share_pct": ("14", "percent"), "variance_pct": ("-20.54", "percent")},
    ),
}
_PARAMETERS: dict[str, dict[str, tuple[str, str]]] = {
    "C-D1-SIZE": {"limit_s_m": ("1", "requests/s"), "limit_m_l": ("10", "requests/s"), "limit_l_xl": ("100", "requests/s")},
    "C-D2-TOKEN": {"contingency_pct": ("15", "percent")},
    "C-D10-BUDGET": {"compliance_share_pass": ("8", "percent"), "compliance_share_min": ("4", "percent")},
}


def calculator_runs() -> list[dict[str, Any]]:
    """Eleven runs that worked and one that lacks inputs."""
    runs = [
        {
            "id": key,
            "scope": "",
            "status": "ok",
            "missing": [],
            "inputs": [
                {"id": name, "value": value, "unit": unit, "source": source, "at": "2026-11-10T11:00:00+08:00"}
                for name, (value, unit, source) in inputs.items()
            ],
            "parameters": [
                {"id": name, "value": value, "unit": unit, "origin": "proposal", "overridden": name == "contingency_pct", "as_of": None}
                for name, (value, unit) in _PARAMETERS.get(key, {}).items()
            ],
            "outputs": [{"id": name, "value": value, "unit": unit} for name, (value, unit) in outputs.items()],
            "computed_at": "2026-11-10T11:00:00+08:00",
        }
        for key, (inputs, outputs) in _RUNS.items()
    ]
    runs.append(
        {
            "id": "C-D8-FT",
            "scope": "",
            "status": "missing",
            "missing": ["cost", "budget"],
            "inputs": [],
            "parameters": [],
            "outputs": [],
            "computed_at": None,
        }
    )
    return runs


def measurements() -> list[dict[str, Any]]:
    """Promise and measurement for accuracy, first token, throughput, faithfulness and blocked by mistake."""
    rows = [
        (
            "D9.03",
            "准确率",
            "Accuracy",
            "promptfoo",
            "0.118",
            "200",
            "89.0",
            "percent",
            ("83.9", "92.6", "Wilson 95%"),
            "85",
            "higher",
            True,
            "promptfoo_2026-11-09.json",
        ),
        (
            "D9.05",
            "首 Token 时延 P95",
            "First token P95",
            "vLLM bench serve",
            "0.25.1",
            "400",
            "820",
            "ms",
            (None, None, ""),
            "1000",
            "lower",
            True,
            "bench_serve_2026-11-10.json",
        ),
        (
            "D9.10",
            "最大 QPS",
            "Max QPS",
            "k6",
            "1.3.0",
            "4080",
            "6.8",
            "requests/s",
            (None, None, ""),
            "5",
            "higher",
            True,
            "k6_2026-11-10.json",
        ),
        (
            "D9.14",
            "有据率",
            "Faithfulness",
            "ragas",
            "0.3.2",
            "310",
            "95.8",
            "percent",
            (None, None, ""),
            "95",
            "higher",
            True,
            "ragas_2026-11-08.csv",
        ),
        (
            "D10.07",
            "误伤率",
            "Blocked by mistake",
            "自有题库",
            "",
            "420",
            "3.1",
            "percent",
            ("1.8", "5.2", "Wilson 95%"),
            "3",
            "lower",
            False,
            "moderation_2026-11-12.csv",
        ),
    ]
    return [
        {
            "id": f"M-{index}",
            "item": item,
            "metric": {"zh": zh, "en": en},
            "tool": tool,
            "tool_version": version,
            "model": "甲模型 72B",
            "run_at": f"2026-11-{8 + index:02d}T16:20:00+08:00",
            "sample_size": int(n),
            "value": value,
            "unit": unit,
            "interval_low": interval[0],
            "interval_high": interval[1],
            "interval_method": interval[2],
            "target": target,
            "better": better,
            "meets": meets,
            "file_name": name,
            "file_sha256": hashlib.sha256(name.encode()).hexdigest(),
        }
        for index, (item, zh, en, tool, version, n, value, unit, interval, target, better, meets, name) in enumerate(rows)
    ]


def money_lines() -> list[dict[str, Any]]:
    """Build once, two years of running, the approved amounts, and what has been spent."""
    lines = [
        ("建设与集成", "Build and integration", 0, "planned", "1820000"),
        ("安全与合规", "Security and compliance", 0, "planned", "320000"),
        ("模型调用", "Model calls", 1, "planned", "940922.40"),
        ("云资源", "Cloud", 1, "planned", "342000"),
        ("安全与合规", "Security and compliance", 1, "planned", "240000"),
        ("人员", "People", 1, "planned", "620000"),
        ("模型调用", "Model calls", 2, "planned", "1260000"),
        ("云资源", "Cloud", 2, "planned", "410000"),
        ("安全与合规", "Security and compliance", 2, "planned", "180000"),
        ("人员", "People", 2, "planned", "640000"),
        ("批准预算", "Approved budget", 0, "approved", "2200000"),
        ("批准预算", "Approved budget", 1, "approved", "2400000"),
        ("建设与集成", "Build and integration", 0, "spent", "1610000"),
    ]
    return [
        {
            "line": {"zh": zh, "en": en},
            "year": year,
            "kind": kind,
            "amount": amount,
            "currency": "CNY",
            "source": "D2.11、D10.02 与预算批件",
        }
        for zh, en, year, kind, amount in lines
    ]
