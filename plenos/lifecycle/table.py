"""The lifecycle of a pleno as a table: action, from which states, to which, by whom.

draft -> invited -> open -> closed -> signing -> ratified; draft and invited may end as cancelled; an open session may
stand adjourned and go on, or be closed from there. A pleno that was
already held is entered with typed times; one that was planned or begun in the portal, and then held without it, can
be turned into such a one ("record late").
"""

from django.utils.translation import gettext_lazy as _

from bawaslu_portal.kernel.lifecycle import Transition

from ..models.sessions import ADJOURNED, CANCELLED, CLOSED, DRAFT, INVITED, OPEN, RATIFIED, SIGNING
from ..permissions import may_confirm, may_mark_read, may_prepare, may_ratify, may_record_signature

NOT_DRAFT = _("Pleno ini sudah diundangkan. Ubah jadwal lewat “Ubah jadwal”, agenda lewat halaman agenda.")
NOT_OPEN = _("Ruang pleno tidak sedang terbuka. Buka pleno dahulu, atau buat risalah baru bila sudah ditutup.")
NOT_CLOSED = _("Risalah hanya dapat disusun sesudah pleno ditutup dan sebelum diajukan untuk tanda tangan.")
NOT_SIGNING = _("Risalah tidak sedang dalam penandatanganan. Muat ulang halaman untuk melihat keadaannya.")

