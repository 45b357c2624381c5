"""One line of the table of `run.sh`: the best of three reports, and of three visits to the page."""

import os
import subprocess
import sys
import time

RUNS = 3


def made(command):
    """CPU seconds, seconds and megabytes of one report."""
    began = time.monotonic()
    child = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    if status:
        sys.exit(f"{command[0]} ended with {os.waitstatus_to_exitcode(status)}")
    # Kilobytes on Linux, bytes on macOS
    unit = 1_000_000 if sys.platform == "darwin" else 1_000
    return used.ru_utime + used.ru_stime, time.monotonic() - began, used.ru_maxrss / unit


def main():
    rows, page, *command = sys.argv[1:]
    runs = [made([*command, "-o", page]) for _ in range(RUNS)]
    cpu, wall, memory = (min(run[at] for run in runs) for at in range(3))
    visit = ["node", "tests/browser/ready.js", page]
    ready = min(float(subprocess.run(visit, check=True, capture_output=True, text=True).stdout) for _ in range(RUNS))
    size = os.path.getsize(page) / 1_000_000
    print(f"| {int(rows):,} | {cpu:.1f} | {wall:.1f} | {memory:.0f} MB | {size:.1f} MB | {ready / 1000:.1f} s |")


if __name__ == "__main__":
    main()
