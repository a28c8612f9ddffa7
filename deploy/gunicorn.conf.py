"""gunicorn for Tenfold: a few preloaded processes with threads, and no long pauses of the garbage collector."""

import gc
import os
import re
from typing import Any

from gunicorn.glogging import Logger

bind = (
    f"[{os.environ['BIND']}]:{os.environ['PORT']}"
    if ":" in os.environ.get("BIND", "")
    else (f"{os.environ.get('BIND', '127.0.0.1')}:{os.environ.get('PORT', '8000')}")
)
workers = int(os.environ.get("WEB_WORKERS", "3"))
threads = int(os.environ.get("WEB_THREADS", "4"))
worker_class = "gthread"
preload_app = True
timeout = 60
graceful_timeout = 30
keepalive = 5
# A worker that has served long is replaced, not all at the same moment.
max_requests = 20_000
max_requests_jitter = 2_000
# Heartbeats in memory: a busy disk must not make a healthy worker look dead.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
# Which proxy may say who the client is and whether it came by https; X-Forwarded-* from anyone else is dropped.
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1,::1")
accesslog = "-" if os.environ.get("ACCESS_LOG", "1") not in {"0", "false", "no", "off"} else None
access_log_format = '%(h)s "%(r)s" %(s)s %(b)s %(M)sms'
errorlog = "-"
# Addresses that carry a secret: who reads the log must not be able to accept an invitation or choose somebody's password.
_SECRET = re.compile(r"(/invitation/|/accounts/confirm-email/|/accounts/password/reset/key/)[^/\s?]+")


class QuietLogger(Logger):
    """Writes the access log without the secrets of mailed links."""

    def atoms(self, resp: Any, req: Any, environ: dict[str, Any], request_time: Any) -> dict[str, Any]:
        """The values of a line, secrets replaced by an ellipsis."""
        values: dict[str, Any] = super().atoms(resp, req, environ, request_time)
        return {name: _SECRET.sub(r"\1…", value) if isinstance(value, str) else value for name, value in values.items()}


logger_class = QuietLogger
control_socket_disable = True


def when_ready(server: Any) -> None:
    """After loading, before the first fork: connections do not survive a fork, and what is loaded now is never garbage."""
    from django.db import connections

    for connection in connections.all(initialized_only=True):
        connection.close()
        close_pool = getattr(connection, "close_pool", None)
        if close_pool is not None:
            close_pool()
    gc.collect()
    gc.freeze()
    # Full collections of a large heap cost a quarter of a second each; let them be rare.
    gc.set_threshold(50_000, 20, 50)
