"""Versions of ratified minutes: reading each, what differs, and the way of a correction to its ratification."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from bawaslu_portal.kernel import documents, forms, ledger, texts, uploads
from bawaslu_portal.kernel.freshness import require_fresh
from bawaslu_portal.kernel.lifecycle import Conflict, NotPermitted, TransitionRefused
from bawaslu_portal.kernel.models import DutyRuling

from .. import documents as papers
from .. import permissions, queries
from ..forms import BeginCorrectionForm, CorrectionForm, DigestForm, ExcuseForm, HandSignatureForm, ReasonForm
from ..lifecycle import correcting
from ..models.sessions import RATIFIED
from .fetch import REFUSALS, attempt, find, find_preparing, refuse, renew


def readable_version(request, number, address):
    """A pleno and one ratified version of its minutes, for one who reads them; 404 for a version that is none."""
    pleno = find(request, **address)
    if not permissions.reads_minutes(request.user, pleno, queries.minutes_access(pleno)):
        raise NotPermitted(_("Risalah ini belum dikirim kepada Anda, atau hanya untuk anggota dan yang ditunjuk."))
    minutes = queries.version_of(pleno, number) if pleno.state == RATIFIED else None
    if minutes is None:
        raise Http404
    return pleno, minutes


@require_GET
def version(request, number, **address):
    """One version of ratified minutes, as it was ratified."""
    pleno, minutes = readable_version(request, number, address)
    record = papers.final_record(minutes)
    context = {
        "pleno": pleno,
        "minutes": minutes,
        "versions": queries.versions_of(pleno),
        "papers": queries.papers_about(request.user, pleno.uuid, digest=papers.digest(record)),
        "correction": minutes.correction,
        "signing": queries.signing_state(pleno, minutes),
        **papers.values("plenos.berita_acara", record)[1],
    }
    return render(request, "plenos/version.html", context)


def compared(before, after):
    """What two records say otherwise: [(heading, label, parts of the difference)]."""
    return [
        (heading, label, texts.difference(old, new))
        for heading, label, old, new, _rich in papers.differences(before, after)
    ]


@require_GET
def difference(request, number, **address):
    """What a version says otherwise than the one before it, word by word."""
    pleno, minutes = readable_version(request, number, address)
    before = queries.version_of(pleno, number - 1)
    if before is None:
        raise Http404
    context = {
        "pleno": pleno,
        "minutes": minutes,
        "before": before,
        "versions": queries.versions_of(pleno),
        "changes": compared(before.record, minutes.record),
    }
    return render(request, "plenos/difference.html", context)


def correct(request, **address):
    """Begin the correction of ratified minutes; one that is under way is gone on with."""
    pleno = find_preparing(request, **address)
    rulings = DutyRuling.objects.visible_to(request.user).filter(kind="returned", about=pleno.uuid)
    form = BeginCorrectionForm(request.POST or None, rulings=rulings, initial={"ruling": rulings.last()})
    status = 200
    if form.is_valid():
        correction, status = attempt(
            form,
            lambda: correcting.begin(
                pleno, by=request.user, reason=form.cleaned_data["reason"], ruling=form.cleaned_data.get("ruling")
            ),
        )
        if status == 200:
            messages.success(request, _("Perbaikan dimulai. Tulis apa yang seharusnya terbaca."))
            return redirect(correction.address("plenos:correction_words"))
    context = {"pleno": pleno, "under_way": queries.correction_under_way(pleno)}
    return forms.page(request, "plenos/correct.html", form, status, **context)


def _correction(request, uuid, address):
    """The correction with its pleno, for those who write the minutes; 404 for one of another pleno."""
    pleno = find(request, **address)
    found = get_object_or_404(pleno.corrections.select_related("ruling", "begun_by"), uuid=uuid)
    found.pleno, found.organisation = pleno, pleno.organisation
    correcting.require_readable(request.user, found)
    return found


def _preparing(request, uuid, address):
    found = _correction(request, uuid, address)
    if not permissions.may_correct(request.user, found.pleno):
        raise NotPermitted(_("Hanya Ketua, notulis, dan kepala sekretariat unit ini yang memperbaiki risalah."))
    return found


def _frozen(found):
    """The version that is put up or ratified, or None."""
    return queries.minutes_of_correction(found)


@require_GET
def correction(request, correction, **address):
    """A correction: why, what it changes, who stands to it, and what can be done now."""
    found = _correction(request, correction, address)
    pleno, user, minutes = found.pleno, request.user, _frozen(found)
    before = correcting.earlier(found)
    signing = queries.signing_state(pleno, minutes)
    unsigned = [attendee for attendee, signature in signing if signature is None]
    context = {
        "pleno": pleno,
        "correction": found,
        "minutes": minutes,
        "before": before,
        "changes": compared(before.record, papers.corrected(before.record, found.changes)),
        "signing": signing,
        "unsigned": unsigned,
        "prepares": permissions.may_correct(user, pleno),
        "records_signatures": found.state == "signing" and permissions.may_record_signature(user, pleno),
        "may_confirm": found.state == "signing" and any(a.user_id == user.pk for a in unsigned),
        "may_ratify": found.state == "signing" and permissions.may_ratify(user, pleno),
        "papers": queries.papers_about(user, found.uuid),
        "history": ledger.history_of(found),
    }
    return render(request, "plenos/correction.html", context)


def correction_words(request, correction, **address):
    """What is to be read instead, place by place."""
    found = _preparing(request, correction, address)
    groups = papers.places(correcting.earlier(found).record)
    form = CorrectionForm(request.POST or None, groups=groups, words=found.changes, initial={"version": found.version})
    status = 200
    if form.is_valid():
        try:
            correcting.change(found, by=request.user, changes=form.changes, version=form.cleaned_data["version"])
        except REFUSALS as error:
            status = refuse(form, error)
            if isinstance(error, Conflict):
                found.refresh_from_db(fields=["changes", "version"])
                renew(form, version=found.version)
        else:
            messages.success(request, _("Perbaikan disimpan. Periksa bedanya, lalu ajukan."))
            return redirect(found)
    return forms.page(request, "plenos/correction_words.html", form, status, pleno=found.pleno, correction=found)


@require_POST
def correction_put_up(request, correction, **address):
    """Freeze the corrected text for signing."""
    found = _preparing(request, correction, address)
    correcting.put_up(found, by=request.user)
    messages.success(request, _("Versi yang diperbaiki diajukan. Setiap anggota yang hadir kini dapat mengonfirmasi."))
    return redirect(found)


def _with_reason(request, correction, address, verb, template, done):
    """A step on a correction that asks for its reason."""
    found = _preparing(request, correction, address)
    form = ReasonForm(request.POST or None)
    status = 200
    if form.is_valid():
        _done, status = attempt(form, lambda: verb(found, by=request.user, reason=form.cleaned_data["reason"]))
        if status == 200:
            messages.success(request, done)
            return redirect(found)
    return forms.page(request, template, form, status, pleno=found.pleno, correction=found)


def correction_take_back(request, correction, **address):
    """Take the version back from signing, with a reason."""
    done = _("Versi ditarik; perbaiki, lalu ajukan lagi.")
    template = "plenos/correction_take_back.html"
    return _with_reason(request, correction, address, correcting.take_back, template, done)


def correction_abandon(request, correction, **address):
    """Do not go on with the correction, with a reason."""
    done = _("Perbaikan tidak dilanjutkan; versi yang disahkan tetap berlaku.")
    template = "plenos/correction_abandon.html"
    return _with_reason(request, correction, address, correcting.abandon, template, done)


@require_POST
def correction_remind(request, correction, **address):
    """Remind those who have not confirmed."""
    found = _preparing(request, correction, address)
    told = correcting.remind(found, by=request.user)
    messages.success(request, _("Diingatkan: %(names)s.") % {"names": ", ".join(user.name for user in told)})
    return redirect(found)


def _final_act(request, found, template, verb, done):
    minutes = _frozen(found)
    if minutes is None or found.state != "signing":
        raise TransitionRefused(str(correcting.NOT_SIGNING))
    require_fresh(request)
    form = DigestForm(request.POST or None, initial={"digest": minutes.digest})
    status = 200
    if form.is_valid():
        _done, status = attempt(form, lambda: verb(found, by=request.user, digest=form.cleaned_data["digest"]))
        if status == 200:
            messages.success(request, done)
            return redirect(found)
    before = correcting.earlier(found)
    context = {
        "pleno": found.pleno,
        "minutes": minutes,
        "correction": found,
        "before": before,
        "changes": compared(before.record, minutes.record),
        "back": found.get_absolute_url(),
        "signing": queries.signing_state(found.pleno, minutes),
        **papers.values("plenos.berita_acara", minutes.record)[1],
    }
    return forms.page(request, template, form, status, **context)


def correction_confirm(request, correction, **address):
    """Confirm the corrected version for oneself (a fresh sign-in is asked)."""
    found = _correction(request, correction, address)
    if not permissions.may_confirm(request.user, found.pleno):
        raise NotPermitted(_("Risalah dikonfirmasi oleh Ketua dan Anggota yang hadir, masing-masing untuk dirinya."))
    return _final_act(request, found, "plenos/confirm.html", correcting.confirm, _("Konfirmasi Anda tercatat."))


def correction_ratify(request, correction, **address):
    """Ratify the corrected version and deliver it again (a fresh sign-in is asked)."""
    found = _correction(request, correction, address)
    if not permissions.may_ratify(request.user, found.pleno):
        raise NotPermitted(_("Risalah disahkan oleh yang memimpin rapat."))
    done = _("Versi yang diperbaiki disahkan, dikunci, dan dikirim. Naskah akhirnya sedang dibuat.")
    return _final_act(request, found, "plenos/ratify.html", correcting.ratify, done)


def _signer(request, correction, uuid, address, sentence):
    """The correction and one of its signers, for those who record signatures on paper."""
    found = _correction(request, correction, address)
    attendee = get_object_or_404(found.pleno.attendees.members(), uuid=uuid)
    if not permissions.may_record_signature(request.user, found.pleno):
        raise NotPermitted(sentence)
    return found, attendee


def correction_hand_sign(request, correction, uuid, **address):
    """Record a member's signature on the paper of the corrected version, with its scan."""
    refusal = _("Tanda tangan basah dicatat oleh notulis atau kepala sekretariat.")
    found, attendee = _signer(request, correction, uuid, address, refusal)
    minutes = _frozen(found)
    form = HandSignatureForm(
        request.POST or None, request.FILES or None, initial={"digest": minutes.digest if minutes else ""}
    )
    status = 200
    if form.is_valid():
        facts = form.cleaned_data
        content, kind = facts["scan"]
        stored = documents.store(content, kind)
        result, status = forms.attempt(
            form,
            lambda: correcting.sign_by_hand(
                found,
                by=request.user,
                attendee=attendee,
                scan=stored,
                signed_on=facts["signed_on"],
                digest=facts["digest"],
            ),
        )
        if result:
            messages.success(request, _("Tanda tangan basah dicatat."))
            return redirect(found)
    context = {"pleno": found.pleno, "attendee": attendee, "correction": found}
    return forms.page(request, "plenos/hand_sign.html", form, status, **context)


