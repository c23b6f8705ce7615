from __future__ import annotations

import gzip
import io
import stat
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from dedupe.readers import ReadOptions, find_sources, load, plan
from dedupe.readers.compression import pack
from reading import read_all

NEWS = "وصل القطار إلى المدينة ثم غادرها في الصباح الباكر"
ROWS = "id,text\n7,أول\n,ثان\n"
LINES = '{"id": "a", "text": "أول", "title": "عنوان"}\n{"text": "ثان"}\nbad\n'


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def zipped(*members: tuple[str | zipfile.ZipInfo, str | bytes]) -> Path:
    with zipfile.ZipFile("a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return Path("a.zip")


def member(name: str, data: bytes = b"", **attributes: object) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size = len(data)
    for key, value in attributes.items():
        setattr(info, key, value)
    return info


def tarred(
    *members: tuple[str | tarfile.TarInfo, str], name: str = "a.tar", mode: str = "w"
) -> Path:
    with tarfile.open(name, mode) as archive:  # type: ignore[call-overload]
        for given, text in members:
            data = text.encode()
            info = given if isinstance(given, tarfile.TarInfo) else member(given, data)
            archive.addfile(info, io.BytesIO(data))
    return Path(name)


def test_a_member_is_what_a_file_of_its_name_would_be() -> None:
    members = [
        ("b/خبر.txt", NEWS),
        ("rows.csv", ROWS),
        ("news.jsonl", LINES),
        ("c.md", "---\ntitle: x\n---\nنص"),
        ("d.txt.gz", gzip.compress(NEWS.encode()).decode("latin-1")),
        ("picture.png", "x"),
        ("folder.txt/", ""),
    ]
    packed = [
        (name, text.encode("latin-1") if name[-2:] == "gz" else text)
        for name, text in members
    ]
    documents, errors, skipped = read_all(zipped(*packed))
    assert [document.name for document in documents] == [
        "a.zip/b/خبر.txt",
        "a.zip/rows.csv#7",
        "a.zip/rows.csv:3",
        "a.zip/news.jsonl#a",
        "a.zip/news.jsonl:2",
        "a.zip/c.md",
        "a.zip/d.txt.gz",
    ]
    assert documents[0].text == documents[-1].text == NEWS
    assert documents[3].about.title == "عنوان"
    assert [error.partition(" ")[0] for error in errors] == ["a.zip/news.jsonl:3:"]
    assert skipped == []


@pytest.mark.parametrize(
    ("name", "mode"),
    [
        *(("a.tar", "w"), ("a.tar.gz", "w:gz"), ("a.tgz", "w:gz"), ("a.tar.zst", "w")),
        *(("a.tar.bz2", "w:bz2"), ("a.tbz2", "w:bz2"), ("a.txz", "w:xz")),
    ],
)
def test_tar_archives_are_read_packed_or_not(name: str, mode: str) -> None:
    path = tarred(("1.txt", NEWS), ("rows.csv", ROWS), name=name, mode=mode)
    if name.endswith(".zst"):
        path.write_bytes(pack(path.read_bytes(), ".zst"))
    documents, errors, _ = read_all(path)
    assert errors == []
    assert [document.name for document in documents] == [
        f"{name}/1.txt",
        f"{name}/rows.csv#7",
        f"{name}/rows.csv:3",
    ]


def link(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


def test_links_and_devices_are_skipped_and_told() -> None:
    _, errors, skipped = read_all(
        zipped(("1.txt", NEWS), (link("l.txt"), "/etc/passwd"))
    )
    assert (errors, skipped) == ([], ["a.zip/l.txt: a link, not a file"])
    path = tarred(
        ("1.txt", NEWS),
        (member("l.txt", type=tarfile.SYMTYPE, linkname="/etc/passwd"), ""),
        (member("h.txt", type=tarfile.LNKTYPE, linkname="1.txt"), ""),
        (member("p.txt", type=tarfile.FIFOTYPE), ""),
        (member("d.txt", type=tarfile.CHRTYPE), ""),
    )
    documents, errors, skipped = read_all(path)
    assert [document.name for document in documents] == ["a.tar/1.txt"]
    assert errors == []
    assert skipped == [
        "a.tar/l.txt: a link, not a file",
        "a.tar/h.txt: a link, not a file",
        "a.tar/p.txt: a device or a pipe, not a file",
        "a.tar/d.txt: a device or a pipe, not a file",
    ]


HOSTILE = ["../../up.txt", "/etc/up.txt", "C:\\up.txt", "a/../../up.txt", "..\\up.txt"]


@pytest.mark.parametrize("name", HOSTILE)
def test_names_that_lead_out_are_labels_and_told(here: Path, name: str) -> None:
    before = sorted(here.parent.iterdir())
    for path in (zipped((name, NEWS)), tarred((name, NEWS))):
        [document], errors, _ = read_all(path)
        assert errors == []
        assert document.text == NEWS
        assert document.warning.endswith("which leads out of it")
        label = document.name.removeprefix(f"{path}/")
        assert not label.startswith("/")
        assert ".." not in label.split("/")
    assert sorted(here.parent.iterdir()) == before


def test_an_archive_inside_an_archive_is_not_opened() -> None:
    inner = zipped(("1.txt", NEWS)).read_bytes()
    documents, errors, _ = read_all(zipped(("inner.zip", inner), ("2.txt", NEWS)))
    assert [document.name for document in documents] == ["a.zip/2.txt"]
    [error] = errors
    assert error.startswith("a.zip/inner.zip: an archive inside an archive, which is")


def test_an_encrypted_member_is_an_error() -> None:
    path = zipped(("1.txt", NEWS), ("2.txt", NEWS))
    data = bytearray(path.read_bytes())
    # The flags of the first member, where it stands and where it is listed.
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    documents, errors, _ = read_all(path)
    assert [document.name for document in documents] == ["a.zip/2.txt"]
    assert errors == ["a.zip/1.txt: encrypted; unpack it with its password"]


def test_hidden_and_excluded_members_are_left_out() -> None:
    path = zipped(
        ("1.txt", NEWS), ("__MACOSX/._1.txt", "x"), (".git/x.md", "x"), ("b/2.txt", "x")
    )
    options = ReadOptions(exclude=("b/",))
    documents, errors, _ = read_all(path, options)
    assert errors == []
    assert [document.name for document in documents] == ["a.zip/1.txt"]
    documents, _, _ = read_all(path, ReadOptions(hidden=True))
    assert len(documents) == 4


def test_names_in_utf8_that_do_not_say_so_are_read() -> None:
    path = zipped(("xxxxxxxx.txt", NEWS))
    data = path.read_bytes().replace(b"xxxxxxxx", "خبرا".encode())
    path.write_bytes(data)
    [document], _, _ = read_all(path)
    assert document.name == "a.zip/خبرا.txt"


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("make", [zipped, tarred])
def test_members_of_one_name_are_all_read(make: Callable[..., Path]) -> None:
    path = make(("1.txt", "أول"), ("1.txt", "ثان"))
    documents, _, _ = read_all(path)
    assert [document.text for document in documents] == ["أول", "ثان"]


ZEROS = bytes(40 << 20)


def test_a_member_that_is_a_bomb_is_an_error_and_the_others_are_read() -> None:
    path = zipped(("0.txt", ZEROS), ("1.txt", NEWS))
    assert path.stat().st_size < 100_000
    documents, errors, _ = read_all(path)
    assert [document.name for document in documents] == ["a.zip/1.txt"]
    assert len(errors) == 1
    assert errors[0].startswith("a.zip/0.txt: unpacks to more than 16,777,216 bytes")


def test_many_members_that_are_a_bomb_together_are_an_error() -> None:
    text = b"a" * (10 << 20)
    path = zipped(*((f"{number}.txt", text) for number in range(5)))
    documents, errors, _ = read_all(path)
    assert len(documents) == 1
    assert len(errors) == 1
    assert "decompression bomb" in errors[0]


def test_what_comes_out_counts_and_not_what_is_declared() -> None:
    path = zipped(("0.txt", ZEROS), ("1.txt", NEWS))
    declared = len(ZEROS).to_bytes(4, "little")
    data = path.read_bytes().replace(declared, (1000).to_bytes(4, "little"))
    path.write_bytes(data)
    documents, errors, _ = read_all(path)
    assert [document.name for document in documents] == ["a.zip/1.txt"]
    assert errors == ["a.zip/0.txt: damaged: it cannot be unpacked"]


def test_a_packed_tar_that_is_a_bomb_is_an_error() -> None:
    path = tarred((member("0.txt", ZEROS), ZEROS.decode()), name="a.tgz", mode="w:gz")
    documents, errors, _ = read_all(path)
    assert documents == []
    assert "decompression bomb" in errors[0]


def test_a_packed_member_that_is_a_bomb_is_an_error() -> None:
    bomb = gzip.compress(ZEROS)
    _, errors, _ = read_all(zipped(("0.txt.gz", bomb), ("1.txt", NEWS)))
    assert len(errors) == 1
    assert errors[0].startswith("a.zip/0.txt.gz: unpacks to more than")


def test_a_sparse_member_is_an_error() -> None:
    headers = {
        "GNU.sparse.major": "0",
        "GNU.sparse.minor": "1",
        "GNU.sparse.name": "0.txt",
        "GNU.sparse.size": str(1 << 40),
        "GNU.sparse.map": "0,0",
    }
    path = Path("a.tar")
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as archive:
        archive.addfile(member("0.txt", pax_headers=headers))
        archive.addfile(member("1.txt", NEWS.encode()), io.BytesIO(NEWS.encode()))
    documents, errors, _ = read_all(path)
    assert [document.name for document in documents] == ["a.tar/1.txt"]
    assert len(errors) == 1
    assert "0.txt: a sparse file" in errors[0]


@pytest.mark.parametrize("keep", [0, 10, 100, -30])
def test_a_damaged_zip_is_an_error(keep: int) -> None:
    path = zipped(("1.txt", NEWS))
    path.write_bytes(path.read_bytes()[:keep])
    documents, errors, _ = read_all(path)
    assert documents == []
    assert errors == ["a.zip: not a zip file, or a damaged one"]


def test_a_member_whose_bytes_were_changed_is_an_error() -> None:
    path = zipped(("1.txt", NEWS * 50), ("2.txt", NEWS))
    data = bytearray(path.read_bytes())
    data[45] ^= 0x55
    path.write_bytes(data)
    documents, errors, _ = read_all(path)
    assert [document.name for document in documents] == ["a.zip/2.txt"]
    assert errors == ["a.zip/1.txt: damaged: it cannot be unpacked"]


@pytest.mark.parametrize(
    ("damage", "read"),
    [
        (lambda data: data[:515], []),
        (lambda data: data[:700], ["أول"]),
        (lambda data: data[:1200], ["أول"]),
        (lambda data: data[:1024] + b"x" * 512 + data[1536:], ["أول"]),
        (lambda data: data[:2048], ["أول", "ثان"]),
    ],
    ids=["in a member", "after a member", "in a header", "a bad header", "at a border"],
)
def test_a_damaged_tar_gives_what_stands_before(
    damage: Callable[[bytes], bytes], read: list[str]
) -> None:
    path = tarred(("1.txt", "أول"), ("2.txt", "ثان"))
    path.write_bytes(damage(path.read_bytes()))
    documents, errors, _ = read_all(path)
    assert [document.text for document in documents] == read
    assert len(errors) == (len(read) < 2)
    assert not errors or errors[0].startswith("a.tar: a tar file that ends too early")


@pytest.mark.parametrize("data", [b"", b"no archive", b"x" * 4000])
def test_what_is_no_tar_is_an_error(data: bytes) -> None:
    Path("a.tar").write_bytes(data)
    assert read_all(Path("a.tar"))[1] == ["a.tar: not a tar file, or a damaged one"]


def test_an_archive_without_texts_is_an_error_where_it_was_named(here: Path) -> None:
    why = "holds no file whose format is known by its name"
    for path in (zipped(("a.png", "x")), tarred(("a.png", "x"))):
        assert read_all(path)[1:] == ([f"{path}: {why}"], [])
    _, errors, skipped = read_all(here)
    assert errors == []
    assert skipped == [f"{here}/a.tar: {why}", f"{here}/a.zip: {why}"]


def test_members_are_read_by_several_processes_where_each_is_a_document() -> None:
    members = [(f"{number}.txt", f"{NEWS} {number}") for number in range(3000)]
    path = zipped(*members)
    options = ReadOptions(batch_bytes=50_000)
    batches = plan(find_sources(path, options).sources, options)
    assert len(batches) > 2
    documents, errors, _ = read_all(path, options)
    assert errors == []
    assert [document.text for document in documents] == [text for _, text in members]


def test_parts_can_be_read_in_any_order_and_more_than_once() -> None:
    texts = [f"{NEWS} {number}" for number in range(300)]
    path = zipped(*((f"{number}.txt", text) for number, text in enumerate(texts)))
    # All members together may have no more bytes than they have.
    size = sum(len(text.encode()) for text in texts)
    options = ReadOptions(batch_bytes=4_000, ratio_floor=size, max_ratio=1)
    batches = plan(find_sources(path, options).sources, options)
    assert len(batches) > 2
    for order in (batches, batches, batches[::-1]):
        loaded = {batch.start: load(batch, options) for batch in order}
        assert not any(piece.errors for piece in loaded.values())
        read = [
            document.text
            for _, piece in sorted(loaded.items())
            for document in piece.documents
        ]
        assert read == texts


def test_an_archive_that_changes_is_an_error() -> None:
    path = zipped(("1.txt", NEWS))
    found = find_sources(path)
    path.write_bytes(path.read_bytes() + b"x")
    [batch] = plan(found.sources)
    [error] = load(batch).errors
    assert "changed while it was being read" in error.reason
