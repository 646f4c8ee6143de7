"""C extensions that call the seven functions: by CPython's names, for CPython's own and for ours, and by our own names."""

import functools
import os
import shlex
import struct
import subprocess
import sys
import sysconfig
import tempfile
import textwrap
import unittest
from typing import Any

import gomemoryview

SOURCES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "capi")
HEADER = os.path.join(gomemoryview.get_include(), "gomemoryview.h")
REPLACE = ("-DGOMEMORYVIEW_REPLACE", "-include", HEADER)
FOLDER = tempfile.TemporaryDirectory()
LIMITED = "-DPy_LIMITED_API=0x030B0000"
HAS_LIMITED = sys.version_info >= (3, 11)


def compiler(language: str) -> "list[str]":
    """The compiler of this Python, and what makes it strict, but not with Python's own headers."""
    command = shlex.split(sysconfig.get_config_var("CXX" if language == "c++" else "CC"))
    command += ["-x", language, "-Wall", "-Wextra", "-Werror", "-Wno-unused-parameter"]
    return [*command, "-isystem", sysconfig.get_path("include"), "-I", gomemoryview.get_include()]


def run(*command: str, **options: Any) -> "subprocess.CompletedProcess[str]":
    """Runs a program to its end."""
    return subprocess.run(command, capture_output=True, text=True, timeout=300, **options)


@functools.lru_cache(maxsize=None)
def compiled(module: str, *flags: str, language: str = "c") -> str:
    """Compiles an extension module into a folder, which it returns."""
    into = tempfile.mkdtemp(dir=FOLDER.name)
    files = ("seven.c", "unit.c") if module == "seven" else (f"{module}.c",)
    sources = [os.path.join(SOURCES, file) for file in files]
    made = os.path.join(into, module + sysconfig.get_config_var("EXT_SUFFIX"))
    done = run(*compiler(language), "-O1", "-fPIC", "-shared", *flags, *sources, "-o", made)
    if done.returncode:
        raise AssertionError(done.stderr)
    return into


def python(*arguments: str, path: str = "", package: bool = True) -> str:
    """What a Python prints that finds a folder of modules, and our package, or not."""
    site = os.path.dirname(gomemoryview.get_include())
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([path, site] if package else [path])}
    done = run(sys.executable, "-X", "faulthandler", *arguments, env=environment, cwd=FOLDER.name)
    if done.returncode:
        raise AssertionError(f"{done.returncode}\n{done.stderr}")
    return done.stdout


def program(text: str, *arguments: str, path: str, package: bool = True) -> str:
    """What a program prints that is written indented, where nothing else is installed."""
    return python("-S", "-c", textwrap.dedent(text), *arguments, path=path, package=package)


