"""A week without a pleno: its reason, the answer of the level above, more time."""

import datetime

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from bawaslu_portal.kernel import duties, forms
from bawaslu_portal.kernel.forms import attempt
from bawaslu_portal.kernel.lifecycle import require
from bawaslu_portal.kernel.models import Duty

from .. import lifecycle, owed
from ..compliance import HELD_DUTY, MINUTES_DUTY, week_address
from ..forms import AnswerForm, ExtendForm, NoneHeldForm
from .fetch import find_unit


def _find(request, code, year, week, kind=HELD_DUTY):
    """The duty of that week, 404 where the reader may not know of it or nothing is owed."""
    try:
        monday = datetime.date.fromisocalendar(year, week, 1)
    except (ValueError, OverflowError) as error:
        raise Http404 from error
    rows = Duty.objects.visible_to(request.user, find_unit(request, code)).filter(begins=monday)
    return get_object_or_404(rows.select_related("organisation"), kind=kind)


def _ruled(request, duty, form, verb, *, said, **words):
    """The page of one form about a week; ``verb`` takes what was typed. ``words``: heading, here, lede, button."""
    status, (year, week, _day) = 200, duty.begins.isocalendar()
    if form.is_valid():
        ruling, status = attempt(form, lambda: verb(form.cleaned_data))
        if ruling:
            messages.success(request, said)
            return redirect(week_address(duty.organisation, duty.begins))
    known = owed.of_week(request.user, duty.organisation, year, week)
    facts = {"unit": duty.organisation, "known": known, "year": year, "week": week}
    return forms.page(request, "plenos/week_form.html", form, status, **facts, **words)


def week_declare(request, code, year, week):
    """The unit's record keepers say why there was none."""
    duty = _find(request, code, year, week)
    require(duties.may_declare, request.user, duty.organisation)
    return _ruled(
        request,
        duty,
        NoneHeldForm(request.POST or None),
        lambda typed: lifecycle.declare_none(duty, by=request.user, reason=typed["reason"]),
        said=_("Alasan dikirim ke unit di atas Anda dan menunggu jawaban."),
        heading=_("Minggu tanpa pleno"),
        here=_("Tanpa pleno"),
        lede=_("Tulis mengapa tidak ada pleno; unit di atas Anda membebaskan minggu ini atau tidak."),
        button=_("Kirim alasan"),
    )


def week_answer(request, code, year, week):
    """The level above excuses the week, or does not."""
    duty = _find(request, code, year, week)
    require(duties.may_answer, request.user, duty.organisation)

    def verb(typed):
        return lifecycle.answer(duty, granted=typed["answer"] == "granted", by=request.user, reason=typed["reason"])

    return _ruled(
        request,
        duty,
        AnswerForm(request.POST or None),
        verb,
        said=_("Jawaban tercatat; unit itu diberi tahu."),
        heading=_("Jawab alasan tanpa pleno"),
        here=_("Jawab"),
        lede=_("Minggu yang dibebaskan bertanda B dan tidak masuk hitungan."),
        button=_("Simpan jawaban"),
    )


def week_extend(request, code, year, week):
    """The level above gives more time."""
    duty = _find(request, code, year, week)
    require(duties.may_answer, request.user, duty.organisation)

    def verb(typed):
        chosen = duty if typed["duty"] == HELD_DUTY else _find(request, code, year, week, MINUTES_DUTY)
        return lifecycle.extend(chosen, until=typed["until"], by=request.user, reason=typed["reason"])

    return _ruled(
        request,
        duty,
        ExtendForm(request.POST or None, organisation=duty.organisation),
        verb,
        said=_("Waktu diperpanjang; unit itu diberi tahu."),
        heading=_("Perpanjang waktu"),
        here=_("Perpanjang"),
        lede=_("Tenggat semula tidak berubah; yang selesai dalam waktu tambahan dihitung tepat waktu."),
        button=_("Perpanjang"),
    )
