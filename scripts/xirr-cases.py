#!/usr/bin/env python3
"""Which rates do other tools find? Writes test/fixtures/xirr-cases.json.

    pip install pyxirr scipy mpmath && python3 scripts/xirr-cases.py > test/fixtures/xirr-cases.json

Each expected rate is computed with mpmath in 50 digits: the root nearest zero of sum(a_i * exp(-x * t_i)), found on a
dense grid over x = ln(1 + rate). It has to agree to 1e-9 with scipy's brentq in doubles, and with pyxirr (XIRR as Excel
and LibreOffice define it, in Rust) where the flows are on whole days and have one root; published examples also have to
agree with the published value to its own digits (Microsoft's to 8: Excel stops at 1e-8). A case that fails one of these stops the script; generated
flows without a root on the grid are left out.
"""
import json
import random
import sys
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import mpmath
import numpy as np
import pyxirr
from scipy.optimize import brentq

mpmath.mp.dps = 50
YEAR = 31_536_000
# ln(1 + rate) of the rates looked at: -1 + 1e-15 to 1e26.
GRID = np.concatenate([-np.geomspace(1e-7, 36, 8000)[::-1], np.geomspace(1e-7, 60, 8000)])


def seconds(moment):
    if isinstance(moment, int):
        return moment
    return int(datetime.fromisoformat(moment).replace(tzinfo=timezone.utc).timestamp())


def npv(times, amounts):
    first = min(times)
    years = np.array([(t - first) / YEAR for t in times])
    values = np.array([float(a) for a in amounts])
    return lambda x: float(np.sum(values * np.exp(-x * (years - (years.max() if x < 0 else 0)))))


def exact_root(times, amounts, guess):
    first = min(times)
    terms = [(mpmath.mpf(str(a)), mpmath.mpf(t - first) / YEAR) for t, a in zip(times, amounts)]
    f = lambda x: mpmath.fsum(a * mpmath.exp(-x * t) for a, t in terms)
    return mpmath.findroot(f, (guess * (1 - mpmath.mpf("1e-9")), guess * (1 + mpmath.mpf("1e-9"))), tol=1e-60)


def close(a, b, tolerance=1e-9):
    return abs(a - b) <= tolerance * max(1, abs(b))


