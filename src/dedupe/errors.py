"""The errors a user can act on.

DedupeError
├── SettingsError      a setting, option or configuration key that cannot be used
├── InputError         an input that is missing or cannot be read
│   ├── DecodingError  bytes that are not text in any encoding we can vouch for
│   ├── MissingExtra   a format whose package is not installed
│   └── ForeignFile    a file of a format we read that holds nothing for us
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


class MissingExtra(InputError):  # noqa: N818 - it is the extra that is missing
    """A format is read by a package that is not installed.

    >>> print(MissingExtra(".pdf", "pypdf", "pdf"))  # doctest: +NORMALIZE_WHITESPACE
    reading .pdf needs pypdf;
    install it with: python -m pip install 'dedupe-arabic[pdf]'
    """

    def __init__(self, what: str, package: str = "", extra: str = "") -> None:
        told = f"reading {what} needs {package}; install it with: python -m pip install"
        # A message alone is that of an error told anew, with the file before it.
        super().__init__(f"{told} 'dedupe-arabic[{extra}]'" if package else what)


class ForeignFile(InputError):  # noqa: N818 - an error only where it was asked for
    """A file that may hold texts holds none for us: XML of some other kind, say.

    That is an error where the file was asked for by name; in a folder it is skipped.
    """


class OutputError(DedupeError):
    """A report cannot be written."""


class ArchiveError(DedupeError):
    """An archive is missing, foreign, locked or damaged."""
