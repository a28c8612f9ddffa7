"""Webhooks: what leaves and what never does, a real local server, faults and pauses, addresses that are refused."""

from __future__ import annotations

import datetime as dt
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any

import pytest
import requests
from django.utils import timezone

from compliance.filings import actions as filing_actions
from compliance.reminders import actions, delivering, guard, services, wire
from compliance.reminders.models import WebhookDelivery, WebhookTarget
from portal.audit.models import AuditEvent
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.core.tenancy import tenant_context
from portal.projects.models import Project
from portal.tenants.entry import acting_as
from tests.compliance.filings.conftest import stage  # noqa: F401
from tests.compliance.reminders.conftest import MONDAY

ALL = ["due", "late", "authority", "settled", "stepped", "decided"]


@pytest.fixture
def chat(settings):
    """A server on this machine that takes messages, or answers with ``status``; ``got`` is what came."""
    told = SimpleNamespace(got=[], status=200, answer=b"{}", location="")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            told.got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(told.status)
            if told.location:
                self.send_header("Location", told.location)
            self.end_headers()
            self.wfile.write(told.answer)

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    host = f"127.0.0.1:{server.server_port}"
    settings.WEBHOOK_PRIVATE_HOSTS = [host]
    told.url = f"http://{host}/hook"
    yield told
    server.shutdown()
    server.server_close()


def add(world, chat, **given: Any) -> WebhookTarget:
    values: dict[str, Any] = {"name": "Group", "kind": "json", "address": chat.url, "language": "en", "events": ALL}
    values |= {"regimes": [], "projects": []}
    with acting_as(world.tenant, world.adam) as adam:
        return actions.add_webhook(**(values | given), by=adam)


def rows(world, **wanted: Any) -> list[WebhookDelivery]:
    with tenant_context(world.tenant.pk):
        return list(WebhookDelivery.objects.filter(**wanted).order_by("created_at"))


def go_on(world) -> None:
    """What waits is due now, and new."""
    with tenant_context(world.tenant.pk):
        WebhookDelivery.objects.filter(state="waiting").update(next_at=timezone.now(), created_at=timezone.now())


def test_a_reminder_reaches_the_group_once(dated, chat):
    add(dated, chat)
    dated.run(MONDAY)
    dated.run(MONDAY, 10)
    assert delivering.deliver_in(dated.tenant) == 1
    assert delivering.deliver_in(dated.tenant) == 0
    [message] = chat.got
    assert message["title"].startswith("Due today: “")
    assert "Due on 2026-06-08: a limit set by law." in message["message"]
    assert (message["event"], message["regime"], message["due"]) == ("due", dated.filing.regime, "2026-06-08")
    assert message["url"].endswith(f"/projects/{dated.project.pk}/filings/{dated.filing.regime}/")
    [row] = rows(dated)
    assert (row.state, row.attempts) == ("sent", 1)


def test_steps_and_decisions_reach_it_and_nothing_typed_leaves(stage, chat):  # noqa: F811
    add(stage, chat)
    stage.decided(reason="Between us: the minister called.")
    stage.do("carol", filing_actions.step_filing, to="preparing", note="secret note")
    delivering.deliver_in(stage.tenant)
    titles = [message["title"] for message in chat.got]
    assert len(titles) == 3
    assert titles[0].endswith("found to apply")
    assert titles[1].endswith("decision completed by the second person")
    assert "secret" not in json.dumps(chat.got)
    assert "minister" not in json.dumps(chat.got)


@pytest.mark.parametrize("given", [{"events": ["late"]}, {"regimes": ["pipia"]}])
def test_only_what_was_chosen(dated, chat, given):
    add(dated, chat, **given)
    dated.run(MONDAY)
    assert rows(dated) == []


