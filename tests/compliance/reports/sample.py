"""A full frozen revision of a realistic project: the customer-service robot of a retail group before launch (gate G4).

Built from the real catalogue, deterministic. `sample_content` gives the revision, `sample_decision` the decision on it;
`light_content` a revision in which almost nothing exists. Nothing here touches the database.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, cast

from assessments.gates.content import CONTENT_SCHEMA, DECISION_SCHEMA, DecisionRecord, RevisionContent, content_sha256
from portal.catalogue.parts import Catalogue, Item
from tests.compliance.reports.sample_answers import ANSWERS, VERDICTS, WAIVED
from tests.compliance.reports.sample_facts import facts, tier
from tests.compliance.reports.sample_figures import calculator_runs, measurements, money_lines
from tests.compliance.reports.sample_filings import filings, red_findings
from tests.compliance.reports.sample_people import PEOPLE, changes, criteria, digest, person, previous, stakeholders

G4 = ["G0", "G1", "G2", "G3", "G4"]
PERSONAL = {"D5.06", "D4.12"}


def sample_content(catalogue: Catalogue) -> RevisionContent:
    """Gate G4 of XH-0007 in the full tier, with evidence, figures, filings, a waiver, changes and events."""
    items = [_item(item, number) for number, item in enumerate(catalogue.items.values())]
    evidence = [entry for item in items for entry in _evidence(item, catalogue)]
    for item in items:
        item["evidence"] = [entry["id"] for entry in evidence if item["key"] in entry["items"]]
    content = {
        "schema": CONTENT_SCHEMA,
        "revision": {
            "id": "0192f0aa-1111-7000-8000-000000000012",
            "number": 12,
            "frozen_at": "2026-11-20T10:05:00+08:00",
            "frozen_by": person("pmo"),
            "software": "tenfold 0.1.0",
        },
        "catalogue": {"version": catalogue.version, "sha256": catalogue.sha256},
        "tenant": {
            "slug": "xinghe",
            "names": {"zh": "星河零售集团", "en": "Xinghe Retail Group"},
            "colour": "#e4572e",
            "logo_sha256": None,
        },
        "project": {
            "id": "0192f0aa-2222-7000-8000-000000000007",
            "code": "XH-0007",
            "names": {"zh": "智能客服机器人", "en": "Customer Service Assistant"},
            "unit": "客户服务部",
            "stage": "pre_launch",
            "confidentiality": "internal",
            "purpose": "7×24 小时回答消费者售后问题，缩短等待时间，把坐席留给投诉和特殊情形。",
            "audience": ["public"],
            "owner": person("business_owner"),
            "sponsor": person("exec_sponsor"),
            "started_on": "2026-06-15",
            "launch_on": "2026-12-15",
            "currency": "CNY",
            "money": money_lines(),
        },
        "gate": {
            "id": "G4",
            "round": 1,
            "kind": "full",
            "opened_at": "2026-11-20T10:05:00+08:00",
            "opened_by": person("pmo"),
            "asked": "批准 2026-12-15 起面向全部 App 用户上线，首月限流 5 QPS。",
        },
        "tier": tier(catalogue),
        "facts": facts(catalogue),
        "items": items,
        "evidence": evidence,
        "scores": _scores(items, catalogue),
        "readiness": {"value": "91.4", "band": "ready", "upto": G4, "ready_from": "85", "conditional_from": "70", "floor": "60"},
        "criteria": criteria(catalogue),
        "blockers": [{"item": "D5.10", "verdict": "attention", "condition": "低危问题在上线后 30 日内关闭，责任人何川，2026-12-20"}],
        "red_findings": red_findings(catalogue),
        "calculators": calculator_runs(),
        "measurements": measurements(),
        "risks": [],
        "filings": filings(catalogue, person),
        "waivers": [
            {
                "id": "W-01",
                "item": WAIVED,
                "reason": "培训平台迁移，夜班坐席的岗位培训须推迟到 2027 年 1 月。",
                "compensating": "上线首月由白班已培训坐席双人值守，疑难问题当日复盘。",
                "owner": person("business_owner"),
                "starts": "2026-11-18",
                "ends": "2027-01-31",
                "state": "active",
                "approvals": [_approval("tech_lead", "2026-11-18T09:40:00+08:00"), _approval("exec_sponsor", "2026-11-18T16:02:00+08:00")],
            }
        ],
        "conditions": [
            {
                "id": "C-1",
                "gate": "G2",
                "text": "供应商合同补入“不得用于训练”条款",
                "owner": person("compliance"),
                "due": "2026-09-30",
                "item": "D5.08",
                "state": "met",
                "closed_at": "2026-09-24T11:20:00+08:00",
            }
        ],
        "changes": {"since": previous()[-1], "entries": changes(evidence[0])},
        "previous": previous(),
        "stakeholders": stakeholders(),
        "audit": {
            "total": 1284,
            "seal": digest("seal 2026-11-20"),
            "extract": [
                {
                    "at": "2026-11-18T16:02:00+08:00",
                    "actor": "林国强",
                    "verb": "assessments.waiver.granted",
                    "object": "D7.10",
                    "detail": "至 2027-01-31",
                },
                {
                    "at": "2026-11-19T09:15:00+08:00",
                    "actor": "何川",
                    "verb": "assessments.item.approved",
                    "object": "D5.10",
                    "detail": "附条件",
                },
                {
                    "at": "2026-11-19T17:48:00+08:00",
                    "actor": "赵宁",
                    "verb": "compliance.filing.confirmed",
                    "object": "genai_service_registration",
                    "detail": "已公示",
                },
                {
                    "at": "2026-11-20T10:05:00+08:00",
                    "actor": "周敏",
                    "verb": "assessments.round.opened",
                    "object": "G4",
                    "detail": "修订 r12",
                },
            ],
        },
        "limits": [
            {
                "zh": "证据文件的内容未经系统核对，只核对名称、大小与校验值。",
                "en": "The content of evidence files was not checked, only name, size and hash.",
            },
            {
                "zh": "法规适用性按所载目录版本的规则判断，此后的变化不在其内。",
                "en": "Duties follow the rules of the stated catalogue version; later changes are not covered.",
            },
            {
                "zh": "实测数据由项目组导入，平台未独立复测。",
                "en": "Measurements were imported by the project team and not repeated independently.",
            },
        ],
    }
    return cast(RevisionContent, json.loads(json.dumps(content)))


def sample_decision(content: RevisionContent) -> DecisionRecord:
    """Approved with two conditions by five people, one of them under a delegation, one with a dissenting remark."""
    signed = [
        ("business_owner", "2026-11-22T15:10:00+08:00", "approve_with_conditions", "目标可接受，按月复盘。", False),
        ("security", "2026-11-22T16:32:00+08:00", "approve_with_conditions", "低危问题须按期关闭。", False),
        ("compliance", "2026-11-23T09:20:00+08:00", "approve_with_conditions", "", False),
        ("tech_lead", "2026-11-23T11:05:00+08:00", "approve", "独占实例不足的风险由限流覆盖，不必作为上线条件。", True),
        ("exec_sponsor", "2026-11-23T17:20:00+08:00", "approve_with_conditions", "同意附条件上线。", False),
    ]
    return {
        "schema": DECISION_SCHEMA,
        "revision_sha256": content_sha256(content),
        "gate": "G4",
        "round": 1,
        "outcome": "launch_limited",
        "state": "approved_with_conditions",
        "decided_at": "2026-11-23T17:20:00+08:00",
        "valid_until": "2027-05-23",
        "signatures": [
            {
                "role": role,
                "by": cast(Any, person(role)),
                "at": at,
                "vote": vote,
                "method": "password+totp" if role == "exec_sponsor" else "password",
                "delegation": {
                    "principal": cast(Any, person("compliance") | {"name": "韩雪"}),
                    "basis": "授权书 2026-031",
                    "starts": "2026-11-16",
                    "ends": "2026-11-30",
                }
                if role == "compliance"
                else None,
                "dissent": dissent,
                "remark": remark,
            }
            for role, at, vote, remark, dissent in signed
        ],
        "missing": [],
        "conditions": [
            {
                "number": 1,
                "text": "独占实例由 7 台补到 8 台",
                "owner": cast(Any, person("infra_ops")),
                "due": "2026-12-05",
                "item": "D9.12",
            },
            {
                "number": 2,
                "text": "内容审核误伤率复测，样本不少于 500",
                "owner": cast(Any, person("security")),
                "due": "2026-12-15",
                "item": "D10.07",
            },
        ],
        "accepted": [],
        "remark": "首月小范围上线，条件关闭后自动放开。",
    }


def sample_draft(content: RevisionContent) -> DecisionRecord:
    """The same round before anybody has decided: two signatures, three roles missing."""
    record = sample_decision(content)
    record["signatures"] = record["signatures"][:2]
    record["missing"] = ["compliance", "tech_lead", "exec_sponsor"]
    record["conditions"], record["remark"] = [], ""
    record["outcome"], record["state"], record["decided_at"], record["valid_until"] = None, "open", None, None
    return record


def light_content(catalogue: Catalogue) -> RevisionContent:
    """A revision at intake in which almost nothing exists: every section has to say so in a sentence."""
    content = sample_content(catalogue)
    first = content["items"][0]
    for key in ("facts", "items", "evidence", "scores", "criteria", "blockers", "red_findings", "calculators", "measurements"):
        content[key] = []  # type: ignore[literal-required]
    for key in ("risks", "filings", "waivers", "conditions", "previous", "stakeholders", "limits"):
        content[key] = []  # type: ignore[literal-required]
    content["items"] = [
        first
        | {"state": "open", "verdict": "open", "value": None, "evidence": [], "approval": None, "answered_by": None, "answered_at": None}
    ]  # type: ignore[typeddict-item]
    content["changes"] = {"since": None, "entries": []}
    content["audit"] = {"total": 0, "extract": [], "seal": None}
    content["project"] = content["project"] | {"money": [], "sponsor": None, "audience": [], "purpose": ""}  # type: ignore[typeddict-item]
    content["readiness"] = content["readiness"] | {"value": None, "band": "blocked"}  # type: ignore[typeddict-item]
    content["tier"] = content["tier"] | {"computed": "standard", "in_force": "standard", "conditions": [], "raised": None}  # type: ignore[typeddict-item]
    return content


def _item(item: Item, number: int) -> dict[str, Any]:
    value, verdict = _value(item), VERDICTS.get(item.id, ("pass", "", ""))
    applies = item.id not in ("D3.13", "D8.07", "D9.07", "D6.12")
    waived = item.id == WAIVED
    why = {"zh": verdict[1], "en": verdict[2]} if verdict[1] else _explain(item, value)
    day = 3 + number % 15
    return {
        "key": item.id,
        "dimension": item.dimension,
        "applies": applies,
        "not_applying": "" if applies else "condition",
        "visible": "yes" if applies else "no",
        "depth": item.depth,
        "state": "waived" if waived else "approved" if applies else "not_applicable",
        "verdict": "fail" if waived else verdict[0] if applies else "na",
        "remark": "",
        "waiting_for": [],
        "explain": {"zh": "完成率 72%，低于 90%", "en": "72% trained, below 90%"} if waived else why,
        "value": "72" if waived else value,
        "comment": "已与供应商确认，见会议纪要。" if number % 11 == 4 else "",
        "na_reason": "",
        "weight": item.weight,
        "blocker": item.blocker,
        "waivable": item.waivable,
        "due_gate": item.due_gate,
        "version": 1 + number % 4,
        "answered_by": person(item.answered_by) if applies and item.answered_by in PEOPLE else None,
        "answered_at": f"2026-11-{day:02d}T{9 + number % 8:02d}:{number % 60:02d}:00+08:00" if applies else None,
        "approval": _approval(item.approved_by, f"2026-11-{min(day + 1, 19):02d}T14:{number % 60:02d}:00+08:00", item.id)
        if applies
        else None,
        "evidence": [],
        "waiver": "W-01" if waived else None,
        "calculator": item.calculator,
    }


def _approval(role: str, at: str, about: str = "") -> dict[str, Any]:
    return {
        "by": person(role if role in PEOPLE else "compliance"),
        "role": role,
        "at": at,
        "answer_sha256": digest(f"{role}{about}"),
        "remark": "",
    }


def _value(item: Item) -> Any:
    if item.id in ANSWERS:
        return ANSWERS[item.id]
    kind = item.answer_type
    if kind == "single_choice":
        return next(iter(item.choices))
    if kind == "multi_choice":
        return list(item.choices)[:4]
    if kind == "yes_no_na":
        return "yes"
    if kind in ("number", "percent", "money"):
        return "92"
    if kind == "text":
        return "已按要求填写，见所附证据。"
    if kind == "date":
        return "2027-05-15"
    return None


def _explain(item: Item, value: Any) -> dict[str, str]:
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return {"zh": f"已填 {len(value)} 行，必填列均已填满", "en": f"{len(value)} rows, required columns filled"}
    if item.answer_type == "computed":
        return {"zh": "计算结果在限值以内", "en": "the computed figure is within the limit"}
    if item.answer_type == "file":
        return {"zh": "已附文件并获批准", "en": "a file is attached and approved"}
    return {"zh": "答案符合通过条件，且附有证据", "en": "the answer meets the condition and evidence is attached"}


def _evidence(item: dict[str, Any], catalogue: Catalogue) -> list[dict[str, Any]]:
    if not item["applies"] or (
        catalogue.items[item["key"]].answer_type != "file" and (item["weight"] < 2 or int(item["key"].split(".")[1]) % 2 == 0)
    ):
        return []
    key, kind = item["key"], "link" if item["key"] in ("D2.11", "D6.01") else "file"
    name = catalogue.items[key].evidence["zh"].split("或")[0].split("，")[0][:28]
    return [
        {
            "id": f"0192f0ab-0000-7000-8000-{int(hashlib.sha256(key.encode()).hexdigest()[:10], 16):012d}"[:36],
            "kind": kind,
            "name": f"{name}.pdf" if kind == "file" else name,
            "sha256": digest(key) if kind == "file" else None,
            "size": 120_000 + 7919 * int(key.split(".")[1]) if kind == "file" else None,
            "media_type": "application/pdf" if kind == "file" else "",
            "address": "" if kind == "file" else "https://wiki.xinghe.example/ai/kefu",
            "text": None,
            "dated": "2026-11-06",
            "expires": "2027-11-05" if key in ("D5.01", "D5.11") else None,
            "personal_data": key in PERSONAL,
            "added_by": person("data_owner"),
            "added_at": "2026-11-06T10:00:00+08:00",
            "items": [key],
        }
    ]


def _scores(items: list[dict[str, Any]], catalogue: Catalogue) -> list[dict[str, Any]]:
    result = []
    for dimension in catalogue.dimensions.values():
        own = [item for item in items if item["dimension"] == dimension.id and item["applies"]]
        points = {"pass": 100, "attention": 50}
        total = sum(item["weight"] for item in own)
        score = sum(item["weight"] * (50 if item["waiver"] else points.get(item["verdict"], 0)) for item in own)
        count = {
            verdict: sum(item["verdict"] == verdict and not item["waiver"] for item in own)
            for verdict in ("pass", "attention", "fail", "open", "na")
        }
        result.append(
            {
                "dimension": dimension.id,
                "score": f"{score / total:.1f}",
                "weight": dimension.weight,
                "applying": len(own),
                "answered": len(own),
                "passed": count["pass"],
                "attention": count["attention"],
                "failed": count["fail"],
                "open": count["open"],
                "na": count["na"],
                "waived": sum(bool(item["waiver"]) for item in own),
                "blockers_failed": 0,
                "blockers_open": 0,
            }
        )
    return result
