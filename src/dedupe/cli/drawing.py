"""Put the pictures of a scan into a folder, for the commands that scan."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from dedupe import plots
from dedupe.cli import outputs
from dedupe.cli.outputs import Target
from dedupe.errors import OutputError, SettingsError
from dedupe.reporters.neutralizer import show_name

if TYPE_CHECKING:
    from dedupe.model import ScanResult
    from dedupe.plots import Picture


def prepared(folder: str) -> Path:
    """Make the folder that pictures go to, and refuse what cannot be drawn."""
    if not folder:
        raise SettingsError("--plots needs the name of a folder.")
    if reason := plots.missing():
        raise OutputError(f"--plots: {reason}")
    place = Path(folder)
    try:
        if place.exists() and not place.is_dir():
            raise OutputError(f"{folder} is no folder; name one for the pictures.")
        place.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        message = f"{folder}: cannot make the folder for the pictures: {reason}."
        raise OutputError(message) from error
    return place


def targets(folder: Path, *names: str) -> list[Target]:
    """Return where the pictures of some names go, or all."""
    return [
        Target(kind, folder / f"{name}.{kind}")
        for name in names or plots.NAMES
        for kind in plots.FORMATS
    ]


def write(result: ScanResult, folder: Path) -> Iterator[str]:
    """Write each picture in each format; yield lines that tell how it went."""
    drawn: list[str] = []
    remarks: list[str] = []
    for picture in plots.pictures(result):
        if picture.figure is None:
            remarks.append(_left_out(picture, folder))
            continue
        for target in targets(folder, picture.name):
            with outputs.opened(target, "the picture") as out:
                plots.write(picture.figure, target.format, out)
        drawn.append(picture.name)
        if picture.remark:
            remarks.append(f"{picture.name}: {picture.remark}.")
    kinds = " and ".join(plots.FORMATS)
    where = show_name(str(folder))
    *others, last = drawn
    listed = f"{', '.join(others)} and {last}" if others else last
    yield f"Drew {listed} ({kinds}) in {where}."
    yield from remarks


def _left_out(picture: Picture, folder: Path) -> str:
    """Tell why a picture was not drawn, and of an older one that it is no news."""
    told = f"{picture.name} is left out: {picture.remark}."
    places = [folder / f"{picture.name}.{kind}" for kind in plots.FORMATS]
    older = [place.name for place in places if place.exists()]
    if not older:
        return told
    are = "is" if len(older) == 1 else "are"
    return f"{told} In that folder, {' and '.join(older)} {are} of an earlier run."
