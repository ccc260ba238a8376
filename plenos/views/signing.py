"""The minutes: reading, wording, putting up, signatures, ratification, reading above."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from bawaslu_portal.kernel import documents, forms, ledger, numbering, remarks, uploads
from bawaslu_portal.kernel.freshness import require_fresh
from bawaslu_portal.kernel.lifecycle import Conflict, NotPermitted, TransitionRefused

from .. import documents as papers
from .. import lifecycle, permissions, queries
from ..forms import DigestForm, ExcuseForm, HandSignatureForm, PutUpForm, ReasonForm, WordsForm
from ..models.sessions import CLOSED, RATIFIED, SIGNING
from .fetch import REFUSALS, attempt, find, find_preparing, refuse, renew


def _readable(request, address):
    """The pleno and its current minutes for one who may read them; 403 else, 409 while it is not closed."""
    pleno = find(request, **address)
    if not permissions.reads_minutes(request.user, pleno, queries.minutes_access(pleno)):
        raise NotPermitted(_("Risalah ini belum dikirim kepada Anda, atau hanya untuk anggota dan yang ditunjuk."))
    if pleno.closed_at is None:
        raise TransitionRefused(_("Risalah ada sesudah pleno ditutup."))
    return pleno, queries.current_minutes(pleno)


def _record(pleno, minutes):
    """What page and paper show: the frozen record, or while it is being worded a fresh one."""
    if minutes is None:
        return papers.minutes_record(pleno, draft=True)
    return papers.final_record(minutes) if minutes.ratified_at else minutes.record


def readable_record(request, address):
    """A pleno and the record that its minutes page shows, for one who may read them."""
    pleno, minutes = _readable(request, address)
    return pleno, _record(pleno, minutes)


def _page(request, pleno, minutes, *, words=None, form=None, status=200):
    user = request.user
    record = _record(pleno, minutes)
    prepares = permissions.may_prepare(user, pleno)
    signing = queries.signing_state(pleno, minutes)
    mine = next((s for a, s in signing if a.user_id == user.pk), None)
    returned = queries.returned(pleno)
    made = queries.papers_of(user, pleno)
    context = {
        "pleno": pleno,
        "minutes": minutes,
        "words": words,
        "signing": signing,
        "unsigned": [a for a, s in signing if s is None],
        "papers": made,
        "drafted": prepares and any(paper.draft for paper, _job in made),
        "scans": pleno.scans.all(),
        "prepares": prepares,
        "records_signatures": permissions.may_record_signature(user, pleno),
        "may_confirm": pleno.state == SIGNING and mine is None and any(a.user_id == user.pk for a, s in signing),
        "may_ratify": pleno.state == SIGNING and permissions.may_ratify(user, pleno),
        "may_mark_read": pleno.state == RATIFIED
        and permissions.may_mark_read(user, pleno)
        and not pleno.readings.filter(reader=user, version=pleno.minutes_version).exists(),
        "may_return": pleno.state == RATIFIED and permissions.may_mark_read(user, pleno) and returned is None,
        "versions": queries.versions_of(pleno) if pleno.minutes_version > 1 else [],
        "correction": minutes.correction if minutes else None,
        "under_way": queries.correction_under_way(pleno) if prepares and pleno.state == RATIFIED else None,
        "returned": returned if remarks.reads(user, pleno.organisation) else None,
        "readings": pleno.readings.select_related("reader", "reader_unit"),
        "history": ledger.history_of(pleno) if permissions.reach(user, pleno).history else None,
        **papers.values("plenos.berita_acara", record)[1],
    }
    return forms.page(request, "plenos/minutes.html", form, status, **context)


def minutes_page(request, **address):
    """The minutes as they will stand on paper, with what can be done about them. POST saves the words."""
    pleno, minutes = _readable(request, address)
    initial = {name: getattr(pleno, name) for name in ("opening_words", "closing_words")}
    initial["words_read"] = lifecycle.words_digest(pleno)
    editable = pleno.state == CLOSED and permissions.may_prepare(request.user, pleno)
    words = WordsForm(request.POST or None, initial=initial) if editable or request.method == "POST" else None
    status = 200
    if request.method == "POST" and words.is_valid():
        facts = words.cleaned_data
        try:
            lifecycle.word(
                pleno,
                by=request.user,
                read=facts["words_read"],
                opening_words=facts["opening_words"],
                closing_words=facts["closing_words"],
            )
        except REFUSALS as error:
            status = refuse(words, error)
            if isinstance(error, Conflict):
                # What is stored now stands beside what was typed; saving again is then a choice with both seen.
                pleno.refresh_from_db()
                renew(words, words_read=lifecycle.words_digest(pleno))
                words.stored = pleno
        else:
            messages.success(request, _("Kata pembuka dan penutup disimpan."))
            return redirect(pleno.address("plenos:minutes"))
    return _page(request, pleno, minutes, words=words, form=words, status=status)


@require_POST
def print_draft(request, **address):
    """Ask for the papers marked DRAF, and show them."""
    pleno = find_preparing(request, **address)
    lifecycle.print_draft(pleno, by=request.user)
    return redirect(pleno.address("plenos:preview"))


@require_GET
def preview(request, **address):
    """The minutes as they will come out of the printer: the latest drafts, each shown as soon as it is made."""
    pleno = find_preparing(request, **address)
    drafts = [(paper, job) for paper, job in queries.papers_of(request.user, pleno) if paper.draft]
    waiting = any(paper.file_id is None and job and job.state != "failed" for paper, job in drafts)
    return render(request, "plenos/preview.html", {"pleno": pleno, "papers": drafts, "waiting": waiting})


@require_GET
def preview_file(request, uuid, **address):
    """One draft inside the page of the preview: made by the portal itself, so it may be shown in a frame of ours."""
    pleno = find_preparing(request, **address)
    drafts = documents.readable_by(request.user).filter(about=pleno.uuid, draft=True, file__isnull=False)
    paper = get_object_or_404(drafts.select_related("file"), uuid=uuid)
    answer = uploads.attachment(paper.file, f"{paper.kind}.pdf", inline=True)
    answer["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
    answer["X-Frame-Options"] = "SAMEORIGIN"
    return answer


@require_POST
def remind(request, **address):
    """Remind those present who have not confirmed."""
    pleno = find_preparing(request, **address)
    told = lifecycle.remind(pleno, by=request.user)
    messages.success(request, _("Diingatkan: %(names)s.") % {"names": ", ".join(user.name for user in told)})
    return redirect(pleno.address("plenos:minutes"))


def put_up(request, **address):
    """Check, then freeze the minutes for signing."""
    pleno = find_preparing(request, **address)
    earlier = pleno.minutes.order_by("-sequence").first()
    source = numbering.scheme(pleno.organisation, "plenos.berita_acara")["source"]
    form = PutUpForm(request.POST or None, source=source, kept=earlier)
    status = 200
    if form.is_valid():
        _done, status = attempt(
            form,
            lambda: lifecycle.put_up(
                pleno,
                by=request.user,
                number=form.cleaned_data.get("number", ""),
                dated=form.cleaned_data.get("dated"),
            ),
        )
        if status == 200:
            messages.success(request, _("Risalah diajukan. Setiap anggota yang hadir kini dapat mengonfirmasi."))
            return redirect(pleno.address("plenos:minutes"))
    context = {
        "pleno": pleno,
        "earlier": earlier,
        "members": pleno.attendees.members(),
        "items": queries.items_of(request.user, pleno),
    }
    return forms.page(request, "plenos/put_up.html", form, status, **context)


def take_back(request, **address):
    """Take the minutes back from signing, with a reason."""
    pleno = find_preparing(request, **address)
    form = ReasonForm(request.POST or None)
    status = 200
    if form.is_valid():
        _done, status = attempt(
            form, lambda: lifecycle.take_back(pleno, by=request.user, reason=form.cleaned_data["reason"])
        )
        if status == 200:
            messages.success(request, _("Risalah ditarik; perbaiki, lalu ajukan lagi. Nomornya tetap."))
            return redirect(pleno.address("plenos:minutes"))
    return forms.page(request, "plenos/take_back.html", form, status, pleno=pleno)


def _final_act(request, address, template, act, done):
    """Confirming and ratifying: the record once more, one question, then the act."""
    pleno, minutes = _readable(request, address)
    if minutes is None or pleno.state != SIGNING:
        raise TransitionRefused(_("Risalah tidak sedang dalam penandatanganan. Muat ulang halaman risalah."))
    require_fresh(request)
    form = DigestForm(request.POST or None, initial={"digest": minutes.digest})
    status = 200
    if form.is_valid():
        _done, status = attempt(form, lambda: act(pleno, form.cleaned_data["digest"]))
        if status == 200:
            messages.success(request, done)
            return redirect(pleno.address("plenos:minutes"))
    context = {
        "pleno": pleno,
        "minutes": minutes,
        "signing": queries.signing_state(pleno, minutes),
        **papers.values("plenos.berita_acara", minutes.record)[1],
    }
    return forms.page(request, template, form, status, **context)


def confirm(request, **address):
    """Confirm the frozen minutes for oneself (a fresh sign-in is asked around this view)."""
    if not permissions.may_confirm(request.user, find(request, **address)):
        raise NotPermitted(_("Risalah dikonfirmasi oleh Ketua dan Anggota yang hadir, masing-masing untuk dirinya."))

    def act(pleno, digest):
        lifecycle.confirm(pleno, by=request.user, digest=digest)

    return _final_act(request, address, "plenos/confirm.html", act, _("Konfirmasi Anda tercatat."))


def ratify(request, **address):
    """Ratify: lock and deliver (a fresh sign-in is asked around this view)."""
    pleno = find(request, **address)
    if not permissions.may_ratify(request.user, pleno):
        raise NotPermitted(_("Risalah disahkan oleh yang memimpin rapat."))

    def act(pleno, digest):
        lifecycle.ratify(pleno, by=request.user, digest=digest)

    done = _("Risalah disahkan, dikunci, dan dikirim. Naskah akhir sedang dibuat.")
    return _final_act(request, address, "plenos/ratify.html", act, done)


def _attendee(pleno, uuid):
    return get_object_or_404(pleno.attendees.members(), uuid=uuid)


def hand_sign(request, uuid, **address):
    """Record a member's signature on paper, with its scan."""
    pleno, minutes = _readable(request, address)
    attendee = _attendee(pleno, uuid)
    if not permissions.may_record_signature(request.user, pleno):
        raise NotPermitted(_("Tanda tangan basah dicatat oleh notulis atau kepala sekretariat."))
    read = {"digest": minutes.digest if minutes else ""}
    form = HandSignatureForm(request.POST or None, request.FILES or None, initial=read)
    status = 200
    if form.is_valid():
        content, kind = form.cleaned_data["scan"]
        _done, status = attempt(
            form,
            lambda: lifecycle.sign_by_hand(
                pleno,
                by=request.user,
                attendee=attendee,
                scan=documents.store(content, kind),
                signed_on=form.cleaned_data["signed_on"],
                digest=form.cleaned_data["digest"],
            ),
        )
        if status == 200:
            messages.success(request, _("Tanda tangan basah dicatat."))
            return redirect(pleno.address("plenos:minutes"))
    return forms.page(request, "plenos/hand_sign.html", form, status, pleno=pleno, attendee=attendee)


