"""Cyclic garbage goes on the window's thread, and only there."""

import gc
import threading

from antiphon.workbench.garbage import GarbageCollector
from tests.waiting import until


class Ring:
    def __init__(self, gone):
        self.me = self
        self.gone = gone

    def __del__(self):
        self.gone.append(threading.current_thread())


async def test_a_ring_made_in_a_thread_is_freed_on_the_windows_thread(qtloop):
    collector, gone = GarbageCollector(), []
    was_enabled = gc.isenabled()
    collector.start()
    try:

        def litter():
            Ring(gone)
            for _ in range(5000):
                ring = []
                ring.append(ring)

        thread = threading.Thread(target=litter)
        thread.start()
        thread.join()
        assert gone == []
        await until(lambda: gone)
        assert gone == [threading.main_thread()]
    finally:
        collector.stop()
        if not was_enabled:
            gc.disable()
