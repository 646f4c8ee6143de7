"""Writes the arrays that the gallery draws, and the tutorial begins with.

    python generate.py [OUTDIR]

What is not exact arithmetic is rounded, so that every machine writes the same bytes.
"""

import sys
from pathlib import Path

import numpy as np

out = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent / "testdata")
rng = np.random.default_rng(3118)


def beat(phase):
    """A heart's electrical wave: P, Q, R, S and T, each a bell with a place, a width and a height."""
    waves = [(0.18, 0.025, 120), (0.34, 0.008, -110), (0.37, 0.011, 1000), (0.40, 0.010, -240), (0.62, 0.045, 260)]
    return sum(height * np.exp(-(((phase - place) / width) ** 2) / 2) for place, width, height in waves)


def heart():
    """A minute of a heart, 500 times a second, and two items that an electrode got wrong."""
    seconds = np.arange(60 * 500) / 500
    signal = beat(seconds * 1.2 % 1) + 150 * np.sin(seconds / 5) + rng.integers(-15, 16, seconds.size)
    signal[[9_137, 21_902]] = 3_100, -2_400
    return np.rint(signal).astype("<i2")


def year():
    """Degrees at each hour of each day of a year: seasons, days, and weather that stays for a while."""
    hour, day = np.mgrid[0:24, 0:365]
    season = 9.5 - 10.5 * np.cos(2 * np.pi * (day - 18) / 365)
    swing = (2.5 + 2.5 * np.sin(np.pi * day / 365)) * np.cos(2 * np.pi * (hour - 15) / 24)
    front = np.convolve(rng.integers(-12, 13, 365 + 8), np.ones(9) / 9, "valid")
    return np.round(season + swing + front, 1).astype("<f4")


def ball():
    """A ball over a chessboard, lit from the left."""
    height, width = 120, 160
    y, x = (np.mgrid[0:height, 0:width] - [[[height / 2]], [[width / 2]]]) / 52
    sky = np.stack([150 + 60 * y, 190 + 40 * y, 235 + 10 * y], -1)
    depth = 1 / np.maximum(y - 0.25, 1e-9)
    board = (np.floor(x * depth * 1.5) + np.floor(depth * 2)) % 2
    fade = np.clip(1.6 - depth / 6, 0.55, 1)
    floor = np.stack([(60 + 170 * board) * fade, (60 + 165 * board) * fade, (75 + 140 * board) * fade], -1)
    scene = np.where((y > 0.33)[..., None], floor, sky)
    shadow = ((x - 0.25) / 1.05) ** 2 + ((y - 0.86) / 0.2) ** 2 < 1
    scene = np.where(shadow[..., None], scene * 0.5, scene)

    z2 = 0.64 - x * x - (y - 0.02) ** 2
    z = np.sqrt(np.maximum(z2, 0))
    light = np.maximum(-0.5 * x - 0.62 * (y - 0.02) + 0.6 * z, 0) / 0.8
    shine = np.clip(light, 0, 1) ** 32
    surface = np.stack([45 + 185 * light + 60 * shine, 22 + 75 * light + 150 * shine, 26 + 45 * light + 160 * shine], -1)
    scene = np.where((z2 > 0)[..., None], surface, scene)
    return np.clip(np.rint(scene), 0, 255).astype("u1")


for array in (heart, year, ball):
    np.save(out / f"{array.__name__}.npy", array())
