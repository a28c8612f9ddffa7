"""The content as an organisation has it: the shipped version with the regimes of its own laid over it.

The mark in the scope (``Tenant.own_content``) says which; it comes with entering the organisation, so that nobody without own regimes
pays for this. What was built is kept by organisation, mark and version; one organisation's regimes can never reach another.
"""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from threading import Lock
from types import MappingProxyType

import structlog

from compliance.legal.models import OwnRegime
from compliance.legal.own import check, out_of_use
from portal.catalogue import Catalogue
from portal.catalogue.parts.filings import Filing, Regime
from portal.core.tenancy import current_scope

log = structlog.get_logger(__name__)
KEPT = 64
_built: OrderedDict[tuple[int, str, str], Catalogue] = OrderedDict()
_lock = Lock()


def overlay(base: Catalogue) -> Catalogue:
    """The version as the organisation in scope has it; the version itself outside any, and where nothing was added."""
    scope = current_scope()
    if scope is None or not scope.own_content:
        return base
    key = (scope.tenant_id, scope.own_content, base.version)
    with _lock:
        known = _built.get(key)
        if known is not None:
            _built.move_to_end(key)
            return known
    rows = list(OwnRegime.objects.order_by("key", "number"))
    made = laid_over(base, rows)
    if mark_of(rows) == scope.own_content:  # somebody may have saved a new version since this scope was entered
        with _lock:
            made = _built.setdefault(key, made)
            while len(_built) > KEPT:
                _built.popitem(last=False)
    return made


def mark_of(rows: Iterable[OwnRegime]) -> str:
    """What stands for these versions; empty for none."""
    told = sorted((row.tenant_id, row.key, row.number, row.sha256, row.retired) for row in rows)
    return hashlib.sha256(json.dumps(told).encode()).hexdigest() if told else ""


def in_use(rows: Iterable[OwnRegime]) -> dict[str, OwnRegime]:
    """The newest version of each file that was not retired. ``rows`` in the order of their numbers."""
    newest = {row.key: row for row in rows}
    return {key: row for key, row in newest.items() if not row.retired}


def laid_over(base: Catalogue, rows: list[OwnRegime]) -> Catalogue:
    """The version with these files. What is not in use any more stays as entries that apply to nothing, so that records stay readable.

    A file that does not fit the version (a fact that a newer one has no more) is left out and logged; its page says so.
    """
    current = in_use(rows)
    regimes: dict[str, Regime] = dict(base.regimes)
    own: dict[str, Filing] = {}
    for row in rows:
        if row.retired:
            continue
        live = current.get(row.key) is row
        others = {key: one.content for key, one in current.items() if key != row.key} if live else {}
        checked = check(row.key, row.content, base, others)
        if checked.faults or checked.regime is None:
            log.warning("own_regime_does_not_fit", key=row.key, number=row.number, version=base.version, faults=len(checked.faults))
            continue
        regimes[row.key] = replace(checked.regime, own=row.number)
        for name in [name for name, one in own.items() if one.regime == row.key]:
            own[name] = out_of_use(own[name])
        own |= checked.filings if live else {name: out_of_use(one) for name, one in checked.filings.items()}
    frozen: Mapping[str, Filing] = MappingProxyType({**base.filings, **own})
    return replace(base, regimes=MappingProxyType(regimes), filings=frozen)
