"""Decide which findings of a check fail, and say of each other why it does not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from dedupe.errors import SettingsError
from dedupe.gate.excuses import AllowedTexts, Excuses, Verdict
from dedupe.gate.implied import ImpliedCopies, are_copies
from dedupe.gate.marked_words import marked_words
from dedupe.model import RELATIONS, Finding, Relation, ScanResult
from dedupe.values import dataclass

PERCENT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What lets a check fail, validated once."""

    fail_on: Relation = "overlap"
    """This relation and every closer one fails."""

    fail_words: int = 0
    """Fewest words that a finding has to hold to fail."""

    fail_share: float = 0.0
    """Smallest share, in percent, of an incoming document's words."""

    fail_on_boilerplate: bool = False
    """Whether forms that many documents share fail."""

    allow_quotations: bool = True
    """Whether what stands between quotation marks is let pass."""

    def __post_init__(self) -> None:
        """Refuse what cannot work, naming the option and what it may be."""
        if self.fail_on not in RELATIONS:
            known = ", ".join(RELATIONS)
            message = f"fail_on must be one of {known}, not {self.fail_on!r}."
            raise SettingsError(message)
        if self.fail_words < 0:
            message = f"fail_words must be at least 0, not {self.fail_words}."
            raise SettingsError(message)
        if not 0 <= self.fail_share <= PERCENT:
            message = f"fail_share must be from 0 to 100, not {self.fail_share}."
            raise SettingsError(message)


def judge(result: ScanResult, policy: Policy, allowed: Mapping[str, str]) -> ScanResult:
    """Return the findings, each that is let pass with the reason why.

    `allowed` holds texts that may be repeated, by name.
    """
    findings = list(result.findings)
    weak = _Weakness(policy, result)
    reasons = [weak.reason(finding) for finding in findings]
    suspects = {
        row: finding for row, finding in enumerate(findings) if not reasons[row]
    }
    excused = _excused(suspects, result, policy, allowed)
    shared = int(str(result.settings["min_passage_words"]))
    implied = ImpliedCopies(findings, excused, result.published)
    for row in implied.rows(max(policy.fail_words, shared)):
        del excused[row]
    for row, verdict in excused.items():
        reasons[row] = _together(verdict.reasons)
    return with_findings(
        result,
        tuple(
            finding._replace(allowed=reason)
            for finding, reason in zip(findings, reasons, strict=True)
        ),
    )


def with_findings(result: ScanResult, findings: Sequence[Finding]) -> ScanResult:
    """Return a result with other findings, and count those that fail."""
    failing = sum(finding.fails for finding in findings)
    return replace(result, findings=findings, failing=failing, counted=None)


class _Weakness:
    """Why a finding is too little to fail, whatever its text is."""

    def __init__(self, policy: Policy, result: ScanResult) -> None:
        self._policy = policy
        self._closest = RELATIONS[: RELATIONS.index(policy.fail_on) + 1]
        self._words: dict[str, int] = {}
        for document in result.documents if policy.fail_share else ():
            if document.document in result.published:
                continue
            # Lines of JSON may share an id; the share is that of the shortest.
            known = self._words.get(document.document, document.words)
            self._words[document.document] = min(known, document.words)

    def reason(self, finding: Finding) -> str:
        if finding.rule == "boilerplate" and not self._policy.fail_on_boilerplate:
            return "boilerplate"
        if finding.relation not in self._closest:
            return "below --fail-on"
        if finding.words < self._policy.fail_words:
            return "below --fail-words"
        if PERCENT * self._share(finding) < self._policy.fail_share:
            return "below --fail-share"
        return ""

    def _share(self, finding: Finding) -> float:
        """Return the largest share that the finding has of an incoming document."""
        places = [place.document for place in finding.occurrences]
        return max(
            (
                places.count(name) * finding.words / max(self._words[name], 1)
                for name in set(places)
                if name in self._words
            ),
            default=1.0,
        )


def _excused(
    suspects: Mapping[int, Finding],
    result: ScanResult,
    policy: Policy,
    allowed: Mapping[str, str],
) -> dict[int, Verdict]:
    """Return the verdicts on findings of whose places no two lack an excuse."""
    names = {
        place.document for finding in suspects.values() for place in finding.occurrences
    }
    names.difference_update(result.published)
    texts = result.read_texts(names) if names and result.read_texts else iter(())
    excuses = Excuses(
        policy.allow_quotations, marked_words(texts), AllowedTexts.of(allowed)
    )
    verdicts = {row: excuses.verdict(finding) for row, finding in suspects.items()}
    return {
        row: verdict
        for row, verdict in verdicts.items()
        if not are_copies(verdict.left, result.published)
    }


def _together(reasons: Iterable[str]) -> str:
    """Return reasons as one, the same for the same whatever their order."""
    return ", ".join(sorted(set(reasons)))
