"""Why an item has its verdict: the rule that decided, and the values of everything it read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assessments.scoring.answers import ItemAnswer
from assessments.scoring.context import ProjectContext
from assessments.scoring.explanations import NO_TEXT, Explanation, InputShown, ParameterShown, parameter_shown, verdict_label
from assessments.scoring.verdicts import ATTENTION, ERROR, FAIL, OPEN, PASS, RULE_GAP, WAITING, Verdict, Waiting
from portal.catalogue import Catalogue, Text
from portal.catalogue.parts import Item
from portal.catalogue.words import Lexicon, fact_label, item_labels, listed, quoted, say_fact_value, say_number, say_rule, say_value
from portal.catalogue.words.lexicon import every_label
from portal.core.expressions import UNKNOWN, Expression
from portal.core.expressions.tree import literals


def explain_verdict(context: ProjectContext, item: Item, verdict: Verdict) -> Explanation:
    """Why an item has its verdict: the rule that decided, and the values of everything it read."""
    catalogue = context.catalogue
    lexicon = Lexicon(catalogue, item=item)
    rules = dict(item.rule.in_order())
    rule = rules.get(verdict.rule)
    label = verdict_label(catalogue, verdict.verdict)
    words = say_rule(rule, lexicon) if rule is not None else NO_TEXT
    return Explanation(
        subject=item.id,
        title=item.question,
        result=verdict.verdict,
        result_text=label,
        sentence=_verdict_sentence(catalogue, verdict, label, words),
        rule=words,
        rule_text=rule.text if rule is not None else "",
        inputs=_inputs(context, item, [rule] if rule is not None else list(rules.values())),
        parameters=_parameters(catalogue, [rule] if rule is not None else []),
        version=catalogue.version,
    )


def _verdict_sentence(catalogue: Catalogue, verdict: Verdict, label: Text, words: Text) -> Text:
    names = {"label": quoted(label), "words": words, "waiting": waiting_in_words(catalogue, verdict.waiting)}
    if verdict.remark == WAITING:
        return Text("尚待：{waiting}", "waiting for: {waiting}").fill(**names)
    if verdict.remark == RULE_GAP:
        return Text("没有规则完全符合，请人工确认", "no rule fits exactly; a person must look at it")
    if verdict.remark == ERROR:
        return Text("规则无法计算，已通知管理员", "the rule cannot be evaluated; an administrator is told")
    if verdict.rule:
        return Text("结论为{label}，因为{words}", "{label}, because {words}").fill(**names)
    if verdict.verdict == OPEN:
        return Text("尚未作答", "not answered yet")
    return Text("答案为“不适用”", "answered ‘not applicable’")


def waiting_in_words(catalogue: Catalogue, waiting: Waiting) -> Text:
    """What a rule waits for, in words."""
    parts = [quoted(fact_label(catalogue.facts[name])) for name in waiting.facts]
    parts += [Text(f"检查项 {name} 的答案", f"the answer to item {name}") for name in waiting.items]
    for name in waiting.outputs:
        calculator, _, output = name.partition(".")
        one = catalogue.calculators[calculator]
        phrase = Text("{c}的{o}", "{o} of {c}")
        parts.append(phrase.fill(c=quoted(one.name), o=quoted(one.outputs[output].label)))
    if waiting.filings:
        parts.append(Text("备案登记预检", "the filing pre-check"))
    return listed(parts, "、", ", ")


def rules_of_item(catalogue: Catalogue, item: Item) -> Mapping[str, Text]:
    """The three rules of an item in words, by verdict, pass first."""
    lexicon = Lexicon(catalogue, item=item)
    rules = dict(item.rule.in_order())
    return {name: say_rule(rules[name], lexicon) for name in (PASS, ATTENTION, FAIL)}


def _inputs(context: ProjectContext, item: Item, rules: Sequence[Expression]) -> tuple[InputShown, ...]:
    shown: dict[tuple[str, str], InputShown] = {}
    for rule in rules:
        for one in _inputs_of(context, item, rule):
            shown.setdefault((one.source, one.id), one)
    return tuple(shown.values())


def _inputs_of(context: ProjectContext, item: Item, rule: Expression) -> list[InputShown]:
    catalogue, answer = context.catalogue, context.answer(item.id)
    found: list[InputShown] = []
    if "answer" in rule.names:
        value = say_value(answer.value, item_labels(item), item.unit)
        if item.answer_type == "text":
            value = say_number(len(str(answer.value)), "characters") if answer.answered else say_value(UNKNOWN)
        found.append(InputShown("answer", item.id, Text("答案", "answer"), value, answer.answered))
    found += _own_inputs(item, answer, rule)
    for name in sorted(rule.names & set(catalogue.facts), key=list(catalogue.facts).index):
        fact, value_ = catalogue.facts[name], context.env.values[name]
        known = value_ is not UNKNOWN
        found.append(InputShown("fact", name, fact_label(fact), say_fact_value(fact, value_), known))
    for call in rule.calls:
        given = [str(value) for value in literals(call)]
        if call.function == "item":
            other, reply = catalogue.items[given[0]], context.answer(given[0])
            said = say_value(reply.value if reply.answered else UNKNOWN, item_labels(other), other.unit)
            found.append(InputShown("item", given[0], other.question, said, reply.answered))
        elif call.function == "calc":
            found.append(_output_shown(context, given[0], given[1]))
        elif call.function.startswith("filings_"):
            found.append(_filings_shown(context, call.function, given[0]))
    return found


def _own_inputs(item: Item, answer: ItemAnswer, rule: Expression) -> list[InputShown]:
    """Rows, files, evidence, approval and single fields of the item."""
    found: list[InputShown] = []
    functions = {call.function for call in rule.calls}
    tabular = item.answer_type == "table" and ("rows" in rule.names or functions)
    if tabular:
        found.append(InputShown("answer", "rows", Text("行数", "rows"), say_number(len(answer.rows))))
    if "files" in rule.names:
        found.append(InputShown("answer", "files", Text("附件", "files"), say_number(answer.files)))
    if "approved" in rule.names:
        found.append(InputShown("answer", "approved", Text("附件已获批准", "file approved"), say_value(answer.approved)))
    if "evidence" in functions:
        label = Text("已接受的证据", "accepted evidence")
        found.append(InputShown("evidence", item.id, label, say_number(answer.evidence)))
    first = {**(answer.rows[0] if answer.rows else {}), **answer.fields}
    for call in rule.calls:
        if call.function in ("field", "filled_field"):
            name = str(literals(call)[0])
            column = item.fields[name]
            labels = {value: choice.label for value, choice in column.choices.items()}
            unit = "percent" if column.type == "percent" else None
            value = first.get(name)
            said = say_value(value, labels, unit) if value is not None else Text("未填", "blank")
            found.append(InputShown("answer", name, column.label, said, value is not None))
    return found


def _output_shown(context: ProjectContext, calculator_id: str, output_id: str) -> InputShown:
    calculator = context.catalogue.calculators[calculator_id]
    output = calculator.outputs[output_id]
    value = context.outputs.get(calculator_id, {}).get(output_id)
    label = Text("{c}：{o}", "{c}: {o}").fill(c=calculator.name, o=output.label)
    said = say_value(UNKNOWN if value is None else value, every_label(context.catalogue), output.unit)
    return InputShown("calc", f"{calculator_id}.{output_id}", label, said, value is not None and value is not UNKNOWN)


def _filings_shown(context: ProjectContext, function: str, name: str) -> InputShown:
    counts = context.filings
    tables: dict[str, Mapping[str, object]] = {
        "filings_applicable": counts.applicable,
        "filings_open": counts.open,
        "filings_complete": counts.complete,
    }
    labels = {
        "filings_applicable": Text("适用的备案登记事项", "filings that apply"),
        "filings_open": Text("未办结的备案登记事项", "filings not done"),
        "filings_complete": Text("备案登记事项的栏目齐全", "filings have the field"),
    }
    gates = context.catalogue.vocabularies["filing_gates"].choices
    label = labels[function]
    if name in gates:
        label = Text("{l}（{g}）", "{l} ({g})").fill(l=label, g=gates[name].label)
    value = tables[function].get(name)
    return InputShown("filings", f"{function}.{name}", label, say_value(value), value is not None)


def _parameters(catalogue: Catalogue, rules: Sequence[Expression]) -> tuple[ParameterShown, ...]:
    found = []
    for rule in rules:
        for call in rule.calls:
            if call.function == "param":
                calculator, name = (str(value) for value in literals(call))
                found.append(parameter_shown(catalogue, calculator, name))
    return tuple(found)
