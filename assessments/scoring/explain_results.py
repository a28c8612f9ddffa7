"""Why: scores of dimensions, readiness and its band, criteria of gates, and the tier."""

from __future__ import annotations

from assessments.scoring.explanations import NO_TEXT, Explanation, InputShown, parameter_shown, verdict_label
from assessments.scoring.gates import CriterionResult, GateResult
from assessments.scoring.readiness import CALCULATOR, DimensionScore, Readiness, shortened
from assessments.scoring.tier import FULL, LIGHT, ConditionResult, TierResult
from portal.catalogue import Catalogue, Env, Text
from portal.catalogue.words import Lexicon, fact_label, listed, quoted, say_number, say_rule, say_value
from portal.catalogue.words.lexicon import RESULTS
from portal.core.expressions import UNKNOWN


def explain_dimension(catalogue: Catalogue, score: DimensionScore) -> Explanation:
    """How the score of a dimension comes about: points times weight of each item."""
    dimension = catalogue.dimensions[score.dimension]
    shown = score.shown
    result = say_value(None) if shown is None else say_number(shown)
    inputs = tuple(
        InputShown(
            "verdict",
            one.item,
            catalogue.items[one.item].question,
            Text("{v}，权重 {w}，计 {p}", "{v}, weight {w}, counts {p}").fill(
                v=verdict_label(catalogue, one.verdict), w=str(one.weight), p=say_number(one.points)
            ),
        )
        for one in score.items
    )
    total = sum(one.weight for one in score.items)
    earned = say_number(sum(one.weight * one.points for one in score.items))
    sentence = Text("100 × {e} ÷ {t} = {r}", "100 × {e} ÷ {t} = {r}").fill(e=earned, t=str(total), r=result)
    if shown is None:
        sentence = Text("没有计分的适用项", "no applying item counts")
    rule = Text(
        "维度得分 = 100 × 各项得分按权重的平均：通过 1、关注 0.5、已豁免 0.5、未通过 0、未答 0；不适用不计",
        "score = 100 × mean by weight: pass 1, attention 0.5, waived 0.5, fail 0, open 0; not applicable left out",
    )
    return Explanation(
        dimension.id, dimension.label, "" if shown is None else str(shown), result, sentence, rule, "", inputs, (), catalogue.version
    )


def explain_readiness(catalogue: Catalogue, readiness: Readiness) -> Explanation:
    """How readiness and its band come about."""
    inputs = tuple(
        InputShown(
            "dimension",
            one.dimension,
            catalogue.dimensions[one.dimension].label,
            Text("{s} 分，权重 {w}", "{s} points, weight {w}").fill(s=say_number(one.shown), w=str(one.weight)),
        )
        for one in readiness.dimensions.values()
        if one.shown is not None
    )
    band = RESULTS[readiness.band]
    calculator = catalogue.calculators[CALCULATOR]
    return Explanation(
        subject=CALCULATOR,
        title=calculator.name,
        result=readiness.band,
        result_text=band,
        sentence=_band_sentence(catalogue, readiness, band),
        rule=calculator.note,
        rule_text="; ".join(f"{step.id} = {step.expr.text}" for step in calculator.steps.values()),
        inputs=inputs,
        parameters=tuple(parameter_shown(catalogue, CALCULATOR, name) for name in calculator.parameters),
        version=catalogue.version,
    )


def _band_sentence(catalogue: Catalogue, readiness: Readiness, band: Text) -> Text:
    said: dict[str, Text | str] = {"r": str(readiness.shown), "band": quoted(band), "ready": say_number(readiness.ready_from)}
    blockers = [*readiness.blockers_failed, *readiness.blockers_open]
    if blockers:
        phrase = Text("就绪度 {r}，{band}：阻断项未通过或未答：{items}", "readiness {r}, {band}: blockers failed or open: {items}")
        return phrase.fill(items=shortened(blockers), **said)
    low = readiness.below_floor
    if low and readiness.value >= readiness.ready_from:
        names = listed([catalogue.dimensions[name].label for name in low])
        phrase = Text("就绪度 {r}，{band}：{low}低于 {floor} 分", "readiness {r}, {band}: {low} below {floor} points")
        return phrase.fill(low=names, floor=say_number(readiness.floor), **said)
    if readiness.value >= readiness.ready_from:
        return Text("就绪度 {r}，不低于 {ready}，{band}", "readiness {r}, at least {ready}: {band}").fill(**said)
    limit = say_number(readiness.conditional_from)
    if readiness.value >= readiness.conditional_from:
        phrase = Text("就绪度 {r}，在 {limit} 与 {ready} 之间，{band}", "readiness {r}, between {limit} and {ready}: {band}")
    else:
        phrase = Text("就绪度 {r}，低于 {limit}，{band}", "readiness {r}, below {limit}: {band}")
    return phrase.fill(limit=limit, **said)


