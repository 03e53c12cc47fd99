"""A further address of a server: bytes go to and fro, until it is cut or holds its breath."""

import socket
import threading


class Relay:
    def __init__(self, port: int):
        self.upstream, self.is_cut = ("127.0.0.1", port), True
        # What clients have sent this way.
        self.bytes = self.port = 0
        self.open: set[socket.socket] = set()
        self.lock, self.flows = threading.Lock(), threading.Event()
        self.flows.set()
        self.mend()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def cut(self) -> None:
        """As a machine that is gone: what was open breaks, and nobody gets in again."""
        with self.lock:
            self.is_cut = True
            for each in {self.listener, *self.open}:
                try:
                    each.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
            self.listener.close()
            self.open.clear()

    def mend(self) -> None:
        """At the port that it had."""
        with self.lock:
            assert self.is_cut
            self.is_cut = False
            self.listener = socket.create_server(("127.0.0.1", self.port))
            self.port = self.listener.getsockname()[1]
            threading.Thread(target=self._accept, args=(self.listener,), daemon=True).start()

    def hold(self) -> None:
        """As a network that loses everything: whoever connects finds somebody, and nothing comes."""
        self.flows.clear()

    def let_go(self) -> None:
        self.flows.set()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(self.upstream)
            except OSError:
                client.close()
                continue
            with self.lock:
                if self.is_cut:
                    client.close()
                    server.close()
                    return
                self.open |= {client, server}
            for one, other in ((client, server), (server, client)):
                threading.Thread(target=self._copy, args=(one, other, one is client), daemon=True).start()

    def _copy(self, one: socket.socket, other: socket.socket, is_sent: bool) -> None:
        try:
            while data := one.recv(1 << 16):
                self.flows.wait()
                other.sendall(data)
                with self.lock:
                    self.bytes += len(data) if is_sent else 0
        except OSError:
            pass
        for each in (one, other):
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
