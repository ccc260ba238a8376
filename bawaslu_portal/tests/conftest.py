"""The story that the walks over the whole site stand on: a pleno at every stage, people and papers of every kind."""

import datetime

import pytest


@pytest.fixture
def story(cast):
    """Kota Kendari with a pleno at every stage, one a week, and all that happens beside and after: follow-ups, files,
    corrections, weeks without a pleno, minutes of earlier years, people of every kind."""
    from bawaslu_portal.tests import telling
    from plenos.tests import factories

    plenos = {}
    for n, (stage, make) in enumerate(factories.STAGES.items()):
        plenos[stage] = make(cast, when=factories.WHEN + datetime.timedelta(weeks=n))
    telling.tell_of_plenos(cast, plenos)
    telling.tell_of_texts(cast, plenos["open"])
    telling.tell_of_preparing(cast, plenos["draft"])
    telling.tell_of_files(cast, plenos["draft"], plenos["open"])
    telling.tell_of_corrections(cast, plenos["ratified"], telling.tell_of_follow_ups(cast))
    telling.tell_of_weeks(cast)
    telling.tell_of_archive(cast)
    telling.tell_of_holidays(cast)
    telling.tell_of_papers()
    telling.tell_of_people(cast)
    return cast