def test_a_confidential_project_never_leaves(dated, chat):
    add(dated, chat)
    dated.run(MONDAY)
    with tenant_context(dated.tenant.pk):
        Project.objects.filter(pk=dated.project.pk).update(confidential=True)
    assert delivering.deliver_in(dated.tenant) == 0  # became so while the message waited
    assert [row.state for row in rows(dated)] == ["dropped"]
    dated.run(MONDAY + dt.timedelta(days=1))
    assert len(rows(dated)) == 1
    with acting_as(dated.tenant, dated.adam) as adam, pytest.raises(Invalid, match="not saved"):
        actions.add_webhook(
            name="Other", kind="json", address=chat.url, language="en", events=ALL, regimes=[], projects=[dated.project.pk], by=adam
        )
    assert chat.got == []


def test_faults_are_tried_again_later_and_a_broken_webhook_is_paused(dated, chat):
    target = add(dated, chat)
    chat.status = 503
    dated.run(MONDAY)
    assert delivering.deliver_in(dated.tenant) == 0
    [row] = rows(dated)
    assert (row.state, row.attempts, row.error) == ("waiting", 1, "status:503")
    assert row.next_at > timezone.now()
    assert delivering.deliver_in(dated.tenant) == 0
    assert len(chat.got) == 1  # not before its time
    chat.status = 200
    go_on(dated)
    assert delivering.deliver_in(dated.tenant) == 1
    with tenant_context(dated.tenant.pk):
        assert WebhookTarget.objects.get().failures == 0
        WebhookTarget.objects.update(failures=delivering.PAUSED_AFTER - 1)
    chat.status = 500
    dated.run(MONDAY + dt.timedelta(days=1))
    delivering.deliver_in(dated.tenant)
    with tenant_context(dated.tenant.pk):
        target = WebhookTarget.objects.get()
    assert not target.active
    assert target.paused_at
    assert [notice.kind for notice in dated.notices(dated.adam)] == ["compliance.webhook_paused"]
    go_on(dated)
    assert delivering.deliver_in(dated.tenant) == 0
    assert len(chat.got) == 3
    with acting_as(dated.tenant, dated.adam) as adam:
        with pytest.raises(Conflict):
            actions.send_test(target, by=adam)
        actions.switch_webhook(target, on=True, by=adam)
    chat.status = 200
    assert delivering.deliver_in(dated.tenant) == 1


def test_a_message_is_given_up_after_the_last_pause(dated, chat):
    add(dated, chat)
    chat.status = 500
    dated.run(MONDAY)
    for _number in range(len(delivering.PAUSES) + 2):
        go_on(dated)
        delivering.deliver_in(dated.tenant)
    [row] = rows(dated)
    assert (row.state, row.attempts) == ("failed", len(delivering.PAUSES) + 1)


def test_no_redirect_is_followed(dated, chat):
    add(dated, chat)
    chat.status, chat.location = 307, chat.url
    dated.run(MONDAY)
    delivering.deliver_in(dated.tenant)
    assert len(chat.got) == 1
    assert rows(dated)[0].state == "waiting"


def test_the_address_is_never_shown_again_and_leaves_no_trace(dated, chat, client, settings):
    target = add(dated, chat, address=chat.url + "/T0PSECRET-abcdefgh")
    dated.run(MONDAY)  # a message that waits stands on the page
    client.force_login(dated.adam, backend=settings.AUTHENTICATION_BACKENDS[1])
    for url in ("", f"{target.pk}/"):
        page = client.get(f"/t/{dated.tenant.slug}/administration/webhooks/{url}").content.decode()
        assert "T0PSECRET" not in page
        assert "efgh" in page
    with tenant_context(dated.tenant.pk):
        assert not [event for event in AuditEvent.objects.all() if "T0PSECRET" in json.dumps(event.changes)]


