"""What the pages of returns share: which one is meant, its head in words, how errors are answered to the scripts."""

from __future__ import annotations

import datetime as dt
import functools
import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from luoshi.apps.intake.receiving import BoundedUpload
from luoshi.apps.intake.storable import is_storable
from luoshi.apps.reporting.actions.stages import Reviewers
from luoshi.apps.reporting.errors import Overlap, ReportingError, ReturnRefused
from luoshi.apps.reporting.models import Return, ReturnState, ReviewStage
from luoshi.apps.reporting.policies import may_fill
from luoshi.apps.reporting.queries.returns import visible_return
from luoshi.apps.reporting.states import EDITABLE
from luoshi.apps.reporting.telling import moment_in_words
from luoshi.apps.reporting.views.sheets import problems_json
from luoshi.periods import Period

View = Callable[..., HttpResponse]
ICONS = {
    ReturnState.OPEN: "pencil",
    ReturnState.IN_REVIEW: "eye-check",
    ReturnState.SENT_BACK: "arrow-back",
    ReturnState.ACCEPTED: "circle-check",
    ReturnState.EXEMPT: "circle-minus",
}


def answer_or_404(request: HttpRequest, answer_id: int) -> Return:
    """A return that the person may see, with form, version, owner and unit."""
    answer = visible_return(request.user, answer_id)
    if answer is None:
        raise Http404
    return answer


def filled_by(request: HttpRequest, answer_id: int) -> Return:
    """A return that the person fills in: 404 for what they do not see, ``PermissionDenied`` for what is not theirs."""
    answer = answer_or_404(request, answer_id)
    if not may_fill(request.user, answer):
        raise PermissionDenied("您不是这个单位的填报员。")
    return answer


def script_view(view: View) -> View:
    """A view for the page's own scripts: what goes wrong is answered as JSON with a message."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return JsonResponse({"message": "登录已过期，请重新登录。"}, status=401)
        try:
            return view(request, *args, **kwargs)
        except ReturnRefused as error:
            return JsonResponse({"message": str(error), "problems": problems_json(error.problems)}, status=422)
        except Overlap as error:
            return JsonResponse({"message": str(error), "by": error.by, "revision": error.revision}, status=409)
        except ReportingError as error:
            return JsonResponse({"message": str(error), "closed": True}, status=409)
        except ValidationError as error:
            return JsonResponse({"message": "；".join(error.messages)}, status=422)
        except PermissionDenied as error:
            return JsonResponse({"message": str(error) or "您没有办理此事的权限。"}, status=403)

    return guarded


def bounded_upload(view: View) -> View:
    """A view that takes files: no more of one reaches the disk than may be stored.

    The handlers must be set before the token is looked for in the body, so that the token is checked after that.
    """
    checked = csrf_protect(view)

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST":
            request.upload_handlers.insert(0, BoundedUpload(settings.LUOSHI_UPLOAD_LIMIT, request))
        return checked(request, *args, **kwargs)

    return csrf_exempt(guarded)


def too_large(request: HttpRequest) -> str:
    """What to say of a file that was dropped for its size; empty where none was."""
    dropped = [
        name
        for handler in request.upload_handlers
        if isinstance(handler, BoundedUpload)
        for name, _ in handler.too_large
    ]
    return f"“{dropped[0]}”超过 {settings.LUOSHI_UPLOAD_LIMIT // 2**20} MB，请压缩后再传。" if dropped else ""


def body_of(request: HttpRequest) -> dict[str, Any]:
    """The JSON object that was sent, with nothing in it that cannot be stored; ``ValidationError``."""
    try:
        found = json.loads(request.body or b"{}")
    except (ValueError, RecursionError) as error:
        raise ValidationError("发送的内容有误，请刷新页面。") from error
    if not isinstance(found, dict) or not is_storable(found):
        raise ValidationError("发送的内容有误，请刷新页面。")
    return found


def text_map(value: Any) -> dict[str, str | None]:
    """An object of texts (or nothing); ``ValidationError`` for anything else."""
    if value is None:
        return {}
    if not isinstance(value, dict) or not all(text is None or isinstance(text, str) for text in value.values()):
        raise ValidationError("发送的内容有误，请刷新页面。")
    return value


def row_map(value: Any) -> dict[str, list[str]] | None:
    """The row keys of sections; ``ValidationError`` for anything else."""
    if value is None:
        return None
    if not isinstance(value, dict) or not all(
        isinstance(keys, list) and all(isinstance(key, str) for key in keys) for keys in value.values()
    ):
        raise ValidationError("发送的内容有误，请刷新页面。")
    return value


def revision_of(value: Any) -> int:
    """A revision; ``ValidationError`` for anything else."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**31:
        raise ValidationError("发送的内容有误，请刷新页面。")
    return value


@dataclass(frozen=True, slots=True)
class State:
    """A state as it looks: its own key and words, whether late, frozen, opened again."""

    key: str
    label: str
    icon: str
    late: str = ""
    frozen: bool = False
    reopened: bool = False


