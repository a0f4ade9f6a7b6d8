"""Messages reach each person once, and leave the site when the outbox is emptied."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Callable
from email import message_from_string, policy
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from luoshi.apps.accounts.actions import set_email
from luoshi.apps.accounts.models import User
from luoshi.apps.journal.models import Entry
from luoshi.apps.notices import kinds
from luoshi.apps.notices.actions import (
    announce,
    deliver_due,
    mark_read,
    notify,
    save_setting,
    save_webhook,
    try_webhook,
)
from luoshi.apps.notices.actions.delivering import PAUSES
from luoshi.apps.notices.models import Delivery, Notice, Webhook, WebhookStyle
from luoshi.apps.notices.sending import NotSent
from luoshi.apps.organisations.holders import nearest_holders
from luoshi.apps.organisations.models import Role, Unit
from tests.apps.notices.servers import mail_server, robot

pytestmark = pytest.mark.django_db
Person = Callable[..., Any]


def told(*people: User, key: str = "k", **more: str) -> int:
    return notify(people=people, kind="reporting-reminder", key=key, title="催报：《月报》", text="请报送", **more)


def test_the_same_message_is_told_once(person: Person) -> None:
    zhao, qian = person("zhao"), person("qian")
    assert told(zhao) == 1
    assert told(zhao, qian) == 1
    assert told(zhao, qian) == 0
    assert told(zhao, key="another") == 1
    assert Notice.objects.filter(recipient=zhao).count() == 2


def test_who_left_is_told_nothing(person: Person) -> None:
    zhao = person("zhao")
    zhao.is_active = False
    assert told(zhao) == 0


def test_many_people_cost_few_queries(prefecture: dict[str, Unit], settings: Any) -> None:
    settings.LUOSHI_MAILS = True
    User.objects.bulk_create(
        User(username=f"u{n}", display_name=f"甲{n}", password="!", email=f"u{n}@example.cn") for n in range(700)
    )
    with CaptureQueriesContext(connection) as queries:
        assert told(*User.objects.all()) == 700
    # Inserts go in portions of some hundred rows.
    assert len(queries) <= 30, [query["sql"][:80] for query in queries]
    assert Delivery.objects.count() == 700


def test_mail_goes_over_smtp_once(person: Person, settings: Any) -> None:
    zhao, qian, sun = person("zhao"), person("qian"), person("sun")
    for user in (zhao, qian):
        set_email(acting_user=user, user=user, email=f"{user.username}@example.cn")
    save_setting(acting_user=qian, by_mail=True, muted=["reporting-reminder"])
    with mail_server() as (port, taken):
        settings.LUOSHI_MAILS, settings.EMAIL_HOST, settings.EMAIL_PORT = True, "127.0.0.1", port
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.LUOSHI_URL = "https://luoshi.example.cn"
        told(zhao, qian, sun, url="/returns/7")
        assert deliver_due() == (1, 0)
        assert deliver_due() == (0, 0)
    [message] = [message_from_string(text, policy=policy.default) for text in taken]
    assert message["To"] == "zhao@example.cn"
    assert message["Subject"] == "催报：《月报》"
    assert "https://luoshi.example.cn/returns/7" in message.get_content()


def test_a_bad_address_is_refused(person: Person) -> None:
    zhao, qian = person("zhao"), person("qian")
    with pytest.raises(ValidationError, match="不是邮箱"):
        set_email(acting_user=zhao, user=zhao, email="zhao")
    with pytest.raises(PermissionDenied):
        set_email(acting_user=zhao, user=qian, email="a@example.cn")


def connected(chief: User, unit: Unit, url: str, style: str = WebhookStyle.GENERIC, secret: str = "钥匙") -> Webhook:
    return save_webhook(acting_user=chief, unit=unit, name="工作群", url=url, style=style, secret=secret)


def test_the_generic_body_is_signed(person: Person, prefecture: dict[str, Unit]) -> None:
    with robot() as there:
        connected(person("chief", ylz="administrator"), prefecture["ylz"], there.url)
        assert announce(unit=prefecture["qsx"], kind="x", key="k", title="两个单位未报", text="青石县") == 1
        assert announce(unit=prefecture["qsx"], kind="x", key="k", title="两个单位未报") in (0, 1)
        assert Delivery.objects.count() == 1
        assert deliver_due() == (1, 0)
        assert deliver_due() == (0, 0)
    [(_, headers, body)] = there.received
    stamp, given = (part.split("=")[1] for part in headers["X-Luoshi-Signature"].split(","))
    assert given == hmac.new("钥匙".encode(), f"{stamp}.{body}".encode(), hashlib.sha256).hexdigest()
    assert json.loads(body)["unit"] == "青石县"


@pytest.mark.parametrize("style", [WebhookStyle.WECOM, WebhookStyle.DINGTALK, WebhookStyle.FEISHU])
def test_chat_robots_get_their_own_body(person: Person, prefecture: dict[str, Unit], style: str) -> None:
    chief = person("chief", ylz="administrator")
    with robot() as there:
        hook = connected(chief, prefecture["ylz"], there.url, style)
        try_webhook(acting_user=chief, webhook=hook)
        [(path, _, body)] = there.received
        assert "已接通" in json.dumps(json.loads(body), ensure_ascii=False)
        assert ("&timestamp=" in path and "&sign=" in path) == (style == WebhookStyle.DINGTALK)
        assert ('"sign"' in body) == (style == WebhookStyle.FEISHU)
        there.answer = {"errcode": 310000, "code": 19021}
        with pytest.raises(NotSent, match="拒收"):
            try_webhook(acting_user=chief, webhook=hook)


def test_a_robot_below_hears_nothing_of_what_is_above(person: Person, prefecture: dict[str, Unit]) -> None:
    chief = person("chief", ylz="administrator")
    connected(chief, prefecture["qsx"], "http://127.0.0.1:9/")
    assert announce(unit=prefecture["ylz"], kind="x", key="k", title="t") == 0
    assert announce(unit=prefecture["bsx"], kind="x", key="k", title="t") == 0
    assert announce(unit=prefecture["qsx-czj"], kind="x", key="k", title="t") == 1


def test_failures_are_tried_again_then_given_up(person: Person, prefecture: dict[str, Unit]) -> None:
    with robot() as there:
        there.status = 503
        connected(person("chief", ylz="administrator"), prefecture["ylz"], there.url)
        announce(unit=prefecture["ylz"], kind="x", key="k", title="t")
        now = timezone.now()
        for pause in PAUSES:
            assert deliver_due(now=now) == (0, 1)
            assert deliver_due(now=now) == (0, 0)
            now += pause
        assert deliver_due(now=now) == (0, 1)
        assert deliver_due(now=now + dt.timedelta(days=30)) == (0, 0)
    row = Delivery.objects.get()
    assert (row.attempts, row.next_attempt_at, row.error) == (len(PAUSES) + 1, None, "对方答复 503")


def test_nobody_but_administrators_connects_robots(person: Person, prefecture: dict[str, Unit]) -> None:
    with pytest.raises(PermissionDenied):
        connected(person("zhou", ylz="coordinator"), prefecture["ylz"], "https://example.cn/")
    with pytest.raises(PermissionDenied):
        connected(person("bai", bsx="administrator"), prefecture["qsx"], "https://example.cn/")


def test_the_journal_keeps_no_robot_key(person: Person, prefecture: dict[str, Unit]) -> None:
    connected(person("chief", ylz="administrator"), prefecture["ylz"], "https://robot.example.cn/send?key=GEHEIM")
    entry = Entry.objects.get(action="连接机器人")
    assert entry.after["host"] == "robot.example.cn"
    assert "GEHEIM" not in json.dumps(entry.after) and "钥匙" not in json.dumps(entry.after, ensure_ascii=False)


def test_two_people_do_not_overwrite_one_another(person: Person, prefecture: dict[str, Unit]) -> None:
    chief = person("chief", ylz="administrator")
    hook = connected(chief, prefecture["ylz"], "https://example.cn/")
    change = {"acting_user": chief, "webhook": hook, "unit": prefecture["ylz"], "url": "https://example.cn/"}
    save_webhook(**change, name="甲群", revision=hook.revision)
    with pytest.raises(ValidationError, match="刚被别人改过"):
        save_webhook(**change, name="乙群", revision=hook.revision)
    assert Webhook.objects.get().name == "甲群"


def test_the_nearest_holder_is_told(person: Person, prefecture: dict[str, Unit]) -> None:
    zhou, czj = person("zhou", ylz="reporter"), person("czj", qsx_czj="reporter")
    found = nearest_holders([prefecture["qsx-czj"], prefecture["bsx"], prefecture["nanfang-sheng"]], Role.REPORTER)
    assert [list(found[prefecture[key].pk]) for key in ("qsx-czj", "bsx", "nanfang-sheng")] == [[czj], [zhou], []]


class TestPages:
    """In the browser."""

    @pytest.fixture
    def zhao(self, person: Person, client: Client) -> User:
        user: User = person("zhao", qsx="reporter")
        client.force_login(user)
        return user

    def test_a_message_is_read_by_opening_it(self, zhao: User, client: Client) -> None:
        told(zhao, url="/ledger")
        assert "1" in client.get("/notices/badge").content.decode()
        notice = Notice.objects.get()
        assert "催报：《月报》" in client.get("/notices?state=unread").content.decode()
        answer = client.post(f"/notices/{notice.pk}/open")
        assert answer.headers["Location"] == "/ledger"
        assert "催报：《月报》" not in client.get("/notices?state=unread").content.decode()
        assert client.get("/notices/badge").content.strip() == b""

    def test_no_message_leads_out_of_the_site(self, zhao: User, client: Client) -> None:
        told(zhao, url="//example.com/")
        assert client.post(f"/notices/{Notice.objects.get().pk}/open").headers["Location"] == "/notices"

    def test_another_persons_message_is_not_there(self, zhao: User, person: Person, client: Client) -> None:
        told(person("qian"))
        assert client.post(f"/notices/{Notice.objects.get().pk}/open").status_code == 404
        assert mark_read(acting_user=zhao) == 0

    def test_settings_are_kept(self, zhao: User, client: Client) -> None:
        everything = [kind for kind, _ in kinds.choices()]
        assert everything
        answer = client.post("/notices/setting", {"email": "zhao@", "by_mail": "on", "mailed": everything[:1]})
        assert answer.status_code == 422 and "zhao@" in answer.content.decode()
        client.post("/notices/setting", {"email": "zhao@example.cn", "by_mail": "on", "mailed": everything[:1]})
        zhao.refresh_from_db()
        assert zhao.email == "zhao@example.cn"
        assert zhao.notice_setting.muted == sorted(everything[1:])

    def test_an_administrator_connects_and_tries(
        self, person: Person, prefecture: dict[str, Unit], client: Client
    ) -> None:
        client.force_login(person("chief", ylz="administrator"))
        with robot() as there:
            typed = {"unit": "ylz", "name": "工作群", "style": "wecom", "url": there.url, "is_active": "on"}
            wrong = client.post("/webhooks/new", typed | {"url": "ftp:/x"})
            assert wrong.status_code == 422 and "ftp:/x" in wrong.content.decode()
            assert client.post("/webhooks/new", typed).status_code == 302
            hook = Webhook.objects.get()
            client.post(f"/webhooks/{hook.pk}/try")
            assert len(there.received) == 1
        client.post(f"/webhooks/{hook.pk}/try")
        assert "试发没有成功" in client.get("/webhooks").content.decode()
        kept = client.post(f"/webhooks/{hook.pk}", typed | {"name": "新群", "revision": hook.revision})
        assert kept.status_code == 302
        assert Webhook.objects.get().name == "新群"

    def test_the_lists_stay_within_their_budget(
        self, person: Person, prefecture: dict[str, Unit], client: Client
    ) -> None:
        chief = person("chief", ylz="administrator")
        client.force_login(chief)
        for n in range(120):
            told(chief, key=f"k{n}")
        for n in range(30):
            connected(chief, prefecture["ylz"], f"https://example.cn/{n}")
            announce(unit=prefecture["ylz"], kind="x", key=f"k{n}", title="t")
        for page in ("/notices", "/notices?page=2", "/webhooks", "/webhooks/new", "/notices/setting", "/notices/badge"):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(page).status_code == 200
            assert len(queries) <= 15, page
