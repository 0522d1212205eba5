"""From a bare Python to a program with all it needs: `.venv` beside pyproject.toml, made once, then entered.

Standard library only, and readable by Python 3.6, which must still be told what to do. A later start compares one
small file and replaces itself by the Python in `.venv`; everything slow is imported only where it is used.
"""

import os
import sys

OLDEST = (3, 11)
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
PYTHON = (
    os.path.join(VENV, "Scripts", "python.exe") if os.name == "nt" else os.path.join(VENV, "bin", "python")
)
BEGUN = os.path.join(VENV, "antiphon-begun")
"""Stands in `.venv` while it is being filled: found at a start, it says that an earlier one was interrupted."""

GLIB = "libglib-2.0.so.0"
QT_LIBRARIES = {
    # soname: packages of (Debian, Fedora, Arch)
    GLIB: ("libglib2.0-0", "glib2", "glib2"),
    "libGL.so.1": ("libgl1", "libglvnd-glx", "libglvnd"),
    "libEGL.so.1": ("libegl1", "libglvnd-egl", "libglvnd"),
    "libxkbcommon.so.0": ("libxkbcommon0", "libxkbcommon", "libxkbcommon"),
    "libfontconfig.so.1": ("libfontconfig1", "fontconfig", "fontconfig"),
    "libdbus-1.so.3": ("libdbus-1-3", "dbus-libs", "dbus"),
}
X11_LIBRARIES = {
    "libxcb-cursor.so.0": ("libxcb-cursor0", "xcb-util-cursor", "xcb-util-cursor"),
    "libxkbcommon-x11.so.0": ("libxkbcommon-x11-0", "libxkbcommon-x11", "libxkbcommon-x11"),
    "libxcb-icccm.so.4": ("libxcb-icccm4", "xcb-util-wm", "xcb-util-wm"),
    "libxcb-keysyms.so.1": ("libxcb-keysyms1", "xcb-util-keysyms", "xcb-util-keysyms"),
    "libxcb-shape.so.0": ("libxcb-shape0", "libxcb", "libxcb"),
}
INSTALLERS = {
    "debian": (0, "apt-get install -y"),
    "fedora": (1, "dnf install -y"),
    "arch": (2, "pacman -S --needed --noconfirm"),
}


def enter(command, extra="", window=False):
    """Replace this process by the Python in `.venv` with *command*; `.venv` is made or mended first where needed.

    Args:
        extra: The extra of pyproject.toml that is wanted too; empty for the program alone.
        window: Whether the libraries of Qt must be there.

    Ends with exit code 2 and one sentence where the user has to act first.
    """
    check_version(sys.version_info[:3])
    seen = _libraries_path() if window else VENV
    if not os.path.exists(seen) or not is_ready(extra):
        try:
            _prepare(extra, window)
        except KeyboardInterrupt:
            sys.exit("Antiphon: interrupted; the next start goes on from here.")
    _become([PYTHON, "-P"] + command)


def check_version(version):
    """End with a sentence where *version* is older than `OLDEST`."""
    if version[:2] >= OLDEST:
        return
    from shlex import quote

    newer = _newer_python()
    told = "Antiphon needs Python %d.%d or newer, and this is %s. " % (
        OLDEST + (".".join(map(str, version)),)
    )
    if newer:
        _give_up(
            told + "A newer one is here:", " ".join([newer] + [quote(argument) for argument in sys.argv])
        )
    _give_up(told + "Install one, then start with it:", _python_installer(os_release()))


def is_ready(extra):
    """Return whether `.venv` holds what pyproject.toml asks for now, for this Python and this place."""
    if not os.path.exists(PYTHON) or os.path.exists(BEGUN):
        return False
    try:
        with open(_stamp_path(extra), "rb") as stamp:
            return stamp.read() == _stamp()
    except FileNotFoundError:
        return False


