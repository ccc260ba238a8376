"""The operator's view: whether the machine's own tables are as they should be. No content, and nothing to change.

People and settings are administered in the portal, where each act has a ledger line. The operator of the machine
has no screen for content (visibility.md).
"""

from allauth.account import admin as account_admin  # noqa: F401  registers what is taken out below
from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa import admin as mfa_admin  # noqa: F401
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth import admin as auth_admin  # noqa: F401
from django.contrib.auth.models import Group

from .models import Heartbeat, Job, Organisation, User

admin.site.site_header = "Portal Bawaslu"
admin.site.site_title = "Portal Bawaslu"
admin.site.index_title = "Operator"


class ReadOnly(admin.ModelAdmin):
    """Rows to look at: nothing is added, changed or removed here, since no ledger line would say so."""

    actions = None

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Organisation)
class OrganisationAdmin(ReadOnly):
    list_display = ["code", "name", "level", "time_zone"]
    list_filter = ["level"]
    search_fields = ["code", "name"]
    fields = ["code", "name", "level", "time_zone", "opened", "closed"]


@admin.register(User)
class UserAdmin(ReadOnly):
    """Who has an account, and whether it is active; nothing personal beyond that."""

    list_display = ["email", "is_active", "is_staff", "last_login"]
    list_filter = ["is_active", "is_staff"]
    search_fields = ["email"]
    fields = ["email", "is_active", "is_staff", "last_login"]


@admin.register(Job)
class JobAdmin(ReadOnly):
    list_display = ["id", "kind", "state", "attempt", "asked_at", "finished_at"]
    list_filter = ["kind", "state"]
    fields = ["kind", "state", "attempt", "asked_at", "started_at", "finished_at", "waiting_for", "error"]


@admin.register(Heartbeat)
class HeartbeatAdmin(ReadOnly):
    pass


# Roles follow from memberships, and second factors belong to their owners: none of this is the operator's.
for model in (Group, EmailAddress, EmailConfirmation, Authenticator):
    if admin.site.is_registered(model):
        admin.site.unregister(model)

# The same sign-in as everyone, with its limits and the second factor.
admin.site.login = secure_admin_login(admin.site.login)
