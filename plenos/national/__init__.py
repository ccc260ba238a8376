"""Plenos of a whole nation over years, as their verbs would have left them; see ``bawaslu_portal.national``.

Of every ratified pleno there are the rows, the ledger's lines, the frozen minutes with their digest and the three
final papers, so that ``verify_ledger`` says of it what it says of any other. Left out, because no page of one pleno
reads them and they would double the load: papers that were superseded, printed invitations, messages and jobs.
"""

from .life import Life

__all__ = ["Life"]