class Seven(unittest.TestCase):
    """A file that was written for CPython's functions, compiled for both."""

    def report(self, folder: str) -> str:
        """What the functions do."""
        return python(os.path.join(SOURCES, "report.py"), folder)

    def test_same_report(self) -> None:
        """Results, errors, reference counts: the same text, as C, as C++ and with the limited API."""
        expected = self.report(compiled("seven"))
        print(f"\nseven functions: {expected.count(chr(10))} lines")
        built = {"C": compiled("seven", *REPLACE), "C++": compiled("seven", *REPLACE, language="c++")}
        if HAS_LIMITED:
            built["limited API"] = compiled("seven", *REPLACE, LIMITED)
        self.maxDiff = 2000
        for name, folder in built.items():
            with self.subTest(name):
                self.assertEqual(self.report(folder), expected)

    def test_views_are_ours(self) -> None:
        """The flags decide whose they are, in both files of the extension."""
        text = "import seven; print(*(type(f(b'')).__module__ for f in (seven.from_object, seven.by_unit)))"
        self.assertEqual(program(text, path=compiled("seven")), "builtins builtins\n")
        self.assertEqual(program(text, path=compiled("seven", *REPLACE)), "gomemoryview gomemoryview\n")

    def test_both_kinds(self) -> None:
        """Check and the macros answer for CPython's views too, and for nothing else."""
        text = """
            import seven, gomemoryview
            source = bytearray(b"ab")
            for kind in memoryview, gomemoryview.memoryview:
                view = kind(source)[1:]
                print(seven.check(view), seven.get_buffer(view), seven.first_byte(view), seven.get_base(view) is source)
            print(*map(seven.check, (source, kind, None, 5)))
        """
        line = "True (1, 1, 0, 1, 'B', [1], [1], None, 1) 98 True\n"
        expected = line + line + "False False False False\n"
        for flags in ((*REPLACE, LIMITED), REPLACE)[not HAS_LIMITED :]:
            self.assertEqual(program(text, path=compiled("seven", *flags)), expected)

    def test_without_the_package(self) -> None:
        """Functions say what is missing, every time; Check says what it can, and touches no exception."""
        text = """
            import seven
            def attempt(function, *arguments):
                try:
                    return function(*arguments)
                except Exception as error:
                    return repr(error)
            for _ in range(2):
                print(attempt(seven.from_object, b""), attempt(seven.from_memory, 1, 256), attempt(seven.by_unit, b""))
                print(attempt(seven.get_contiguous, b"", 256, b"C"), attempt(seven.from_buffer, b"a", ""))
                print(seven.check(b""), seven.check(memoryview(b"")))
                print(attempt(seven.check_while_raising, b""), attempt(seven.check_while_raising, memoryview(b"")))
        """
        missing = """ModuleNotFoundError("No module named 'gomemoryview'")"""
        expected = f"{missing} {missing} {missing}\n{missing} {missing}\n"
        expected += "False True\nKeyError('no view') KeyError('a view')\n"
        found = program(text, path=compiled("seven", *REPLACE), package=False)
        self.assertEqual(found, expected * 2)

    def test_another_version(self) -> None:
        """A table of another version, or shorter than what was compiled for, is refused before it is called."""
        text = """
            import ctypes, struct, sys, gomemoryview
            table = ctypes.create_string_buffer(struct.pack("in5P", int(sys.argv[1]), int(sys.argv[2]), 0, 0, 0, 0, 0))
            new = ctypes.pythonapi.PyCapsule_New
            new.restype, new.argtypes = ctypes.py_object, [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
            gomemoryview._C_API = new(ctypes.addressof(table), b"gomemoryview._C_API", None)
            import seven
            print(seven.check(b""))
            try:
                seven.from_object(b"")
            except ImportError as error:
                print(error)
        """
        folder = compiled("seven", *REPLACE)
        whole = struct.calcsize("in5P")
        for version, size in ((0, whole), (2, whole), (1, whole - 8)):
            found = program(text, str(version), str(size), path=folder)
            said = rf"^False\nthis extension was compiled for version 1 .* has version {version} \({size} bytes\)"
            self.assertRegex(found, said)

    def test_interpreters(self) -> None:
        """Each makes views of its own type, whichever called first, and whichever has gone since."""
        inner = """
            import seven
            view = seven.from_object(b"abc")
            import gomemoryview
            assert type(view) is gomemoryview.memoryview and seven.check(view)
            assert view.tolist() == [97, 98, 99] == seven.by_unit(view).tolist()
        """
        text = f"""
            import _testcapi
            inner = {textwrap.dedent(inner)!r}
            assert _testcapi.run_in_subinterp(inner) == 0
            exec(inner)
            for _ in range(3):
                assert _testcapi.run_in_subinterp(inner) == 0
                exec(inner)
                assert seven.check(view) and view.tobytes() == b"abc"
        """
        program(text, path=compiled("seven", *REPLACE))

    def test_memory_is_flat(self) -> None:
        """What the functions make goes again, and what they refuse leaves nothing behind."""
        text = """
            import sys, seven
            source = bytearray(range(64))
            odd = memoryview(source)[::2]
            def cycle():
                seven.from_memory(16, 0x100)
                seven.from_object(seven.from_object(source))
                seven.get_contiguous(odd, 0x100, b"F")
                seven.from_buffer(source, "f")
                seven.give_back()
                for refused in (lambda: seven.get_contiguous(odd, 0x200, b"C"), lambda: seven.from_object(5)):
                    try:
                        refused()
                    except (BufferError, TypeError):
                        pass
            def blocks(n):
                for _ in range(n):
                    cycle()
                return sys.getallocatedblocks(), sys.getrefcount(source), sys.getrefcount(type(seven.from_object(b"")))
            before, after = blocks(10000), blocks(int(sys.argv[1]))
            print(after[0] - before[0] < 50, after[1:] == before[1:])
        """
        cycles = "1000000" if "MEMORYVIEW_SOAK" in os.environ else "20000"
        self.assertEqual(program(text, cycles, path=compiled("seven", *REPLACE)), "True True\n")

    def test_threads(self) -> None:
        """Many meet at the first call."""
        text = """
            import threading, seven
            barrier, types = threading.Barrier(8), []
            def first():
                barrier.wait()
                types.append(type(seven.from_object(b"")))
            threads = [threading.Thread(target=first) for _ in range(8)]
            for thread in threads: thread.start()
            for thread in threads: thread.join()
            print(len(types), {type.__module__ for type in types}, len(set(types)))
        """
        found = program(text, path=compiled("seven", *REPLACE))
        self.assertEqual(found, "8 {'gomemoryview'} 1\n")