def excuse(request, uuid, **address):
    """Record why a present member does not sign."""
    pleno, minutes = _readable(request, address)
    attendee = _attendee(pleno, uuid)
    if not permissions.may_record_signature(request.user, pleno):
        raise NotPermitted(_("Alasan tidak menandatangani dicatat oleh notulis atau kepala sekretariat."))
    form = ExcuseForm(request.POST or None, initial={"digest": minutes.digest if minutes else ""})
    form.fields["reason"].help_text = _("Misalnya sakit, berhenti dari jabatan, atau menolak, dengan sebabnya.")
    status = 200
    if form.is_valid():
        _done, status = attempt(
            form,
            lambda: lifecycle.excuse(
                pleno,
                by=request.user,
                attendee=attendee,
                reason=form.cleaned_data["reason"],
                digest=form.cleaned_data["digest"],
            ),
        )
        if status == 200:
            messages.success(request, _("Alasan dicatat."))
            return redirect(pleno.address("plenos:minutes"))
    return forms.page(request, "plenos/excuse.html", form, status, pleno=pleno, attendee=attendee)


@require_GET
def signature_scan(request, uuid, **address):
    """The scan of one hand signature under the first version, for those who read the minutes."""
    pleno, _minutes = _readable(request, address)
    minutes = queries.version_of(pleno, 1)
    if minutes is None:
        raise Http404
    signature = get_object_or_404(minutes.signatures.select_related("scan"), uuid=uuid, scan__isnull=False)
    return uploads.attachment(signature.scan, f"tanda-tangan-{signature.pk}{uploads.ending(signature.scan.media_type)}")


@require_POST
def mark_read(request, **address):
    """Someone of the level above has read it."""
    pleno = find(request, **address)
    lifecycle.mark_read(pleno, by=request.user)
    messages.success(request, _("Ditandai sudah dibaca."))
    return redirect(pleno.address("plenos:minutes"))
