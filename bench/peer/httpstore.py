"""A store of Zarr's that reads over HTTP: HTTPStore("http://localhost:8080/zarr/v3/temperature"). It needs zarr-python 3, and nothing beside.

What zarr-python does with an address (fsspec and aiohttp) copies what comes several times in one thread. This asks by the standard library in as many
threads as Zarr asks at once, and receives a chunk in the memory that Zarr is given. Copy it, and import it: Dask's workers want it on their path too.
"""

import asyncio
import http.client
import random
import threading
import time
from urllib.parse import quote, urlsplit

import numpy as np
from zarr.abc.store import OffsetByteRequest, RangeByteRequest, Store, SuffixByteRequest

TRIES = 6  # with waits between them that come to some seconds, so that a server may start anew


class HTTPStore(Store):
    supports_writes = supports_deletes = supports_listing = False

    def __init__(self, url, headers=None, timeout=60):
        super().__init__(read_only=True)
        self.url, self.headers, self.timeout = url.rstrip("/"), dict(headers or {}), timeout
        self._mine = threading.local()  # a connection for each thread

    def __eq__(self, other):
        return isinstance(other, HTTPStore) and (other.url, other.headers) == (self.url, self.headers)

    def __repr__(self):
        return f"HTTPStore({self.url!r})"

    def __reduce__(self):
        return HTTPStore, (self.url, self.headers, self.timeout)

    async def get(self, key, prototype, byte_range=None):
        data = await asyncio.to_thread(self._fetch, key, byte_range)
        return None if data is None else prototype.buffer.from_array_like(data)

    async def get_partial_values(self, prototype, key_ranges):
        return await asyncio.gather(*(self.get(key, prototype, byte_range) for key, byte_range in key_ranges))

    async def exists(self, key):
        return await asyncio.to_thread(self._fetch, key, RangeByteRequest(0, 1)) is not None

    def _fetch(self, key, byte_range):
        for attempt in range(TRIES):
            try:
                return self._ask(key, byte_range)
            except (OSError, http.client.HTTPException):
                self._mine.connection = None
                if attempt == TRIES - 1:
                    raise
                time.sleep(random.uniform(0.05, 0.1) * 2**attempt)

    def _ask(self, key, byte_range):
        target = urlsplit(self.url)
        connection = getattr(self._mine, "connection", None)
        if connection is None:
            kind = http.client.HTTPSConnection if target.scheme == "https" else http.client.HTTPConnection
            connection = self._mine.connection = kind(target.netloc, timeout=self.timeout)
        connection.request("GET", f"{target.path}/{quote(key)}", headers=self.headers | span(byte_range))
        answer = connection.getresponse()
        if answer.status == 404:
            answer.read()
            return None
        if answer.status != (206 if byte_range else 200) or answer.length is None:
            self._mine.connection = None  # whose body nobody reads
            later = answer.status == 429 or answer.status >= 500
            raise (http.client.HTTPException if later else ValueError)(f"{self.url}/{key}: status {answer.status} {answer.reason}")
        data = np.empty(answer.length, np.uint8)
        if answer.readinto(data.data) != data.nbytes:
            raise http.client.IncompleteRead(b"", data.nbytes)
        return data

    async def set(self, key, value):
        raise NotImplementedError("this store reads")

    delete = set

    def list(self):
        raise NotImplementedError("a server cannot be asked what it holds: groups have consolidated metadata")

    list_prefix = list_dir = lambda self, prefix: self.list()


def span(byte_range):
    """The header that asks for a part."""
    match byte_range:
        case RangeByteRequest(start, end):
            return {"Range": f"bytes={start}-{end - 1}"}
        case OffsetByteRequest(offset):
            return {"Range": f"bytes={offset}-"}
        case SuffixByteRequest(suffix):
            return {"Range": f"bytes=-{suffix}"}
    return {}
