"""In which zone a limit in hours ends: that of the jurisdiction, not of the person who looks."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

# Jurisdictions of the content with one usual zone; a state of several zones goes by that of its seat of government.
_ZONES = {
    "CN": "Asia/Shanghai",
    "EU": "Europe/Brussels",
    "EEA": "Europe/Brussels",
    "DE": "Europe/Berlin",
    "GB": "Europe/London",
    "UK": "Europe/London",
    "KR": "Asia/Seoul",
    "JP": "Asia/Tokyo",
    "SG": "Asia/Singapore",
    "VN": "Asia/Ho_Chi_Minh",
    "CA": "America/Toronto",
    "BR": "America/Sao_Paulo",
    "US": "America/New_York",
    "US-NY": "America/New_York",
    "US-NYC": "America/New_York",
    "US-CA": "America/Los_Angeles",
    "US-CO": "America/Denver",
    "US-TX": "America/Chicago",
    "US-IL": "America/Chicago",
}


def zone_of(jurisdictions: Sequence[str], default: ZoneInfo) -> ZoneInfo:
    """The zone of the first jurisdiction that has one; of the organisation otherwise."""
    return next((ZoneInfo(_ZONES[code]) for code in jurisdictions if code in _ZONES), default)
