"""The command `dedupe schema`."""

from __future__ import annotations

from importlib import resources

import click


@click.command("schema")
def command() -> None:
    """Print the JSON Schema (draft 2020-12) of `dedupe scan --format json`."""
    schema = resources.files("dedupe.reporters") / "report.schema.json"
    click.echo(schema.read_text(encoding="utf-8"), nl=False)
