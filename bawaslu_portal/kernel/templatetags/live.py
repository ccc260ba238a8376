"""Parts of a page that several people look at: each carries a mark of what it says, so that only what changed is sent.

``{% live "hadir" row.uuid tag="li" into="daftar" %}…{% endlive %}`` writes an element with the identifier
``hadir-<uuid>`` and its mark. Where the context has ``seen``, a set of marks that the reader has already, a part with
one of them is left out (js/live.js asks for the others and puts them in their places).
"""

import hashlib
import re

from django import template
from django.utils.html import format_html, format_html_join

register = template.Library()
# What is new at every rendering and says nothing.
FRESH = re.compile(r'<input[^>]*name="(?:csrfmiddlewaretoken|request_key)"[^>]*>')


class Part(template.Node):
    """An element with a mark. ``words`` are filters for its identifier, ``options`` for the rest."""

    def __init__(self, words, options, nodelist):
        self.words, self.options, self.nodelist = words, options, nodelist

    def render(self, context):
        name = "-".join(str(word.resolve(context)) for word in self.words)
        options = {key: value.resolve(context) for key, value in self.options.items()}
        tag, css = options.pop("tag", "div"), options.pop("css", "")
        with context.push(seen=()):  # a part inside a part comes whole with it
            inner = self.nodelist.render(context).strip()
        said = repr((name, css, sorted((k, str(v)) for k, v in options.items()), FRESH.sub("", inner)))
        mark = hashlib.blake2s(said.encode(), digest_size=5).hexdigest()
        if mark in context.get("seen", ()):
            return ""
        data = format_html_join("", ' data-{}="{}"', options.items())
        where = format_html(' class="{}"', css) if css else ""
        start = format_html('<{} id="{}"{} data-live data-mark="{}"{}>', tag, name, where, mark, data)
        return f"{start}{inner}</{tag}>"


@register.tag
def live(parser, token):
    """One part: its name and key, then tag=, css=, into= and whatever else it carries as data."""
    _tag, *bits = token.split_contents()
    words = [parser.compile_filter(bit) for bit in bits if not re.match(r"\w+=", bit)]
    options = dict(bit.split("=", 1) for bit in bits if re.match(r"\w+=", bit))
    nodelist = parser.parse(("endlive",))
    parser.delete_first_token()
    return Part(words, {key: parser.compile_filter(value) for key, value in options.items()}, nodelist)
