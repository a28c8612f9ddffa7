"""Saying in the trail what somebody did. Row changes are written by the database trigger without our help."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models

from portal.core.tenancy import require_scope


def record_act(verb: str, obj: models.Model | None = None, *, project_id: UUID | None = None, **detail: Any) -> None:
    """Append one act, for example ``assessments.item.approved``, with the person and request of the scope.

    ``detail`` must be plain data; it is what the readable history shows. The table accepts no other writer than the
    database function called here.
    """
    require_scope()
    if project_id is None and obj is not None:
        project_id = getattr(obj, "project_id", None) or (obj.pk if obj._meta.model_name == "project" else None)
    with connection.cursor() as cursor:
        cursor.execute(
            "select app.record_act(%s, %s, %s, %s, %s)",
            [
                verb,
                obj._meta.db_table if obj is not None else "",
                str(obj.pk) if obj is not None else "",
                project_id,
                json.dumps(detail, cls=DjangoJSONEncoder, ensure_ascii=False),
            ],
        )
