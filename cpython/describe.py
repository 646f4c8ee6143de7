import sys

sys.path = [path for path in sys.path if path]  # without the current folder

import json, os, sysconfig

var = sysconfig.get_config_var
version = "%d.%d" % sys.version_info[:2]
folders = [var("LIBDIR"), var("PYTHONFRAMEWORKPREFIX"), var("LIBPL"), os.path.join(sys.base_prefix, "lib")]
names = [var("INSTSONAME"), var("LDLIBRARY"), "libpython%s.so.1.0" % version, "libpython%s.dylib" % version]
if var("LIBDIR") and var("MULTIARCH"):
    folders.insert(1, os.path.join(var("LIBDIR"), var("MULTIARCH")))
paths = []
for folder in folders:
    for name in names:
        if folder and name and not name.endswith(".a"):
            path = os.path.join(folder, name)
            if path not in paths:
                paths.append(path)
json.dump({
    "Implementation": sys.implementation.name,
    "Version": sys.version_info[:2],
    "FreeThreaded": bool(var("Py_GIL_DISABLED")),
    "Executable": sys.executable,
    "Libraries": [path for path in paths if os.path.exists(path)],
    "Missing": [path for path in paths if not os.path.exists(path)],
}, sys.stdout)
