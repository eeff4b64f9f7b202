#!/usr/bin/env python3
"""The server of the founding failure: a live log by FastAPI on uvicorn, whose receive has a timeout.

Usage: founding_server.py PORT TIMEOUT_S caught|uncaught

Caught, the timeout ends in a close with code 1000; uncaught, in a connection that breaks off (1006 or
1011 at the client). Writes "ready" to standard output. Needs Debian's python3-fastapi, python3-uvicorn
and python3-websockets.
"""
import asyncio
import sys

import uvicorn
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

PORT, TIMEOUT_S, MODE = int(sys.argv[1]), float(sys.argv[2]), sys.argv[3]
app = FastAPI()


async def write_lines(socket: WebSocket):
    number = 0
    while True:
        await socket.send_text(f"INFO line {number}")
        number += 1
        await asyncio.sleep(TIMEOUT_S / 20)


@app.websocket("/ws")
async def live_log(socket: WebSocket):
    await socket.accept()
    print("connected", flush=True)
    writer = asyncio.create_task(write_lines(socket))
    try:
        while True:
            await asyncio.wait_for(socket.receive_text(), timeout=TIMEOUT_S)
    except asyncio.TimeoutError:
        print("timeout", flush=True)
        if MODE == "uncaught":
            raise
        await socket.close()
    except WebSocketDisconnect:
        print("disconnected", flush=True)
    finally:
        writer.cancel()


@app.on_event("startup")
async def ready():
    print("ready", flush=True)


# uvicorn's own pings would keep nothing alive here: the timeout is on messages. They are left on.
uvicorn.run(app, host="127.0.0.1", port=PORT, log_level="error")
