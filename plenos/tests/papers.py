"""Frozen records for the tests of papers and for bench/pdf.py: members, items and votes by number, and extremes. And
the way back: the text of a paper, read with another library than the one that wrote it."""

import functools
import io
import json

NAMES = [
    "Ketua Contoh, S.H., M.H.",
    "Anggota Contoh Dua, S.Sos.",
    "Anggota Contoh Tiga, S.H.",
    "Anggota Contoh Empat, M.Si.",
    "Anggota Contoh Lima, S.Kom.",
    "Anggota Contoh Enam, S.Pd.",
    "Anggota Contoh Tujuh, S.IP.",
]
TITLES = [
    "Ketua",
    "Anggota, Kordiv SDM, Organisasi, Pendidikan dan Pelatihan",
    "Anggota, Kordiv Hukum dan Penyelesaian Sengketa",
    "Anggota, Kordiv Pencegahan, Partisipasi Masyarakat dan Humas",
    "Anggota, Kordiv Penanganan Pelanggaran, Data dan Informasi",
    "Anggota, Kordiv Pengawasan",
    "Anggota, Kordiv Data dan Informasi",
]
LONG_NAME = "Prof. Dr. H. Raden Mas Panjang Sekali Namanya Contoh bin Contoh, S.H., M.H."
ZONES = {"WIB": ("+07:00", "Asia/Jakarta"), "WITA": ("+08:00", "Asia/Makassar"), "WIT": ("+09:00", "Asia/Jayapura")}


def at(clock, zone="WITA", day="2026-11-09"):
    """An ISO moment in the unit's zone."""
    return f"{day}T{clock}:00{ZONES[zone][0]}"


def body(paper="A4", zone="WITA", logo=None):
    return {
        "code": "74.71",
        "name": "Bawaslu Kota Kendari",
        "kop": ["BADAN PENGAWAS PEMILIHAN UMUM", "KOTA KENDARI"],
        "address": ["Jalan Contoh Raya Nomor 17, Kendari 93000 · Telepon (0401) 000000"],
        "contact": "Pos-el set.kendari@contoh.go.id",
        "logo": logo,
        "paper": paper,
        "place": "Kendari",
        "zone": zone,
        "tz": ZONES[zone][1],
    }


def pleno(zone="WITA", **changes):
    return {
        "week": "2026-W45",
        "ordinal": 1,
        "kind": "tertutup",
        "occasion": "rutin mingguan",
        "date": "2026-11-09",
        "hour": "09:00",
        "place": "Ruang Rapat Utama, Kantor Bawaslu Kota Kendari",
        "link": "",
        "chair": {"name": NAMES[0], "title": TITLES[0]},
        **changes,
    }


def attender(order, name, title, element="anggota", **changes):
    return {
        "order": order,
        "name": name,
        "title": title,
        "element": element,
        "status": "hadir",
        "mode": "luring",
        "arrived": at(f"08.{50 + order % 10}".replace(".", ":")),
        "left": "",
        "reason": "",
        **changes,
    }


def decision(
    number, *, text=None, votes=(), dissents=(), follow_ups=(), manner=None, present=5, entitled=5, result="disetujui"
):
    cast = [{"name": name, "vote": vote} for name, vote in votes]
    return {
        "number": str(number),
        "reference": f"74.71/2026/{number}",
        "category": "Penetapan rencana kerja",
        "text": text or f"Menyetujui rencana kerja divisi bagian {number} sebagaimana dibahas dalam rapat.",
        "manner": "suara" if cast else "mufakat",
        "result": result,
        "tally": {vote: sum(one["vote"] == vote for one in cast) for vote in ("setuju", "tidak", "abstain")},
        "votes": cast,
        "dissents": [{"name": name, "text": words} for name, words in dissents],
        "entitled": entitled,
        "present": present,
        "quorum_needed": entitled // 2 + 1,
        "follow_ups": list(follow_ups),
    }


def item(order, *, decisions=(), **changes):
    return {
        "order": order,
        "title": f"Rencana kerja divisi bagian {order}",
        "access": "open",
        "notes": "Ketua membuka pembahasan.\n\nAnggota menyampaikan laporan pekan lalu dan rencana pekan ini.",
        "outcome": "decided" if decisions else "deferred",
        "reason": "" if decisions else "Bahan belum lengkap.",
        "decisions": list(decisions),
        **changes,
    }


