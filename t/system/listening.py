# SPDX-License-Identifier: BSD-2-Clause
"""A unix socket behind which a test plays the server."""

import socket
import threading


class Listening(threading.Thread):
    """talk(conn) for each connection, in a thread of its own, or one after the other.

    A connection ends with talk(), however that ends: who hung up, or reads no more, is
    what the tests are about.  A subclass has its own fields before it calls __init__().
    """

    in_turn = False

    def __init__(self, path):
        super().__init__(daemon=True)
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(path))
        self.listener.listen(512)
        self.start()

    def run(self):
        while True:
            try:
                conn, _ = self.listener.accept()
            except OSError:
                return
            if self.in_turn:
                self.meet(conn)
            else:
                threading.Thread(target=self.meet, args=(conn,), daemon=True).start()

    def meet(self, conn):
        with conn:
            try:
                self.talk(conn)
            except (EOFError, OSError):
                pass

    def talk(self, conn):
        raise NotImplementedError

    def close(self):
        """Nobody is let in any more; safe to call twice."""
        if self.listener.fileno() == -1:
            return
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    # as a daemon's, for the fixture that starts and ends them

    def kill(self):
        self.close()

    def wait(self, limit=None):
        return 0