class Header(unittest.TestCase):
    """What the header asks of a compiler, and of those who include it."""

    def accepts(self, text: str, *flags: str, language: str = "c") -> str:
        """What the compiler complains of in a file."""
        return run(*compiler(language), *flags, "-fsyntax-only", "-", input=text).stderr

    def test_standards(self) -> None:
        """Every standard in which Python.h itself can be included, strictly."""
        text = '#include "gomemoryview.h"\nint used(PyObject *object);\n'
        text += "int used(PyObject *object) { return GoMemoryView_Check(object) && !GoMemoryView_GET_BASE(object); }\n"
        strict = ("-Wpedantic", "-Wshadow", "-Wconversion", "-Wundef", "-Wwrite-strings", "-Wcast-qual")
        c = ("-Wstrict-prototypes", "-Wmissing-prototypes", "-Wdeclaration-after-statement")
        for mode in ((), ("-DGOMEMORYVIEW_REPLACE",), (LIMITED,), (LIMITED, "-DGOMEMORYVIEW_REPLACE")):
            if LIMITED in mode and not HAS_LIMITED:
                continue
            for standard in ("gnu89", "c99", "c11", "c17", "gnu17"):
                with self.subTest(standard, mode=mode):
                    self.assertEqual(self.accepts(text, f"-std={standard}", *strict, *c, *mode), "")
            for standard in ("c++11", "c++14", "c++17", "c++20"):
                with self.subTest(standard, mode=mode):
                    self.assertEqual(self.accepts(text, f"-std={standard}", *strict, *mode, language="c++"), "")

    def test_python_first(self) -> None:
        """Python.h may come first, with PY_SSIZE_T_CLEAN or without, or after."""
        header, python, clean = '#include "gomemoryview.h"\n', "#include <Python.h>\n", "#define PY_SSIZE_T_CLEAN\n"
        for text in (python + header, clean + python + header, header + clean + python, clean + header + python + header):
            with self.subTest(text):
                self.assertEqual(self.accepts(text), "")

    def test_limited_api_too_early(self) -> None:
        """It had no buffers before 3.11."""
        for flag in ("-DPy_LIMITED_API", "-DPy_LIMITED_API=3", "-DPy_LIMITED_API=0x030A0000"):
            with self.subTest(flag):
                complaint = self.accepts('#include "gomemoryview.h"\n', flag)
                self.assertIn("gomemoryview.h: the limited API has buffers from 3.11 on", complaint)


class Attempts(unittest.TestCase):
    """Calls that crash CPython, or break what it makes, are errors."""

    def test_attempts(self) -> None:
        """Each is told by its type and by its words."""
        text = """
            import struct, attempts
            words = lambda *numbers: struct.pack(f"{len(numbers)}n", *numbers)
            most = 2**63 - 1
            calls = [
                (attempts.from_null,), (attempts.contiguous_null,), (attempts.from_buffer_null,),
                (attempts.from_memory, -1, False), (attempts.from_memory, 5, True), (attempts.from_memory, -5, True),
                (attempts.get_contiguous, b"", 0x100, b"X"), (attempts.get_contiguous, b"", 0x100, bytes(1)),
                (attempts.get_contiguous, b"", 0x300, b"C"), (attempts.get_contiguous, b"", 1, b"C"),
                (attempts.from_buffer, -1, 1, 1, b"", False, False),
                (attempts.from_buffer, 4, -1, 1, words(4), False, False),
                (attempts.from_buffer, 4, 1, -1, words(4), False, False),
                (attempts.from_buffer, 4, 0, 1, b"", False, False),
                (attempts.from_buffer, 4, 1, 2, b"", False, False),
                (attempts.from_buffer, 4, 1, 1, words(4), False, True),
                (attempts.from_buffer, 4, 1, 1, words(-4), False, False),
                (attempts.from_buffer, 4, 1, 1, words(5), False, False),
                (attempts.from_buffer, 1, 4, 0, b"", False, False),
                (attempts.from_buffer, 4, 1, 3, words(most, most, 4), True, False),
                (attempts.from_buffer, 1, 1, 65, words(*[1] * 65), True, False),
            ]
            for function, *arguments in calls:
                try:
                    print(function(*arguments))
                except Exception as error:
                    print(type(error).__name__, error)
            for view in attempts.from_memory(0, True), attempts.from_buffer(8, 8, 0, b"", False, False):
                print(view.ndim, view.nbytes, view.tobytes(), view == view, attempts.get_contiguous(view, 0x200, b"A").shape)
        """
        found = program(text, path=compiled("attempts")).splitlines()
        malformed = "BufferError memoryview: malformed buffer: "
        choices = "ValueError PyMemoryView_GetContiguous(): PyBUF_READ or PyBUF_WRITE, and an order of C, F or A"
        expected = [
            "SystemError PyMemoryView_FromObject(): the object must not be NULL",
            "SystemError PyMemoryView_GetContiguous(): the object must not be NULL",
            "SystemError PyMemoryView_FromBuffer(): info must not be NULL",
            malformed + "a negative size",
            malformed + "no memory",
            malformed + "a negative size",
            *[choices] * 4,
            *[malformed + "a negative size"] * 3,
            *[malformed + "no shape"] * 2,
            malformed + "suboffsets without strides",
            malformed + "an impossible shape",
            *[malformed + "its length is not product(shape) * itemsize"] * 2,
            malformed + "an impossible shape",
            "ValueError memoryview: number of dimensions must not exceed 64",
            "1 0 b'' True (0,)",
            "0 8 b'\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00' True ()",
        ]
        self.assertEqual(found, expected)




if __name__ == "__main__":
    unittest.main()
