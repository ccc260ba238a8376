"""Make the first administrator of a unit and print a one-time link. Without --unit: of the national body.

Refuses where the unit has an administrator. If that one never signed in and the e-mail is the same, a fresh link is
printed instead, so that a lost one is no dead end.
"""

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction

from bawaslu_portal.kernel import access_links, clock, db, ledger, members
from bawaslu_portal.kernel.models import AccessLink, Membership, Organisation, User
from bawaslu_portal.kernel.models.members import ADMINISTRATOR


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("--unit", default="00", help="code of the unit (default 00, the national body)")
        parser.add_argument("--email", help="e-mail to sign in with")
        parser.add_argument("--name", help="name with titles")

    @transaction.atomic
    def handle(self, *args, unit, email=None, name=None, **options):
        system = User.objects.system()
        db.begin(system)
        organisation = Organisation.objects.select_for_update(no_key=True).filter(code=unit).first()
        if organisation is None:
            raise CommandError(f"No unit has the code {unit}. Run load_regions first, or correct the code.")
        there = list(
            Membership.objects.filter(organisation=organisation, role=ADMINISTRATOR)
            .serving_or_coming(clock.now())
            .select_related("user")
        )
        waiting = [m.user for m in there if not m.user.has_usable_password() and m.user.email == (email or "").lower()]
        if there and not waiting:
            raise CommandError(f"{organisation.name} already has an administrator; he invites others in the portal.")
        if waiting:
            user = waiting[0]
            AccessLink.objects.filter(user=user, used_at=None, revoked_at=None).update(revoked_at=clock.now())
        else:
            user = self._make(organisation, email or input("E-mail: "), name or input("Name with titles: "), system)
        if user.has_usable_password():
            self.stdout.write(f"{user.name} has an account already and signs in as before.")
            return
        now = clock.now()
        link = AccessLink(
            organisation=organisation,
            user=user,
            kind="invitation",
            issued_by=system,
            issued_at=now,
            expires_at=now + access_links.LIFETIME,
        )
        link.secret_digest = access_links.digest_of(access_links.secret_of(link))
        link.save()
        ledger.record(organisation, "kernel.link.invitation", link, by=system, person=user.uuid, second=False)
        self.stdout.write(f"{organisation.name}: {user.name} <{user.email}>")
        self.stdout.write("Open once, within seven days, to set the password:")
        self.stdout.write(access_links.address_of(link))

    @staticmethod
    def _make(organisation, email, name, system):
        email, name = User.objects.normalize_email(email).lower().strip(), name.strip()
        try:
            validate_email(email)
        except ValidationError as error:
            raise CommandError(f"{email!r} is no e-mail address.") from error
        if not name:
            raise CommandError("The name is missing.")
        user = User.objects.filter(email__iexact=email).first() or User.objects.create_user(email, None, name=name)
        membership = Membership.objects.create(
            organisation=organisation,
            user=user,
            role=ADMINISTRATOR,
            title=members.TITLES[ADMINISTRATOR],
            since=clock.now(),
        )
        ledger.record(
            organisation,
            "kernel.membership.invite",
            membership,
            by=system,
            role=ADMINISTRATOR,
            person=user.uuid,
            since=membership.since,
        )
        return user
