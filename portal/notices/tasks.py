"""Sending what waits to be mailed."""

from __future__ import annotations

from celery import shared_task

from portal.notices import mailing


@shared_task(name="portal.notices.send_waiting", expires=55)
def send_waiting() -> int:
    """Every minute; two at once do no harm, since each message is claimed by one of them."""
    return mailing.send_waiting()
