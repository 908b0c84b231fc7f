"""What `scores` found, and the thresholds that it is held against."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

ISCC, FINGERPRINT = "iscc", "fingerprint"
SAME, RELATED, DIFFERENT = "same", "related", "different"
THRESHOLDS = {ISCC: (20, 22, 24, 28, 32, 36, 40, 48), FINGERPRINT: (900, 850, 800, 750, 700)}

Scores = Counter[int]


@dataclass(frozen=True)
class Named:
    """A pair of recordings by their names."""

    score: int
    left: str
    right: str


@dataclass(frozen=True)
class Tally:
    """The scores of all pairs of two kinds of recordings in one relation, at one level."""

    level: str
    scores: Scores
    incomparable: int
    track_pairs: Scores
    tracks: Scores
    named: list[Named]

    @property
    def pairs(self) -> int:
        """How many pairs there are, those that cannot be compared among them: they are no match."""
        return self.scores.total() + self.incomparable

    @property
    def nearest(self) -> int:
        """The score of the pair that is most alike."""
        return min(self.scores, default=256) if self.level == ISCC else max(self.scores, default=0)

    @property
    def farthest(self) -> int:
        """The score of the pair that is least alike."""
        return max(self.scores, default=0) if self.level == ISCC else min(self.scores, default=1000)


def matches(level: str, threshold: int, scores: Scores) -> int:
    """How many scores are a match at the threshold."""
    return sum(count for score, count in scores.items() if is_match(level, threshold, score))


def is_match(level: str, threshold: int, score: int) -> bool:
    """Whether a score is a match: so few bits that differ, or so many that are equal."""
    return score <= threshold if level == ISCC else score >= threshold


@dataclass(frozen=True)
class Results:
    """All tallies, by the two kinds, the relation and the level."""

    tallies: dict[tuple[str, str, str, str], Tally]

    def of(self, left: str, right: str, relation: str, level: str) -> Tally:
        """One tally, empty where there was no such pair."""
        empty = Tally(level, Counter(), 0, Counter(), Counter(), [])
        return self.tallies.get((left, right, relation, level), empty)

    def pooled(self, lefts: Iterable[str], right: str, relation: str, level: str) -> Tally:
        """The tallies of several kinds as one; tracks are those of the worst kind, not counted again."""
        found = [self.of(left, right, relation, level) for left in lefts]
        worst = max(found, key=lambda tally: -tally.nearest if level == ISCC else tally.nearest)
        return Tally(
            level, sum((tally.scores for tally in found), Counter()), sum(tally.incomparable for tally in found),
            worst.track_pairs, worst.tracks, [pair for tally in found for pair in tally.named])


def read(file: Path) -> Results:
    """Reads the lines of `scores`."""
    tallies = {}
    for text in file.read_text().splitlines():
        line = json.loads(text)
        counts = [Counter({int(score): count for score, count in line[key].items()})
                  for key in ("scores", "track_pairs", "tracks")]
        scores, track_pairs, tracks = counts
        key = (line["left"], line["right"], line["relation"], line["level"])
        named = [Named(*pair) for pair in line["named"]]
        tallies[key] = Tally(line["level"], scores, line["incomparable"], track_pairs, tracks, named)
    return Results(tallies)
