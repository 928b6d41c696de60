"""Tests, distances and corrections by SciPy and statsmodels; DeLong's test from all pairs of rows."""
import numpy as np
from numbers_metrics import decide
from scipy import stats
from scipy.spatial.distance import jensenshannon
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint, proportions_ztest
from statsmodels.stats.weightstats import ttost_ind


def tests(task, train, test, answers):
    y = test["target"].to_numpy()
    above, below = test[y > y.mean()], test[y <= y.mean()]
    samples, distant, p_values = {}, {}, []
    for name in task["features"]:
        drift = [frame[name].to_numpy(float) for frame in (train, test)]
        split = [frame[name].to_numpy(float) for frame in (above, below)]
        samples[f"drift {name}"] = two_samples(*drift)
        samples[f"split {name}"] = two_samples(*split)
        distant[f"distances {name}"] = distances(*drift)
        p_values.append(stats.mannwhitneyu(*split, method="asymptotic").pvalue)
    samples.update({name: tables(train[name], test[name]) for name in task["groups"]})
    methods = {"holm": "holm", "benjamini-hochberg": "fdr_bh", "bonferroni": "bonferroni"}
    return {
        "paired tests": paired_tests(task, test, y, answers),
        **comparisons(task, y, answers),
        "two samples": samples,
        "distances": distant,
        "corrections": {name: multipletests(p_values, method=method)[1] for name, method in methods.items()},
    }


def paired_tests(task, test, y, answers):
    champion, challenger = answers["champion"], answers["challenger"]
    if task["kind"] == "regression":
        return {"squared errors": paired_t((y - champion) ** 2, (y - challenger) ** 2)}
    own, other = decide(task, champion) == y, decide(task, challenger) == y
    table = [[(own & other).sum(), (own & ~other).sum()], [(~own & other).sum(), (~own & ~other).sum()]]
    plain, corrected = (mcnemar(table, exact=False, correction=how) for how in (False, True))
    exact = mcnemar(table, exact=True).pvalue
    found = {
        "mcnemar": [exact, plain.statistic, plain.pvalue, corrected.statistic, corrected.pvalue],
        "proportions": between_groups(own, test[task["groups"][0]].to_numpy(str)),
    }
    if task["classes"]:
        return found
    squares = paired_t((y - champion) ** 2, (y - challenger) ** 2)
    return {**found, "delong": delong(y, champion, challenger), "squared errors": squares}


def paired_t(one, other):
    found = stats.ttest_rel(one, other)
    return [found.statistic, found.pvalue]


def between_groups(right, groups):
    first = groups == sorted(groups)[0]
    (k1, n1), (k2, n2) = ((int(right[part].sum()), int(part.sum())) for part in (first, ~first))
    interval = confint_proportions_2indep(k2, n2, k1, n1, method="newcomb", compare="diff")
    exact = proportion_confint(k1, n1, 0.05, method="beta")
    return [*interval, *proportions_ztest([k1, k2], [n1, n2]), *exact]


def delong(y, one, other):
    """By its definition: each positive row against each negative one, ties half."""

    def components(p):
        won = (p[y == 1][:, None] > p[y == 0]) + (p[y == 1][:, None] == p[y == 0]) / 2
        return won.mean(axis=1), won.mean(axis=0)

    (rows, columns), (rows2, columns2) = components(one), components(other)
    covariance = np.cov(rows, rows2) / len(rows) + np.cov(columns, columns2) / len(columns)
    difference = rows.mean() - rows2.mean()
    error = np.sqrt(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1])
    z = difference / error
    areas = [rows.mean(), rows2.mean(), *np.sqrt(np.diag(covariance))]
    return [*areas, z, 2 * stats.norm.sf(abs(z)), *stats.norm.interval(0.95, difference, error)]


