"""Part of mailbox-restore.sh: which snapshot has the mailbox, and its messages put into folders beside the live ones.

usage: python3 -c THIS QUESTION [ARGUMENT…]     (the questions are the functions at the end)
A question that is answered with no ends with 1 and says why.
"""

import base64
import collections
import hashlib
import imaplib
import json
import os
import re
import ssl
import sys
import time
from datetime import datetime
from importlib import import_module

# No folder of compiled modules beside the scripts.
sys.dont_write_bytecode = True
sys.path.insert(0, "/usr/local/lib/mailstead")

ANSWER_SECONDS = 120
TOLD_EVERY = 2
FOLDER_OF_MAILBOXES = "/self-hosting/sqlite-data/"


# --- the snapshot


def choose(wanted):
    """Id and time of the newest snapshot, or of the one that begins with the word given."""
    backup = import_module("backup-records")
    rows = backup.snapshots()
    found = rows[-1:] if wanted == "newest" else [one for one in rows if one["id"].startswith(wanted)]
    if len(found) != 1:
        backup.no("there is no snapshot yet" if wanted == "newest" else f"there is no snapshot {wanted} of this domain")
    print(found[0]["id"], backup.stamp(backup.moment_of(found[0]["time"])))


def parts_of(file):
    """Files of a mailbox: its own and what waits for its owner, each with what was not written into it yet."""
    waiting = re.sub(r"\.sqlite$", "-tmp.sqlite", file)
    return [f"{name}{log}" for name in (file, waiting) for log in ("", "-wal")]


def parts(file):
    print("\n".join(FOLDER_OF_MAILBOXES + name for name in parts_of(file)))


def size(file):
    """Bytes of the mailbox in a snapshot, of whose list standard input has the lines."""
    backup = import_module("backup-records")
    wanted = {FOLDER_OF_MAILBOXES + name for name in parts_of(file)}
    nodes = [one for one in backup.lines_of_json(sys.stdin.read()) if isinstance(one, dict)]
    found = {one["path"]: one.get("size", 0) for one in nodes if one.get("path") in wanted}
    if not any(path.endswith(".sqlite") for path in found):
        backup.no("nothing")
    print(sum(found.values()))


# --- messages, as mailbox-read.cjs hands them over


class Fault(Exception):
    pass


def frames(source, mark):
    """Each value, with the bytes behind it; what else is written between them is not ours."""
    for line in iter(source.readline, b""):
        if line.startswith(mark) and line.endswith(b"\n"):
            value = json.loads(line[len(mark) :])
            content = source.read(value.get("bytes", 0))
            if len(content) < value.get("bytes", 0):
                break
            yield value, content
            if value.get("end"):
                return
    raise Fault("the program that reads the mailbox ended in the middle")


def key_of(head, whole):
    """What a message is known by: its Message-ID, else its content."""
    found = re.search(rb"(?im)^message-id:\s*(\S+)", re.sub(rb"\r?\n[ \t]+", b" ", head))
    return found[1].decode("latin-1") if found else hashlib.sha256(re.sub(rb"\r\n|\r|\n", b"\r\n", whole())).hexdigest()


def head_of(raw):
    return raw.split(b"\r\n\r\n", 1)[0]


# --- the live mailbox


def in_imap(path):
    """A folder's name as IMAP has it (RFC 3501, 5.1.3), quoted."""
    encoded = re.sub(
        r"&|[^\x20-\x7e]+",
        lambda found: "&-"
        if found[0] == "&"
        else "&" + base64.b64encode(found[0].encode("utf-16-be")).decode().rstrip("=").replace("/", ",") + "-",
        path,
    )
    return '"' + encoded.replace("\\", "\\\\").replace('"', '\\"') + '"'


def connect(port, address, password):
    # The certificate is not asked, as it goes to this very host.
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    imap = imaplib.IMAP4_SSL("127.0.0.1", port, ssl_context=context, timeout=ANSWER_SECONDS)
    # LOGIN has no way for other letters than ASCII's.
    imap.authenticate("PLAIN", lambda _: f"\0{address}\0{password}".encode())
    return imap


