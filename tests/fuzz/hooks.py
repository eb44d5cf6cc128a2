"""How bodies are written that are neither JSON nor text."""

import schemathesis


@schemathesis.serializer("application/vnd.alliance.ranges")
def ranges(_context, value):
    """Bytes as they are; whatever else was made to be wrong, as text."""
    return bytes(value) if isinstance(value, (bytes, bytearray)) else str(value).encode("utf-8", "replace")
