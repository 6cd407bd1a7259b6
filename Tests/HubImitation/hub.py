#!/usr/bin/env python3
"""An imitation of the Hugging Face hub on the loopback, which misbehaves on demand.

    hub.py FOLDER [--tls CERTIFICATE KEY] [--token TOKEN]

FOLDER holds a folder a repository, `org/name`, with the files of its branch main and, optionally,
`.revisions.json`: {"refs/pr/1": "main", ...}, other names of the same commit. The first line on stdout
is the address; the second one that of another origin on another port, the storage to which files of
`large` bytes and more are redirected, as the hub does. The program ends when its stdin does.

Each line on stdin is an order in JSON, answered by a line of JSON on stdout:

    {"fault": {"path": "substring of the path", "times": 2, "do": "drop", ...}}
    {"log": true}       what was asked since the last reset: method, path, origin, whether authorized
    {"reset": true}     forget faults and log
"""

import argparse
import email.utils
import gzip
import hashlib
import http.server
import json
import pathlib
import socket
import ssl
import sys
import threading
import time
import urllib.parse

LARGE = 10_000


class File:
    def __init__(self, data):
        self.data = data
        self.is_large = len(data) >= LARGE
        self.sha256 = hashlib.sha256(data).hexdigest()
        self.git_hash = hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


