"""The report's only template tag: `{% w "key" %}` says a wording in the language of the report."""

from django.template import Context, Library
from django.utils.safestring import SafeString

register = Library()


@register.simple_tag(takes_context=True)
def w(context: Context, key: str, **values: object) -> SafeString:
    """HTML of the wording `key`."""
    word: SafeString = context["voice"].word(key, **values)
    return word


@register.simple_tag(takes_context=True)
def lines(context: Context, key: str, **values: object) -> SafeString:
    """HTML of the wording `key`, each language on its own line."""
    sentence: SafeString = context["record"].sentence(key, **values)
    return sentence
