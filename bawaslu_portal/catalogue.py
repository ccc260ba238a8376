"""What the site itself declares: the places in the head that belong to no single app."""

from django.utils.translation import gettext_lazy as _

from bawaslu_portal.kernel import catalogue, scope
from bawaslu_portal.kernel.catalogue import NavigationEntry

catalogue.declare_navigation(
    NavigationEntry(
        name="desk",
        label=_("Meja saya"),
        url_name="desk",
        icon="desk",
        order=0,
        shown=lambda user: True,
        prefix="/",
    )
)
catalogue.declare_navigation(
    NavigationEntry(
        name="print_room",
        label=_("Ruang cetak"),
        url_name="kernel:print_room",
        icon="print",
        order=70,
        shown=lambda user: bool(scope.own_units(user)),
        prefix="/ruang-cetak/",
    )
)
