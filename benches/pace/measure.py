"""Measures how much of the rate limit `leadfold apply` uses, beside npm's intercom-client; writes the table into docs/pace.md.

Started by run.sh. Every case has a sandbox of its own, with the limit of a private app (1,667 requests in ten seconds), a
latency and, in some cases, a clock that is wrong or a neighbour who eats from the same window. What the server counted is
what is told: requests of each ten-second window, refusals, contacts that were made.
"""
import argparse
import concurrent.futures
import datetime
import http.client
import json
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

HERE = Path(__file__).parent
DOCUMENT = HERE.parent.parent / "docs" / "pace.md"
LIMIT = 1_667
WINDOW = 10
NEAR = {"latency_ms": 20, "jitter_ms": 80}
FAR = {"latency_ms": 150, "jitter_ms": 200}
# Name of the client, lanes (0: its own choice), latency, clock of the server ahead of ours, share a neighbour takes.
CASES = [
    ("leadfold", 0, NEAR, 0, 0),
    ("intercom-client", 10, NEAR, 0, 0),
    ("intercom-client", 50, NEAR, 0, 0),
    ("leadfold", 0, FAR, 0, 0),
    ("intercom-client", 10, FAR, 0, 0),
    ("intercom-client", 50, FAR, 0, 0),
    ("leadfold", 0, NEAR, 30, 0),
    ("leadfold", 0, NEAR, -30, 0),
    ("intercom-client", 50, NEAR, -30, 0),
    ("leadfold", 0, NEAR, 0, 0.3),
    ("leadfold", 0, FAR, 0, 0.3),
    ("intercom-client", 50, NEAR, 0, 0.3),
]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leadfold", required=True, type=Path)
    parser.add_argument("--client", type=Path, help="folder whose node_modules holds intercom-client; left out when missing")
    parser.add_argument("--actions", type=int, default=20_000)
    parser.add_argument("--jobs", type=int, default=1, help="cases at the same time")
    parser.add_argument("--only", help="cases of one client only, or with a number their places: 0,3")
    parser.add_argument("--workers", type=int, help="lanes of leadfold, to see what they do")
    parser.add_argument("--print", action="store_true", help="print the table instead of writing it")
    options = parser.parse_args()
    cases = [case for place, case in enumerate(CASES) if wanted(place, case, options)]
    with tempfile.TemporaryDirectory() as folder:
        plan = make_plan(Path(folder), options)
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            rows = list(pool.map(lambda case: run(case, plan, options), cases))
    for row in rows:
        print(f"{row['client']}, {row['latency']}: {row['told'] or 'no error'}, {row['windows']} windows", file=sys.stderr)
    text = document(rows, options)
    if options.print:
        print(text)
        return
    begin, end = "<!-- pace: begin -->", "<!-- pace: end -->"
    before, rest = DOCUMENT.read_text(encoding="utf-8").split(begin, 1)
    after = rest.split(end, 1)[1]
    DOCUMENT.write_text(f"{before}{begin}\n{text}\n{end}{after}", encoding="utf-8")


def wanted(place, case, options):
    if case[0] == "intercom-client" and options.client is None:
        return False
    return options.only is None or options.only == case[0] or str(place) in options.only.split(",")


def make_plan(folder, options):
    """A plan of so many new leads, each somebody else."""
    path = folder / "list.csv"
    syllables = [c + v for c in "bdfgklmnprstvz" for v in "aeiou"]
    with open(path, "w", encoding="utf-8") as file:
        file.write("E-mail,Full name\n")
        for number in range(options.actions):
            spread = number * 0x9E3779B97F4A7C15 % 2**64
            word = lambda shift, length: "".join(syllables[spread >> (shift + 7 * i) & 127 % 70] for i in range(length))
            given, family = word(0, 3).title(), word(21, 4).title()
            file.write(f"{given}.{family}{number}@{word(36, 4)}{number % 97}.example,{given} {family}\n")
    plan = folder / "list.plan"
    subprocess.run([options.leadfold, "plan", path, "-o", plan, "--no-report", "-q"], check=True)
    told = subprocess.run([options.leadfold, "show", plan, "--json"], check=True, capture_output=True, text=True)
    assert json.loads(told.stdout)["schema"], "the plan cannot be read"
    return plan


def run(case, plan, options):
    client, lanes, latency, skew, share = case
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "faults.json").write_text(json.dumps(latency))
        own = folder / "list.plan"
        own.write_bytes(plan.read_bytes())
        command = [options.leadfold, "sandbox", "--limit", str(LIMIT), "--faults", folder / "faults.json",
                   f"--clock-skew={skew}", "--workspace", f"bench{CASES.index(case)}", "--quiet"]
        sandbox = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            url = sandbox.stdout.readline().strip()
            neighbour = Neighbour(url, share)
            began = time.monotonic()
            if client == "leadfold":
                told = apply(own, url, options)
            else:
                told = node(url, lanes, options)
            seconds = time.monotonic() - began
            neighbour.stop()
            return verdict(case, told, seconds, ask(url, "stats"), neighbour, contacts(url), options)
        finally:
            sandbox.terminate()
            sandbox.wait()


