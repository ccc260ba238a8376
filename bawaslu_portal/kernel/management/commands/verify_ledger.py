"""Verify every chain, and every ratified record against what the ledger says of it.

Exit 1 and name the organisation and sequence of the first broken entry; else say how many are intact.
"""

from django.core.management.base import BaseCommand, CommandError

from bawaslu_portal.kernel import catalogue, ledger


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("codes", nargs="*", help="codes of organisations; default all")

    def handle(self, *args, codes, **options):
        intact, breaks = 0, []
        for code in codes or ledger.chains():
            count, broken = ledger.verify(code)
            intact += count
            if broken:
                breaks.append(broken)
        for broken in breaks:
            self.stderr.write(f"{broken.organisation} #{broken.seq}: {broken.what}")
        changed = [sentence for verifier in catalogue.verifiers().values() for sentence in verifier()]
        for sentence in changed:
            self.stderr.write(sentence)
        if breaks or changed:
            raise CommandError(f"{len(breaks)} broken chains, {len(changed)} changed records.", returncode=1)
        self.stdout.write(f"{intact} entries intact")