EDIT = Transition("plenos.pleno.edit", frozenset({DRAFT}), None, may_prepare, NOT_DRAFT)
ARRANGE = Transition(
    "plenos.pleno.arrange",
    frozenset({DRAFT, INVITED}),
    None,
    may_prepare,
    _("Susunan agenda tidak dapat diubah lagi: pleno sudah dibuka atau dibatalkan."),
)
ADD_ITEM = Transition(
    "plenos.pleno.add_item",
    frozenset({DRAFT, INVITED, OPEN}),
    None,
    may_prepare,
    _("Agenda tidak dapat ditambah lagi: pleno sudah ditutup atau dibatalkan."),
)
DELETE = Transition(
    "plenos.pleno.delete",
    frozenset({DRAFT}),
    None,
    may_prepare,
    _("Hanya draf yang belum diundangkan dapat dihapus. Batalkan pleno bila tidak jadi."),
)
INVITE = Transition(
    "plenos.pleno.invite",
    frozenset({DRAFT}),
    INVITED,
    may_prepare,
    _("Undangan pleno ini sudah diterbitkan atau pleno sudah dibatalkan."),
)
RESCHEDULE = Transition(
    "plenos.pleno.reschedule",
    frozenset({INVITED}),
    INVITED,
    may_prepare,
    _("Jadwal hanya dapat diubah sesudah undangan terbit dan sebelum pleno dibuka."),
)
CANCEL = Transition(
    "plenos.pleno.cancel",
    frozenset({DRAFT, INVITED}),
    CANCELLED,
    may_prepare,
    _("Pleno yang sudah dibuka tidak dapat dibatalkan; tutup pleno dan tunda agendanya."),
)
OPEN_SESSION = Transition(
    "plenos.pleno.open",
    frozenset({INVITED}),
    OPEN,
    may_prepare,
    _("Pleno dibuka sesudah undangan terbit. Terbitkan undangan dahulu."),
)
RECORD_LATE = Transition(
    "plenos.pleno.record_late",
    frozenset({DRAFT, INVITED, OPEN, ADJOURNED}),
    None,
    may_prepare,
    _("Pleno ini sudah ditutup atau dibatalkan; waktunya tidak dapat diketik lagi."),
)
OPEN_HELD = Transition(
    "plenos.pleno.open_held",
    frozenset({DRAFT, INVITED}),
    OPEN,
    may_prepare,
    _("Pleno ini sudah dibuka atau dibatalkan."),
)
ATTEND = Transition("plenos.pleno.attend", frozenset({OPEN}), None, may_prepare, NOT_OPEN)
NOTE = Transition("plenos.pleno.note", frozenset({OPEN, ADJOURNED, CLOSED}), None, may_prepare, NOT_OPEN)
DECIDE = Transition("plenos.pleno.decide", frozenset({OPEN}), None, may_prepare, NOT_OPEN)
UNDO = Transition("plenos.pleno.undo", frozenset({OPEN}), None, may_prepare, NOT_OPEN)
DEFER = Transition("plenos.pleno.defer", frozenset({OPEN}), None, may_prepare, NOT_OPEN)
WITHDRAW = Transition("plenos.pleno.withdraw", frozenset({OPEN}), None, may_prepare, NOT_OPEN)
REOPEN_ITEM = Transition("plenos.pleno.reopen_item", frozenset({OPEN}), None, may_prepare, NOT_OPEN)
CLOSE = Transition("plenos.pleno.close", frozenset({OPEN, ADJOURNED}), CLOSED, may_prepare, NOT_OPEN)
ADJOURN = Transition("plenos.pleno.adjourn", frozenset({OPEN}), ADJOURNED, may_prepare, NOT_OPEN)
RESUME = Transition(
    "plenos.pleno.resume",
    frozenset({ADJOURNED}),
    OPEN,
    may_prepare,
    _("Rapat ini tidak sedang diskors. Muat ulang halaman untuk melihat keadaannya."),
)
ADD_SCAN = Transition(
    "plenos.pleno.add_scan",
    frozenset({OPEN, ADJOURNED, CLOSED, SIGNING}),
    None,
    may_prepare,
    _("Pindaian dapat ditambahkan sejak pleno dibuka sampai risalahnya disahkan."),
)
ATTACH = Transition(
    "plenos.pleno.attach",
    frozenset({DRAFT, INVITED, OPEN, ADJOURNED, CLOSED}),
    None,
    may_prepare,
    _("Lampiran dapat ditambahkan sampai risalah diajukan untuk tanda tangan."),
)
DESCRIBE = Transition(
    "plenos.pleno.describe",
    frozenset({DRAFT, INVITED, OPEN, ADJOURNED, CLOSED}),
    None,
    may_prepare,
    _("Keterangan lampiran dapat diubah sampai risalah diajukan untuk tanda tangan."),
)
DETACH = Transition(
    "plenos.pleno.detach",
    frozenset({DRAFT, INVITED, OPEN, ADJOURNED}),
    None,
    may_prepare,
    _("Lampiran hanya dapat dihapus sebelum pleno ditutup."),
)
DROP = Transition(
    "plenos.pleno.drop",
    frozenset({CLOSED, SIGNING, RATIFIED}),
    None,
    may_prepare,
    _("Pokok yang ditunda baru menunggu pleno berikutnya sesudah pleno ini ditutup."),
)
WORD = Transition("plenos.pleno.word", frozenset({CLOSED}), None, may_prepare, NOT_CLOSED)
PRINT_DRAFT = Transition("plenos.pleno.print_draft", frozenset({CLOSED}), None, may_prepare, NOT_CLOSED)
PUT_UP = Transition("plenos.pleno.put_up", frozenset({CLOSED}), SIGNING, may_prepare, NOT_CLOSED)
TAKE_BACK = Transition("plenos.pleno.take_back", frozenset({SIGNING}), CLOSED, may_prepare, NOT_SIGNING)
CONFIRM = Transition("plenos.pleno.confirm", frozenset({SIGNING}), None, may_confirm, NOT_SIGNING)
SIGN_BY_HAND = Transition("plenos.pleno.sign_by_hand", frozenset({SIGNING}), None, may_record_signature, NOT_SIGNING)
EXCUSE = Transition("plenos.pleno.excuse", frozenset({SIGNING}), None, may_record_signature, NOT_SIGNING)
REMIND = Transition("plenos.pleno.remind", frozenset({SIGNING}), None, may_prepare, NOT_SIGNING)
RATIFY = Transition("plenos.pleno.ratify", frozenset({SIGNING}), RATIFIED, may_ratify, NOT_SIGNING)
MARK_READ = Transition(
    "plenos.pleno.mark_read",
    frozenset({RATIFIED}),
    None,
    may_mark_read,
    _("Risalah pleno ini belum disahkan dan dikirim."),
)
RETURN = Transition(
    "plenos.pleno.return",
    frozenset({RATIFIED}),
    None,
    may_mark_read,
    _("Risalah pleno ini belum disahkan dan dikirim."),
)

TABLE = (
    EDIT,
    ARRANGE,
    ADD_ITEM,
    DELETE,
    INVITE,
    RESCHEDULE,
    CANCEL,
    OPEN_SESSION,
    RECORD_LATE,
    OPEN_HELD,
    ATTEND,
    NOTE,
    DECIDE,
    UNDO,
    DEFER,
    WITHDRAW,
    REOPEN_ITEM,
    ADJOURN,
    RESUME,
    CLOSE,
    ADD_SCAN,
    ATTACH,
    DESCRIBE,
    DETACH,
    DROP,
    WORD,
    PRINT_DRAFT,
    PUT_UP,
    TAKE_BACK,
    CONFIRM,
    SIGN_BY_HAND,
    EXCUSE,
    REMIND,
    RATIFY,
    MARK_READ,
    RETURN,
)