def missing_packages(release, has_venv, is_missing, x11):
    """Return the command that installs all that is missing, or an empty string.

    Args:
        release: The fields of /etc/os-release.
        has_venv: Whether this Python can make a virtual environment with pip in it.
        is_missing: Tells of a soname whether it cannot be loaded; None where no window is wanted.
        x11: Whether the window will be shown by an X server. The libraries for that are named as soon as
            anything else is missing, so that one line serves every later start too.
    """
    family = _family(release)
    column = INSTALLERS[family][0] if family else 0
    packages = [] if has_venv else [_venv_package()]
    if is_missing is not None:
        needed = [name for name in QT_LIBRARIES if is_missing(name)]
        for_x11 = [name for name in X11_LIBRARIES if is_missing(name)]
        rows = dict(QT_LIBRARIES, **X11_LIBRARIES)
        wanted = needed + for_x11 if packages or needed or x11 else []
        packages += [rows[name][column] for name in wanted]
    if not packages:
        return ""
    if family == "debian" and _has_t64_names(release):
        packages = [name + "t64" if name == "libglib2.0-0" else name for name in packages]
    command = INSTALLERS[family][1] if family else "your package manager's install command:"
    unique = sorted(set(packages), key=packages.index)
    return " ".join([command] + unique)


def system_command(window, x11):
    """Return the command for this machine that installs what it lacks for us; empty where it lacks nothing."""
    if not sys.platform.startswith("linux"):
        return ""
    has_venv = _has_modules("venv", "ensurepip")
    command = missing_packages(os_release(), has_venv, _cannot_load if window else None, x11)
    return _as_root(command) if command else ""


def os_release(path="/etc/os-release"):
    """Return the fields of an os-release file (freedesktop.org); empty where there is none."""
    try:
        with open(path, encoding="utf-8") as lines:
            pairs = [line.strip().split("=", 1) for line in lines if "=" in line and not line.startswith("#")]
    except OSError:
        return {}
    return {key: value.strip("\"'") for key, value in pairs}


def _prepare(extra, window):
    _check_system(window)
    with _alone():
        if not is_ready(extra):
            _install(extra)
        if window:
            open(_libraries_path(), "w").close()


def _check_system(window):
    command = system_command(window, _wants_x11())
    if command:
        _give_up("Antiphon needs some packages of the system first; install them, then start again:", command)


def _wants_x11():
    return bool(os.environ.get("DISPLAY")) and os.environ.get("QT_QPA_PLATFORM", "xcb").startswith("xcb")


def _libraries_path():
    """Return the file that says that the libraries were all there once: they are asked for at a first start only."""
    return os.path.join(VENV, "antiphon-libraries" + ("-x11" if _wants_x11() else ""))


def _install(extra):
    import time

    began = time.time()
    said = "Antiphon: %s %s (about %s, one to three minutes on first use) ..."
    size = "200 MB" if extra else "150 MB"
    _say(said % ("updating" if os.path.exists(_stamp_path(extra)) else "setting up", VENV, size))
    _make_venv()
    wanted = ".[%s]" % extra if extra else "."
    pip = ["-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--editable", wanted]
    _run(
        [PYTHON, "-I"] + pip,
        "Installing the packages failed. Is the network there? All of pip's words are above.",
    )
    _run([PYTHON, "-I", "-m", "compileall", "-q", os.path.join(ROOT, "app")], "Compiling Antiphon failed.")
    for name in {"", extra}:
        with open(_stamp_path(name), "wb") as stamp:
            stamp.write(_stamp())
    os.remove(BEGUN)
    _say("Antiphon: ready after %d s." % (time.time() - began))


def _make_venv():
    """Make `.venv`, or mend it; begin afresh where an earlier start was interrupted or it is for another Python."""
    stale = os.path.isdir(VENV) and (os.path.exists(BEGUN) or not _belongs_here())
    base = getattr(sys, "_base_executable", None) or sys.executable
    command = [base, "-I", "-m", "venv", VENV] + (["--clear"] if stale else [])
    os.makedirs(VENV, exist_ok=True)
    open(BEGUN, "w").close()
    _run(command, "Making the virtual environment failed; remove the folder .venv and try again.")
    open(BEGUN, "w").close()


