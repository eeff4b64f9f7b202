#!/usr/bin/env python3
"""A second implementation of the protocol, written from docs/PROTOCOL.md alone.

Usage: second_client.py URL SOURCE OUTPUT [STOP_FILE]

Writes the bytes of SOURCE to OUTPUT, existing lines first, and reconnects and resumes for as long as
it runs. Ends when STOP_FILE exists and nothing has come for two marks, with one JSON object on
standard output: {"lines", "connects", "gaps"}. Needs only Debian's python3-websockets.
"""
import asyncio
import json
import os
import random
import struct
import sys
import uuid

import websockets

SUBPROTOCOL = "logstream.v1"
FATAL = {4000, 4001, 4003, 4004, 4202, 4300}  # section 8: these are not tried again
NO_FRAME_S = 20.0  # section 7: nothing at all for this long means dead
LONGEST_HEARTBEAT_S = 30.0


class Client:
    def __init__(self, url, source, output, stop_file):
        self.url, self.source, self.output, self.stop_file = url, source, output, stop_file
        self.client_id = str(uuid.uuid4())
        self.epoch, self.next_seq, self.cursor = None, None, None
        self.lines = self.connects = self.quiet_marks = 0
        self.gaps, self.window_s, self.finished = [], 0.0, False
        self.ending_code = None

    def stopping(self):
        return self.stop_file is not None and os.path.exists(self.stop_file)

    # --- section 4: lines -------------------------------------------------------------------
    def take_frame(self, frame):
        (length,) = struct.unpack(">I", frame[:4])
        header = json.loads(frame[4 : 4 + length])
        if header["source"] != self.source or header.get("history"):
            return
        payload = frame[4 + length :]
        seq, count = header["seq"], header["count"]
        if header["epoch"] != self.epoch or self.next_seq is None:
            self.epoch, self.next_seq = header["epoch"], seq
        if seq + count <= self.next_seq:
            return
        if seq > self.next_seq:
            self.gaps.append({"from": self.next_seq, "to": seq, "count": seq - self.next_seq, "reason": "jump"})
        if seq < self.next_seq:
            at = 0
            for _ in range(self.next_seq - seq):
                at = payload.index(b"\n", at) + 1
            self.lines -= self.next_seq - seq
            payload = payload[at:]
        if header.get("continues"):
            payload = payload[:-1]  # the newline was added
        self.output.write(payload)
        self.lines += count
        self.next_seq, self.cursor = seq + count, header["cursor"]
        self.quiet_marks = 0

    # --- section 2: control messages --------------------------------------------------------
    async def take_message(self, socket, message):
        kind = message.get("type")
        if kind == "ping":
            await self.send(socket, {"type": "pong", "id": message["id"]})
        elif kind == "source" and message["source"] == self.source:
            if message["epoch"] != self.epoch:
                self.epoch, self.next_seq = message["epoch"], None
        elif kind == "mark":
            self.window_s = message["reconnectWindowMs"] / 1000
            if message["source"] == self.source:
                if message["epoch"] == self.epoch and self.next_seq in (None, message["nextSeq"]):
                    self.next_seq, self.cursor = message["nextSeq"], message["cursor"]
                self.quiet_marks += 1
                if self.quiet_marks >= 2 and self.stopping():
                    self.finished = True
        elif kind == "gap" and message["source"] == self.source:
            self.gaps.append({key: message[key] for key in ("from", "to", "count", "reason")})
            self.epoch, self.next_seq = message["epoch"], message["to"]
        elif kind == "goaway":
            self.window_s = message["reconnectWindowMs"] / 1000

    async def send(self, socket, message):
        self.last_sent = asyncio.get_running_loop().time()
        await socket.send(json.dumps(message))

    # --- section 7: heartbeats --------------------------------------------------------------
    async def beat(self, socket, interval_s):
        await asyncio.sleep(1.0)  # the first one a second after opening
        number = 0
        while True:
            number += 1
            await self.send(socket, {"type": "ping", "id": number})
            while True:
                due = self.last_sent + interval_s - asyncio.get_running_loop().time()
                if due <= 0:
                    break
                await asyncio.sleep(due)

    # --- sections 3 and 5: a session, and resuming it ----------------------------------------
    async def session(self):
        async with websockets.connect(
            self.url, subprotocols=[SUBPROTOCOL], max_size=64 * 1024 * 1024, compression=None,
            ping_interval=None, open_timeout=10, close_timeout=1,
        ) as socket:
            self.connects += 1
            hello = {
                "type": "hello", "version": 1, "clientId": self.client_id, "heartbeatMs": 9000,
                "lines": "all", "sources": [self.source],
            }
            if self.epoch is not None and self.next_seq is not None:
                hello["resume"] = [
                    {"source": self.source, "epoch": self.epoch, "nextSeq": self.next_seq, "cursor": self.cursor}
                ]
            await self.send(socket, hello)
            welcome = json.loads(await asyncio.wait_for(socket.recv(), 5))
            if welcome.get("type") != "welcome":
                raise ConnectionError("the server did not say welcome")
            self.window_s = welcome["reconnectWindowMs"] / 1000
            interval = min(LONGEST_HEARTBEAT_S, welcome["pingMs"] / 1000)
            if interval * 2 >= welcome["receiveTimeoutMs"] / 1000:
                interval = 0.4 * welcome["receiveTimeoutMs"] / 1000
            beating = asyncio.create_task(self.beat(socket, interval))
            try:
                while not self.finished:
                    frame = await asyncio.wait_for(socket.recv(), NO_FRAME_S)
                    if isinstance(frame, bytes):
                        self.take_frame(frame)
                    else:
                        await self.take_message(socket, json.loads(frame))
            except websockets.ConnectionClosed as closed:
                self.ending_code = closed.code
                raise
            finally:
                beating.cancel()

    async def run(self):
        attempt = 0
        while not self.finished:
            connects = self.connects
            self.ending_code = None
            try:
                await self.session()
            except (OSError, asyncio.TimeoutError, websockets.WebSocketException, ConnectionError) as error:
                print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
            if self.finished or self.ending_code in FATAL:
                break
            attempt = 1 if self.connects > connects else attempt + 1
            # section 8: uniformly within the larger of the window and the own backoff
            await asyncio.sleep(random.uniform(0, max(self.window_s, min(5.0, 0.5 * 2 ** (attempt - 1)))))
        self.output.flush()
        print(json.dumps({"lines": self.lines, "connects": self.connects, "gaps": self.gaps}))


def main():
    url, source, path = sys.argv[1:4]
    stop_file = sys.argv[4] if len(sys.argv) > 4 else None
    with open(path, "wb") as output:
        asyncio.run(Client(url, source, output, stop_file).run())


main()
