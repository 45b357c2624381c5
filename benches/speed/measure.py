"""Times leadfold, the floor under it and its peers on invented lists in one run; writes the table into docs/speed.md.

Started by run.sh. Everything is a process of its own, so that processor time (user and system) and the largest resident
size are the kernel's figures. The list is read once before, so that it comes from the page cache for everybody.
"""
import argparse
import csv
import datetime
import json
import math
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
DOCUMENT = HERE.parent.parent / "docs" / "speed.md"
AWK = "!seen[tolower($4)]++"
DUCK = "import duckdb, sys; c = duckdb.connect(); c.execute('set threads to 2'); " \
    "print(c.sql(f\"select count(distinct lower(email)) from read_csv('{sys.argv[1]}', all_varchar = true)\").fetchall()[0][0])"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="*", type=int, help="lengths of the lists (100000 and 1000000)")
    parser.add_argument("--leadfold", required=True, type=Path)
    parser.add_argument("--examples", required=True, type=Path, help="folder of the examples 'lists' and 'floor'")
    parser.add_argument("--python", type=Path, help="interpreter that has Splink and DuckDB")
    parser.add_argument("--runs", type=int, default=5, help="of which the medians are taken")
    parser.add_argument("--splink-rows", type=int, default=1_000_000, help="Splink is not run on longer lists")
    parser.add_argument("--near", type=int, default=5_000_000, help="existing contacts that 10,000 incoming rows are planned against")
    parser.add_argument("--folder", type=Path, help="where lists and plans go, a temporary folder when missing")
    parser.add_argument("--print", action="store_true", help="print the table instead of writing it")
    options = parser.parse_args()
    results = []
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        for rows in options.rows or [100_000, 1_000_000]:
            results.append(measure(rows, Path(folder), options))
        near = against(Path(folder), options) if options.near else None
    text = document(results, near, options)
    if options.print:
        print(text)
    else:
        begin, end = "<!-- speed: begin -->", "<!-- speed: end -->"
        before, rest = DOCUMENT.read_text(encoding="utf-8").split(begin, 1)
        after = rest.split(end, 1)[1]
        DOCUMENT.write_text(f"{before}{begin}\n{text}\n{end}{after}", encoding="utf-8")


def measure(rows, folder, options):
    path, plan = folder / f"{rows}.csv", folder / "list.plan"
    with open(path, "wb") as file:
        subprocess.run([options.examples / "lists", str(rows)], stdout=file, check=True)
    # Piece by piece: a process begins with the largest size of the one that started it.
    with open(path, "rb") as file:
        while file.read(1 << 20):
            pass
    leadfold = [options.leadfold, "plan", "--existing", path, "-o", plan, "--no-report", "-q", "--timings", "json"]
    contestants = [("csv loop", [options.examples / "floor", path]), ("leadfold plan", leadfold)]
    for name, program, command in (
        ("awk one-liner", "awk", ["awk", "-F,", AWK, path]),
        ("xan dedup -s email", "xan", ["xan", "dedup", "-s", "email", path]),
    ):
        if shutil.which(program):
            contestants.append((name, command))
        else:
            say(f"{program} is not installed: left out")
    if options.python:
        contestants.append(("DuckDB, distinct e-mail", [options.python, "-c", DUCK, path]))
        if rows <= options.splink_rows:
            contestants.append(("Splink", [options.python, HERE / "splink_speed.py", path]))
    figures, phases = {}, []
    for name, command in contestants:
        # What takes minutes is not run five times.
        runs, taken = options.runs, []
        while len(taken) < runs:
            taken.append(run(command))
            if name == "leadfold plan":
                phases.append(timings(taken[-1]["stderr"]))
            if taken[-1]["wall"] > 60:
                runs = 1
        figures[name] = {key: statistics.median(one[key] for one in taken) for key in ("cpu", "wall", "peak")}
        figures[name]["runs"] = len(taken)
        say(f"{rows:,} rows, {name}: {figures[name]}")
    result = {"rows": rows, "bytes": path.stat().st_size, "plan": plan.stat().st_size, "figures": figures, "phases": phases}
    path.unlink()
    return result


