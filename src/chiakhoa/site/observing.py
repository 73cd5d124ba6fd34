"""One look at every request: an id for it, a line in the log, a count and a time by page.

A line names the page, never the address as typed: what people search for, and keys in an address, are nobody's business. The
actor is an account's number. Of a fault it tells the kind and the lines of code, not the message, which may quote data.
"""

import json
import logging
import os
import re
import threading
import time
import traceback
import uuid
from collections import Counter
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from chiakhoa.foundation import whole_files

log = logging.getLogger("chiakhoa.requests")
ID = re.compile(r"[A-Za-z0-9-]{8,64}")
_current: ContextVar[dict[str, Any] | None] = ContextVar("request_facts", default=None)
_lock = threading.Lock()
_counts: Counter[tuple[str, str, int]] = Counter()
_seconds: Counter[str] = Counter()
_told_at = 0.0
BETWEEN = 1.0  # seconds


class Observer:
    """The outermost middleware. Takes the request id of the proxy before it, or makes one, and sends it back."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        facts: dict[str, Any] = {"request": given if ID.fullmatch(given) else uuid.uuid4().hex}
        token, started = _current.set(facts), time.perf_counter()
        try:
            response = self.get_response(request)
            took = time.perf_counter() - started
            facts |= {"actor": getattr(getattr(request, "reader", None), "account_id", None)}
            page = _page(request)
            _count(request.method or "", page, response.status_code, took)
            said = {"page": page, "method": request.method, "status": response.status_code, "ms": round(took * 1000)}
            log.info("request", extra={"facts": said})
        finally:
            _current.reset(token)
        response["X-Request-ID"] = facts["request"]
        return response


class JsonLines(logging.Formatter):
    """A record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Time, level, logger, message, what is known of the request, and of a fault its kind and place."""
        said: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _message(record),
            **(_current.get() or {}),
            **getattr(record, "facts", {}),
        }
        if record.exc_info and record.exc_info[0]:
            frames = traceback.extract_tb(record.exc_info[2])
            said["fault"] = record.exc_info[0].__name__
            said["at"] = [f"{frame.filename.rsplit('/src/', 1)[-1]}:{frame.lineno}" for frame in frames[-12:]]
        return json.dumps(said, ensure_ascii=False)


def begin_anew() -> None:
    """Forget what processes of an earlier start counted."""
    for file in _folder().glob("*.json"):
        file.unlink(missing_ok=True)


def as_text() -> list[str]:
    """Requests and their time since the start, of all processes that serve, in Prometheus' text form.

    Another process tells its counts once a second, so they may be so much older.
    """
    with _lock:
        _tell()
    all_counts: Counter[tuple[str, str, int]] = Counter()
    all_seconds: Counter[str] = Counter()
    for file in _folder().glob("*.json"):
        told = json.loads(file.read_text(encoding="utf-8"))
        all_counts.update({(method, page, status): count for method, page, status, count in told["counts"]})
        all_seconds.update(told["seconds"])
    counts, seconds = sorted(all_counts.items()), sorted(all_seconds.items())
    lines = ["# HELP chiakhoa_requests_total Requests by page.", "# TYPE chiakhoa_requests_total counter"]
    for (method, page, status), count in counts:
        lines.append(f'chiakhoa_requests_total{{page="{page}",method="{method}",status="{status}"}} {count}')
    lines += [
        "# HELP chiakhoa_request_seconds_total Time spent by page.",
        "# TYPE chiakhoa_request_seconds_total counter",
    ]
    return [*lines, *(f'chiakhoa_request_seconds_total{{page="{page}"}} {took:.6f}' for page, took in seconds)]


def _count(method: str, page: str, status: int, took: float) -> None:
    known = method if method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS") else "other"
    with _lock:
        _counts[(known, page, status)] += 1
        _seconds[page] += took
        if time.monotonic() - _told_at > BETWEEN:
            _tell()


def _folder() -> Path:
    return Path(settings.DATA) / "metrics"


def _tell() -> None:
    """Write this process's counts where whichever process answers for all finds them. Under the lock."""
    global _told_at
    _told_at = time.monotonic()
    told = {"counts": [[*key, count] for key, count in _counts.items()], "seconds": dict(_seconds)}
    try:
        _folder().mkdir(parents=True, exist_ok=True)
        whole_files.write(_folder() / f"{os.getpid()}.json", [json.dumps(told).encode()])
    except OSError:
        log.warning("the counts of requests could not be written to the data folder")


def _page(request: HttpRequest) -> str:
    match = getattr(request, "resolver_match", None)
    return (match.view_name or "unnamed") if match else "none"


def _message(record: logging.LogRecord) -> str:
    if not record.name.startswith("django.request"):
        return record.getMessage()
    # Django's own lines about requests quote the address, after a colon or as the last argument.
    first = record.args[0] if isinstance(record.args, tuple) and record.args else ""
    return str(first if str(record.msg).startswith("%s") else record.msg).split(":", 1)[0]
