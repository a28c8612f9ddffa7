"""The tier: derivation, grounds, facts that could change it, raising, and changes."""

from __future__ import annotations

from typing import Any

import pytest

from assessments.scoring.changes import Side, compare
from assessments.scoring.tier import derive_tier
from compliance.regimes.applicability import decide_all
from portal.catalogue import environment
from portal.core.expressions import UNKNOWN
from tests.assessments.scoring.project import CONTENT, TODAY
from tests.factories.facts import LIGHT_FACTS


def tier(facts: dict[str, Any], raised: str | None = None) -> Any:
    env = environment(CONTENT, facts)
    return derive_tier(env, decide_all(env, TODAY), raised)


class TestDerivation:
    def test_light(self) -> None:
        result = tier(LIGHT_FACTS)
        assert result.tier == result.computed == "light"
        assert result.because == tuple(one.id for one in CONTENT.tiers.light_when)
        assert (result.could_lower, result.could_raise) == ((), ())

    def test_an_unknown_fact_never_lowers(self) -> None:
        for fact in LIGHT_FACTS:
            result = tier({name: value for name, value in LIGHT_FACTS.items() if name != fact})
            assert result.tier != "full" or fact in ("markets",), fact
            if result.tier == "standard":
                assert result.because

    def test_standard_says_what_could_change_it(self) -> None:
        result = tier({**LIGHT_FACTS, "mlps_level": "unknown"})
        assert (result.tier, result.because) == ("standard", ("T-F7", "T-L6"))
        assert result.could_lower == result.could_raise == ("mlps_level",)
        result = tier({**LIGHT_FACTS, "mlps_level": "unknown", "cross_border_pi": "yes", "cb_exemption": "hr_management"})
        assert result.could_raise == ("mlps_level",)
        assert result.could_lower == ()  # a condition of light is firmly false

    def test_full(self) -> None:
        result = tier({**LIGHT_FACTS, "face_recognition": "yes"})
        assert (result.tier, result.because) == ("full", ("T-F4",))
        assert result.conditions["T-F4"].value is True

    def test_full_by_presumption_could_be_lowered(self) -> None:
        facts = {**LIGHT_FACTS, "provides_internet_info_service": "yes", "opinion_or_mobilization": "unknown"}
        result = tier(facts)
        assert (result.tier, result.because) == ("full", ("T-F9",))
        assert "opinion_or_mobilization" in result.could_lower
        assert not result.conditions["T-F9"].firm
        assert "algorithm_filing" in result.conditions["T-F9"].applying
        assert tier({**facts, "opinion_or_mobilization": "no"}).tier == "standard"

    def test_nothing_known(self) -> None:
        result = tier({})
        assert result.tier == "standard"
        assert all(one.value is UNKNOWN for one in result.conditions.values())


class TestRaising:
    def test_only_above_the_computed_tier(self) -> None:
        assert tier(LIGHT_FACTS, "full").tier == "full"
        assert tier(LIGHT_FACTS, "full").computed == "light"
        assert tier(LIGHT_FACTS, "light").raise_accepted is False
        assert tier({**LIGHT_FACTS, "face_recognition": "yes"}, "standard").tier == "full"
        with pytest.raises(KeyError):
            tier(LIGHT_FACTS, "gigantic")


class TestChanges:
    def test_a_rise_opens_items_and_makes_gates_stale(self) -> None:
        change = compare(CONTENT, Side("light", {"D1.01"}), Side("standard", {"D1.01", "D1.02"}), ["G0", "G1", "G2"])
        assert change.rises
        assert change.opened == ("D1.02",)
        assert change.stale == tuple(gate for gate in ("G0", "G1", "G2") if CONTENT.items["D1.02"].due_gate in CONTENT.gates[gate].due_upto)

    def test_a_fall_makes_nothing_stale(self) -> None:
        change = compare(CONTENT, Side("standard", {"D1.01", "D1.02"}), Side("light", {"D1.01", "D7.09"}), ["G0", "G1"])
        assert change.falls
        assert (change.vanishing, change.appearing) == (("D1.02",), ("D7.09",))
        assert (change.opened, change.stale) == ((), ())

    def test_same_tier(self) -> None:
        change = compare(CONTENT, Side("full", {"D1.01"}), Side("full", {"D1.01", "D5.06"}), ["G2"])
        assert (change.appearing, change.opened, change.stale) == (("D5.06",), (), ())
