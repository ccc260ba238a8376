"""The form of a thread of remarks, and what a page needs to show one (``components/remarks.html``)."""

from django import forms
from django.utils.translation import gettext_lazy as _

from . import remarks
from .forms import KeyedMixin, PortalForm


class RemarkForm(KeyedMixin, PortalForm):
    """One remark; which kind the button says that was pressed."""

    text = forms.CharField(label=_("Isi"), max_length=remarks.LONGEST, widget=forms.Textarea(attrs={"rows": 3}))
    kind = forms.ChoiceField(choices=[(kind, kind) for kind in remarks.MAY], widget=forms.HiddenInput, required=False)


def panel(user, thing, address, form=None):
    """The thread on ``thing`` as ``user`` may read and continue it at ``address``; None where it is closed to him."""
    if not remarks.reads(user, thing.organisation):
        return None
    question = remarks.open_question(thing)
    return {
        "thread": list(remarks.of(user, thing)),
        "unit": thing.organisation,
        "form": form or RemarkForm(),
        "address": address,
        "question": question,
        "may_ask": question is None and remarks.may_ask(user, thing.organisation),
        "may_answer": question is not None and remarks.may_answer(user, thing.organisation),
    }