def minutes(*, members=5, items=None, paper="A4", zone="WITA", names=None, **changes):
    """A record of minutes. ``items`` is a number (each decided by consensus) or a list."""
    names = names or NAMES[:members]
    titles = [*TITLES, *["Anggota"] * members][:members]
    if items is None or isinstance(items, int):
        count = 3 if items is None else items
        items = [item(n, decisions=[decision(n, present=members, entitled=members)]) for n in range(1, count + 1)]
    record = {
        "schema": "plenos.minutes.1",
        "classification": "HK.01.00",
        "body": body(paper, zone),
        "pleno": pleno(
            chair={"name": names[0], "title": titles[0]},
            note_taker={"name": "Notulis Contoh", "title": "Staf Divisi SDMO dan Diklat"},
            invitation={"number": "118/RT.02/K.KDI/11/2026", "date": "2026-11-06"},
            opened_at=at("09:15", zone),
            closed_at=at("11:40", zone),
            recorded_late=False,
            recorded_at="",
            quorum={"base": members, "needed": members // 2 + 1, "present": members, "met": True},
            opening_words="",
            closing_words="",
        ),
        "basis": ["Peraturan Bawaslu Nomor 5 Tahun 2018 tentang Tata Cara Rapat Pleno."],
        "number": "46/HK.01.00/K.KDI/11/2026",
        "notes_number": "",
        "attendance": [
            *(attender(n, name, title) for n, (name, title) in enumerate(zip(names, titles, strict=True), 1)),
            attender(1, "Kepala Sekretariat Contoh", "Kepala Sekretariat", "sekretariat"),
            attender(2, "Notulis Contoh", "Staf Divisi SDMO dan Diklat", "sekretariat"),
        ],
        "items": items,
        "annexes": [],
        "signatories": {
            "chair": {"name": names[0], "office": "Ketua"},
            "members": [{"name": name, "office": "Anggota"} for name in names[1:]],
            "note_taker": {"name": "Notulis Contoh", "nip": "00000000 000000 0 001"},
            "head": {
                "name": "Kepala Sekretariat Contoh",
                "nip": "00000000 000000 0 000",
                "office": "Kepala Sekretariat",
            },
        },
        "signing": {"place": "Kendari", "date": "2026-11-09"},
        "demo": False,
        "draft": False,
        "frozen_at": at("14:02", zone),
        "final": None,
    }
    record["pleno"].update(changes.pop("pleno", {}))
    return {**record, **changes}


def without_quorum(**changes):
    """Two of five came: nothing was decided, the items were put off."""
    record = minutes(items=[item(1), item(2)], **changes)
    record["pleno"]["quorum"] = {"base": 5, "needed": 3, "present": 2, "met": False}
    for row, status in zip(record["attendance"][2:5], ("izin", "sakit", "dinas luar"), strict=True):
        row.update(status=status, mode="", arrived="", reason="keterangan tertulis")
    record["signatories"]["members"] = record["signatories"]["members"][:1]
    return record


def voted(decisions=20, members=5, **changes):
    """The yardstick of the bench: twenty decisions by vote, five members, one hundred votes; one always dissents."""
    names = NAMES[:members]
    items = [
        item(
            n,
            decisions=[
                decision(
                    n,
                    votes=[(name, "tidak" if name == names[n % members] else "setuju") for name in names],
                    dissents=[(names[n % members], f"Pendapat berbeda ke-{n}: bahan belum dibagikan.")],
                    follow_ups=[{"what": f"Melaksanakan {n}", "responsible": "Sekretariat", "due": "2026-11-20"}],
                )
            ],
        )
        for n in range(1, decisions + 1)
    ]
    return minutes(members=members, items=items, **changes)


def final(record, digest, ways=("portal", "hand", "none")):
    """The record after ratification: the members signed in turn by each of ``ways``."""
    people = [record["signatories"]["chair"], *record["signatories"]["members"]]
    signings = [
        {
            "name": who["name"],
            "way": ways[n % len(ways)],
            "at": at("15:30") if ways[n % len(ways)] != "none" else "",
            "reason": "sakit" if ways[n % len(ways)] == "none" else "",
        }
        for n, who in enumerate(people)
    ]
    return {
        **record,
        "final": {
            "text_digest": digest,
            "text_frozen_at": record["frozen_at"],
            "ratified_at": at("16:00"),
            "ratified_by": record["signatories"]["chair"],
            "signings": signings,
        },
        "frozen_at": at("16:00"),
    }


def invitation(*, guests=2, agenda=4, paper="A4", zone="WITA", members=5, **changes):
    """A record of an invitation."""
    people = [
        *(
            {"name": name, "title": title, "element": "anggota"}
            for name, title in zip(NAMES[:members], TITLES, strict=False)
        ),
        {"name": "Kepala Sekretariat Contoh", "title": "Kepala Sekretariat", "element": "sekretariat"},
        *({"name": f"Undangan Contoh {n}", "title": "Undangan", "element": "undangan"} for n in range(1, guests + 1)),
    ]
    return {
        "schema": "plenos.invitation.1",
        "classification": "RT.02",
        "letter": "first",
        "reason": "",
        "earlier": None,
        "body": body(paper, zone),
        "pleno": pleno(link="https://rapat.contoh.go.id/KDI-2026-45"),
        "number": "118/RT.02/K.KDI/11/2026",
        "date": "2026-11-06",
        "nature": "Biasa",
        "attachment": "–",
        "subject": "Undangan Rapat Pleno Rutin Mingguan",
        "recipients": people,
        "agenda": [f"Laporan dan rencana kerja divisi bagian {n}." for n in range(1, agenda + 1)],
        "signatory": {"name": NAMES[0], "office": "Ketua", "nip": ""},
        "copies": ["Ketua Bawaslu Provinsi Sulawesi Tenggara di Kendari", "Arsip"],
        "demo": False,
        "draft": False,
        "frozen_at": at("10:11", zone, "2026-11-06"),
        **changes,
    }


@functools.cache
def _made(kind, frozen):
    from plenos import documents

    return documents.paper(kind, json.loads(frozen))


def made(kind, record):
    """The bytes of a paper; of the same record they are made once."""
    return _made(kind, json.dumps(record))


def pages_of(kind, record):
    """The text of each page, with single spaces."""
    import pypdf

    reader = pypdf.PdfReader(io.BytesIO(made(kind, record)))
    return [" ".join(page.extract_text().replace("\u00a0", " ").split()) for page in reader.pages]


def text_of(kind, record):
    """The text of the whole paper, with single spaces."""
    return " ".join(pages_of(kind, record))
