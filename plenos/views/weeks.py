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
    rows = Duty.objects.visible_to(request.user).filter(organisation=find_unit(request, code), begins=monday)
    return get_object_or_404(rows.select_related("organisation"), kind=kind)


def _page(request, template, form, status, duty, year, week):
    known = owed.of_week(request.user, duty.organisation, year, week)
    return forms.page(
        request, template, form, status, unit=duty.organisation, duty=duty, known=known, year=year, week=week
    )


def week_declare(request, code, year, week):
    """The unit's record keepers say why there was none."""
    duty = _find(request, code, year, week)
    require(duties.may_declare, request.user, duty.organisation)
    form, status = NoneHeldForm(request.POST or None), 200
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        ruling, status = attempt(form, lambda: lifecycle.declare_none(duty, by=request.user, reason=reason))
        if ruling:
            messages.success(request, _("Alasan dikirim ke unit di atas Anda dan menunggu jawaban."))
            return redirect(week_address(duty.organisation, duty.begins))
    return _page(request, "plenos/week_declare.html", form, status, duty, year, week)


def week_answer(request, code, year, week):
    """The level above excuses the week, or does not."""
    duty = _find(request, code, year, week)
    require(duties.may_answer, request.user, duty.organisation)
    form, status = AnswerForm(request.POST or None), 200
    if form.is_valid():
        granted, reason = form.cleaned_data["answer"] == "granted", form.cleaned_data["reason"]
        ruling, status = attempt(form, lambda: lifecycle.answer(duty, granted=granted, by=request.user, reason=reason))
        if ruling:
            messages.success(request, _("Jawaban tercatat; unit itu diberi tahu."))
            return redirect(week_address(duty.organisation, duty.begins))
    return _page(request, "plenos/week_answer.html", form, status, duty, year, week)


def week_extend(request, code, year, week):
    """The level above gives more time."""
    duty = _find(request, code, year, week)
    require(duties.may_answer, request.user, duty.organisation)
    form, status = ExtendForm(request.POST or None, organisation=duty.organisation), 200
    if form.is_valid():
        typed = form.cleaned_data
        chosen = duty if typed["duty"] == HELD_DUTY else _find(request, code, year, week, MINUTES_DUTY)
        ruling, status = attempt(
            form, lambda: lifecycle.extend(chosen, until=typed["until"], by=request.user, reason=typed["reason"])
        )
        if ruling:
            messages.success(request, _("Waktu diperpanjang; unit itu diberi tahu."))
            return redirect(week_address(duty.organisation, duty.begins))
    return _page(request, "plenos/week_extend.html", form, status, duty, year, week)
