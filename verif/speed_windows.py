"""speed_windows.py : pictures a second of CPU time, as speed.c counts them: the best of many short windows.

SPDX-License-Identifier: MIT
"""
import time

WARM_UP_SECONDS = 0.1
WINDOW_SECONDS = 0.08


def window(step, seconds):
    """Steps a second within so many; step(i) makes one."""
    begin, count = time.process_time(), 0
    while time.process_time() - begin < seconds:
        step(count)
        count += 1
    return count / (time.process_time() - begin)


def best_rate(step, batch, seconds):
    """Of steps with `batch` pictures, within so many seconds."""
    window(step, WARM_UP_SECONDS)
    end, best = time.process_time() + seconds, 0
    while time.process_time() < end:
        best = max(best, window(step, WINDOW_SECONDS))
    return best * batch
