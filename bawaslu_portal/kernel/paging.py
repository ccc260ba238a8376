"""Long lists in pages: they count only so far, since to count every paper of a nation takes longer than to show one
page of them."""

from django.core.paginator import Paginator
from django.utils.functional import cached_property

MOST = 1000  # rows that are counted and can be paged through; beyond them one filters


class BoundedPaginator(Paginator):
    """Pages of the first ``MOST`` rows; ``more``: there are others."""

    @cached_property
    def _counted(self):
        return self.object_list.order_by()[: MOST + 1].count()

    @cached_property
    def count(self):
        return min(self._counted, MOST)

    @property
    def more(self):
        return self._counted > MOST
