"""A client of WebSockets by python3-websockets: URL. Says "ok WHAT" for each thing that went well."""
import asyncio
import sys

import websockets


def check(what, condition, seen):
    if not condition:
        raise SystemExit(f"{what}: {seen}")
    print("ok", what)


async def echo(url):
    async with websockets.connect(url, max_size=None, compression=None) as socket:
        await socket.send("text")
        check("text", await socket.recv() == "text", "")
        await socket.send(b"\x00\xff")
        check("binary", await socket.recv() == b"\x00\xff", "")
        await asyncio.wait_for(await socket.ping(b"payload"), 10)
        check("ping and pong", True, "")
        big = bytes(range(256)) * 4096
        await socket.send(big)
        check("a megabyte", await socket.recv() == big, "")
        await socket.send(["frag", "ments"])
        check("fragments", await socket.recv() == "fragments", "")
        await asyncio.sleep(0.5)
        await socket.send("after a pause")
        check("after a pause", await socket.recv() == "after a pause", "")
        await socket.close(code=1000)
        check("close", socket.close_code == 1000, socket.close_code)


async def close_code(url):
    async with websockets.connect(url, compression=None) as socket:
        await socket.close(code=4001, reason="mine")
        check("close code and reason", (socket.close_code, socket.close_reason) == (4001, "mine"), socket.close_code)


async def many(url):
    async def one(number):
        async with websockets.connect(url, compression=None) as socket:
            for i in range(20):
                await socket.send(f"{number} {i}")
                if await socket.recv() != f"{number} {i}":
                    raise SystemExit("mixed up")

    await asyncio.gather(*(one(i) for i in range(30)))
    check("thirty at once", True, "")


asyncio.run(echo(sys.argv[1]))
asyncio.run(close_code(sys.argv[1]))
asyncio.run(many(sys.argv[1]))
