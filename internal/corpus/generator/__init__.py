"""Cases of memoryview's behaviour, written by CPython and NumPy."""
