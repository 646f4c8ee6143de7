"""What hatchling cannot know: how the extension module is made of Go and C, and what a source archive carries besides.

go build makes the module of the files in this folder. One wheel serves CPython 3.11 and up by the stable ABI; 3.10, whose stable
ABI has no buffers, has its own.
"""

import os
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from typing import Any, NoReturn

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

HERE = os.path.dirname(os.path.abspath(__file__))
STABLE_ABI = 0x030B0000
# With these a caller could have it made for another machine, or in another way.
NOT_FROM_CALLER = ("GOOS", "GOARCH", "GOAMD64", "GOARM64", "GOEXPERIMENT", "GOFLAGS", "CGO_CPPFLAGS", "CGO_LDFLAGS")
LIMITED = sys.version_info >= (3, 11)

# A call of Python's API by way of a stub costs a nanosecond. Pairs of fields that were just written one by one are not to be
# read as one vector, which would wait for both; and where functions happen to lie shall make no difference. Python's headers
# assert things, and name the folder that they lie in, unless NDEBUG is defined.
OPTIMISATION = ["-O2", "-DNDEBUG", "-fno-plt", "-fno-tree-slp-vectorize", "-falign-functions=64"]


class Hook(BuildHookInterface):
    """Adds what has to be made to the archive that hatchling writes."""

    def initialize(self, version: str, build_data: "dict[str, Any]") -> None:
        """Makes it, in a folder of its own: nothing is written beside the sources."""
        self.folder = tempfile.TemporaryDirectory()  # which goes when the build is stopped, too
        if self.target_name == "sdist":
            build_data["force_include"].update(vendored(self.folder.name))
            return
        if version == "editable":
            stop("it is compiled, and cannot be installed editable: use pip install without -e")
        check_machine()
        name = "_engine.abi3.so" if LIMITED else "_engine" + sysconfig.get_config_var("EXT_SUFFIX")
        build_data["force_include"][build_extension(self.folder.name)] = f"gomemoryview/{name}"
        build_data["pure_python"] = False
        build_data["tag"] = wheel_tag()

    def finalize(self, version: str, build_data: "dict[str, Any]", artifact: str) -> None:
        """Clears the folder."""
        self.folder.cleanup()


def stop(why: str) -> NoReturn:
    """Ends the build."""
    sys.exit(f"gomemoryview cannot be built: {why}.")


def check_machine() -> None:
    """Stops with one line where the module cannot be built."""
    if sys.implementation.name != "cpython":
        stop(f"it needs CPython, and this is {platform.python_implementation()}")
    if sysconfig.get_config_var("Py_GIL_DISABLED"):
        stop("it needs the GIL, and this Python is a free-threaded build")
    if "musl" in (sysconfig.get_config_var("HOST_GNU_TYPE") or ""):
        stop("it needs glibc, and this Python is linked to musl, which does not load Go's shared libraries")
    if not os.path.exists(os.path.join(sysconfig.get_path("include"), "Python.h")):
        stop("Python.h is missing: install the headers of this Python (on Debian, the package python3-dev)")
    check_go()


def check_go() -> None:
    """Stops with one line where Go is missing or too old, or has no C compiler."""
    with open(os.path.join(HERE, "go.mod")) as file:
        needed = re.search(r"^go (\d+)\.(\d+)", file.read(), re.MULTILINE)
    assert needed
    wanted = f"Go {needed[1]}.{needed[2]} or later"
    if not shutil.which("go"):
        stop(f"it needs {wanted}, and there is no go on the PATH: see https://go.dev/dl")
    told = go(["env", "GOVERSION", "CC"], capture_output=True)
    if told.returncode:
        stop(f"it needs {wanted}, and go says: {told.stderr.strip().splitlines()[-1]}")
    version, compiler = told.stdout.splitlines()
    found = re.match(r"go(\d+)\.(\d+)", version)
    if found and (int(found[1]), int(found[2])) < (int(needed[1]), int(needed[2])):
        stop(f"it needs {wanted}, and this is {version}: see https://go.dev/dl")
    if not shutil.which(compiler.split()[0]):
        stop(f"it needs a C compiler, and there is no {compiler} (on Debian, install gcc and libc6-dev)")


def build_extension(folder: str) -> str:
    """Makes the extension module in a folder, and returns its path. The header that cgo writes beside it is for nobody."""
    made = os.path.join(folder, "engine.so")
    flags = ["-buildmode=c-shared", "-tags=extension", "-trimpath", "-buildvcs=false", "-ldflags=-s -w"]
    if go(["build", *flags, "-o", made, "."]).returncode:
        stop("go build failed, and says above why")
    return made


def vendored(folder: str) -> "dict[str, str]":
    """The engine and what it needs, as a build from the archive finds them without a network. An archive has them already."""
    if os.path.isdir(os.path.join(HERE, "vendor")):
        return {}
    made = os.path.join(folder, "vendor")
    if go(["mod", "vendor", "-o", made]).returncode:
        stop("go mod vendor failed, and says above why")
    return {made: "vendor"}


def go(arguments: "list[str]", **options: Any) -> "subprocess.CompletedProcess[str]":
    """Runs go in this folder. No variable in the caller's environment changes what it makes, but CC."""
    flags = [*OPTIMISATION, "-fvisibility=hidden", f"-I{sysconfig.get_path('include')}"]
    if LIMITED:
        flags.append(f"-DPy_LIMITED_API={STABLE_ABI:#010x}")
    settings = dict.fromkeys(NOT_FROM_CALLER, "")
    settings.update(GOWORK="off", CGO_ENABLED="1", CGO_CFLAGS=" ".join(flags))
    if platform.system() == "Darwin":
        settings["CGO_LDFLAGS"] = "-undefined dynamic_lookup"
    return subprocess.run(["go", *arguments], cwd=HERE, env={**os.environ, **settings}, text=True, **options)


def wheel_tag() -> str:
    """The Pythons and the systems that the wheel is for: with later headers, which take None to be immortal, none from before."""
    system = re.sub("[-.]", "_", sysconfig.get_platform())
    return f"cp3{sys.version_info.minor}-{'abi3' if LIMITED else 'cp310'}-{system}"
