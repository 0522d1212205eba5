"""Run in a network namespace of its own: one request over a wire that is slow in both directions, told as JSON.

Packets to 10.99.0.2 come back as if from there, `DELAY_S` later: client and server share a kernel but not a loopback.
"""

import asyncio
import json
import os
import struct
import subprocess
import threading
import time

from antiphon.core.events import AttemptBegan
from antiphon.engine import Engine
from tests.engine.exchanges import Outcome, request
from tests.servers import OK

DELAY_S = 0.02
BUSY_S = 0.3
_TUNSETIFF, _TUN, _BARE = 0x400454CA, 0x0001, 0x1000


def main() -> None:
    import fcntl  # not on Windows, where only the numbers above serve

    device = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(device, _TUNSETIFF, struct.pack("16sH", b"slow0", _TUN | _BARE))
    for command in ("link set lo up", "addr add 10.99.0.1/24 dev slow0", "link set slow0 up"):
        subprocess.run(["ip", *command.split()], check=True)
    threading.Thread(target=reflect, args=(device,), daemon=True).start()
    print(json.dumps(asyncio.run(exchange())), flush=True)
    os._exit(0)  # the thread waits for packets


def reflect(device: int) -> None:
    while True:
        packet = bytearray(os.read(device, 65536))
        if packet[0] >> 4 == 4:
            packet[12:16], packet[16:20] = packet[16:20], packet[12:16]
            threading.Timer(DELAY_S, os.write, (device, bytes(packet))).start()


async def exchange() -> dict[str, float]:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(OK)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "10.99.0.1", 0)
    outcome, engine = Outcome(), Engine(is_carried=False)

    def emit(event) -> None:
        outcome.events.append(event)
        if isinstance(event, AttemptBegan):  # the loop sleeps while the answer comes
            asyncio.get_running_loop().call_later(DELAY_S / 4, time.sleep, BUSY_S)

    port = server.sockets[0].getsockname()[1]
    await engine.send(request(f"http://10.99.0.2:{port}/"), outcome, emit)
    await engine.aclose()
    return {span.phase.value: span.ended - span.began for span in outcome.exchange.last.spans}


if __name__ == "__main__":
    main()
