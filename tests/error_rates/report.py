"""The tables of docs/ERROR_RATES.md, and the distributions that are drawn beside them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from bounds import share, upper_bound
from corpus import Track
from plot import Panel, Series, panel_of
from related import RELATED
from results import DIFFERENT, FINGERPRINT, ISCC, RELATED as SHARING, SAME, THRESHOLDS, Results, Tally, matches
from variants import CUT, PART, PROCESSED, TRANSCODE, VARIANTS, WARPED

# What is compared, as `scores` is asked for it, and how the tables call it.
WHOLE = ("whole", "whole")
PIECES = ("segment", "segment")
PIECE_WHOLE = ("segment", "whole")
CLASSES = ((WHOLE, "whole × whole"), (PIECES, "30 s × 30 s"), (PIECE_WHOLE, "30 s × whole"))
NAMES = {ISCC: "`iscc` ≤", FINGERPRINT: "`fingerprint` ≥"}
# The thresholds that are drawn.
DRAWN = {
    ISCC: ((22, "same ≤ 22"), (120, "another ≥ 120")),
    FINGERPRINT: ((700, "another < 700"), (750, ""), (850, "same ≥ 850")),
}
# Codes from here on are called another recording: of two whole recordings, and where one may be a part.
CALLED_ANOTHER = (64, 120)


def comparisons() -> list[str]:
    """What `scores` is asked for."""
    return [f"{left}:{right}" for left, right in (WHOLE, PIECES, PIECE_WHOLE, ("cut", "whole"))] + [
        f"{variant.name}:cut" for variant in VARIANTS]


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table; all columns but the first are right-aligned where their head starts with a space."""
    heads = list(heads)
    lines = ["| " + " | ".join(head.strip() for head in heads) + " |",
             "|" + "|".join("---:" if head.startswith(" ") else "---" for head in heads) + "|"]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def number(count: int) -> str:
    """A count with its thousands apart."""
    return f"{count:,}"


def corpus(tracks: list[Track], sampled: list[Track]) -> str:
    """The packages."""
    of_package = Counter(track.package for track in tracks)
    drawn = Counter(track.package for track in sampled)
    versions = {track.package: track.version for track in tracks}

    def minutes(package: str) -> str:
        return f"{sum(track.seconds for track in tracks if track.package == package) / 60:.0f}"

    rows = [(f"`{package}`", versions[package], str(count), minutes(package), str(drawn[package]))
            for package, count in sorted(of_package.items())]
    total = f"{sum(track.seconds for track in tracks) / 60:,.0f}"
    rows.append(("all", "", str(len(tracks)), total, str(len(sampled))))
    return table(("package", "version", " tracks", " minutes", " with variants"), rows)


def false_matches(results: Results, level: str) -> str:
    """False matches of each class at each threshold: pairs, and the bound as if pairs were independent."""
    classes = [(results.of(*kinds, DIFFERENT, level), says) for kinds, says in CLASSES if compared(results, kinds)]
    names = [variant.name for variant in VARIANTS]
    classes.append((results.pooled(names, "cut", DIFFERENT, level), f"variants × {CUT} s"))
    heads = [NAMES[level]] + [f" {says} ({number(tally.pairs)})" for tally, says in classes]
    rows = [[str(threshold)] + [errors_of(matches(level, threshold, tally.scores), tally.pairs)
                                for tally, _ in classes] for threshold in THRESHOLDS[level]]
    rows.append(["nearest pair"] + [str(tally.nearest) for tally, _ in classes])
    return table(heads, rows)


def compared(results: Results, kinds: tuple[str, str]) -> bool:
    """Whether there are such pairs at all."""
    return results.of(*kinds, DIFFERENT, ISCC).pairs > 0


def errors_of(errors: int, trials: int) -> str:
    """A count, and the rate that it may hide."""
    return f"{number(errors)} (< {share(upper_bound(errors, trials))})"


def false_tracks(results: Results, level: str) -> str:
    """The same by pairs of tracks and by tracks, which are fewer and less dependent."""
    heads, columns = [NAMES[level]], []
    for kinds, says in CLASSES:
        if not compared(results, kinds):
            continue
        tally = results.of(*kinds, DIFFERENT, level)
        for scores, of in ((tally.track_pairs, "pairs of tracks"), (tally.tracks, "tracks")):
            heads.append(f" {says}: {of} ({number(scores.total())})")
            columns.append(scores)
    rows = [[str(threshold)] + [errors_of(matches(level, threshold, scores), scores.total()) for scores in columns]
            for threshold in THRESHOLDS[level]]
    return table(heads, rows)


