from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
HOOKS: list[dict[str, Any]] = yaml.safe_load(
    (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
)
ACTION: dict[str, Any] = yaml.safe_load(
    (ROOT / "action.yml").read_text(encoding="utf-8")
)
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
CI_PAGE = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")

FIRST = "افتتحت البلدية أمس المكتبة العامة في الحي القديم بعد ترميمها مدة عامين"
OTHER = "قال مدير المرصد إن أمطارا غزيرة ستهطل على المرتفعات الغربية مساء الخميس"

needs_bash = pytest.mark.skipif(
    os.name != "posix" or not shutil.which("bash"), reason="needs bash"
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with articles, one of them repeated."""
    monkeypatch.chdir(tmp_path)
    texts = {
        "articles/a.txt": f"{FIRST}\n\n{OTHER}\n",
        "articles/b.txt": f"{FIRST}\n",
        "clean/a.txt": f"{FIRST}\n\n{OTHER}\n",
        "dedupe.toml": "",
    }
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """An environment as a CI service gives it, with the program installed."""
    runner = tmp_path / ".runner"
    programs = runner / "dedupe" / "bin"
    programs.mkdir(parents=True)
    for name, arguments in (("dedupe", "-m dedupe "), ("python", "")):
        program = programs / name
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" {arguments}"$@"\n')
        program.chmod(0o755)
    kept = {name: os.environ[name] for name in ("PYTHONPATH",) if name in os.environ}
    return {
        **kept,
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "RUNNER_TEMP": str(runner),
        "GITHUB_OUTPUT": str(runner / "output"),
        "GITHUB_STEP_SUMMARY": str(runner / "summary.md"),
        "CI": "true",
    }


def bash(script: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a script as GitHub and GitLab do."""
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],  # noqa: S607
        env=environment,
        capture_output=True,
        check=False,
        encoding="utf-8",
    )


def snippets(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", CI_PAGE, re.MULTILINE | re.DOTALL)


# ------------------------------------------------------------------------ pre-commit


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: str(hook["id"]))
def test_a_hook_runs_in_one_process_on_texts(hook: dict[str, Any]) -> None:
    assert {"id", "name", "description", "entry", "language"} <= set(hook)
    assert hook["language"] == "python"
    assert hook["require_serial"] is True
    assert hook["types_or"] == ["plain-text", "markdown"]


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: str(hook["id"]))
@pytest.mark.parametrize(("where", "code"), [("articles", 1), ("clean", 0)])
@pytest.mark.usefixtures("folder")
def test_the_entry_of_a_hook_runs_as_pre_commit_runs_it(
    hook: dict[str, Any], where: str, code: int
) -> None:
    command = [*shlex.split(hook["entry"]), *hook.get("args", [])]
    assert command[0] == "dedupe"
    if hook.get("pass_filenames", True):
        command += sorted(map(str, Path(where).iterdir()))
        folder = Path()
    else:
        folder = Path(where)
    ended = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    assert ended.returncode == code, ended.stderr
    assert ("identical" in ended.stdout) == (code == 1)


def test_the_hooks_of_the_page_are_those_that_there_are() -> None:
    (config,) = [yaml.safe_load(one) for one in snippets("yaml") if "rev:" in one]
    (repository,) = config["repos"]
    known = {hook["id"] for hook in HOOKS}
    assert {hook["id"] for hook in repository["hooks"]} <= known
    for name in known:
        assert f"| `{name}` |" in CI_PAGE


# ---------------------------------------------------------------------------- GitHub


def test_no_input_is_put_into_a_script_as_text() -> None:
    scripts = [step["run"] for step in STEPS if "run" in step]
    assert scripts
    for script in scripts:
        assert "${{" not in script


def test_each_step_names_its_shell_or_an_action_by_its_commit() -> None:
    for step in STEPS:
        if "uses" in step:
            assert re.fullmatch(r"[\w.-]+/[\w.-]+@[0-9a-f]{40}", step["uses"])
        else:
            assert step["shell"] == "bash"


