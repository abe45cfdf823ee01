#!/usr/bin/env python3
"""The bare model of sim/src/world/bare.rs in SimPy: calls, the nearest free unit (the same grid), a service.

    sim run national-day --bare --bare-world world.json      # ours, and the world as a file
    python3 sim/benches/bare_simpy.py world.json [CALLS]     # needs simpy; prints calls a second
"""
import json, math, random, sys, time
from bisect import bisect_right
from itertools import accumulate
import simpy

PER_DEGREE, CORNER, ROWS, COLUMNS, CELL_KM = 10.0, (20.0, 122.0), 260, 320, 7.72
world = json.load(open(sys.argv[1]))
calls = int(sys.argv[2]) if len(sys.argv) > 2 else world["calls"]
stations, places = world["stations"], world["places"]
sums = list(accumulate(p[2] for p in places))
cells = {}


def cell(lat, lon):
    return int((lat - CORNER[0]) * PER_DEGREE), int((lon - CORNER[1]) * PER_DEGREE)


def km(a, b):
    north = b[0] - a[0]
    east = (b[1] - a[1]) * math.cos(math.radians((a[0] + b[0]) / 2))
    return 111.195 * math.sqrt(north * north + east * east)


def ring(row, column, r):
    if r == 0:
        yield row, column
        return
    for c in range(column - r, column + r + 1):
        yield row - r, c
        yield row + r, c
    for other in range(row - r + 1, row + r):
        yield other, column - r
        yield other, column + r


def nearest(place):
    row, column = cell(place[0], place[1])
    best, unit = math.inf, None
    for r in range(COLUMNS):
        if max(r - 1, 0) * CELL_KM > best:
            break
        for key in ring(row, column, r):
            for one in cells.get(key, ()):
                far = km(stations[one], place)
                if far < best:
                    best, unit = far, one
    return unit, best


for i, station in enumerate(stations):
    cells.setdefault(cell(*station), []).append(i)
cv, mean = world["service_cv"], world["service_minutes"]
variance = math.log1p(cv * cv)
mu, sigma = math.log(mean) - variance / 2, math.sqrt(variance)
drives = []
rng = random.Random(1)
env = simpy.Environment()


def serve(place):
    unit, far = nearest(place)
    if unit is None:
        return
    home = cell(*stations[unit])
    cells[home].remove(unit)
    drive = far / world["km_per_h"] * 60
    drives.append(drive)
    yield env.timeout((drive + rng.lognormvariate(mu, sigma)) * 60)
    cells[home].append(unit)


def arrivals():
    for _ in range(calls):
        place = places[min(bisect_right(sums, rng.random() * sums[-1]), len(places) - 1)]
        env.process(serve(place))
        yield env.timeout(rng.expovariate(world["calls_per_second"]))


env.process(arrivals())
begun = time.perf_counter()
env.run()
took = time.perf_counter() - begun
print(json.dumps({"simpy": simpy.__version__, "calls": calls, "seconds": took, "calls_per_second": calls / took,
                  "drive_minutes": sum(drives) / len(drives)}))
