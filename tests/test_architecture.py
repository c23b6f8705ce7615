from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import dedupe

PACKAGE = Path(dedupe.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))


def dotted(module: Path) -> str:
    return ".".join(module.relative_to(PACKAGE.parent).with_suffix("").parts)


SCAN_IN_MEMORY = """
import json, sys
import dedupe
text = "{paragraph}"
assert dedupe.scan({{"one": text, "two": text}}).findings
print(json.dumps(sorted(sys.modules)))
"""

PARAGRAPH = (
    "فتحت المكتبة العامة أبوابها للقراء مساء كل خميس طوال أشهر الصيف "
    "وخصصت قاعة هادئة للطلبة قبل الامتحانات"
)


def modules_after(program: str) -> set[str]:
    run = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    loaded: list[str] = json.loads(run.stdout)
    return set(loaded)


def test_importing_the_library_loads_no_optional_or_slow_package() -> None:
    loaded = modules_after(
        "import dedupe, json, sys; print(json.dumps([*sys.modules]))"
    )
    assert loaded.isdisjoint({"click", "scipy", "datasketch", "pyspark", "jinja2"})


def test_a_scan_loads_neither_click_nor_scipy() -> None:
    loaded = modules_after(SCAN_IN_MEMORY.format(paragraph=PARAGRAPH))
    assert loaded.isdisjoint({"click", "scipy"})


@pytest.mark.parametrize(
    "command", [["scan", "samples"], ["explain", "samples/000.txt", "samples/001.txt"]]
)
def test_no_command_that_does_little_waits_for_masked_arrays(
    command: list[str],
) -> None:
    # np.unique brings them, and with it np.isin and the like.
    run = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "dedupe", *command],
        capture_output=True,
        check=False,
        cwd=Path(__file__).resolve().parent.parent,  # where the samples are
        encoding="utf-8",
    )
    assert run.stdout
    assert re.search(r"\| +numpy$", run.stderr, re.MULTILINE)
    assert not re.search(r"numpy\.ma\b", run.stderr)


def test_a_format_is_known_before_its_reporter_is_loaded() -> None:
    loaded = modules_after(
        "import json, sys; from dedupe.reporters import REPORTERS\n"
        "assert 'sarif' in REPORTERS and 'roman' not in REPORTERS\n"
        "print(json.dumps([*sys.modules]))"
    )
    assert "dedupe.reporters" in loaded
    assert "dedupe.reporters.sarif" not in loaded


def test_only_the_command_decides_how_often_garbage_is_sought() -> None:
    assert modules_after(
        "import gc, json; before = gc.get_threshold(); import dedupe.pipeline\n"
        "same = before == gc.get_threshold(); import dedupe.cli\n"
        "print(json.dumps([str(same), str(before < gc.get_threshold())]))"
    ) == {"True"}


def test_the_installed_package_says_that_it_is_typed() -> None:
    assert (PACKAGE / "py.typed").exists()


@pytest.mark.parametrize("module", MODULES, ids=dotted)
def test_a_module_says_in_its_first_line_what_it_is_for(module: Path) -> None:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    docstring = ast.get_docstring(tree)
    assert docstring
    assert docstring.splitlines()[0].endswith(".")


@pytest.mark.parametrize("module", MODULES, ids=dotted)
def test_no_module_is_named_for_a_drawer(module: Path) -> None:
    drawers = {"utils", "util", "core", "common", "base", "helpers", "misc"}
    assert drawers.isdisjoint(module.relative_to(PACKAGE).with_suffix("").parts)


@pytest.mark.parametrize("module", MODULES, ids=dotted)
def test_nothing_is_ever_pickled(module: Path) -> None:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    imported = {
        name.name
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for name in node.names
    } | {
        node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module
    }
    assert imported.isdisjoint({"pickle", "marshal", "shelve", "dill", "cloudpickle"})
