"""What an archive says of itself: the settings and the rules that it was made with."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from itertools import chain
from pathlib import Path

from dedupe.arabic import UNICODE_VERSION
from dedupe.archive.checking import damage
from dedupe.archive.records import digest_of
from dedupe.errors import ArchiveError, SettingsError
from dedupe.settings import RULES_VERSION, SETTING_NAMES, Settings
from dedupe.signatures import SCHEME


def new_meta(settings: Settings, created: str) -> dict[str, str]:
    """Return what a new archive says of itself."""
    meta = {
        "settings": json.dumps(asdict(settings), sort_keys=True),
        "fingerprint": settings.fingerprint(),
        "rules": str(RULES_VERSION),
        "unicode": UNICODE_VERSION,
        "scheme": SCHEME,
        "created": created,
    }
    return meta | {"checksum": _checksum(meta)}


def _checksum(meta: Mapping[str, str]) -> str:
    pairs = sorted(item for item in meta.items() if item[0] != "checksum")
    return digest_of(chain.from_iterable(pairs)).hex()


def settings_of(path: Path, meta: dict[str, str]) -> Settings:
    """Return the settings of an archive that was written by the rules of today."""
    ours = new_meta(Settings(), "")
    if meta.get("checksum") != _checksum(meta):
        raise ArchiveError(damage(path, "what it says of itself was changed"))
    for name in ("rules", "unicode", "scheme"):
        if meta.get(name) != ours[name]:
            raise ArchiveError(
                f"{path} was written by other rules ({name} {meta.get(name)}, now"
                f" {ours[name]}); write it anew with: dedupe archive rebuild {path}"
            )
    try:
        settings = Settings(**json.loads(meta["settings"]))
    except (KeyError, TypeError, ValueError, SettingsError):
        raise ArchiveError(damage(path, "its settings cannot be read")) from None
    if settings.fingerprint() != meta.get("fingerprint") or "created" not in meta:
        raise ArchiveError(damage(path, "its settings were changed"))
    return settings


def known_settings(text: str) -> Settings:
    """Return the settings that an older archive was made with, as far as they hold."""
    try:
        values = json.loads(text)
        return Settings(
            **{name: values[name] for name in SETTING_NAMES if name in values}
        )
    except (TypeError, ValueError, SettingsError):
        return Settings()
