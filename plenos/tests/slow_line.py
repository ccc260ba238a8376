"""A poor line between a browser and the portal: a TCP proxy that is slow both ways, and can be cut.

The browser's own throttling slows requests one by one, knows no cut within an answer, and never loses an answer to
what the server has done already. This one passes bytes.
"""

import asyncio
import contextlib
import threading
import time

CHUNK = 512  # bytes passed on at once


class _Way:
    """One direction of the line: all connections share its speed."""

    def __init__(self, line):
        self.line, self.free = line, 0.0

    async def carry(self, reader, writer, seen=None):
        """Pass on what comes until one side ends; ``seen`` hears each piece and may say False to swallow it."""
        deliveries = asyncio.Queue()
        handing = asyncio.ensure_future(self._hand_over(deliveries, writer))
        try:
            while data := await reader.read(CHUNK):
                if seen and not seen(data):
                    continue
                self.free = max(time.monotonic(), self.free) + len(data) / self.line.rate
                deliveries.put_nowait((self.free + self.line.delay, data))
                await asyncio.sleep(max(0, self.free - time.monotonic() - 0.5))
        except asyncio.CancelledError:
            handing.cancel()
            raise
        deliveries.put_nowait(None)
        await handing

    async def _hand_over(self, deliveries, writer):
        with contextlib.suppress(OSError):
            while piece := await deliveries.get():
                moment, data = piece
                await asyncio.sleep(max(0, moment - time.monotonic()))
                writer.write(data)
                self.line.carried += len(data)
                await writer.drain()
        writer.close()


class SlowLine:
    """``with SlowLine(port) as line``: browse ``line.url``. ``kilobits`` a second each way, ``round_trip`` seconds."""

    def __init__(self, port, *, kilobits=40, round_trip=1.5):
        self.port, self.rate, self.delay = port, kilobits * 1000 / 8, round_trip / 2
        self.carried = self.swallowed = 0
        self.up = True
        self.doomed = None  # bytes of the request whose answer is lost
        self.open = set()
        self.there, self.back = _Way(self), _Way(self)

    def __enter__(self):
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self._run, daemon=True)
        ready = threading.Event()
        self.loop.call_soon(ready.set)
        self.thread.start()
        ready.wait(10)
        self.server = asyncio.run_coroutine_threadsafe(
            asyncio.start_server(self._serve, "localhost", 0), self.loop
        ).result(10)
        self.url = f"http://localhost:{self.server.sockets[0].getsockname()[1]}"
        return self

    def _run(self):
        asyncio.set_event_loop(self.loop)
        self.loop.run_forever()

    def __exit__(self, *_error):
        asyncio.run_coroutine_threadsafe(self._end(), self.loop).result(10)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)
        self.loop.close()

    async def _end(self):
        """Nothing is left running when the line is taken away."""
        self.server.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def cut(self):
        """From now on nothing passes, and what is on its way is gone."""
        self.up = False
        self.loop.call_soon_threadsafe(self._drop)

    def mend(self):
        """The line is back."""
        self.up = True

    def lose_answer_to(self, path_end):
        """Cut when the server answers the next POST to a path with this end: it was done, and nobody is told."""
        self.doomed = path_end.encode()

    def _drop(self):
        for task in list(self.open):
            task.cancel()

    async def _serve(self, reader, writer):
        task = asyncio.current_task()
        self.open.add(task)
        far = None
        lost = {"waiting": False}

        def asked(data):
            if self.doomed and data.startswith(b"POST ") and self.doomed in data.split(b" ", 2)[1]:
                lost["waiting"], self.doomed = True, None
            return True

        def answered(data):
            if not lost["waiting"]:
                return True
            self.swallowed += 1
            self.up = False
            self._drop()
            return False

        try:
            if not self.up:
                return
            far_reader, far = await asyncio.open_connection("localhost", self.port)
            await asyncio.gather(self.there.carry(reader, far, asked), self.back.carry(far_reader, writer, answered))
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            self.open.discard(task)
            for end in (writer, far):
                if end is not None:
                    end.transport.abort()
