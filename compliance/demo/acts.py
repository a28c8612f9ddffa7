"""Saying many acts in the trail with one statement, as the person in scope."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models

Act = tuple[str, models.Model, Mapping[str, Any]]

_MANY = """
select app.record_act(v.verb, v.place, v.row, %(project)s, v.detail)
  from unnest(%(verbs)s::text[], %(places)s::text[], %(rows)s::text[], %(details)s::jsonb[]) as v(verb, place, row, detail)
"""


def record_acts(project_id: UUID, acts: Sequence[Act]) -> None:
    """Append the acts (verb, object, detail) on one project, in this order."""
    if not acts:
        return
    parameters = {
        "project": project_id,
        "verbs": [verb for verb, _row, _detail in acts],
        "places": [row._meta.db_table for _verb, row, _detail in acts],
        "rows": [str(row.pk) for _verb, row, _detail in acts],
        "details": [json.dumps(detail, cls=DjangoJSONEncoder, ensure_ascii=False) for _verb, _row, detail in acts],
    }
    with connection.cursor() as cursor:
        cursor.execute(_MANY, parameters)  # type: ignore[arg-type]
