"""The ends of 10 000 random subscriptions' cycles, against Python's zoneinfo."""

import argparse
import calendar
import subprocess
from datetime import datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
MICROSECOND = timedelta(microseconds=1)


def moment(microseconds):
    return EPOCH + timedelta(microseconds=microseconds)


def later(local, interval, count):
    """The same local time so many intervals later, on the last day of a month that is shorter."""
    month = local.month - 1 + count * (12 if interval == "year" else 1)
    year, month = local.year + month // 12, month % 12 + 1
    day = min(local.day, calendar.monthrange(year, month)[1])
    return local.replace(year=year, month=month, day=day, fold=0)


def to_utc(local, zone):
    """The first moment that has this local time; where clocks skip it, the moment of the skip."""
    utc = local.replace(tzinfo=zone).astimezone(timezone.utc)
    if utc.astimezone(zone).replace(tzinfo=None, fold=0) == local:
        return utc
    low, high = utc - timedelta(days=2), utc + timedelta(days=2)
    before = low.astimezone(zone).replace(tzinfo=None) - low.replace(tzinfo=None)
    while high - low > timedelta(seconds=1):
        middle = (low + (high - low) / 2).replace(microsecond=0)
        if middle <= low:
            break
        offset = middle.astimezone(zone).replace(tzinfo=None) - middle.replace(tzinfo=None)
        low, high = (middle, high) if offset == before else (low, middle)
    return high.replace(microsecond=0)


def expected(zone, anchor, interval, count):
    local = moment(anchor).astimezone(zone).replace(tzinfo=None)
    return (to_utc(later(local, interval, count), zone) - EPOCH) // MICROSECOND


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=Path, required=True)
    parser.add_argument("--count", type=int, default=10_000)
    options = parser.parse_args()
    table = subprocess.run([options.bin / "calendar_table", str(options.count)], check=True,
                           capture_output=True, text=True).stdout.splitlines()
    wrong = []
    for line in table:
        zone, anchor, interval, count, end = line.split(",")
        right = expected(ZoneInfo(zone), int(anchor), interval, int(count))
        if right != int(end):
            wrong.append(f"{line}: {moment(int(end))}, but zoneinfo says {moment(right)}")
    print(f"{len(table)} subscriptions, {len(wrong)} of them wrong")
    print("\n".join(wrong[:10]))
    if wrong or len(table) != options.count:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
