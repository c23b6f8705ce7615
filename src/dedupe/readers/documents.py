"""The nouns of reading: options, sources, batches, documents and where they stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeAlias, overload

from dedupe.errors import SettingsError
from dedupe.model import About, LeftOut
from dedupe.readers.decoding import AUTO, require_codec
from dedupe.values import dataclass

if TYPE_CHECKING:
    from dedupe.model import Problem

Content: TypeAlias = str | memoryview

# The format of a file by its extension; each may also carry an ending
# of those below that tell how it is compressed.
FORMATS = {
    ".txt": "text",
    ".text": "text",
    ".md": "markdown",
    ".markdown": "markdown",
    ".jsonl": "json_lines",
    ".ndjson": "json_lines",
    ".csv": "csv",
    ".tsv": "csv",
    ".parquet": "parquet",
    ".docx": "docx",
    ".pdf": "pdf",
    ".zip": "zip",
    ".tar": "tar",
    ".tgz": "tar",
    ".tzst": "tar",
    ".tbz": "tar",
    ".tbz2": "tar",
    ".txz": "tar",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".rss": "feed",
    ".atom": "feed",
    ".xml": "xml",
    ".nitf": "xml",
    ".newsml": "xml",
    ".warc": "warc",
    ".wet": "warc",
}
GZIP = ".gz"
ZSTD = ".zst"
BZIP2 = ".bz2"
XZ = ".xz"
PACKED = (GZIP, ZSTD, BZIP2, XZ)
# Whose text is the file, character by character: it can be written back, and its lines
# are those of the file.
PLAIN = frozenset({"text", "markdown"})
# The endings of their names.
PLAIN_ENDINGS = tuple(ending for ending, kind in FORMATS.items() if kind in PLAIN)
# Which hold many documents a file.
MANY = frozenset({"json_lines", "csv", "parquet", "zip", "tar", "feed", "xml", "warc"})
ARCHIVES = frozenset({"zip", "tar"})
# Which are read piece by piece, so that a file may be larger than --max-file-size.
STREAMED = frozenset({"json_lines", "csv", "parquet", "zip", "tar", "warc"})
# Which are unpacked from gzip as they are read.
UNPACKED_IN_PASSING = frozenset({"warc"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """What is read, and how, validated once."""

    encoding: str = AUTO
    """The encoding of every input, or auto to tell it from the bytes."""

    text_field: str = "text"
    """The field that holds the text, of JSON Lines, CSV and Parquet."""

    id_field: str = "id"
    """The field that names the document."""

    title_field: str = "title"
    date_field: str = "date"
    outlet_field: str = "outlet"
    author_field: str = "author"
    url_field: str = "url"
    """The fields that tell of the document, of `About` in its order."""

    html_content: str = ""
    """The CSS selector of what holds the text of a web page; empty: find it."""

    exclude: tuple[str, ...] = ()
    """Patterns in the syntax of .gitignore for files and folders to leave out."""

    hidden: bool = False
    """Read files and folders whose name begins with a dot."""

    no_ignore: bool = False
    """Take no notice of .gitignore and .dedupeignore."""

    follow: bool = False
    """Follow symbolic links inside folders."""

    stdin_filename: str = "-"
    """The name under which standard input is reported; its extension is the format."""

    max_file_size: int = 2 << 30
    """Most bytes of one document's file, of one JSON line, of one unpacked file.

    Two gigabytes are more than any newspaper's year, and a text of that size still
    fits the memory of a common machine.
    """

    max_unpacked: int = 8 << 30
    """Most bytes that all compressed inputs together may take in memory."""

    max_ratio: int = 100
    """How many times its packed size a compressed file may grow.

    Arabic text packs 4 to 8 times and logs of equal lines about 50 times, while a
    bomb starts near 1,000.
    """

    ratio_floor: int = 16 << 20
    """Bytes that a compressed file may always grow to: too few to do harm."""

    strict: bool = False
    """Refuse a text in which bytes are broken, rather than read it with a warning."""

    own: frozenset[tuple[int, int]] = frozenset()
    """Files among the texts that are none: what we write, by device and number."""

    batch_bytes: int = 1536 << 10
    """Bytes that are loaded at a time: columns stay long, and all cores get some."""

    def __post_init__(self) -> None:
        """Refuse what cannot work, naming the option and what it may be."""
        require_codec(self.encoding)
        for name in ("text_field", "id_field", "stdin_filename", *TELLING_FIELDS):
            if not getattr(self, name):
                raise SettingsError(f"{name} must not be empty.")
        for name in _LIMITS:
            if getattr(self, name) < 1:
                raise SettingsError(f"{name} must be at least 1.")


TELLING_FIELDS = tuple(f"{name}_field" for name in About._fields)
_LIMITS = (
    "max_file_size",
    "max_unpacked",
    "max_ratio",
    "ratio_floor",
    "batch_bytes",
)
DEFAULTS = ReadOptions()

UNASKED = -1  # the size of a file that is asked for it when it is read


class Source(NamedTuple):
    """One input: a file, standard input, or a text that was handed over."""

    name: str  # as reported
    path: str  # to open; empty when the content is held in memory
    format: str  # a key of the table of readers
    size: int  # bytes, or characters of a text that was handed over; or UNASKED
    modified: int = 0  # nanoseconds, as the file system tells it
    content: Content | None = None  # what was unpacked, read from a pipe, handed over
    encoding: str = ""  # of the input, where the content was converted to UTF-8
    is_named: bool = True  # not met in a folder


class Found(NamedTuple):
    """What a search of the arguments gave; everything is sorted by name."""

    sources: Sequence[Source]
    skipped: tuple[Problem, ...] = ()  # links, pipes and devices inside folders
    errors: tuple[Problem, ...] = ()  # what was asked for and cannot be read
    ignored: int = 0  # files and folders left out by ignore files and patterns
    other: int = 0  # files whose extension is none of ours

    @property
    def left_out(self) -> LeftOut:
        """How much was left out without a word."""
        return LeftOut(self.ignored, self.other)


class Batch(NamedTuple):
    """Whole small sources, or a part of one that holds many documents.

    A part of JSON Lines is a range of bytes, of any other format a range of ordinals.
    """

    first: int  # index of the first source in Found.sources
    sources: Sequence[Source]
    start: int = 0  # of the part
    end: int = 0  # of the part; of a batch of whole sources, 0


class Place(NamedTuple):
    """Where a document stands."""

    source: int  # index in Found.sources
    start: int = 0  # of its line in JSON Lines, bytes; its ordinal in other formats


NOTHING_TOLD = About()


class Converted(NamedTuple):
    """The text of a document in another format, and what that tells of it."""

    text: str  # paragraphs are lines; "\n" only
    about: About = NOTHING_TOLD
    warning: str = ""  # what a reader of the report must know
    # A label inside a source of many documents: a GUID, the name of a member. It is
    # made unique and safe, and never a path.
    name: str = ""
    encoding: str = ""  # as decoded, where the format decides it itself
    line: int = 0  # where it stands, counted from 1, of formats that have lines


class Unreadable(NamedTuple):
    """What stands in the place of a document that cannot be read."""

    reason: str
    name: str = ""
    line: int = 0
    is_skipped: bool = False  # it need not be read, as a link in a folder need not


class LoadedDocument(NamedTuple):
    """A document as the stages after reading see it."""

    name: str
    text: str
    encoding: str
    place: Place
    warning: str = ""  # empty when there is nothing to say
    about: About = NOTHING_TOLD


class Documents(Sequence[LoadedDocument]):
    """Documents as columns, for most tell no more than a name and a text.

    >>> documents = Documents()
    >>> documents.put("a.txt", "نص", "utf-8", 7)
    >>> documents[0].place
    Place(source=7, start=0)
    """

    def __init__(self) -> None:
        self.names: list[str] = []
        self.texts: list[str] = []
        self.encodings: list[str] = []
        self.sources: list[int] = []  # indices in Found.sources
        self.others: dict[int, LoadedDocument] = {}  # those that tell more, by row

    def put(self, name: str, text: str, encoding: str, source: int) -> None:
        """Add a document of which there is no more to tell."""
        self.names.append(name)
        self.texts.append(text)
        self.encodings.append(encoding)
        self.sources.append(source)

    def append(self, document: LoadedDocument) -> None:
        """Add a document."""
        self.others[len(self.names)] = document
        self.put(document.name, document.text, document.encoding, document.place.source)

    def extend(self, documents: Iterable[LoadedDocument]) -> None:
        """Add documents."""
        for document in documents:
            self.append(document)

    def __len__(self) -> int:
        """Return how many they are."""
        return len(self.names)

    @overload
    def __getitem__(self, row: int) -> LoadedDocument: ...
    @overload
    def __getitem__(self, row: slice) -> list[LoadedDocument]: ...
    def __getitem__(self, row: int | slice) -> LoadedDocument | list[LoadedDocument]:
        """Return one of them, or some."""
        if isinstance(row, slice):
            return [self[one] for one in range(len(self))[row]]
        row = range(len(self))[row]
        return self.others.get(row) or LoadedDocument(
            self.names[row],
            self.texts[row],
            self.encodings[row],
            Place(self.sources[row]),
        )


class Loaded(NamedTuple):
    """The documents of a batch, in order, and what could not be read of it."""

    documents: Documents
    errors: list[Problem]
    skipped: list[Problem]  # files met in folders that hold nothing for us
    refused: list[Problem]  # files that the walk would have told, had it asked more
