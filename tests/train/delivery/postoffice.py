"""A real mail server, as small as may be (RFC 5321): it listens on a port of this machine and keeps what it is given."""

import socketserver
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage


class PostOffice(socketserver.ThreadingTCPServer):
    """Letters as (recipient, message). Addresses in `unknown` are refused for good; while `busy` nothing is taken."""

    allow_reuse_address = daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Clerk)
        self.letters: list[tuple[str, EmailMessage]] = []
        self.unknown: set[str] = set()
        self.busy = False
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return self.server_address[1]

    def close(self) -> None:
        """Nobody answers here any more."""
        self.shutdown()
        self.server_close()


class Clerk(socketserver.StreamRequestHandler):
    server: PostOffice

    def say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())

    def handle(self) -> None:
        self.say("421 busy" if self.server.busy else "220 ready")
        to: list[str] = []
        while line := self.rfile.readline():
            word = line.decode().strip()
            verb = word[:4].upper()
            if verb == "RCPT":
                address = word.partition("<")[2].partition(">")[0]
                known = address not in self.server.unknown
                to += [address] if known else []
                self.say("250 ok" if known else "550 nobody of this name")
            elif verb == "DATA":
                self.say("354 go on")
                lines = []
                while (part := self.rfile.readline()) not in (b".\r\n", b""):
                    lines.append(part.removeprefix(b"."))
                self.server.letters += [(one, message_from_bytes(b"".join(lines), policy=policy.default)) for one in to]
                to = []
                self.say("250 taken")
            elif verb == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")
