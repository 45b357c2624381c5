"""Measures `leadfold apply -n` on a long plan, and the memory of `apply` on plans of growing length; writes docs/pace.md.

Started by run.sh --large. The sandbox has room for every request and no latency, so that a run is as fast as the machine.
"""
import argparse
import datetime
import os
import subprocess
import tempfile
import time
from pathlib import Path

from measure import DOCUMENT, make_plan, processor


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leadfold", required=True, type=Path)
    parser.add_argument("--client", type=Path, help="not used")
    parser.add_argument("--forecast", type=int, default=1_000_000, help="actions of the plan that is forecast")
    parser.add_argument("--apply", type=int, nargs="*", default=[10_000, 50_000], help="actions of plans applied")
    parser.add_argument("--print", action="store_true", help="print the table instead of writing it")
    options = parser.parse_args()
    lines = [f"{processor()}, {os.cpu_count()} cores, {datetime.date.today()}", "",
             "| command | actions | seconds | processor seconds | largest resident size |", "| --- | --: | --: | --: | --: |"]
    for actions, verb in [(options.forecast, "-n"), *((actions, "--yes") for actions in options.apply)]:
        options.actions = actions
        with tempfile.TemporaryDirectory() as folder:
            lines.append(row(make_plan(Path(folder), options), actions, verb, options))
            print(lines[-1], flush=True)
    text = "\n".join(lines)
    if options.print:
        return
    begin, end = "<!-- large: begin -->", "<!-- large: end -->"
    before, rest = DOCUMENT.read_text(encoding="utf-8").split(begin, 1)
    after = rest.split(end, 1)[1]
    DOCUMENT.write_text(f"{before}{begin}\n{text}\n{end}{after}", encoding="utf-8")


def row(plan, actions, verb, options):
    sandbox = subprocess.Popen([options.leadfold, "sandbox", "--limit", "100000000", "--quiet"], stdout=subprocess.PIPE, text=True)
    try:
        url = sandbox.stdout.readline().strip()
        environment = {**os.environ, "LEADFOLD_API_URL": url, "INTERCOM_ACCESS_TOKEN": "bench"}
        began = time.monotonic()
        process = subprocess.Popen([options.leadfold, "apply", plan, verb, "--quiet"], env=environment, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - began
        assert os.waitstatus_to_exitcode(status) == 0, "the run failed"
        memory = usage.ru_maxrss / 1024
        return f"| `apply {verb}` | {actions:,} | {seconds:.1f} | {usage.ru_utime + usage.ru_stime:.1f} | {memory:.0f} MB |"
    finally:
        sandbox.terminate()
        sandbox.wait()


if __name__ == "__main__":
    main()
