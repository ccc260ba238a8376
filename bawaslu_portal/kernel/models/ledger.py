"""The hash chain: one line for every act, per organisation. No foreign keys, no personal data but ids."""

from django.db import models


class LedgerHead(models.Model):
    """The end of one unit's chain; locked while a line is added, so that the chain never forks."""

    organisation = models.CharField(max_length=13, primary_key=True)
    seq = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, blank=True)

    def __str__(self):
        return f"{self.organisation} #{self.seq}"


class LedgerEntry(models.Model):
    """One act. ``canonical`` is the JSON exactly as hashed; the columns repeat it for reading."""

    organisation = models.CharField(max_length=13)
    seq = models.BigIntegerField()
    action = models.CharField(max_length=80)
    thing_kind = models.CharField(max_length=40)
    thing = models.CharField(max_length=36)
    actor = models.CharField(max_length=36)
    at = models.DateTimeField()
    simulated = models.BooleanField(default=False)
    canonical = models.BinaryField()
    prev_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "seq"], name="ledger_one_line_per_seq"),
            models.UniqueConstraint(fields=["organisation", "prev_hash"], name="ledger_never_forks"),
        ]
        indexes = [
            models.Index(fields=["thing", "id"], name="ledger_of_thing"),
            # What was done to the unit itself: few lines among those of its work.
            models.Index(
                fields=["organisation", "-seq"],
                condition=models.Q(action__startswith="kernel."),
                name="ledger_of_unit_itself",
            ),
        ]

    def __str__(self):
        return f"{self.organisation} #{self.seq} {self.action}"
