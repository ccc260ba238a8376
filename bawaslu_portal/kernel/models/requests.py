"""Requests already answered, so that the same form sent twice on a poor line acts once."""

from django.db import models

from .. import clock


class AnsweredRequest(models.Model):
    """``key`` came with the form; ``body_digest`` tells a repeat from another text under the same key."""

    user = models.ForeignKey("kernel.User", on_delete=models.CASCADE, related_name="+")
    key = models.UUIDField()
    body_digest = models.CharField(max_length=64)
    location = models.CharField(max_length=300)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="request_answered_once")]

    def __str__(self):
        return str(self.key)