def state_of(answer: Return, now: dt.datetime | None = None, *, state: str = "", stage: str = "") -> State:
    """How a return's state is shown; ``state`` and ``stage`` where a past one is meant."""
    at = now or timezone.now()
    shown, stage = ReturnState(state or answer.state), stage or ("" if state else answer.stage)
    label = f"待{stage_words(answer, stage)}审核" if stage else shown.label
    late = ""
    over = (answer.round.frozen_at is not None or at > answer.round.late_until) and not answer.reopened
    if shown == ReturnState.OPEN and over:
        label = "未报"
    elif shown == ReturnState.SENT_BACK and answer.reopened and answer.accepted_at is not None and not state:
        label = "重开待更正"
    elif shown in EDITABLE and answer.submitted_at is None and at > answer.round.due_at:
        late = "逾期未报"
    elif answer.submitted_at is not None and answer.submitted_at > answer.round.due_at:
        late = "迟报"
    return State(shown.value, label, ICONS[shown], late, answer.round.frozen_at is not None, answer.reopened)


def stage_words(answer: Return, stage: str) -> str:
    """Who reviews at a stage, in words."""
    if stage == ReviewStage.LEAD:
        return str(answer.round.form.owner)
    return "县级" if stage == ReviewStage.COUNTY else "本单位"


def left_in_words(due: dt.datetime, now: dt.datetime) -> tuple[str, str]:
    """(how long is left, in words; ``late``, ``today``, ``soon`` or ``later``)."""
    left = due - now
    hours = int(abs(left).total_seconds() // 3600)
    span = (
        f"{hours // 24}天{f'{hours % 24}小时' if hours < 72 and hours % 24 else ''}" if hours >= 24 else f"{hours}小时"
    )
    if not hours:
        span = f"{max(1, int(abs(left).total_seconds() // 60))}分钟"
    if left < dt.timedelta(0):
        return f"已逾期{span}", "late"
    if timezone.localtime(due - dt.timedelta(seconds=1)).date() == timezone.localtime(now).date():
        return f"今天截止，还有{span}", "today"
    return f"还有{span}", "soon" if left < dt.timedelta(days=3) else "later"


def head_of(
    answer: Return, user: Any, *, closed: str = "", now: dt.datetime | None = None, **past: str
) -> dict[str, Any]:
    """The head of a return's page: form, unit, period, due, state, and who must do what next."""
    at = now or timezone.now()
    state, round_ = state_of(answer, at, **past), answer.round
    waiting = answer.state in EDITABLE
    left, kind = left_in_words(round_.due_at, at) if waiting else ("", "later")
    return {
        "form": round_.form.title,
        "unit": str(answer.unit),
        "unit_full": answer.unit.name,
        "owner": str(round_.form.owner),
        "period": Period.parse(round_.period).label,
        "due": moment_in_words(round_.due_at),
        "left": left,
        "left_kind": kind,
        "state": state,
        "exempt": answer.state == ReturnState.EXEMPT,
        "next_step": _next_step(answer, user, closed),
    }


def _next_step(answer: Return, user: Any, closed: str) -> str:
    match ReturnState(answer.state):
        case ReturnState.EXEMPT:
            return "本期不用填报"
        case ReturnState.ACCEPTED:
            return "已办结，数据计入汇总"
        case ReturnState.IN_REVIEW:
            return f"等{stage_words(answer, answer.stage)}审核"
    if closed:
        return "已截止收报"
    mine = may_fill(user, answer)
    if answer.state == ReturnState.SENT_BACK:
        return "请按意见改正后重新报送" if mine else f"等{answer.unit}改正后重新报送"
    return "请填好后报送" if mine else f"等{answer.unit}填报"


@dataclass(frozen=True, slots=True)
class Ahead:
    """What an act leads to: the button's words, and what will happen, in a sentence."""

    label: str
    words: str


def ahead_of_submitting(answer: Return, user: Any) -> Ahead:
    """What submitting leads to."""
    stage = Reviewers().next_stage(answer, "", user.pk).stage
    title = f"{Period.parse(answer.round.period).label}《{answer.round.form.title}》"
    if not stage:
        return Ahead("报送", f"将以{answer.unit}的名义报送{title}。本表不设审核，报送后即计入汇总，不能再改。")
    whom = stage_words(answer, stage)
    return Ahead(
        f"报送给{whom}审核",
        f"将以{answer.unit}的名义把{title}报送给{whom}审核。审核前可以撤回修改，审核通过后不能再改。",
    )


def ahead_of_passing(answer: Return, submitter: int | None, passed: Collection[int]) -> Ahead:
    """What passing the present stage leads to; ``passed`` are those who will then have passed a stage."""
    stage = Reviewers().next_stage(answer, answer.stage, submitter, passed).stage
    if not stage:
        return Ahead("通过", f"通过后，{answer.unit}的这份数据计入汇总，填报单位不能再改；要更正须重开。")
    whom = stage_words(answer, stage)
    return Ahead(f"通过，转{whom}审核", f"通过后，{answer.unit}的这份报表转{whom}审核。")


def narrowed(query: Mapping[str, str], *names: str) -> dict[str, Any]:
    """The filters of an address, short texts only; ``narrowed`` tells whether there is any."""
    found: dict[str, Any] = {name: query.get(name, "")[:80] for name in names}
    return found | {"narrowed": any(found[name] for name in names if name != "state")}
