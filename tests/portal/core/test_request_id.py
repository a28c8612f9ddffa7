"""The number of a request: ours, or that of a proxy of our own."""

from __future__ import annotations

import pytest

GIVEN = "0123456789abcdef"


@pytest.mark.parametrize(("behind", "given", "taken"), [(False, GIVEN, False), (True, GIVEN, True), (True, "a b'); --", False)])
def test_only_a_proxy_of_our_own_numbers_requests(db, client, settings, behind, given, taken):
    settings.BEHIND_PROXY = behind
    answer = client.get("/", headers={"X-Request-ID": given})
    assert (answer["X-Request-ID"] == given) is taken
    assert len(answer["X-Request-ID"]) >= 16