def test_every_input_is_used_and_explained_and_none_else() -> None:
    used = set(re.findall(r"\$\{\{ inputs\.([\w-]+) \}\}", yaml.safe_dump(STEPS)))
    assert used == set(ACTION["inputs"])
    assert all(one["description"] for one in ACTION["inputs"].values())
    assert ACTION["runs"]["using"] == "composite"


def check_step(
    environment: dict[str, str], **inputs: str
) -> tuple[subprocess.CompletedProcess[str], dict[str, str], str]:
    """Run the script of the step that checks: what it prints, puts out and sums up."""
    (step,) = [step for step in STEPS if step.get("id") == "check"]
    given = {name: str(one["default"]) for name, one in ACTION["inputs"].items()}
    given |= {name.replace("_", "-"): value for name, value in inputs.items()}
    own = {
        name: re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda one: given[one[1]], value)
        for name, value in step["env"].items()
    }
    ended = bash(step["run"], {**environment, **own})
    written = [
        Path(environment[name]) for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")
    ]
    output, summary = (
        path.read_text(encoding="utf-8") if path.exists() else "" for path in written
    )
    pairs = [line.partition("=") for line in output.splitlines()]
    return ended, {name: value for name, _, value in pairs}, summary


OUTCOMES = [
    ("findings", {"paths": "articles"}, 1, "findings", "1"),
    ("clean", {"paths": "clean"}, 0, "clean", "0"),
    ("two folders", {"paths": "clean\n\narticles\n"}, 1, "findings", "1"),
    ("trouble", {"paths": "none\narticles"}, 2, "error", "2"),
    (
        "findings forgiven",
        {"paths": "articles", "fail_on_findings": "false"},
        0,
        "findings",
        "1",
    ),
    (
        "trouble is not forgiven",
        {"paths": "none", "fail_on_findings": "false"},
        2,
        "error",
        "2",
    ),
    (
        "options",
        {"paths": "articles", "args": "--min-words\n12\n--fold=none"},
        1,
        "findings",
        "1",
    ),
    ("a bad option", {"paths": "articles", "args": "--colour"}, 2, "error", "2"),
    ("an option for a path", {"paths": "--help"}, 2, "error", "2"),
]


@needs_bash
@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("inputs", "code", "status", "told"),
    [case[1:] for case in OUTCOMES],
    ids=[case[0] for case in OUTCOMES],
)
def test_the_step_fails_on_findings_and_trouble_and_says_which(
    environment: dict[str, str],
    inputs: dict[str, str],
    code: int,
    status: str,
    told: str,
) -> None:
    ended, output, summary = check_step(environment, **inputs)
    assert ended.returncode == code, ended.stderr
    assert (output["status"], output["exit-code"]) == (status, told)
    assert summary.startswith(f"## dedupe: {status}\n")


@needs_bash
def test_the_step_leaves_reports_annotations_and_a_summary(
    folder: Path, environment: dict[str, str]
) -> None:
    ended, output, summary = check_step(environment, paths="articles")
    assert output["reports"] == "dedupe-reports"
    report = json.loads((folder / "dedupe-reports" / "report.json").read_bytes())
    assert report["status"] == "findings"
    text = (folder / "dedupe-reports" / "report.txt").read_text(encoding="utf-8")
    assert FIRST in text
    assert "articles/a.txt" in ended.stdout
    assert "articles/a.txt" in summary
    assert json.loads((folder / output["sarif"]).read_bytes())["runs"]


