"""What is said of one learner in one course, and of their attempts."""

from __future__ import annotations


def is_finished(completed_count: int, required_count: int) -> bool:
    """Return whether a learner has completed everything that is required of them, and something is."""
    return 0 < required_count <= completed_count


def progress_share(completed_count: int, required_count: int) -> float | None:
    """Return the share of the required units that are completed; ``None`` if none is required."""
    return completed_count / required_count if required_count else None


def result_share(score: float | None, max_score: float | None) -> float | None:
    """Return a score as a share of the maximum, kept within 0 and 1; ``None`` if there is no grade."""
    return min(max(score / max_score, 0.0), 1.0) if score is not None and max_score else None


def result_sql(prefix: str = "") -> str:
    """Return the SQL expression that ``result_share`` is, over ``score`` and ``max_score``."""
    score, most = f"{prefix}score", f"{prefix}max_score"
    return (
        f"CASE WHEN {score} IS NULL OR {most} IS NULL OR {most} = 0 THEN NULL"
        f" WHEN {score} <= 0 THEN 0.0 WHEN {score} >= {most} THEN 1.0 ELSE {score} / {most} END"
    )


def risk(probability: float | None, score: float) -> float:
    """Return the risk of not finishing: the trained model's probability, or without one the score."""
    return score if probability is None else probability


def risk_sql(prefix: str = "") -> str:
    """Return the SQL expression that ``risk`` is."""
    return f"COALESCE({prefix}probability, {prefix}score)"