def _belongs_here():
    """Return whether the `.venv` that stands there was made for this Python and, if by us, for this place."""
    import subprocess

    told = "import sys; print(sys.version_info[:2], sys.base_prefix)"
    try:
        answer = subprocess.run([PYTHON, "-I", "-c", told], stdout=subprocess.PIPE, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return False
    return answer.decode().strip() == _python() and _made_for() in (None, _place())


def _made_for():
    try:
        with open(_stamp_path(""), "rb") as stamp:
            return b"".join([stamp.readline(), stamp.readline()])
    except OSError:
        return None


def _stamp():
    with open(os.path.join(ROOT, "pyproject.toml"), "rb") as project:
        return _place() + project.read()


def _place():
    """Return two lines: the Python that `.venv` is made of, and where the checkout stands."""
    return ("%s\n%s\n" % (_python(), ROOT)).encode("utf-8", "surrogateescape")


def _python():
    return "%s %s" % (tuple(sys.version_info[:2]), sys.base_prefix)


def _stamp_path(extra):
    return os.path.join(VENV, "antiphon-installed" + ("-" + extra if extra else ""))


def _run(command, failure):
    """Run *command* in the checkout without a word; where it fails show all its words and end."""
    import subprocess

    environment = dict(os.environ, PIP_USER="0", PIP_REQUIRE_VIRTUALENV="0")
    done = subprocess.run(
        command,
        check=False,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    if done.returncode:
        sys.stderr.write(done.stdout.decode("utf-8", "replace"))
        _give_up(failure, " ".join(command))


class _alone:
    """Hold the checkout's lock, so that two first starts at once do the work once; pyproject.toml is what is locked."""

    def __enter__(self):
        self._file = open(os.path.join(ROOT, "pyproject.toml"), "rb")
        if os.name == "nt":
            self._lock_on_windows()
            return
        import fcntl

        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            _say("Antiphon: another start is setting up .venv; waiting for it ...")
            fcntl.flock(self._file, fcntl.LOCK_EX)

    def __exit__(self, *exc_info):
        self._file.close()

    def _lock_on_windows(self):
        """Lock one byte far behind the end, which hides nothing from readers of the file."""
        import msvcrt
        import time

        while True:
            self._file.seek(1 << 30)
            try:
                return msvcrt.locking(self._file.fileno(), msvcrt.LK_NBLCK, 1)
            except OSError:
                time.sleep(0.5)


def _become(command):
    sys.stdout.flush()
    sys.stderr.flush()
    if os.name != "nt":
        os.execv(command[0], command)
    import signal
    import subprocess

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.exit(subprocess.call(command))


def _has_modules(*names):
    from importlib.util import find_spec

    return all(find_spec(name) for name in names)


def _cannot_load(soname):
    import ctypes

    try:
        ctypes.CDLL(soname)
    except OSError:
        return True
    return False


def _family(release):
    kin = [release.get("ID", "")] + release.get("ID_LIKE", "").split()
    kin += ["debian"] if "ubuntu" in kin else []
    return next((name for name in kin if name in INSTALLERS), "")


def _has_t64_names(release):
    """Return whether this release names libraries for 64-bit time (Debian 13, Ubuntu 24.04)."""
    major = release.get("VERSION_ID", "99").split(".")[0]
    if "UBUNTU_CODENAME" in release:
        return release["UBUNTU_CODENAME"] not in ("focal", "jammy")
    return release.get("ID") == "debian" and int(major) >= 13


def _venv_package():
    default = os.path.realpath("/usr/bin/python3") == os.path.realpath(sys.executable)
    return "python3-venv" if default else "python%d.%d-venv" % sys.version_info[:2]


def _as_root(command):
    """Return *command* with sudo where we are not root, behind an update where apt has no lists yet."""
    sudo = "" if os.geteuid() == 0 else "sudo "
    lists = "/var/lib/apt/lists"
    if command.startswith("apt-get") and not any("_Packages" in name for name in _listed(lists)):
        return "%sapt-get update && %s%s" % (sudo, sudo, command)
    return command if command.startswith("your") else sudo + command


def _listed(folder):
    return os.listdir(folder) if os.path.isdir(folder) else []


def _newer_python():
    names = ["python3.%d" % minor for minor in range(OLDEST[1], 20)]
    return next((name for name in reversed(names) if _runs(name)), "")


def _runs(name):
    """Return whether *name* starts; a shim of pyenv may stand on the path and not."""
    import subprocess

    try:
        return subprocess.call([name, "-c", ""], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def _python_installer(release):
    if sys.platform == "darwin":
        return "brew install python@3.13"
    if os.name == "nt":
        return "winget install Python.Python.3.13"
    if release.get("UBUNTU_CODENAME") == "jammy":
        return _as_root("apt-get install -y python3.11 python3.11-venv")
    if _family(release) == "fedora":
        return _as_root("dnf install -y python3.12")
    return "curl -LsSf https://astral.sh/uv/install.sh | sh && ~/.local/bin/uv python install 3.13"


def _say(sentence):
    sys.stderr.write(sentence + "\n")
    sys.stderr.flush()


def _give_up(sentence, command):
    _say("%s\n    %s" % (sentence, command))
    sys.exit(2)
