"""Builds the wheel: the package, and the extension module, which go build makes of the Go and C files in this folder.

It is a build backend of its own (PEP 517), so that a build needs Python, Go and a C compiler, and no other packages. One
wheel serves CPython 3.11 and up by the stable ABI; 3.10, whose stable ABI has no buffers, has its own.
"""

import base64
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
import zipfile

NAME, VERSION = "gomemoryview", "0.1.0"
HERE = os.path.dirname(os.path.abspath(__file__))

METADATA = f"""\
Metadata-Version: 2.4
Name: {NAME}
Version: {VERSION}
Summary: Python's memoryview, by an engine in Go
License-Expression: BSD-3-Clause
License-File: LICENSE
Requires-Python: >=3.10
Classifier: Programming Language :: Python :: Implementation :: CPython
Classifier: Programming Language :: Go
Classifier: Typing :: Typed
"""

STABLE_ABI = 0x030B0000
LIMITED = sys.version_info >= (3, 11)


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    """Writes the wheel for the Python that runs this, and returns its name (PEP 517)."""
    check_machine()
    tag = f"{'cp311-abi3' if LIMITED else 'cp310-cp310'}-{sysconfig.get_platform().replace('-', '_').replace('.', '_')}"
    files = package_files()
    files[f"{NAME}/_engine{'.abi3.so' if LIMITED else sysconfig.get_config_var('EXT_SUFFIX')}"] = build_extension()
    info = f"{NAME}-{VERSION}.dist-info"
    files[f"{info}/METADATA"] = METADATA.encode()
    files[f"{info}/WHEEL"] = f"Wheel-Version: 1.0\nGenerator: {NAME}\nRoot-Is-Purelib: false\nTag: {tag}\n".encode()
    files[f"{info}/licenses/LICENSE"] = read(os.path.join(os.path.dirname(HERE), "LICENSE"))
    files[f"{info}/RECORD"] = record(files, f"{info}/RECORD")
    name = f"{NAME}-{VERSION}-{tag}.whl"
    write_zip(os.path.join(wheel_directory, name), files)
    return name


def check_machine():
    """Stops with one line where the module cannot be built."""
    if sys.implementation.name != "cpython" or sys.version_info < (3, 10):
        stop("CPython 3.10 or later is needed")
    if sysconfig.get_config_var("Py_GIL_DISABLED"):
        stop("free-threaded builds of Python are not supported: use one with the GIL")
    if "musl" in (sysconfig.get_config_var("HOST_GNU_TYPE") or ""):
        stop("musl is not supported, since Go's shared libraries do not load there: use a system with glibc")
    if not shutil.which("go"):
        stop("Go 1.26 or later is needed to build it, and there is no go on the PATH: see https://go.dev/dl/")
    if not os.path.exists(os.path.join(sysconfig.get_path("include"), "Python.h")):
        stop("Python.h is missing: install the headers of this Python (on Debian, the package python3-dev)")


def stop(why):
    """Ends the build."""
    sys.exit(f"{NAME} cannot be built: {why}.")


def build_extension():
    """The bytes of the extension module."""
    with tempfile.TemporaryDirectory() as folder:
        made = os.path.join(folder, "engine.so")  # beside it cgo writes a header, which nobody wants
        command = ["go", "build", "-buildmode=c-shared", "-tags=extension", "-trimpath", "-buildvcs=false"]
        command += ["-ldflags=-s -w", "-o", made, "."]
        if subprocess.run(command, cwd=HERE, env=build_environment()).returncode:
            stop("go build failed, and says above why")
        return read(made)


def build_environment():
    """The environment of go build, which nothing in the caller's may change but where things are."""
    flags = ["-O2", f"-I{sysconfig.get_path('include')}"]
    if LIMITED:
        flags.append(f"-DPy_LIMITED_API={STABLE_ABI:#010x}")
    settings = {"GOWORK": "off", "GOFLAGS": "", "CGO_ENABLED": "1", "CGO_CFLAGS": " ".join(flags)}
    if platform.system() == "Darwin":
        settings["CGO_LDFLAGS"] = "-undefined dynamic_lookup"
    return {**os.environ, **settings}


def package_files():
    """The files of the package, by their names in the wheel."""
    folder = os.path.join(HERE, NAME)
    names = [name for name in os.listdir(folder) if name.endswith((".py", ".pyi", ".typed", ".h"))]
    return {f"{NAME}/{name}": read(os.path.join(folder, name)) for name in names}


def read(path):
    """The bytes of a file."""
    with open(path, "rb") as file:
        return file.read()


def record(files, itself):
    """The list of the wheel's files with their hashes."""
    lines = []
    for name, content in sorted(files.items()):
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        lines.append(f"{name},sha256={digest},{len(content)}\n")
    return "".join([*lines, f"{itself},,\n"]).encode()


def write_zip(path, files):
    """Writes a zip file whose bytes depend on the files alone, and on SOURCE_DATE_EPOCH."""
    earliest = 315532800  # 1980, where the times of zip files begin
    date = time.gmtime(max(earliest, int(os.environ.get("SOURCE_DATE_EPOCH", earliest))))[:6]
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name, date)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o755 if name.endswith(".so") else 0o644) << 16
            archive.writestr(entry, content)
