"""A client that is not ours: broken frames over QUIC, spoken by aioquic.

usage: strangers.py HOST PORT FOLDER     (FOLDER: an enrolled tablet's, for its certificate)

Every attack dials anew. Prints one line per attack; exits 1 when a sound Hello is not answered afterwards.
`fault-run strangers --python PYTHON` starts a server, runs this against it and checks that a real tablet is served meanwhile.
"""

import asyncio
import os
import socket
import ssl
import struct
import sys
import time

import cbor2
from aioquic.asyncio.client import connect
from aioquic.quic.configuration import QuicConfiguration

# Streams that were reset complain when they are collected.
sys.unraisablehook = lambda _: None
HOST, PORT, FOLDER = sys.argv[1], int(sys.argv[2]), sys.argv[3]
CONTROL, LOG, QUESTION, FEED = range(4)


def configuration(alpn="ems/1", with_certificate=True):
    made = QuicConfiguration(is_client=True, alpn_protocols=[alpn], server_name="localhost", max_datagram_frame_size=65536)
    made.verify_mode = ssl.CERT_NONE
    if with_certificate:
        made.load_cert_chain(os.path.join(FOLDER, "device.pem"), os.path.join(FOLDER, "device.key"))
    return made


def frame(value):
    body = cbor2.dumps(value)
    return struct.pack(">I", len(body)) + body


def hello():
    return frame({"versions": [1], "program": "stranger", "training": True, "sent_at": 0, "session": None})


async def stream(client, kind, data=b"", end=False):
    reader, writer = await client.create_stream()
    writer.write(bytes([kind]) + data)
    if end:
        writer.write_eof()
    return reader, writer


async def welcomed(client):
    reader, writer = await stream(client, CONTROL, hello())
    length = struct.unpack(">I", await asyncio.wait_for(reader.readexactly(4), 10))[0]
    answer = cbor2.loads(await asyncio.wait_for(reader.readexactly(length), 10))
    assert "welcome" in answer, answer
    return reader, writer


async def half_frames(client):
    await welcomed(client)
    for data in [b"", b"\0", b"\0\0\0", b"\0\0\0\x10abc", struct.pack(">I", 900_000) + b"x" * 100]:
        for kind in (LOG, QUESTION, FEED):
            await stream(client, kind, data, end=True)


async def lengths_too_large(client):
    await welcomed(client)
    for length in (1 << 20 | 1, 1 << 31, 0xFFFFFFFF):
        for kind in (CONTROL, LOG, QUESTION, FEED):
            await stream(client, kind, struct.pack(">I", length) + b"\xff" * 2000)


async def unknown_kinds(client):
    await welcomed(client)
    for kind in (4, 7, 99, 255):
        await stream(client, kind, hello(), end=True)


async def not_cbor(client):
    await welcomed(client)
    deep = b"\x81" * 60_000
    for body in (b"\xff" * 64, b"\x9f", deep, b"\xbf" * 5000, b"\x5b" + b"\xff" * 8, os.urandom(4096)):
        for kind in (CONTROL, LOG, QUESTION, FEED):
            await stream(client, kind, struct.pack(">I", len(body)) + body)


async def wrong_frames(client):
    await welcomed(client)
    log = bytes(16)
    entry = {"log": log, "seq": 1, "schema": 1, "bytes": b"no event"}
    for value in (
        {"append": {"entries": []}},
        {"append": {"entries": [entry] * 300}},
        {"append": {"entries": [dict(entry, seq=0)]}},
        {"append": {"entries": [dict(entry, seq=5), dict(entry, seq=4)]}},
        {"append": {"entries": [dict(entry, bytes=b"x" * 400_000)]}},
        {"offer": {"log": log, "head": 2**64 - 1}},
        {"no such variant": 1},
        "text",
        [1, 2, 3],
        None,
    ):
        await stream(client, LOG, frame(value))
        await stream(client, QUESTION, frame(value), end=True)


async def flood_of_streams(client):
    await welcomed(client)
    for n in range(2000):
        await stream(client, n % 4, b"\0\0")
    await asyncio.sleep(0.5)


async def flood_of_logs(client):
    await welcomed(client)
    _, writer = await stream(client, LOG)
    for _ in range(20_000):
        writer.write(frame({"offer": {"log": os.urandom(16), "head": 1}}))
    await asyncio.sleep(0.5)


async def datagrams(client):
    await welcomed(client)
    for size in (0, 1, 20, 900, 1100):
        for _ in range(200):
            client._quic.send_datagram_frame(os.urandom(size))
    client.transmit()
    await asyncio.sleep(0.3)


async def no_hello(client):
    for kind in (LOG, QUESTION, FEED):
        await stream(client, kind, frame({"offer": {"log": bytes(16), "head": 1}}))
    await asyncio.sleep(0.3)


async def hello_byte_by_byte(client):
    _, writer = await client.create_stream()
    for byte in bytes([CONTROL]) + hello()[:40]:
        writer.write(bytes([byte]))
        await asyncio.sleep(0.005)


async def early_close(client):
    await stream(client, CONTROL, hello())
    client.close()


async def reset_everything(client):
    await welcomed(client)
    for n in range(200):
        _, writer = await stream(client, n % 4, b"\0\0\0\x08abcd")
        number = writer.get_extra_info("stream_id")
        client._quic.reset_stream(number, 99)
        client._quic.stop_stream(number, 99)
    client.transmit()
    await asyncio.sleep(0.2)


ATTACKS = [
    half_frames, lengths_too_large, unknown_kinds, not_cbor, wrong_frames, flood_of_streams, flood_of_logs, datagrams,
    no_hello, hello_byte_by_byte, early_close, reset_everything,
]


def noise():
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    for n in range(5000):
        sender.sendto(os.urandom(1 + n % 1400), (HOST, PORT))


async def dial(attack, made):
    try:
        async with connect(HOST, PORT, configuration=made, wait_connected=True) as client:
            await asyncio.wait_for(attack(client), 30)
            return "done"
    except (ConnectionError, asyncio.TimeoutError, asyncio.IncompleteReadError, AssertionError) as error:
        return f"ended: {type(error).__name__} {str(error)[:80]}"


async def main():
    noise()
    print("noise: 5000 datagrams that are no QUIC")
    for attack in ATTACKS:
        began = time.monotonic()
        outcome = await dial(attack, configuration())
        print(f"{attack.__name__}: {outcome} in {time.monotonic() - began:.1f} s", flush=True)
    for name, made in (("no certificate", configuration(with_certificate=False)), ("another protocol", configuration("h3"))):
        print(f"{name}: {await dial(welcomed, made)}", flush=True)
    outcomes = await asyncio.gather(*[dial(attack, configuration()) for attack in ATTACKS * 3])
    print(f"all at once: {len(outcomes)} attacks over")
    sound = await dial(welcomed, configuration())
    print(f"a sound Hello afterwards: {sound}")
    sys.exit(0 if sound == "done" else 1)


asyncio.run(main())
