"""Runs all matchers on all lists in one go, scores them with one scorer, writes the table into docs/accuracy.md.

Started by run.sh, which makes the environment. Each matcher is a process of its own with a time limit, so that one that
does not finish costs a cell and not the run.
"""
import argparse
import csv
import datetime
import io
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from importlib import metadata
from pathlib import Path

import lists
from scores import scores

HERE = Path(__file__).parent
DOCUMENT = HERE.parent.parent / "docs" / "accuracy.md"
LABELS = 60


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="LIST")
    parser.add_argument("--leadfold", required=True, type=Path)
    parser.add_argument("--seconds", type=int, default=600, help="time limit of one matcher on one list")
    parser.add_argument("--dedupe-rows", type=int, default=6000, help="dedupe is not run on longer lists")
    parser.add_argument("--print", action="store_true", help="print the table instead of writing it")
    options = parser.parse_args()
    data = os.environ.get("LEADFOLD_DATA")
    if not data:
        print("LEADFOLD_DATA names no folder of labelled lists: FEBRL only", file=sys.stderr)
    with tempfile.TemporaryDirectory() as work:
        work = Path(work)
        found = [path for path in lists.all_lists(data, work) if not options.names or path.stem in options.names]
        results = [measure(path, work, options) for path in sorted(found, key=lambda path: path.stat().st_size)]
    text = document(sorted(results, key=lambda result: result["name"]), options)
    if options.print:
        print(text)
    else:
        replace(DOCUMENT, text)


def measure(path, work, options):
    rows = lists.read(path)
    truth = {str(number): row["cluster"] for number, row in enumerate(rows)}
    result = {"name": path.stem, "rows": len(rows), "people": len(set(truth.values())), "cells": {}}
    cells = result["cells"]
    say = lambda text: print(f"{path.stem}: {text}", file=sys.stderr, flush=True)

    seconds, (groups, auto) = timed(leadfold, rows, work, options)
    cells["leadfold"] = {"seconds": seconds, **scores(truth, groups)}
    cells["leadfold auto"] = scores(truth, auto)
    several = {group for group, count in sizes(groups).items() if count > 1}
    waiting = {group for row, group in groups.items() if row not in auto} & several
    result["review"] = len(waiting) / max(len(several), 1)
    say(f"leadfold {cells['leadfold']['f1']:.3f} / {cells['leadfold']['cubed_f1']:.3f} in {seconds:.1f} s")

    if any(row.get("email", "").strip() for row in rows):
        emails = {str(n): row["email"].strip().lower() for n, row in enumerate(rows) if row.get("email", "").strip()}
        cells["exact e-mail"] = scores(truth, emails)

    seconds, answer = timed(peer, "splink_peer.py", [path], work, options)
    if "groups" in answer:
        result["splink_settings"] = answer["settings"]
        for threshold, groups in answer["groups"].items():
            cells[f"Splink {threshold}"] = {"seconds": seconds, **scores(truth, groups)}
    else:
        cells["Splink"] = answer
    say(f"Splink in {seconds:.0f} s {answer.get('failed', '')}")

    if len(rows) <= options.dedupe_rows:
        seconds, answer = timed(peer, "dedupe_peer.py", [path, LABELS], work, options)
        cells["dedupe"] = {"seconds": seconds, **scores(truth, answer["groups"])} if "groups" in answer else answer
        say(f"dedupe in {seconds:.0f} s {answer.get('failed', '')}")
    else:
        cells["dedupe"] = {"failed": "not run"}
    return result


def timed(run, *arguments):
    start = time.monotonic()
    answer = run(*arguments)
    return time.monotonic() - start, answer


def sizes(groups):
    counted = {}
    for group in groups.values():
        counted[group] = counted.get(group, 0) + 1
    return counted


def leadfold(rows, work, options):
    """Groups of both bands, and of the auto band alone. The list it gets has neither id nor truth."""
    listed, plan = lists.without_truth(rows, work / "list.csv"), work / "list.plan"
    plan.unlink(missing_ok=True)
    command = [options.leadfold.resolve(), "plan", listed, "-o", plan, "--no-report", "--quiet"]
    ran = subprocess.run(command, cwd=work, stdin=subprocess.DEVNULL)
    if ran.returncode not in (0, 3):
        raise SystemExit(f"leadfold plan ended with {ran.returncode}")
    shown = subprocess.run(
        [options.leadfold.resolve(), "show", plan, "--groups", "--format", "csv"],
        cwd=work, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, encoding="utf-8", check=True,
    )
    groups, auto = {}, {}
    for row in csv.DictReader(io.StringIO(shown.stdout)):
        number = str(int(row["row"]) - 1)
        groups[number] = row["group"]
        if row["band"] == "auto":
            auto[number] = row["group"]
    return groups, auto