def apply(plan, url, options):
    environment = {**os.environ, "LEADFOLD_API_URL": url, "INTERCOM_ACCESS_TOKEN": "bench"}
    command = [options.leadfold, "apply", plan, "--yes", "--json", "--quiet"]
    if options.workers:
        command += ["--workers", str(options.workers)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode not in (0, 3):
        raise RuntimeError(f"leadfold apply ended with {done.returncode}: {done.stderr}")
    return "" if done.returncode == 0 else "rows failed"


def node(url, lanes, options):
    environment = {**os.environ, "CLIENT_FROM": str(options.client.resolve() / "package.json")}
    command = ["node", HERE / "client.mjs", url, str(options.actions), str(lanes)]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    told = json.loads(done.stdout)
    return ", ".join(f"{count} × {kind}" for kind, count in told["errors"].items())


class Neighbour:
    """Somebody else's program: takes its share of every window, spread evenly, and counts what it got."""

    def __init__(self, url, share):
        self.served, self.refused, self.share = {}, 0, share
        self.stopped = threading.Event()
        self.address = url.removeprefix("http://")
        lanes = 12 if share else 0
        self.threads = [threading.Thread(target=self.eat, args=(lane, lanes), daemon=True) for lane in range(lanes)]
        for thread in self.threads:
            thread.start()

    def eat(self, lane, lanes):
        connection = http.client.HTTPConnection(self.address)
        pause = lanes * WINDOW / (LIMIT * self.share)
        turn = time.monotonic() + lane * pause / lanes
        while not self.stopped.wait(max(0.0, turn - time.monotonic())):
            turn += pause
            connection.request("GET", "/me", headers={"Authorization": "Bearer neighbour", "Accept": "application/json"})
            answer = connection.getresponse()
            answer.read()
            reset = int(answer.headers["X-RateLimit-Reset"])
            if answer.status == 429:
                self.refused += 1
            else:
                self.served[reset] = self.served.get(reset, 0) + 1

    def stop(self):
        self.stopped.set()
        for thread in self.threads:
            thread.join()


def ask(url, what):
    with urllib.request.urlopen(f"{url}/__sandbox/{what}") as answer:
        return json.load(answer)


def contacts(url):
    return [contact["email"] for contact in ask(url, "state")["contacts"]]


def verdict(case, told, seconds, stats, neighbour, made, options):
    client, lanes, latency, skew, share = case
    # The windows in which the client was busy from end to end: without the first and the last of its own
    ours = [(window["start"], window["used"] - neighbour.served.get(window["start"] + WINDOW, 0),
             LIMIT - neighbour.served.get(window["start"] + WINDOW, 0)) for window in stats["windows"]]
    busy = [window for window in ours if window[1] > 0][1:-1]
    used, allowed = sum(window[1] for window in busy), sum(window[2] for window in busy)
    return {
        "client": client if not lanes else f"{client} 7, {lanes} lanes",
        "latency": f"{latency['latency_ms'] + latency['jitter_ms'] // 2} ± {latency['jitter_ms'] // 2} ms",
        "clock": f"{skew:+d} s" if skew else "right",
        "neighbour": f"{share:.0%}" if share else "none",
        "windows": len(busy),
        "share": 100 * used / allowed if allowed else None,
        "refused": stats["answered_429"] - neighbour.refused,
        "lost": options.actions - len(set(made)),
        "twice": len(made) - len(set(made)),
        "seconds": seconds,
        "told": told,
    }


def document(rows, options):
    lines = [
        f"{options.actions:,} creates, {LIMIT:,} requests in ten seconds; {processor()}, "
        f"{os.cpu_count()} cores, {datetime.date.today()}",
        "",
        "| client | latency | server's clock | neighbour takes | share of the allowance while busy | 429s | actions lost | made twice | seconds |",
        "| --- | --- | --- | --- | --: | --: | --: | --: | --: |",
    ]
    for row in rows:
        share = f"{row['share']:.1f} %" if row["share"] is not None else "–"
        bold = "**" if row["client"] == "leadfold" else ""
        lines.append(
            f"| {row['client']} | {row['latency']} | {row['clock']} | {row['neighbour']} | {bold}{share}{bold} "
            f"| {row['refused']:,} | {row['lost']:,} | {row['twice']:,} | {row['seconds']:.0f} |")
    return "\n".join(lines)


def processor():
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines() if Path("/proc/cpuinfo").exists() else []:
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


if __name__ == "__main__":
    main()