def correction_excuse(request, correction, uuid, **address):
    """Record why a present member does not sign the corrected version."""
    refusal = _("Alasan tidak menandatangani dicatat oleh notulis atau kepala sekretariat.")
    found, attendee = _signer(request, correction, uuid, address, refusal)
    minutes = _frozen(found)
    form = ExcuseForm(request.POST or None, initial={"digest": minutes.digest if minutes else ""})
    status = 200
    if form.is_valid():
        facts = form.cleaned_data
        result, status = forms.attempt(
            form,
            lambda: correcting.excuse(
                found, by=request.user, attendee=attendee, reason=facts["reason"], digest=facts["digest"]
            ),
        )
        if result:
            messages.success(request, _("Alasan dicatat."))
            return redirect(found)
    context = {"pleno": found.pleno, "attendee": attendee, "correction": found}
    return forms.page(request, "plenos/excuse.html", form, status, **context)


@require_GET
def correction_scan(request, correction, uuid, **address):
    """The scan of one hand signature of a version: for its writers, once ratified for who reads the minutes."""
    pleno = find(request, **address)
    found = get_object_or_404(pleno.corrections.all(), uuid=correction)
    found.pleno = pleno
    if found.state != "ratified" or not permissions.reads_minutes(request.user, pleno, queries.minutes_access(pleno)):
        correcting.require_readable(request.user, found)
    minutes = _frozen(found)
    if minutes is None:
        raise Http404
    signature = get_object_or_404(minutes.signatures.select_related("scan"), uuid=uuid, scan__isnull=False)
    return uploads.attachment(signature.scan, f"tanda-tangan-{signature.pk}{uploads.ending(signature.scan.media_type)}")
