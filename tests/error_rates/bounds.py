"""How large an error rate can be, given what was counted."""

from __future__ import annotations

import math

CONFIDENCE = 0.95


def upper_bound(errors: int, trials: int) -> float:
    """Clopper and Pearson's one-sided bound: a larger rate gives so few errors in under 5 of 100 repetitions.

    Without errors it is nearly 3 / trials (the rule of three).
    """
    if errors >= trials:
        return 1.0
    low, high = errors / trials, 1.0
    for _ in range(100):
        middle = (low + high) / 2
        # The chance of at most so many errors is I_(1-p)(n - k, k + 1).
        if incomplete_beta(trials - errors, errors + 1, 1 - middle) > 1 - CONFIDENCE:
            low = middle
        else:
            high = middle
    return high


def incomplete_beta(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function I_x(a, b), by Lentz's continued fraction."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - incomplete_beta(b, a, 1 - x)
    front = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)) / a
    c, d = 1.0, 1 / clear_of_zero(1 - (a + b) * x / (a + 1))
    fraction = d
    for m in range(1, 10_000):
        for term in (m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
                     -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))):
            d = 1 / clear_of_zero(1 + term * d)
            c = clear_of_zero(1 + term / c)
            fraction *= c * d
        if abs(c * d - 1) < 1e-13:
            break
    return front * fraction


def clear_of_zero(value: float) -> float:
    """The value, or a tiny one where a division by it would fail."""
    return value if abs(value) > 1e-300 else 1e-300


def share(rate: float) -> str:
    """A rate as a person reads it: per cent, or a power of ten where that is small."""
    if rate == 0:
        return "0"
    if rate >= 0.001:
        return f"{rate * 100:.2g} %" if rate < 0.1 else f"{rate * 100:.0f} %"
    exponent = math.floor(math.log10(rate))
    digits = str(exponent).replace("-", "⁻").translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{rate / 10 ** exponent:.1f} · 10{digits}"
