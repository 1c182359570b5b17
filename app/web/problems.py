"""The page that the `type` of every problem points to: what each code means."""

from collections.abc import Iterator
from functools import cache
from html import escape
from inspect import cleandoc

from app.kernel.errors import AppError

_STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 46rem; margin: 0 auto; padding: 1rem; }
section { padding: 0.5rem 0.75rem; border-radius: 0.5rem; }
section:target { background: color-mix(in srgb, #e02e24 14%, transparent); }
h2 { margin: 0; font: 600 1rem/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
p { margin: 0; }
.why { opacity: 0.7; }
"""


@cache
def problems_page() -> bytes:
    """HTML, of all errors that this process has imported."""
    kinds: dict[str, type[AppError]] = {}
    for kind in (AppError, *_below(AppError)):
        kinds.setdefault(kind.code, kind)
    sections = "".join(_section(kinds[code]) for code in sorted(kinds))
    page = (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Problems · Carnival</title><style>{_STYLE}</style><main><h1>Problems</h1>"
        "<p>Every error is a problem document (RFC 9457). Its <code>code</code> is stable and one "
        "of these; <code>detail</code> and <code>errors</code> say more, and the request id finds "
        'it in the logs. <a href="/docs">The API</a></p>'
        f"{sections}</main></html>"
    )
    return page.encode()


def _below(kind: type[AppError]) -> Iterator[type[AppError]]:
    for child in kind.__subclasses__():
        yield child
        yield from _below(child)


def _section(kind: type[AppError]) -> str:
    code, title = escape(kind.code), escape(kind.title)
    why = escape(" ".join(cleandoc(kind.__doc__ or "").split()).replace("`", ""))
    return (
        f'<section id="{code}"><h2>{code} · {kind.status}</h2><p>{title}</p>'
        f'<p class="why">{why}</p></section>'
    )
