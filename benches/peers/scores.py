"""Pairwise and B-cubed precision, recall and F1 from contingency counts; the definitions of `leadfold evaluate`.

A second, independent writing of them, so that leadfold is not judged by its own ruler.
"""
from collections import Counter


def f1(precision, recall):
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def scores(truth, groups):
    """`truth` and `groups` map a row's id to a cluster and a group; a row without a group is alone."""
    unknown = groups.keys() - truth.keys()
    if unknown:
        raise ValueError(f"{len(unknown)} rows were grouped that are not in the list")
    cells, clusters, sizes = Counter(), Counter(), Counter()
    for row, cluster in truth.items():
        group = groups[row] if row in groups else ("alone", row)
        cells[cluster, group] += 1
        clusters[cluster] += 1
        sizes[group] += 1
    pairs = lambda counts: sum(count * (count - 1) // 2 for count in counts.values())
    right, found, wanted = pairs(cells), pairs(sizes), pairs(clusters)
    precision, recall = (right / found if found else 1.0), (right / wanted if wanted else 1.0)
    rows = len(truth)
    cubed_precision = sum(count * count / sizes[group] for (_, group), count in cells.items()) / rows
    cubed_recall = sum(count * count / clusters[cluster] for (cluster, _), count in cells.items()) / rows
    return {
        "precision": precision, "recall": recall, "f1": f1(precision, recall),
        "cubed_precision": cubed_precision, "cubed_recall": cubed_recall, "cubed_f1": f1(cubed_precision, cubed_recall),
    }
