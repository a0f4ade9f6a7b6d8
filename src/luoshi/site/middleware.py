"""What is refused before any page sees it."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, QueryDict

_MESSAGE = "提交的内容里含有不能保存的控制字符（空字符），请删去后重试。"


def _holds_nul(values: QueryDict) -> bool:
    return any("\0" in name or any("\0" in value for value in items) for name, items in values.lists())


class RefuseNul:
    """Answer 400 to an address or a form with the character NUL.

    PostgreSQL stores no NUL in text and fails on a query that holds one; no keyboard makes one. What is sent as JSON
    is not looked at here: whoever reads the body checks it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith("/api/"):  # answers problems of its own, and refuses NUL itself
            return self.get_response(request)
        # A form with files is left unread: its view chooses how files are received, and must do so before the reading.
        form = request.method == "POST" and request.content_type == "application/x-www-form-urlencoded"
        if _holds_nul(request.GET) or (form and _holds_nul(request.POST)):
            return HttpResponseBadRequest(_MESSAGE, content_type="text/plain; charset=utf-8")
        return self.get_response(request)


class NameMethods:
    """Answer a method that an address of the API does not have with a problem document, as every other error."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != 405 or not request.path.startswith("/api/"):
            return response
        from luoshi.site.api.problems import problem  # loads the API's parts, which no page needs

        allowed = response.get("Allow", "")
        told = f"这个地址不支持 {request.method}" + (f"，只支持 {allowed.replace(', ', '、')}。" if allowed else "。")
        answer = problem(request, 405, told)
        if allowed:
            answer["Allow"] = allowed
        return answer
