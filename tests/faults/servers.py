"""Faults of the database server, of its connections and settings, and of server processes."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from tests.faults.house import SERVICE, Stage, send, wait_for_answer_of
from tests.faults.registry import fault
from tests.support import execute, wait_until

# The database server dies


@fault(short=1, long=5, felt="503 outcome_unknown")
def kill_the_postmaster(stage: Stage, times: float) -> None:
    for _ in range(int(times)):
        stage.crowd.wait_for_answers(50)
        stage.pause(0.5)
        stage.cluster.kill()
        stage.restart_cluster_after(stage.chance.random())


@fault(short=1, long=5, felt="503 outcome_unknown")
def kill_a_backend_and_with_it_all(stage: Stage, times: float) -> None:
    for _ in range(int(times)):
        stage.crowd.wait_for_answers(50)
        stage.pause(0.5)
        send(signal.SIGKILL, [stage.chance.choice(stage.backends())])
        wait_for_answer_of(stage.dsn)


@fault(short=2, long=10, felt="503 outcome_unknown")
def restart_immediately_again_and_again(stage: Stage, times: float) -> None:
    for _ in range(int(times)):
        stage.pause(1.5)
        stage.cluster.stop("immediate")
        stage.restart_cluster_after(stage.chance.random())


@fault(short=1.5, long=20, felt="503")
def stop_the_database_for_a_while(stage: Stage, seconds: float) -> None:
    stage.cluster.stop("fast")
    stage.restart_cluster_after(seconds)


# The database server hangs


@fault(short=0.7, long=30, felt_long="503")
def freeze_the_database(stage: Stage, seconds: float) -> None:
    processes = stage.database_processes()
    send(signal.SIGSTOP, processes)
    time.sleep(seconds)
    send(signal.SIGCONT, processes)


@fault(short=0.7, long=30)
def freeze_a_backend(stage: Stage, seconds: float) -> None:
    backends = stage.chance.sample(stage.backends(), 2)
    send(signal.SIGSTOP, backends)
    time.sleep(seconds)
    send(signal.SIGCONT, backends)


@fault(short=1.3, long=10, felt="503 cursor_busy")
def hold_the_cursors(stage: Stage, seconds: float) -> None:
    """Past lock_timeout: 503 for who waits, and no connection lost for those who come later."""
    with psycopg.connect(stage.dsn) as holder:
        holder.execute("SELECT FROM app.wallet_accounts FOR UPDATE")
        time.sleep(seconds)


@fault(short=1.5, long=20, felt="503 cursor_busy")
def let_no_statement_finish(stage: Stage, seconds: float) -> None:
    """A statement_timeout that nothing meets: every call is cancelled somewhere on its way."""
    execute(stage.dsn, "ALTER ROLE pgtill_service SET statement_timeout = '3ms'")
    execute(stage.dsn, f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {SERVICE}")
    try:
        time.sleep(seconds)
    finally:
        execute(stage.dsn, "ALTER ROLE pgtill_service SET statement_timeout = '5s'")
        execute(stage.dsn, f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {SERVICE}")


@fault(short=2, long=60)
def hold_a_snapshot(stage: Stage, seconds: float) -> None:
    """Nothing that the crowd supersedes can be cleaned away meanwhile."""
    with psycopg.connect(stage.dsn) as holder:
        holder.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        first = holder.execute("SELECT count(*) FROM app.payment_requests").fetchone()
        time.sleep(seconds)
        assert holder.execute("SELECT count(*) FROM app.payment_requests").fetchone() == first


# Connections


@fault(short=10, long=200, felt="503 outcome_unknown")
def terminate_sessions_in_a_loop(stage: Stage, times: float) -> None:
    for _ in range(int(times)):
        execute(stage.dsn, f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {SERVICE}")
        stage.pause(0.2)


@fault(short=10, long=200, felt="503 cursor_busy")
def cancel_statements_in_a_loop(stage: Stage, times: float) -> None:
    for _ in range(int(times)):
        execute(stage.dsn, f"SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE {SERVICE}")
        stage.pause(0.2)


@fault(short=6, long=20, felt="503 database_unavailable")
def take_every_connection(stage: Stage, seconds: float) -> None:
    """Nothing is left for the service, not even what it had."""
    with every_connection_taken(stage):
        time.sleep(seconds)


@contextmanager
def every_connection_taken(stage: Stage) -> Iterator[None]:
    """As pgtill_auditor: the places reserved for superusers stay free."""
    taken: list[psycopg.Connection] = []
    over = threading.Event()

    def take() -> None:
        while not over.is_set():
            try:
                taken.append(psycopg.connect(stage.house.dsn("pgtill_auditor"), autocommit=True))
            except psycopg.OperationalError:
                time.sleep(0.005)

    taker = threading.Thread(target=take)
    taker.start()
    try:
        # A place that the service loses is taken before it can come back to it, sooner or later.
        wait_until(lambda: _without_sessions(stage))
        yield
    finally:
        over.set()
        taker.join()
        for conn in taken:
            conn.close()


def _without_sessions(stage: Stage) -> bool:
    execute(stage.dsn, f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {SERVICE}")
    time.sleep(0.1)
    return not stage.backends()


# Server processes


@fault(short=1, long=5, felt="lost")
def kill_a_server_process(stage: Stage, times: float) -> None:
    for _ in range(int(times)):
        stage.crowd.wait_for_answers(50)
        stage.replace_server(0)


@fault(short=1, long=5)
def end_a_server_process_with_its_queue_full(stage: Stage, times: float) -> None:
    """Its queue fills while the cursors are held; SIGTERM comes then."""
    for _ in range(int(times)):
        stage.crowd.wait_for_answers(50)
        with psycopg.connect(stage.dsn) as holder:
            holder.execute("SELECT FROM app.wallet_accounts FOR UPDATE")
            time.sleep(0.3)
            stage.servers[0].process.send_signal(signal.SIGTERM)
            time.sleep(0.3)
        assert stage.servers[0].process.wait(20) == 0, stage.servers[0].text
        stage.replace_server(0)


@fault(short=0.7, long=20)
def freeze_a_server_process(stage: Stage, seconds: float) -> None:
    stage.servers[0].process.send_signal(signal.SIGSTOP)
    time.sleep(seconds)
    stage.servers[0].process.send_signal(signal.SIGCONT)


@fault(short=1, long=20, felt="lost")
def leave_clients_without_any_server(stage: Stage, seconds: float) -> None:
    for server in stage.servers:
        server.stop(signal.SIGKILL)
    stage.servers.clear()
    time.sleep(seconds)
    for _ in range(2):
        stage.house.start_server()
    stage.crowd.ports[:] = [server.port for server in stage.servers]


@fault(short=1, long=4)
def let_processes_have_different_ideas_of_the_cursor(stage: Stage, times: float) -> None:
    """Each serves alone for a while, so that the others know nothing of it; then a third joins them."""
    for _ in range(int(times)):
        for server in list(stage.servers):
            stage.crowd.ports[:] = [server.port]
            execute(stage.dsn, "SELECT 1")
            stage.crowd.wait_for_answers(100)
        stage.house.start_server()
        stage.crowd.ports[:] = [server.port for server in stage.servers]
        stage.crowd.wait_for_answers(200)
        stage.servers[-1].stop(signal.SIGTERM)
        stage.servers.pop()
        stage.crowd.ports[:] = [server.port for server in stage.servers]


# Settings


@fault(short=1, long=10)
def change_time_zones(stage: Stage, seconds: float) -> None:
    """Of the server and of a role; what was answered before is asked again all the while."""
    for zone in ("Asia/Kathmandu", "America/St_Johns", "Pacific/Kiritimati"):
        execute(
            stage.dsn,
            f"ALTER ROLE pgtill_service SET timezone = '{zone}'",
            "ALTER ROLE pgtill_service SET datestyle = 'German, DMY'",
            f"ALTER DATABASE faults SET timezone = '{zone}'",
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {SERVICE}",
        )
        time.sleep(seconds / 3)
    execute(
        stage.dsn,
        "ALTER ROLE pgtill_service RESET timezone",
        "ALTER ROLE pgtill_service RESET datestyle",
        "ALTER DATABASE faults RESET timezone",
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {SERVICE}",
    )


@fault(short=1, long=20)
def isolate_more_than_asked(stage: Stage, seconds: float) -> None:
    """Above READ COMMITTED more calls fail and are made again; nothing else changes."""
    for level in ("repeatable read", "serializable"):
        execute(
            stage.dsn,
            f"ALTER ROLE pgtill_service SET default_transaction_isolation = '{level}'",
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {SERVICE}",
        )
        stage.crowd.wait_for_answers(50)
        time.sleep(seconds)
    execute(
        stage.dsn,
        "ALTER ROLE pgtill_service RESET default_transaction_isolation",
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {SERVICE}",
    )
