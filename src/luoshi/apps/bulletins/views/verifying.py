"""Is this file what was issued?"""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from luoshi.apps.bulletins import policies
from luoshi.apps.bulletins.verifying import Verification, verify_file
from luoshi.apps.bulletins.views.shared import seen

MOST_BYTES = 32 * 2**20
NOT_SEEN = "这份文件不是您可以查看的通报。"


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def upload(request: HttpRequest) -> HttpResponse:
    """A file that somebody has, held against the archive."""
    result, problem, name = None, "", ""
    if request.method == "POST":
        file = request.FILES.get("file")
        if file is None:
            problem = "请选择要核对的 Word 文件。"
        elif (file.size or 0) > MOST_BYTES:
            problem = f"文件超过{MOST_BYTES // 2**20} MB。"
        else:
            name = file.name or ""
            result = verify_file(file.read())
            if result.bulletin and not policies.visible_bulletins(request.user).filter(pk=result.bulletin.pk).exists():
                result = Verification(None, problems=(NOT_SEEN,))
    context = {"result": result, "problem": problem, "name": name}
    return render(request, "bulletins/verify.html", context, status=422 if problem else 200)


@require_POST
@login_required
def stored(request: HttpRequest, bulletin_id: int) -> HttpResponse:
    """The archived file itself, and its figures read again."""
    found = seen(request, bulletin_id, working=True)
    try:
        with found.file.open("rb") as file:
            data = file.read()
    except (FileNotFoundError, ValueError) as error:
        raise Http404 from error
    return render(
        request, "bulletins/verify.html", {"result": verify_file(data, found), "name": "存档文件", "problem": ""}
    )
