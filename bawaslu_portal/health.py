"""The health check at /sehat/: asked by machines, without sign-in, answered within two seconds whatever hangs."""

import datetime
import threading
import time
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection, transaction
from django.http import JsonResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bawaslu_portal.kernel import clock, pdf
from bawaslu_portal.kernel.models import Heartbeat

DEADLINE = 1.5  # seconds for all parts together; the rest of the two is for the answer itself
HEARTBEAT = datetime.timedelta(seconds=60)  # working assumption: four beats of fifteen seconds may be missed


class Probe:
    """One question asked in a thread of its own, and never twice at once.

    A part that hangs holds one thread however often it is asked: whoever comes meanwhile waits for the same answer
    until his own deadline.
    """

    def __init__(self, question):
        self.question = question
        self._lock = threading.Lock()
        self._running = None

    def ask(self):
        """Start the question, or join the one that is running; returns what ``answer`` waits for."""
        with self._lock:
            if self._running is None or self._running.done.is_set():
                self._running = _Asked(self.question, translation.get_language())
                threading.Thread(target=self._running.run, daemon=True, name=f"health-{self.question.__name__}").start()
            return self._running


class _Asked:
    def __init__(self, question, language):
        self.question, self.language = question, language
        self.done = threading.Event()
        self.result = None

    def run(self):
        try:
            with translation.override(self.language):
                self.result = self.question()
        except Exception:  # whatever it is, the part is not well; details go to its own log
            with translation.override(self.language):
                self.result = _("Tidak dapat dihubungi.")
        finally:
            self.done.set()


def _connect():
    """A connection of our own, since the request's may be the very one that hangs."""
    parameters = connection.get_connection_params()
    parameters.pop("cursor_factory", None)
    parameters.pop("context", None)
    return connection.Database.connect(**{**parameters, "connect_timeout": 2})


def database():
    """Ask PostgreSQL for a row."""
    line = _connect()
    try:
        with line.cursor() as cursor:
            cursor.execute("SELECT 1")
    finally:
        line.close()
    return "ok"


def worker():
    """Read when the worker last gave a sign of life."""
    line = _connect()
    try:
        with line.cursor() as cursor:
            cursor.execute(f"SELECT at FROM {Heartbeat._meta.db_table} WHERE name = 'worker'")  # noqa: S608
            row = cursor.fetchone()
    finally:
        line.close()
    if row is None:
        return _("Pekerja latar belum pernah memberi tanda.")
    silent = clock.now() - row[0]
    if silent > HEARTBEAT:
        return _("Pekerja latar diam sejak %(minutes)d menit.") % {
            "minutes": max(1, round(silent.total_seconds() / 60))
        }
    return "ok"


def redis_client(url, seconds=1.0):
    """A Redis client that gives up after ``seconds``; understands Celery's ``redis+socket://`` as well."""
    import redis
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    options = {"socket_timeout": seconds, "socket_connect_timeout": seconds, "retry": Retry(NoBackoff(), 0)}
    if url.startswith("redis+socket://"):
        parts = urlsplit(url)
        number = parse_qs(parts.query).get("virtual_host", ["0"])[0]
        return redis.Redis(unix_socket_path=unquote(parts.path), db=int(number), password=parts.password, **options)
    return redis.Redis.from_url(url, **options)


def broker():
    """Ask Redis for a PONG."""
    with redis_client(settings.REDIS_URL) as client:
        client.ping()
    return "ok"


def papers():
    """Say what is missing for making papers, with the line to type."""
    return pdf.available() or "ok"


PROBES = {"database": Probe(database), "broker": Probe(broker), "worker": Probe(worker), "pdf": Probe(papers)}


@never_cache
@require_safe
@login_not_required
@transaction.non_atomic_requests
def health(request):
    """Answer 200 when database, broker, worker and pdf are all "ok", else 503 with a sentence for what is not."""
    deadline = time.monotonic() + DEADLINE
    asked = {name: probe.ask() for name, probe in PROBES.items()}
    answer = {}
    for name, one in asked.items():
        in_time = one.done.wait(max(0, deadline - time.monotonic()))
        answer[name] = one.result if in_time else _("Tidak menjawab pada waktunya.")
    well = all(state == "ok" for state in answer.values())
    return JsonResponse(answer, status=200 if well else 503, json_dumps_params={"ensure_ascii": False})
