"""The errors a user can act on.

DedupeError
├── SettingsError      a setting, option or configuration key that cannot be used
├── InputError         an input that is missing or cannot be read
│   └── DecodingError  bytes that are not text in any encoding we can vouch for
├── OutputError        a report that cannot be written
└── ArchiveError       an archive that is missing, foreign, locked or damaged
"""

from __future__ import annotations


class DedupeError(Exception):
    """Something the user can put right; its text says what, to what, and how."""


class SettingsError(DedupeError):
    """A setting, option or configuration key cannot be used."""


class InputError(DedupeError):
    """An input is missing or cannot be read."""


class DecodingError(InputError):
    """Bytes are not text in any encoding that can be vouched for."""


class OutputError(DedupeError):
    """A report cannot be written."""


class ArchiveError(DedupeError):
    """An archive is missing, foreign, locked or damaged."""