def comparisons(task, y, answers):
    """Of the challenger with the champion: value, difference and Student's interval with Satterthwaite's degrees of freedom."""
    compared, p_values = {}, {}
    for name, influence in influences(task, y).items():
        (champion, own), (challenger, other) = influence(answers["champion"]), influence(answers["challenger"])
        moved, difference = other - own, challenger - champion
        n, kurtosis = len(y), stats.kurtosis(other - own, fisher=False)
        df = np.clip(2 * n / (kurtosis - 1), 1, n - 1)
        error = np.sqrt((moved**2).sum()) / n
        compared[name] = [champion, difference, *stats.t.interval(0.95, df, difference, error)]
        p_values[name] = 2 * stats.t.sf(abs(difference / error), df)
    return {"compare": compared, "compare p": p_values}


def influences(task, y):
    """Per metric its value and, row by row, by how much more of the row would move it."""

    def mean_of(values):
        return values.mean(), (values - values.mean()) * np.sqrt(len(y) / (len(y) - 1))

    def root_of(values):
        value, moved = mean_of(values)
        return np.sqrt(value), moved / (2 * np.sqrt(value))

    def area_of(p):
        positives, negatives = p[y == 1], p[y == 0]
        won = (positives[:, None] > negatives) + (positives[:, None] == negatives) / 2
        moved = np.empty(len(y))
        for part, own in ((1, won.mean(axis=1)), (0, won.mean(axis=0))):
            m = len(own)
            moved[y == part] = (own - own.mean()) * len(y) / m * np.sqrt(m / (m - 1))
        return won.mean(), moved

    if task["classes"]:
        places, rows = np.eye(len(task["classes"]))[y.astype(int)], np.arange(len(y))
        return {
            "log_loss": lambda p: mean_of(-np.log(p[rows, y.astype(int)])),
            "brier": lambda p: mean_of(((p - places) ** 2).sum(axis=1)),
        }
    if task["kind"] == "regression":
        return {"mae": lambda p: mean_of(np.abs(y - p)), "rmse": lambda p: root_of((y - p) ** 2)}
    return {"brier": lambda p: mean_of((y - p) ** 2), "roc_auc": area_of}


def two_samples(a, b):
    few = stats.ks_2samp(a[:300], b[:200], method="exact")
    every = stats.ks_2samp(a, b, method="asymp")
    ranks = stats.mannwhitneyu(a, b, method="asymptotic")
    welch = stats.ttest_ind(a, b, equal_var=False)
    margin = np.sqrt(np.var(a, ddof=1) + np.var(b, ddof=1)) / 10
    return [
        *(few.statistic, few.pvalue, every.statistic, every.pvalue),
        *(ranks.statistic, ranks.pvalue, welch.statistic, welch.df, welch.pvalue),
        *welch.confidence_interval(0.95),
        ttost_ind(a, b, -margin, margin, usevar="unequal")[0],
    ]


def tables(before, after):
    texts = sorted({*before.astype(str), *after.astype(str)})
    counts = np.array([[(column.astype(str) == text).sum() for text in texts] for column in (before, after)])
    four_fold = np.column_stack([counts[:, 0], counts[:, 1:].sum(axis=1)])
    every, yates = stats.chi2_contingency(counts), stats.chi2_contingency(four_fold)
    fisher = stats.fisher_exact(four_fold)
    ratio = stats.chisquare(counts[1], counts[0] * counts[1].sum() / counts[0].sum())
    return [every.statistic, every.dof, every.pvalue, *ratio, *yates[:2], *fisher]


def distances(a, b):
    cuts = np.unique(np.quantile(a, np.arange(1, 10) / 10))
    before, after = (np.bincount(np.searchsorted(cuts, x, side="right"), minlength=len(cuts) + 1) for x in (a, b))
    expected, actual = (np.where(count == 0, 1e-4, count / count.sum()) for count in (before, after))
    stability = ((actual - expected) * np.log(actual / expected)).sum()
    return [stability, jensenshannon(before, after, base=2), stats.wasserstein_distance(a, b)]
