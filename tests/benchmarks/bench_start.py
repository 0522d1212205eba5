"""What a start costs: `python3 app` beside `antiphon`, the command line, and the window until it is painted.

    python tests/benchmarks/bench_start.py [--rounds 15]

Prints medians in milliseconds; run it on a calm machine. The window is painted offscreen and ends at once.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAINTED = """
import gc, sys
gc.disable()  # as `__main__` does
from antiphon.ui.start import application
from antiphon.ui.theme import Theme
from antiphon.ui.window import MainWindow
from antiphon.workbench.workbench import Workbench
app = application()
theme = Theme()
theme.apply()
window = MainWindow(theme, Workbench(print))
window.show()
app.processEvents()
sys.stdout.flush()
import os
os._exit(0)
"""


def median_ms(command: list[str], rounds: int) -> float:
    times = []
    for _ in range(rounds + 1):
        began = time.perf_counter()
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times[1:])


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=15)
    rounds = options.parse_args().rounds
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ["ANTIPHON_HOME"] = tempfile.mkdtemp()
    plain = getattr(sys, "_base_executable", sys.executable)
    commands = {
        "python, doing nothing": [sys.executable, "-c", ""],
        "antiphon --version": [sys.executable, "-P", "-m", "antiphon", "--version"],
        "python3 app --version": [plain, str(ROOT / "app"), "--version"],
        "window painted": [sys.executable, "-c", PAINTED],
    }
    for name, command in commands.items():
        print(f"{name:24} {median_ms(command, rounds):7.1f} ms")


if __name__ == "__main__":
    main()