@needs_bash
def test_the_step_lets_pass_what_its_inputs_allow(
    folder: Path, environment: dict[str, str]
) -> None:
    for command in (
        ("baseline", "create", "accepted.jsonl", "articles"),
        ("archive", "create", "published.db"),
        ("archive", "add", "published.db", "articles"),
    ):
        subprocess.run(
            [sys.executable, "-m", "dedupe", *command], check=True, cwd=folder
        )
    ended, _, _ = check_step(environment, paths="articles", baseline="accepted.jsonl")
    assert ended.returncode == 0, ended.stderr
    (folder / "clean" / "copy.txt").write_text(FIRST, encoding="utf-8")
    (folder / "published.db").rename(folder.parent / "published.db")
    archive = str(folder.parent / "published.db")
    ended, _, summary = check_step(environment, paths="clean", archive=archive)
    assert ended.returncode == 1, ended.stderr
    assert "articles/" in summary
    ended, _, _ = check_step(environment, paths="clean", fail_on="nothing")
    assert ended.returncode == 2


@needs_bash
def test_an_input_is_never_a_command(folder: Path, environment: dict[str, str]) -> None:
    hostile = '$(touch owned) `touch owned`; touch owned "; touch owned #'
    for name in ("paths", "args", "fail_on_findings", "reports"):
        given = {"paths": "articles", name: hostile}
        ended, _, _ = check_step(environment, **given)
        assert ended.returncode in {0, 1, 2}
    assert not list(folder.rglob("owned"))


@needs_bash
@pytest.mark.usefixtures("folder")
def test_a_folder_for_reports_cannot_smuggle_in_an_output(
    environment: dict[str, str],
) -> None:
    ended, output, _ = check_step(
        environment, paths="articles", reports="x\nstatus=clean"
    )
    assert ended.returncode == 2
    assert output == {}


@needs_bash
def test_an_old_report_does_not_pass_for_a_new_one(
    folder: Path, environment: dict[str, str]
) -> None:
    (folder / "dedupe-reports").mkdir()
    (folder / "dedupe-reports" / "report.json").write_text("{}")
    check_step(environment, paths="articles", args="--colour")
    assert not (folder / "dedupe-reports" / "report.json").exists()


@needs_bash
def test_an_article_cannot_write_markdown_or_commands_of_the_runner(
    folder: Path, environment: dict[str, str]
) -> None:
    hostile = f"{FIRST}\n::error::x\n```\n<script>x</script>\n# {OTHER}\n"
    (folder / "articles" / "a.txt").write_text(hostile, encoding="utf-8")
    (folder / "articles" / "b.txt").write_text(hostile, encoding="utf-8")
    ended, _, summary = check_step(environment, paths="articles")
    assert "<script>" not in re.sub("^    .*$", "", summary, flags=re.MULTILINE)
    assert "::error::x" not in [line.strip() for line in ended.stdout.splitlines()]


def test_the_workflow_of_the_page_gives_the_action_what_it_takes() -> None:
    (workflow,) = [yaml.safe_load(one) for one in snippets("yaml") if "runs-on" in one]
    steps = workflow["jobs"]["dedupe"]["steps"]
    (own,) = [step for step in steps if step["uses"] == "OWNER/dedupe@COMMIT"]
    assert set(own["with"]) <= set(ACTION["inputs"])
    for step in steps:
        if step is not own:
            assert re.fullmatch(r"[\w.-]+/[\w.-]+@[0-9a-f]{40}", step["uses"])
    outputs = set(re.findall(r"steps\.dedupe\.outputs\.([\w-]+)", CI_PAGE))
    assert outputs <= set(ACTION["outputs"])
    assert workflow["permissions"] == {"contents": "read"}


# --------------------------------------------------------------- GitLab and the shell


@needs_bash
@pytest.mark.parametrize(("articles", "code"), [("articles", 1), ("clean", 0)])
def test_the_job_for_gitlab_runs_but_for_its_installation(
    folder: Path, environment: dict[str, str], articles: str, code: int
) -> None:
    (job,) = [
        yaml.safe_load(one)["dedupe"] for one in snippets("yaml") if "image:" in one
    ]
    install, *script = job["script"]
    assert install.startswith("python -m pip install ")
    if articles == "clean":
        shutil.rmtree(folder / "articles")
        (folder / "clean").rename(folder / "articles")
    ended = bash("\n".join(script), environment)
    assert ended.returncode == code, ended.stderr
    for artifact in job["artifacts"]["paths"]:
        assert bool(json.loads((folder / artifact).read_bytes())) == (code == 1)


