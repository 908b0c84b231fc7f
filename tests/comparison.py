"""Comparisons with what other programs find, and how many of them held."""

from __future__ import annotations


class Comparisons:
    """Counts comparisons, and prints those that fail."""

    def __init__(self) -> None:
        self.passed = 0
        self.failed = 0

    def __call__(self, what: str, found: object, expected: object) -> None:
        """One comparison."""
        if found == expected:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAILED {what}: {found!r}, expected {expected!r}")

    def report(self, title: str) -> int:
        """Prints the counts; the exit status."""
        print(f"{title}: {self.passed} passed, {self.failed} failed")
        return 1 if self.failed else 0
