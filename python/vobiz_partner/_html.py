"""What a notebook cell shows."""
from __future__ import annotations
import html
def render(thing: object) -> str:
    """Show the repr."""
    return f"<pre>{html.escape(repr(thing))}</pre>"