def misses(results: Results, level: str) -> str:
    """What happened to a recording, and how often it is no longer found."""
    limits = THRESHOLDS[level]
    heads = ["variant", " pairs", " middle", " farthest"] + [f" {NAMES[level].split()[1]} {limit}" for limit in limits]
    if level == ISCC:
        heads += [f" ≥ {limit}" for limit in CALLED_ANOTHER]
    rows = []
    for kind in (TRANSCODE, PROCESSED, PART, WARPED):
        chosen = [variant for variant in VARIANTS if variant.kind == kind]
        rows += [miss_row(results.of(variant.name, "cut", SAME, level), variant.says) for variant in chosen]
        if kind == PART:
            rows.append(miss_row(results.of("cut", "whole", SAME, level), f"{CUT} s against the whole track"))
            if compared(results, PIECE_WHOLE):
                rows.append(miss_row(results.of(*PIECE_WHOLE, SAME, level), "each 30 s against the whole track"))
    return table(heads, rows)


def miss_row(tally: Tally, says: str) -> list[str]:
    """One variant: the pairs, the median, the worst, and the misses at each threshold with their bound."""
    cells = [says, number(tally.pairs), str(median(tally)), str(tally.farthest) if tally.scores else "none"]
    for threshold in THRESHOLDS[tally.level]:
        missed = tally.pairs - matches(tally.level, threshold, tally.scores)
        cells.append(errors_of(missed, tally.pairs))
    if tally.level == ISCC:
        for limit in CALLED_ANOTHER:
            another = sum(count for score, count in tally.scores.items() if score >= limit)
            cells.append(errors_of(another, tally.pairs))
    return cells


def median(tally: Tally) -> int | str:
    """The middle score of those that can be compared."""
    ordered = sorted(tally.scores.elements())
    return ordered[len(ordered) // 2] if ordered else "none"


def incomparable(results: Results) -> str:
    """Pairs that the fingerprint does not compare."""
    rows = []
    for kinds, says in CLASSES:
        for relation, of in ((DIFFERENT, "different tracks"), (SAME, "same track")):
            tally = results.of(*kinds, relation, FINGERPRINT)
            if tally.pairs:
                rows.append((says, of, number(tally.incomparable), number(tally.pairs)))
    for variant in VARIANTS:
        tally = results.of(variant.name, "cut", SAME, FINGERPRINT)
        if tally.incomparable:
            rows.append((f"{variant.says} × {CUT} s", "same track", number(tally.incomparable), number(tally.pairs)))
    return table(("compared", "relation", " not comparable", " of"), rows)


def nearest(results: Results, level: str, kinds: tuple[str, str], count: int) -> str:
    """The pairs of different recordings that are most alike, the best of each two tracks."""
    seen, rows = set(), []
    for pair in results.of(*kinds, DIFFERENT, level).named:
        tracks = frozenset(name.split(" @ ")[0] for name in (pair.left, pair.right))
        if tracks not in seen:
            rows.append((str(pair.score), f"`{pair.left}`", f"`{pair.right}`"))
        seen.add(tracks)
    return table((f" {NAMES[level].split()[0]}", "one", "other"), rows[:count])


def related(results: Results) -> str:
    """The tracks that share sound, what was found between them, and how it is known."""
    scores = {level: {frozenset((pair.left, pair.right)): pair.score
                      for pair in results.of(*WHOLE, SHARING, level).named} for level in (ISCC, FINGERPRINT)}
    rows = []
    for one, other, says in RELATED:
        found = [str(scores[level].get(frozenset((one, other)), "none")) for level in (ISCC, FINGERPRINT)]
        rows.append((f"`{one}`", f"`{other}`", says, *found))
    return table(("one", "other", "how it is known", " `iscc`", " `fingerprint`"), rows)


def panels(results: Results) -> list[Panel]:
    """What is drawn: different recordings in warm colours, the same in cold ones."""
    return [panel_of(level, list(series(results, level)), DRAWN[level]) for level in (ISCC, FINGERPRINT)]


def series(results: Results, level: str) -> Iterator[Series]:
    """The distributions of a level."""
    def same(*kinds: str) -> Counter[int]:
        names = [variant.name for variant in VARIANTS if variant.kind in kinds]
        return results.pooled(names, "cut", SAME, level).scores

    def says(text: str, scores: Counter[int]) -> str:
        return f"{text} ({number(scores.total())} pairs)"

    pieces = results.of(*PIECES, DIFFERENT, level).scores
    wholes = results.of(*WHOLE, DIFFERENT, level).scores
    yield Series(says("different recordings, 30 s pieces", pieces), "#d55e00", pieces)
    yield Series(says("different recordings, whole", wholes), "#b8860b", wholes)
    for text, colour, kinds in (
            ("same recording, transcoded", "#0072b2", (TRANSCODE,)),
            ("same recording, other level or tone", "#56b4e9", (PROCESSED,)),
            ("same recording, part of it or more", "#009e73", (PART,)),
            ("same recording, other speed or pitch", "#888888", (WARPED,))):
        scores = same(*kinds)
        yield Series(says(text, scores), colour, scores)