def asked(answer, what):
    state, data = answer
    if state != "OK":
        said = b" ".join(part for part in data if isinstance(part, bytes)).decode("utf-8", "replace")
        raise Fault(f"the server refuses to {what}: {said[:200]}")
    return data


class Folder:
    """A folder of the live mailbox, and how often it has which message."""

    def __init__(self, imap, path):
        self.imap, self.name, self.wanted = imap, in_imap(path), collections.Counter()
        self.there = self.messages()
        if self.there is None:
            asked(imap.create(self.name), f"make the folder {path}")
            self.there = collections.Counter()
        self.left = self.there.copy()

    def messages(self):
        """None where there is no such folder."""
        state, data = self.imap.select(self.name, readonly=True)
        if state != "OK":
            return None
        if int(data[0] or 0) == 0:
            return collections.Counter()
        lines = asked(self.imap.fetch("1:*", "(BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])"), "list its messages")
        heads = [part for part in lines if isinstance(part, tuple)]
        return collections.Counter(key_of(head, lambda number=line.split()[0]: self.whole(number)) for line, head in heads)

    def whole(self, number):
        lines = asked(self.imap.fetch(number.decode(), "(BODY.PEEK[])"), "show a message")
        return next(part[1] for part in lines if isinstance(part, tuple))

    def put(self, value, raw):
        """False where it is there already."""
        key = key_of(head_of(raw), lambda: raw)
        self.wanted[key] += 1
        if self.left[key] > 0:
            self.left[key] -= 1
            return False
        # That the message is recent is the server's to say.
        flags = " ".join(flag for flag in value["flags"] if flag.lower() != "\\recent")
        date = imaplib.Time2Internaldate(datetime.fromisoformat(value["date"].replace("Z", "+00:00")))
        asked(self.imap.append(self.name, f"({flags})", date, raw), "take a message")
        return True

    def missing(self):
        """How many of those that it should have it has not, by its own word."""
        return sum((self.wanted - (self.messages() or collections.Counter())).values())


def say(text):
    try:
        print(f"mailstead: {text}", file=sys.stderr, flush=True)
    except OSError:
        # Who listens may have gone; the work goes on.
        pass


class Progress:
    def __init__(self, total):
        self.total, self.done, self.told = total, 0, time.monotonic()

    def step(self):
        self.done += 1
        if time.monotonic() - self.told >= TOLD_EVERY:
            self.told = time.monotonic()
            say(f"{self.done} of {self.total} messages")


LEFT = {
    "other-password": "other-password",
    "other-secret": "API_SECRETS is another than when the snapshot was made, and mail that waited for its owner then cannot be read",
}


def put_all(imap, root, source, mark):
    folders, counts, progress = {}, {}, None
    for value, raw in frames(source, mark):
        if "left" in value:
            raise Fault(LEFT.get(value["left"], f"{value['left']} {value['about']}".strip()))
        if "messages" in value:
            progress = Progress(value["messages"])
            say(f"{progress.total} messages are in it")
            continue
        if "folder" not in value:
            break
        path = value["folder"]
        if path not in folders:
            folders[path], counts[path] = Folder(imap, f"{root}/{path}"), {"messages": 0, "added": 0}
        counts[path]["messages"] += 1
        counts[path]["added"] += folders[path].put(value, raw)
        progress.step()
    missing = sum(folder.missing() for folder in folders.values())
    if missing:
        raise Fault(f"{missing} messages are not there after all; run the command again")
    return [{"folder": f"{root}/{path}", **count} for path, count in counts.items()]


def put(root):
    """Puts the messages of standard input into folders below this one; secrets are on descriptor 3."""
    with os.fdopen(3, encoding="utf-8") as file:
        settings = json.load(file)
    password = settings["password"]
    try:
        imap = connect(settings["port"], settings["address"], password)
        try:
            print(json.dumps(put_all(imap, root, sys.stdin.buffer, settings["mark"].encode())))
        finally:
            imap.logout()
    except (OSError, imaplib.IMAP4.error, Fault) as error:
        print(re.sub(r"\s+", " ", str(error)).replace(password, "…")[:300])
        sys.exit(1)


QUESTIONS = {"choose": choose, "parts": parts, "put": put, "size": size}

if __name__ == "__main__":
    QUESTIONS[sys.argv[1]](*sys.argv[2:])