@pytest.mark.parametrize(
    ("kind", "address"),
    [
        ("wecom", "https://qyapi.weixin.qq.com.evil.example/cgi-bin/webhook/send?key=11112222-aaaa"),
        ("wecom", "http://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=11112222-aaaa"),
        ("wecom", "https://qyapi.weixin.qq.com/cgi-bin/gettoken?corpid=1"),
        ("dingtalk", "https://oapi.dingtalk.com/robot/send?access_token=short"),
        ("slack", "https://hooks.slack.com@127.0.0.1/services/T1/B1/x"),
        ("teams", "https://logic.azure.com.evil.example/workflows/a/triggers/manual/paths/invoke?sig=b"),
        ("json", "https://127.0.0.1/hook"),
        ("json", "https://[::1]/hook"),
        ("json", "https://[::ffff:10.0.0.1]/hook"),
        ("json", "https://169.254.169.254/latest/meta-data"),
        ("json", "https://10.1.2.3/"),
        ("json", "https://100.64.0.1/"),
        ("json", "https://localhost/hook"),
        ("json", "https://0x7f000001/"),
        ("json", "https://8.8.8.8:6379/"),
        ("json", "https://8.8.8.8:99999/"),
        ("json", "https://name:word@8.8.8.8/"),
        ("json", "ftp://8.8.8.8/"),
        ("json", "/etc/passwd"),
    ],
)
def test_addresses_that_lead_elsewhere_are_refused(db, kind, address):
    with pytest.raises(Invalid):
        services.check_address(kind, address)
    assert services.send(kind, address, title="x", body="x", data={})


@pytest.mark.parametrize(
    ("kind", "address", "sent_to"),
    [
        ("wecom", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=11112222-aaaa-bbbb-cccc-333344445555", "qyapi.weixin.qq.com"),
        ("dingtalk", "https://oapi.dingtalk.com/robot/send?access_token=" + "a1" * 32 + "#SECabc", "oapi.dingtalk.com"),
        ("feishu", "https://open.feishu.cn/open-apis/bot/v2/hook/11112222-aaaa-bbbb-cccc-333344445555", "open.feishu.cn"),
        ("slack", "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7", "hooks.slack.com"),
        (
            "teams",
            "https://prod-161.westeurope.logic.azure.com:443/workflows/643e69f83c8944438d68119179a10a64/triggers/manual/paths/invoke"
            "?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=KODuebWbDGYFr0z0eu-6Rj8aUKz7108W3wrNJZxFE5A",
            "prod-161.westeurope.logic.azure.com",
        ),
    ],
)
@pytest.mark.parametrize(("answer", "fault"), [('{"errcode": 0, "code": 0}', ""), ('{"errcode": 93000, "code": 93000}', "93000")])
def test_each_service_gets_its_message_at_its_own_host(db, monkeypatch, kind, address, sent_to, answer, fault):
    """The address as the service shows it; the request is caught before it leaves."""
    asked = []

    def answered(self, request, **kwargs):
        asked.append((request.url, kwargs["allow_redirects"]))
        found = requests.Response()
        found.status_code, found._content, found.request = 200, answer.encode(), request
        return found

    monkeypatch.setattr(wire, "_send", answered)
    services.check_address(kind, address)
    said = services.send(kind, address, title="Title", body="Text", data={})
    assert asked
    assert asked[0][0].startswith(f"https://{sent_to}")
    assert asked[0][1] is False
    if kind in ("wecom", "dingtalk", "feishu"):
        assert fault in said
        assert bool(fault) == bool(said)


def test_a_name_that_moves_into_the_own_network_is_caught_at_the_connection(db, chat, settings, monkeypatch):
    settings.WEBHOOK_PRIVATE_HOSTS = []
    monkeypatch.setattr(guard, "check_host", lambda *args, **kwargs: None)
    monkeypatch.setattr(services, "check_host", lambda *args, **kwargs: None)  # as if it had resolved to a public address a moment ago
    said = services.send("json", chat.url, title="x", body="x", data={})
    assert said == "private"
    assert chat.got == []


def test_only_those_who_may(dated, chat):
    with acting_as(dated.tenant, dated.carol) as carol, pytest.raises(NotAllowed):
        actions.add_webhook(name="x", kind="json", address=chat.url, language="en", events=ALL, regimes=[], projects=[], by=carol)
