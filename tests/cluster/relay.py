"""A further address of a server: bytes go to and fro, until it is cut."""

import socket
import threading


class Relay:
    def __init__(self, port: int):
        self.upstream, self.is_cut = ("127.0.0.1", port), False
        # What clients have sent this way.
        self.bytes = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.open: set[socket.socket] = set()
        self.lock = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

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

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
                server = socket.create_connection(self.upstream)
            except OSError:
                return
            with self.lock:
                self.open |= {client, server}
                if self.is_cut:
                    client.close()
                    server.close()
                    return
            for one, other in ((client, server), (server, client)):
                threading.Thread(target=self._copy, args=(one, other, one is client), daemon=True).start()

    def _copy(self, one: socket.socket, other: socket.socket, is_sent: bool) -> None:
        try:
            while data := one.recv(1 << 16):
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
