# Everything a change must pass; .ci/run does the same from nothing.
bin := .venv/bin

.PHONY: check test lint types layers costs docs screenshots samples

check: lint types layers test

$(bin)/python:
	python3 -m venv .venv
	$(bin)/python -m pip install --quiet --editable '.[test,lint]'

test: $(bin)/python
	$(bin)/coverage erase
	$(bin)/coverage run -m pytest
	$(bin)/coverage combine --quiet
	$(bin)/coverage report

lint: $(bin)/python
	$(bin)/ruff check .
	$(bin)/ruff format --check .
	$(bin)/codespell

types: $(bin)/python
	$(bin)/mypy

layers: $(bin)/python
	$(bin)/lint-imports

# Count what each stage costs beside what was recorded; no busy machine disturbs it.
costs: $(bin)/python
	$(bin)/python -m benchmarks.regression

# Write the runs and the help texts shown in the documentation anew.
docs: $(bin)/python
	$(bin)/cog -I docs -r README.md docs/ci-reports.md docs/clean.md docs/cli.md docs/formats.md

# Take the pictures of docs/report.md anew; Chromium and Arabic fonts must be there.
screenshots: $(bin)/python
	$(bin)/python docs/screenshots.py

samples: $(bin)/python
	$(bin)/dedupe scan samples/ --exit-zero
