"""A plug-in of pytest: before the tests of lmdb run, every view that it makes must be one of ours.

The package is imported here, since one test counts the page faults of a call that would otherwise be the first to import it.
"""

import tempfile

import gomemoryview
import lmdb


def pytest_configure() -> None:
    """Reads one value in each of the ways that give a view."""
    with tempfile.TemporaryDirectory() as folder, lmdb.open(folder, max_dbs=1) as environment:
        fixed = environment.open_db(b"fixed", dupsort=True, dupfixed=True)
        with environment.begin(fixed, write=True, buffers=True) as transaction:
            transaction.put(b"key", b"value")
            cursor = transaction.cursor()
            views = [transaction.get(b"key"), *next(iter(cursor)), *cursor.item()]
            views.append(cursor.getmulti([b"key"])[0][1])
            views.append(cursor.getmulti([b"key"], dupdata=True, dupfixed_bytes=5)[0][1])
            views.append(cursor.getmulti([b"key"], dupdata=True, dupfixed_bytes=5, keyfixed=True))
            assert [bytes(view) for view in views] == [*[b"value", b"key"] * 2, *[b"value"] * 3, b"keyvalue"]
            assert {type(view) for view in views} == {gomemoryview.memoryview}, views
