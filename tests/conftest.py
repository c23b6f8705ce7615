from __future__ import annotations

from hypothesis import settings

# A shared machine may be slow for a moment, and a slow example proves nothing.
settings.register_profile("dedupe", deadline=None)
settings.load_profile("dedupe")