def solve(name, flows):
    times, amounts = [seconds(m) for m, _ in flows], [Decimal(a) for _, a in flows]
    f = npv(times, amounts)
    signs = np.sign([f(x) for x in GRID])
    brackets = [(GRID[i], GRID[i + 1]) for i in np.nonzero(signs[1:] * signs[:-1] < 0)[0]]
    if not brackets:
        return None
    roots = [brentq(f, a, b, xtol=1e-15, rtol=8.9e-16) for a, b in brackets]
    nearest = min(roots, key=lambda x: abs(np.expm1(x)))
    rate = mpmath.expm1(exact_root(times, amounts, mpmath.mpf(nearest)))
    assert close(np.expm1(nearest), float(rate)), (name, "scipy", nearest, rate)
    tools = ["mpmath", "scipy"]
    if len(roots) == 1 and not any(t % 86400 for t in times):
        days = [date(1970, 1, 1) + timedelta(days=t // 86400) for t in times]
        other = pyxirr.xirr(days, [float(a) for a in amounts])
        if other is not None and close(other, float(rate)):
            tools.append("pyxirr")
        else:
            print("pyxirr", name, other, float(rate), file=sys.stderr)
    return {"name": name, "expected": float(mpmath.nstr(rate, 20)), "roots": len(roots), "tools": tools, "flows": flows}


def published():
    """(name, published value, decimals given, flows)"""
    yield "Microsoft, XIRR function", 0.373362535, 8, [["2008-01-01", "-10000"], ["2008-03-01", "2750"], ["2008-10-30", "4250"], ["2009-02-15", "3250"], ["2009-04-01", "2750"]]
    yield "LibreOffice help, XIRR", 0.1828, 4, [["2001-01-01", "-10000"], ["2001-02-01", "2000"], ["2001-03-15", "2500"], ["2001-05-12", "5000"], ["2001-08-10", "1000"]]
    yield "Apache OpenOffice wiki, XIRR function", 0.124, 3, [["2008-02-05", "-2750"], ["2008-07-05", "1000"], ["2009-01-05", "2000"]]
    yield "scripbox/ex-xirr, impossible returns", 21.118359, 6, [["2015-11-01", "-800000"], ["2015-10-01", "-2200000"], ["2015-06-01", "1000000"]]
    yield "scripbox/ex-xirr, bad investment", -0.034592, 6, [["1985-01-01", "1000"], ["1990-01-01", "-600"], ["1995-01-01", "-200"]]
    yield "scripbox/ex-xirr, repeated cash flow", 0.610359, 6, [["2011-12-07", "1000"], ["2011-12-07", "2000"], ["2013-05-21", "-2000"], ["2013-05-21", "-4000"]]
    yield "scripbox/ex-xirr, ok investment", 0.225683, 6, [["1985-01-01", "1000"], ["1990-01-01", "-600"], ["1995-01-01", "-6000"]]
    yield "klippero/xirr-bug", -0.7420, 4, [["2019-09-10", "-400"], ["2020-01-21", "-400"], ["2020-02-24", "-400"], ["2020-03-16", "895.24"]]
    yield "xirr for Python, its tests", -0.6453638827, 10, [["2019-12-31", "-80005.8"], ["2020-03-12", "65209.6"]]
    yield "xirr for Rust, its documentation", 0.1635371584432641, 15, [["2015-06-11", "-1000"], ["2015-07-21", "-9000"], ["2018-06-10", "20000"], ["2015-10-17", "-3000"]]
    yield "ncs1/finrb, 56 years", 0.11234, 5, [["1957-01-01", "-1000"], ["2013-01-01", "390000"]]


def iso(day):
    return (date(2018, 1, 1) + timedelta(days=day)).isoformat()


def amount(value):
    return f"{value:.3f}"


def generated(rng):
    """(name, flows): about the shapes a channel, a node or a person with a spreadsheet has."""
    for i in range(25):
        capital, days = rng.randint(100_000, 20_000_000), rng.randint(2, 2000)
        fees = [[iso(rng.randint(0, days)), amount(rng.uniform(-0.2, 1) * capital * rng.choice([1e-4, 1e-3, 1e-2]))] for _ in range(rng.randint(1, 60))]
        yield f"channel {i}: capital out, fees and rebalances at irregular days, capital back", [[iso(0), amount(-capital - rng.randint(500, 60_000))], *fees, [iso(days), amount(capital - rng.randint(100, 20_000))]]
    for i in range(15):
        capital = rng.randint(100_000, 5_000_000)
        yield f"loss {i}", [[iso(0), amount(-capital)], [iso(rng.randint(20, 300)), amount(capital * rng.uniform(0, 0.2))], [iso(rng.randint(301, 1500)), amount(capital * rng.uniform(0.1, 0.7))]]
    for i in range(10):
        capital = rng.randint(1_000_000, 9_000_000)
        yield f"near-total loss {i}", [[iso(0), amount(-capital)], [iso(rng.randint(360, 900)), amount(capital * 10 ** -rng.uniform(2, 6))]]
    for i in range(10):
        capital = rng.randint(1000, 100_000)
        yield f"return above 1000 % {i}", [[iso(0), amount(-capital)], [iso(rng.randint(5, 40)), amount(capital * rng.uniform(0.1, 0.6))], [iso(rng.randint(60, 365)), amount(capital * rng.uniform(12, 400))]]
    for i in range(15):
        a, b = rng.randint(0, 400), rng.randint(401, 1200)
        yield f"all flows on two days {i}", [[iso(rng.choice([a])), amount(-rng.uniform(100, 1000))] for _ in range(3)] + [[iso(b), amount(rng.uniform(60, 1500))] for _ in range(3)]
    for i in range(5):
        yield f"two days in a row {i}", [[iso(i), "-100000"], [iso(i + 1), amount(100_000 * (1 + rng.uniform(-0.03, 0.03)))]]
    for i in range(10):
        capital = rng.randint(500_000, 5_000_000)
        yield f"splices {i}", [[iso(0), amount(-capital)], [iso(100), amount(-capital / 2)], [iso(101), "-310"], [iso(rng.randint(200, 300)), amount(capital)], [iso(305), "-500"], [iso(rng.randint(400, 700)), amount(capital / 2 + rng.randint(-50_000, 200_000))]]
    for i in range(10):
        start, days = 1_600_000_000 + rng.randint(0, 86_400_000), rng.randint(2, 900)
        inner = [[start + rng.randint(1, days * 86_400), amount(rng.uniform(0, 900))] for _ in range(40)]
        yield f"at seconds {i}", [[start, "-1007500"], *inner, [start + days * 86_400 + 1, amount(999_550)]]
    for i in range(6):
        yield f"several rates {i}", [[iso(0), "-1000"], [iso(365), amount(2000 + rng.uniform(300, 1500))], [iso(730), amount(-1000 - rng.uniform(250, 400))]]
    for i in range(6):
        yield f"200 flows of random sign {i}", [[iso(rng.randint(0, 1500)), amount(rng.gauss(0, 1) * 1000 + 40)] for _ in range(200)]
    yield "1,000 random flows", [[iso(0), "-5000000"]] + [[iso(rng.randint(1, 1400)), amount(rng.gauss(600, 3000))] for _ in range(998)] + [[iso(1400), "4999000"]]
    yield "1,000 random flows at seconds", [[1_600_000_000, "-5000000"]] + [[1_600_000_000 + rng.randint(1, 90_000_000), amount(rng.gauss(-100, 4000))] for _ in range(998)] + [[1_690_000_001, "4990000"]]
    yield "1,000 random flows of random sign", [[iso(rng.randint(0, 3000)), amount(rng.gauss(0, 5000))] for _ in range(1000)]


def main():
    cases = []
    for name, value, decimals, flows in published():
        case = solve(name, flows)
        assert abs(case["expected"] - value) <= 0.5001 * 10**-decimals, (name, case["expected"])
        cases.append({**case, "published": value})
    for name, flows in generated(random.Random(20261121)):
        case = solve(name, flows)
        if case is None:
            print("no root", name, file=sys.stderr)
        else:
            cases.append(case)
    tools = {"pyxirr": pyxirr.__version__, "mpmath": mpmath.__version__, "scipy": __import__("scipy").__version__}
    head = {"about": "Written by scripts/xirr-cases.py, which says how. Times are days (UTC) or Unix seconds.", "tools": tools}
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    print(json.dumps(head)[:-1] + ', "cases": [\n' + lines + "\n]}")
    print(len(cases), "cases", sum("pyxirr" in c["tools"] for c in cases), "with pyxirr", sum(c["roots"] > 1 for c in cases), "with several roots", file=sys.stderr)


main()