class Hub:
    def __init__(self, folder, token):
        self.folder = pathlib.Path(folder)
        self.token = token
        self.lock = threading.Lock()
        self.faults = []
        self.log = []
        self.origins = []
        self.known = {}

    def obey(self, order):
        with self.lock:
            if "fault" in order:
                self.faults.append(order["fault"])
            if "reset" in order:
                self.faults, self.log = [], []
            return list(self.log)

    def files(self, repository):
        top = self.folder / repository
        if not top.is_dir():
            return None
        return {
            str(path.relative_to(top)): self.file(path)
            for path in sorted(top.rglob("*"))
            if path.is_file() and not path.name.startswith(".")
        }

    def file(self, path):
        """Read and hashed once, as long as it does not change."""
        status = path.stat()
        key = (path, status.st_mtime_ns, status.st_size)
        if key not in self.known:
            self.known[key] = File(path.read_bytes())
        return self.known[key]

    def commit(self, repository):
        """Depends on the contents alone."""
        digest = hashlib.sha1()
        for name, file in sorted(self.files(repository).items()):
            digest.update(f"{name}\0{file.sha256}".encode())
        return digest.hexdigest()

    def has_revision(self, repository, revision):
        names = self.folder / repository / ".revisions.json"
        others = json.loads(names.read_text()) if names.exists() else []
        return revision in ("main", self.commit(repository), *others)

    def fault(self, path, origin, method):
        with self.lock:
            for fault in self.faults:
                if (
                    fault.get("times", 1) > 0
                    and fault.get("path", "") in path
                    and fault.get("origin", origin) == origin
                    and fault.get("method", method) == method
                ):
                    fault["times"] = fault.get("times", 1) - 1
                    return fault
        return {}


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, hub, origin, context):
        self.hub, self.origin = hub, origin
        super().__init__(("127.0.0.1", 0), Handler)
        if context:
            self.socket = context.wrap_socket(self.socket, server_side=True)
        host = "localhost" if context else "127.0.0.1"
        self.address = f"{'https' if context else 'http'}://{host}:{self.server_port}"
        hub.origins.append(self.address)

    def handle_error(self, request, client_address):
        pass  # A client that went away.


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "hub"
    timeout = 60

    def log_message(self, *arguments):
        pass

    @property
    def hub(self):
        return self.server.hub

    def do_HEAD(self):
        self.serve()

    def do_GET(self):
        self.serve()

    def serve(self):
        fault = self.hub.fault(self.path, self.server.origin, self.command)
        with self.hub.lock:
            self.hub.log.append(
                {
                    "method": self.command,
                    "path": self.path,
                    "origin": self.server.origin,
                    "authorized": "Authorization" in self.headers,
                    "range": self.headers.get("Range"),
                }
            )
        match fault.get("do"):
            case "status":
                headers = fault.get("headers", {})
                if "retry_at" in fault:
                    at = time.time() + fault["retry_at"]
                    headers = {"Retry-After": email.utils.formatdate(at, usegmt=True)}
                return self.answer(fault["status"], headers, b"no" * fault.get("length", 1))
            case "redirect":
                location = fault["to"].replace("{storage}", self.hub.origins[-1])
                return self.answer(302, {"Location": location}, b"")
            case "close":
                return self.hang_up()
            case "stall":
                time.sleep(fault.get("seconds", 30))
                return self.hang_up()
            case "endless":
                if self.server.origin == "hub":
                    return self.send_endless({})
            case "garbage":
                self.wfile.write(b"\x00\x01 this is no HTTP\r\n\r\n")
                return self.hang_up()
        if self.server.origin == "storage":
            return self.serve_storage(fault)
        if self.hub.token and self.headers.get("Authorization") != f"Bearer {self.hub.token}":
            return self.refuse(401, "RepoNotFound", "Invalid username or password.")
        parts = self.path.split("?")[0].lstrip("/").split("/")
        if parts[:2] == ["api", "models"] and len(parts) >= 4:
            self.serve_interface("/".join(parts[2:4]), parts[4:], fault)
        elif len(parts) >= 5 and parts[2] == "resolve":
            self.serve_file("/".join(parts[:2]), parts[3], "/".join(parts[4:]), fault)
        else:
            self.refuse(404, None, "Not found")

    def serve_interface(self, repository, rest, fault):
        if fault.get("do") == "answer":
            return self.answer(200, {}, fault["body"].encode())
        files = self.hub.files(repository)
        if files is None:
            return self.refuse(401, "RepoNotFound", "Repository not found")
        revision = urllib.parse.unquote(rest[1]) if len(rest) > 1 else "main"
        if not self.hub.has_revision(repository, revision):
            return self.refuse(404, "RevisionNotFound", f"Invalid rev id: {revision}")
        commit = self.hub.commit(repository)
        if rest[:1] == ["tree"]:
            answer = [self.tree_entry(name, file) for name, file in files.items()]
        else:
            answer = {
                "id": repository,
                "modelId": repository,
                "sha": fault.get("sha", commit),
                "private": False,
                "siblings": [{"rfilename": n} for n in [*files, *fault.get("siblings", [])]],
            }
        self.answer(200, {"Content-Type": "application/json"}, json.dumps(answer).encode())

    @staticmethod
    def tree_entry(name, file):
        size = len(file.data)
        entry = {"type": "file", "oid": file.git_hash, "size": size, "path": name}
        if file.is_large:
            entry["lfs"] = {"oid": file.sha256, "size": size, "pointerSize": 130}
        return entry

    def serve_file(self, repository, revision, name, fault):
        files = self.hub.files(repository)
        revision, name = urllib.parse.unquote(revision), urllib.parse.unquote(name)
        if files is None:
            return self.refuse(401, "RepoNotFound", "Repository not found")
        if not self.hub.has_revision(repository, revision):
            return self.refuse(404, "RevisionNotFound", f"Invalid rev id: {revision}")
        headers = {"X-Repo-Commit": self.hub.commit(repository)}
        if name not in files:
            return self.refuse(404, "EntryNotFound", "Entry not found", headers)
        file = files[name]
        headers |= {"Accept-Ranges": "bytes"}
        if not file.is_large:
            headers["ETag"] = f'"{file.git_hash}"'
            headers |= fault.get("headers", {})
            return self.send_data(headers, file.data, fault)
        headers["X-Linked-ETag"] = f'"{file.sha256}"'
        headers["X-Linked-Size"] = str(len(file.data))
        headers["Location"] = f"{self.hub.origins[-1]}/{repository}/{name}?sha={file.sha256}"
        headers |= fault.get("headers", {})
        self.answer(302, headers, b"Found. Redirecting")

    def serve_storage(self, fault):
        path = urllib.parse.unquote(self.path.split("?")[0]).lstrip("/")
        repository, name = path.split("/")[:2], path.split("/", 2)[-1]
        file = (self.hub.files("/".join(repository)) or {}).get(name)
        if file is None:
            return self.answer(404, {}, b"NoSuchKey")
        # The storage's own tag has nothing to do with the hub's.
        self.send_data({"ETag": f'"{file.sha256[:32]}"', "Accept-Ranges": "bytes"}, file.data, fault)

    def send_data(self, headers, data, fault):
        """The bytes of a file, or what the fault makes of them."""
        status, start, whole = 200, 0, len(data)
        asked = self.headers.get("Range")
        if asked and fault.get("do") != "ignore-range":
            start = int(asked.removeprefix("bytes=").split("-")[0])
            if start >= whole:
                return self.answer(416, {"Content-Range": f"bytes */{whole}"}, b"")
            status, data = 206, data[start:]
            shown = start + fault.get("shift", 0)
            headers["Content-Range"] = f"bytes {shown}-{whole - 1}/{whole}"
        length = len(data)
        match fault.get("do"):
            case "corrupt":
                data = bytes([data[0] ^ 1]) + data[1:]
            case "short":
                data = data[: length - fault.get("by", 1)]
                length = len(data)
            case "long":
                data += b"x" * fault.get("by", 1)
                length = len(data)
            case "endless":
                return self.send_endless(headers)
            case "gzip":
                headers["Content-Encoding"] = "gzip"
                data = gzip.compress(data)
                length = len(data)
        self.send_response(status)
        for name, value in {"Content-Length": str(length), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "HEAD":
            return
        if fault.get("do") == "drop":
            self.wfile.write(data[: fault.get("after", length // 2)])
            return self.hang_up()
        if fault.get("do") == "stall-within":
            self.wfile.write(data[: length // 2])
            self.wfile.flush()
            time.sleep(fault.get("seconds", 30))
            return self.hang_up()
        if fault.get("do") == "slow":
            for at in range(0, length, max(1, length // 10)):
                self.wfile.write(data[at : at + max(1, length // 10)])
                self.wfile.flush()
                time.sleep(fault.get("seconds", 1) / 10)
            return
        self.wfile.write(data)

    def send_endless(self, headers):
        self.send_response(200)
        for name, value in {**headers, "Transfer-Encoding": "chunked"}.items():
            self.send_header(name, value)
        self.end_headers()
        chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
        while self.command != "HEAD":
            self.wfile.write(chunk)

    def refuse(self, status, code, message, headers={}):
        named = {"X-Error-Code": code} if code else {}
        self.answer(status, {**headers, **named, "X-Error-Message": message}, message.encode())

    def answer(self, status, headers, body):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if "Content-Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def hang_up(self):
        self.close_connection = True
        self.wfile.flush()
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--tls", nargs=2, metavar=("CERTIFICATE", "KEY"))
    parser.add_argument("--token")
    arguments = parser.parse_args()
    context = None
    if arguments.tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*arguments.tls)
    hub = Hub(arguments.folder, arguments.token)
    for origin in ("hub", "storage"):
        server = Server(hub, origin, context)
        threading.Thread(target=server.serve_forever, daemon=True).start()
    print(*hub.origins, sep="\n", flush=True)
    for line in sys.stdin:
        print(json.dumps(hub.obey(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