@needs_bash
@pytest.mark.parametrize(
    ("state", "code", "message"),
    [
        ("articles", 1, "Repeats were found"),
        ("clean", 0, "No repeats."),
        ("none", 2, "cannot be trusted"),
    ],
)
def test_the_gate_of_the_page_tells_its_three_outcomes_apart(
    folder: Path, environment: dict[str, str], state: str, code: int, message: str
) -> None:
    if state != "articles":
        shutil.rmtree(folder / "articles")
    if state == "clean":
        (folder / "clean").rename(folder / "articles")
    (script,) = snippets("bash")
    ended = bash(script, environment)
    assert ended.returncode == code
    assert message in ended.stdout + ended.stderr


# ------------------------------------------------------------------------- container


def instructions() -> list[tuple[str, str]]:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    text = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip()]
    return [(line.split(None, 1)[0], line.split(None, 1)[1]) for line in lines]


def test_the_image_is_built_in_stages_and_run_by_a_user_who_is_not_root() -> None:
    held = instructions()
    stages = [place for place, (name, _) in enumerate(held) if name == "FROM"]
    assert len(stages) == 2
    last = dict(held[stages[-1] :])
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", last["USER"])
    assert json.loads(last["ENTRYPOINT"]) == ["dedupe"]
    names = [name for name, _ in held[stages[-1] :]]
    assert names.index("USER") > names.index("RUN")


def test_the_image_fetches_nothing_by_itself_and_keeps_no_wheels() -> None:
    held = instructions()
    assert "ADD" not in {name for name, _ in held}
    runs = [text for name, text in held if name == "RUN"]
    assert all("--no-cache-dir" in run for run in runs)
    assert "--mount=type=bind,from=build,source=/wheels" in runs[-1]
    assert "--no-index --find-links /wheels" in runs[-1]
    assert not any(re.search(r"curl|wget|apt-get", run) for run in runs)


def test_the_image_is_made_of_files_that_there_are_and_that_are_not_ignored() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in ignored
    copies = [shlex.split(text) for name, text in instructions() if name == "COPY"]
    for *sources, _ in copies:
        for source in sources:
            assert (ROOT / source).exists()
            assert f"!{source}" in ignored


HERMIT = """
import os, sys
import dedupe.cli.program, dedupe.pipeline, dedupe.explaining

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC
REFUSED = ("os.mkdir", "os.rename", "os.remove", "os.link", "os.symlink", "tempfile.")

def refuse(event, arguments):
    wrote = event == "open" and (arguments[2] or 0) & WRITING
    if wrote or event.startswith(("socket.", *REFUSED)):
        os.write(2, f"refused: {event} {arguments}\\n".encode())
        os._exit(99)

sys.addaudithook(refuse)
sys.argv = ["dedupe", *sys.argv[1:]]
dedupe.cli.main()
"""


@pytest.mark.skipif(not hasattr(os, "memfd_create"), reason="needs Linux")
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["scan", "articles", "--jobs", "3"], 1),
        (["scan", "articles", "--format", "json"], 1),
        (["scan", "clean"], 0),
        (["explain", "articles/a.txt:1", "articles/b.txt"], 0),
        (["explain", "overlap"], 0),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else str(value),
)
@pytest.mark.usefixtures("folder")
def test_a_run_needs_no_network_and_no_place_to_write(
    arguments: list[str], code: int
) -> None:
    ended = subprocess.run(
        [sys.executable, "-B", "-c", HERMIT, *arguments],
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    assert ended.returncode == code, ended.stderr


@pytest.mark.skipif(not hasattr(os, "memfd_create"), reason="needs Linux")
@pytest.mark.usefixtures("folder")
def test_a_run_that_does_write_is_caught() -> None:
    ended = subprocess.run(
        [sys.executable, "-B", "-c", HERMIT, "scan", "articles", "-o", "report.txt"],
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    assert ended.returncode == 99
