"""Keeps the secrets of one-time links out of the log: Django names the path of every refused request there."""

import logging
import re

SECRET = re.compile(r"(/masuk/tautan/)[^/\s]+")


class Redact(logging.Filter):
    """Puts "…" where the secret stood, in the message and in its arguments."""

    def filter(self, record):
        record.msg = SECRET.sub(r"\1…", str(record.msg))
        if isinstance(record.args, tuple):
            record.args = tuple(SECRET.sub(r"\1…", a) if isinstance(a, str) else a for a in record.args)
        return True
