"""Makes sample.npy, the array that the command has built in: see SAMPLE.md.

    python sample.py path/to/sklearn/datasets/data/iris.csv
"""

import csv
import sys
from pathlib import Path

import numpy as np

size = np.dtype([("length", "<f4"), ("width", "<f4")])
flower = np.dtype([("sepal", size), ("petal", size), ("species", "<U10")])

with open(sys.argv[1], newline="", encoding="ascii") as file:
    rows = list(csv.reader(file))
species = rows[0][2:]
flowers = [((a, b), (c, d), species[int(kind)]) for a, b, c, d, kind in rows[1:]]
np.save(Path(__file__).with_name("sample.npy"), np.array(flowers, flower))
