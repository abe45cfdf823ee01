#!/usr/bin/env python3
"""Makes the tables of this folder: derive.py SOURCE_FOLDER (with ems_stats/, municipalities/, towns/). See README.md."""
import csv, sys
from collections import defaultdict

SOURCE = sys.argv[1]
POINTS = 10       # town points kept of each municipality
USED = ("accident_type", "age", "severity|", "illness_class(急病)", "hour_of_call_2h")
SKIPPED = ("severity|合計",)


def rows(name):
    with open(f"{SOURCE}/{name}", encoding="utf-8-sig") as file:
        yield from csv.DictReader(file)


def write(name, columns, lines):
    with open(name, "w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(columns)
        out.writerows(lines)


towns = defaultdict(list)
for r in rows("towns/towns.csv"):
    towns[r["city_code"]].append((float(r["lat"]), float(r["lon"])))
kept, places = [], []
for r in sorted(rows("municipalities/municipalities.csv"), key=lambda r: r["code"]):
    code, people = r["code"], int(float(r["population_2020"] or 0))
    # A designated city stands in the source as a whole and as its wards: towns know wards only.
    if people == 0 or (code not in towns and code != "13362"):
        continue
    points = sorted(towns[code]) or [(float(r["office_lat"]), float(r["office_lon"]))]
    step = max(1.0, len(points) / POINTS)
    kept.append((code, r["name"], people))
    for i in range(min(POINTS, len(points))):
        lat, lon = points[int(i * step)]
        places.append((code, f"{lat:.4f}", f"{lon:.4f}"))
write("municipalities.csv", ("code", "name", "population"), kept)
write("places.csv", ("code", "lat", "lon"), places)
write("prefectures.csv", ("code", "name", "transports_2023", "teams_2023", "teams_source"),
      [(r["pref_code"], r["pref"], r["transports_2023"], r["ambulance_teams_20230401"], r["teams_source"])
       for r in rows("ems_stats/prefecture.csv")])
write("distributions.csv", ("table", "category", "count"),
      [(r["table"], r["category"], r["value"]) for r in rows("ems_stats/national_distributions.csv")
       if r["table"].startswith(USED) and not r["table"].startswith(SKIPPED)])
print(len(kept), sum(k[2] for k in kept), len(places))