def explain_criterion(catalogue: Catalogue, result: GateResult, criterion: CriterionResult) -> Explanation:
    """Why a criterion of a gate is met or not, with the items, facts and filings in the way."""
    gate = catalogue.gates[result.gate]
    text = next(one.text for one in gate.criteria if one.id == criterion.id)
    kinds = {choice.value: choice.label for choice in catalogue.gate_rules.criterion_kinds}
    inputs = [InputShown("item", name, catalogue.items[name].question, NO_TEXT) for name in criterion.items]
    inputs += [InputShown("fact", name, fact_label(catalogue.facts[name]), NO_TEXT, False) for name in criterion.facts]
    inputs += [
        InputShown("filings", name, catalogue.filings[name].name, NO_TEXT) for name in criterion.filings if name in catalogue.filings
    ]
    met = Text("已满足", "met") if criterion.met else Text("未满足", "not met")
    return Explanation(
        subject=criterion.id,
        title=text,
        result="met" if criterion.met else "not_met",
        result_text=met,
        sentence=criterion.reason,
        rule=kinds[criterion.kind],
        rule_text=criterion.kind,
        inputs=tuple(inputs),
        parameters=(),
        version=catalogue.version,
    )


def explain_tier(env: Env, result: TierResult) -> Explanation:
    """Why a project is in its tier: the conditions that decide, and what their rules read."""
    catalogue = env.catalogue
    conditions = {one.id: one for one in catalogue.tiers.conditions}
    tier = catalogue.tiers.tier(result.tier)
    names = listed([quoted(conditions[name].label) for name in result.because])
    lexicon = Lexicon(catalogue)
    phrase = {
        FULL: Text("属于{tier}，因为{names}", "{tier}, because of {names}"),
        LIGHT: Text("属于{tier}，因为以下条件全部满足：{names}", "{tier}, because all of this holds: {names}"),
    }.get(
        result.computed,
        Text("属于{tier}，因为以下条件未满足或尚不清楚：{names}", "{tier}, because this does not hold or is not known: {names}"),
    )
    if result.raise_accepted:
        phrase = Text("由人工提高为{tier}", "raised to {tier} by a person")
    rules = [one.expr for name in result.because if (one := conditions[name]).expr is not None]
    return Explanation(
        subject="tier",
        title=Text("评估档位", "assessment tier"),
        result=result.tier,
        result_text=tier.label,
        sentence=phrase.fill(tier=quoted(tier.label), names=names),
        rule=listed([say_rule(rule, lexicon) for rule in rules if rule is not None], "；", "; "),
        rule_text="; ".join(rule.text for rule in rules if rule is not None),
        inputs=tuple(_condition_shown(catalogue, result.conditions[name]) for name in result.because),
        parameters=(),
        version=catalogue.version,
    )


def _condition_shown(catalogue: Catalogue, result: ConditionResult) -> InputShown:
    condition = next(one for one in catalogue.tiers.conditions if one.id == result.id)
    value = Text("未知", "unknown")
    if result.value is not UNKNOWN:
        value = Text("成立", "holds") if result.value is True else Text("不成立", "does not hold")
    named = result.applying or result.undetermined
    if named:
        filings = listed([quoted(catalogue.filings[name].name) for name in named])
        value = Text("{v}：{f}", "{v}: {f}").fill(v=value, f=filings)
    return InputShown("condition", result.id, condition.label, value, result.value is not UNKNOWN)