def peer(script, arguments, work, options):
    target = work / "answer.json"
    target.unlink(missing_ok=True)
    command = [sys.executable, HERE / script, *map(str, arguments), target]
    try:
        ran = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
            timeout=options.seconds,
        )
    except subprocess.TimeoutExpired:
        return {"failed": f"over {options.seconds} s"}
    if ran.returncode != 0:
        print(ran.stderr[-2000:], file=sys.stderr)
        return {"failed": "ended with an error"}
    return json.loads(target.read_text(encoding="utf-8"))


def cell(result, name):
    found = result["cells"].get(name)
    if found is None:
        return "–"
    if "failed" in found:
        return found["failed"]
    return f"{found['f1']:.3f} / {found['cubed_f1']:.3f}"


def best_splink(result):
    known = [(name, found) for name, found in result["cells"].items() if name.startswith("Splink ")]
    if not known:
        return cell(result, "Splink")
    name, _ = max(known, key=lambda item: item[1]["f1"])
    return f"{cell(result, name)} at {name.removeprefix('Splink 0')}"


def emphasised(cells):
    """The best of a row in bold, by pairwise F1."""
    reached = [float(text[:5]) if text[:2] in ("0.", "1.") else -1.0 for text in cells]
    return [f"**{text}**" if value == max(reached) else text for text, value in zip(cells, reached)]


def document(results, options):
    version = lambda package: f"{package} {metadata.version(package)}"
    tool = subprocess.run([options.leadfold.resolve(), "--version"], capture_output=True, text=True, check=True).stdout
    out = [
        f"Made on {datetime.date.today()} by `benches/peers/run.sh --seconds "
        + f"{options.seconds} --dedupe-rows {options.dedupe_rows}`: {tool.strip()}, "
        + ", ".join(map(version, ("splink", "duckdb", "dedupe", "recordlinkage")))
        + f", Python {platform.python_version()}. At most {options.seconds} s a tool and list, on a busy machine of "
        + f"{os.cpu_count()} cores; dedupe on lists of up to {options.dedupe_rows:,} rows.",
        "",
        "Pairwise F1 / B-cubed F1 of the final groups, every row counted; the best of a row in bold:",
        "",
        "| list | rows / people | leadfold | exact e-mail | Splink, best | Splink .95 | dedupe |",
        "| --- | --: | --: | --: | --: | --: | --: |",
    ]
    for result in results:
        at_95 = "Splink 0.95" if "Splink 0.95" in result["cells"] else "Splink"
        cells = [cell(result, "leadfold"), cell(result, "exact e-mail"), best_splink(result), cell(result, at_95)]
        cells = emphasised([*cells, cell(result, "dedupe")])
        out.append(f"| {result['name']} | {result['rows']:,} / {result['people']:,} | {' | '.join(cells)} |")
    out += [
        "",
        "leadfold in detail. P and R are pairwise; `auto` counts the groups that would be planned without a person:",
        "",
        "| list | P | R | auto P | auto R | groups to review | seconds | Splink, seconds | Splink's settings |",
        "| --- | --: | --: | --: | --: | --: | --: | --: | --- |",
    ]
    for result in results:
        both, auto = result["cells"]["leadfold"], result["cells"]["leadfold auto"]
        splink = result["cells"].get("Splink 0.5", {}).get("seconds")
        out.append(
            f"| {result['name']} | {both['precision']:.3f} | {both['recall']:.3f} | {auto['precision']:.4f} | "
            f"{auto['recall']:.3f} | {100 * result['review']:.1f} % | {both['seconds']:.1f} | "
            f"{f'{splink:.1f}' if splink is not None else '–'} | {result.get('splink_settings', '–')} |"
        )
    return "\n".join(out)


def replace(path, text):
    """Puts the text between the markers of the document."""
    begin, end = "<!-- peers: begin -->", "<!-- peers: end -->"
    whole = path.read_text(encoding="utf-8")
    before, rest = whole.split(begin, 1)
    _, after = rest.split(end, 1)
    path.write_text(f"{before}{begin}\n{text}\n{end}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