def against(folder, options):
    """10,000 incoming rows against many existing contacts, beside reading and normalising those."""
    path, incoming, plan = folder / "existing.csv", folder / "incoming.csv", folder / "near.plan"
    with open(path, "wb") as file:
        subprocess.run([options.examples / "lists", str(options.near)], stdout=file, check=True)
    with open(path, newline="", encoding="utf-8") as existing, open(incoming, "w", newline="", encoding="utf-8") as chosen:
        rows, writer = csv.reader(existing), csv.writer(chosen)
        writer.writerow(next(rows))
        step = max(options.near // 10_000, 1)
        writer.writerows(row for place, row in enumerate(rows) if place % step == 0)
    reading = [options.leadfold, "check", "-q", path]
    planning = [options.leadfold, "plan", incoming, "--existing", path, "--only-near", "-o", plan, "--no-report", "-q"]
    figures = {}
    for name, command in (("check: read and normalise", reading), ("plan --only-near", planning)):
        taken = [run(command) for _ in range(min(options.runs, 3))]
        figures[name] = {key: statistics.median(one[key] for one in taken) for key in ("cpu", "wall", "peak")}
        say(f"{options.near:,} existing, {name}: {figures[name]}")
    path.unlink()
    return figures


def run(command):
    """CPU seconds, wall seconds and peak MiB of one process."""
    with tempfile.TemporaryFile() as messages, open(os.devnull, "wb") as nowhere:
        began = time.monotonic()
        process = subprocess.Popen([str(part) for part in command], stdout=nowhere, stderr=messages)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - began
        messages.seek(0)
        text = messages.read().decode("utf-8", "replace")
    if status:
        sys.exit(f"{command[0]} failed: {text}")
    return {"cpu": usage.ru_utime + usage.ru_stime, "wall": wall, "peak": usage.ru_maxrss / 1024, "stderr": text}


def timings(text):
    lines = [line for line in text.splitlines() if line.startswith("{")]
    return json.loads(lines[-1])["phases"] if lines else []


def document(results, near, options):
    version = subprocess.run([options.leadfold, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    lines = [
        f"Made on {datetime.date.today()} by `benches/speed/run.sh`: {version}, {os.cpu_count()} cores of "
        f"{processor()}, load {os.getloadavg()[1]:.1f} at the end. Medians of up to {options.runs} runs.",
        "",
        "| rows | what | CPU s | against the csv loop | wall s | peak MiB |",
        "| --: | --- | --: | --: | --: | --: |",
    ]
    for result in results:
        floor = result["figures"]["csv loop"]["cpu"]
        for name, one in result["figures"].items():
            lines.append(
                f"| {result['rows']:,} | {name} | {one['cpu']:.2f} | {one['cpu'] / floor:.1f} × | {one['wall']:.2f} | "
                f"{one['peak']:.0f} |"
            )
    for before, after in zip(results, results[1:]):
        def exponent(key):
            one, other = before["figures"]["leadfold plan"][key], after["figures"]["leadfold plan"][key]
            return math.log(other / one) / math.log(after["rows"] / before["rows"])
        lines += [
            "",
            f"From {before['rows']:,} to {after['rows']:,} rows `plan` grows with the power {exponent('cpu'):.2f} of the rows in processor "
            f"time and {exponent('peak'):.2f} in memory.",
        ]
    if near:
        base, plan = near["check: read and normalise"], near["plan --only-near"]
        lines += ["", f"10,000 incoming rows against {options.near:,} existing contacts:", ""]
        lines += ["| what | CPU s | wall s | peak MiB |", "| --- | --: | --: | --: |"]
        for name, one in near.items():
            lines.append(f"| `{name}` | {one['cpu']:.1f} | {one['wall']:.1f} | {one['peak']:.0f} |")
        lines += ["", f"That is {plan['cpu'] / base['cpu']:.2f} times the processor time of reading and normalising them."]
    lines += ["", "Each phase of `plan`, CPU seconds and resident MiB at its end:", ""]
    names = [phase["phase"] for phase in results[-1]["phases"][0]]
    lines.append("| rows | " + " | ".join(names) + " | plan MB | plan B a row | list MB |")
    lines.append("| --: " * (len(names) + 4) + "|")
    for result in results:
        cells = []
        for name in names:
            found = [phase for run in result["phases"] for phase in run if phase["phase"] == name]
            cpu = statistics.median(phase.get("cpu_seconds", 0) for phase in found)
            resident = statistics.median(phase.get("resident_bytes", 0) for phase in found) / 2**20
            cells.append(f"{cpu:.2f} / {resident:.0f}")
        plan = result["plan"]
        lines.append(
            f"| {result['rows']:,} | " + " | ".join(cells)
            + f" | {plan / 1e6:.1f} | {plan / result['rows']:.0f} | {result['bytes'] / 1e6:.1f} |"
        )
    return "\n".join(lines)


def processor():
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.machine()


def say(text):
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
