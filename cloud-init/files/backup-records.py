"""Part of backup.sh: what it writes down and what it reads, as JSON.

usage: backup-records.py QUESTION [ARGUMENT…]     (the questions are the functions at the end)
Settings come from the environment, as backup.conf has them. A question that is answered with no ends with 1 and says why.
"""

import base64
import hashlib
import json
import os
import re
import subprocess
import sys
from datetime import datetime, timedelta, timezone

STATE = "/var/lib/mailstead/backup.json"
# Hash of each file by size and time of change: what did not change is not read again.
KNOWN = "/var/lib/mailstead/backup-hashes.json"
HOST_KEY = "/etc/ssh/ssh_host_ed25519_key.pub"
MANIFEST, HASHES = "manifest.json", "hashes.sha256"
# restic calls a lock stale that was not refreshed for so long.
STALE = timedelta(minutes=30)


def now():
    return datetime.now(timezone.utc)


def stamp(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def moment_of(text):
    """restic's times have nine digits after the point, Python's at most six."""
    return datetime.fromisoformat(re.sub(r"(\.\d{6})\d*", r"\1", text).replace("Z", "+00:00"))


def write_whole(path, value):
    with open(f"{path}.new", "w", encoding="utf-8", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        json.dump(value, file, ensure_ascii=True)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    os.replace(f"{path}.new", path)


def read_json(path):
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError):
        return {}


def lines_of_json(text):
    """Values of the lines that are JSON: restic writes warnings between them."""
    for line in text.splitlines():
        if line[:1] in ("{", "["):
            try:
                yield json.loads(line)
            except ValueError:
                pass


def no(why):
    print(why)
    sys.exit(1)


def change_state(**changes):
    write_whole(STATE, {**read_json(STATE), **changes, "written": stamp(now())})


# --- the manifest


def hash_file(path):
    with open(path, "rb", buffering=0) as file:
        return hashlib.file_digest(file, "sha256").hexdigest() if hasattr(hashlib, "file_digest") else slowly(file)


def slowly(file):
    sum_ = hashlib.sha256()
    while block := file.read(1 << 20):
        sum_.update(block)
    return sum_.hexdigest()


def line_for(digest, name):
    """As sha256sum writes it, so that `sha256sum --check` reads it."""
    quoted = name.replace(b"\\", b"\\\\").replace(b"\n", b"\\n").replace(b"\r", b"\\r")
    return (b"\\" if quoted != name else b"") + digest.encode() + b"  " + quoted + b"\n"


def files_below(root):
    for folder, folders, names in os.walk(os.fsencode(root)):
        folders.sort()
        for name in sorted(names):
            path = os.path.join(folder, name)
            # Links, sockets and pipes have no content of their own.
            if os.path.isfile(path) and not os.path.islink(path):
                yield path


def hash_all(clone):
    """Writes the list of hashes; returns its own hash, and number and bytes of all files and of the mailboxes."""
    before, known = read_json(KNOWN), {}
    root = os.fsencode(clone)
    files = size = mailboxes = mailbox_bytes = 0
    whole = hashlib.sha256()
    with open(os.path.join(clone, HASHES), "wb") as out:
        for path in list(files_below(clone)):
            name = os.path.relpath(path, root)
            if name in (MANIFEST.encode(), HASHES.encode()):
                continue
            about = os.stat(path)
            key = f"{os.fsdecode(name)}:{about.st_size}:{about.st_mtime_ns}"
            digest = known[key] = before.get(key) or hash_file(path)
            line = line_for(digest, name)
            out.write(line)
            whole.update(line)
            files, size = files + 1, size + about.st_size
            if name.startswith(b"self-hosting/sqlite-data/"):
                mailboxes += bool(re.search(rb"(?<!-tmp)\.sqlite$", name))
                # With what was not written back yet, and what came since the last login.
                mailbox_bytes += about.st_size
    write_whole(KNOWN, known)
    counts = {"files": files, "bytes": size, "mailboxes": mailboxes, "mailboxBytes": mailbox_bytes}
    return whole.hexdigest(), counts


def dkim_fingerprint(clone):
    """SHA-256 of the public half (SPKI DER), hexadecimal."""
    command = ["openssl", "pkey", "-in", f"{clone}/self-hosting/ssl/dkim.key", "-pubout", "-outform", "DER"]
    ended = subprocess.run(command, capture_output=True, check=False)
    return hashlib.sha256(ended.stdout).hexdigest() if ended.returncode == 0 else None


def host_key_fingerprint():
    """As `ssh-keygen -l` shows it."""
    try:
        with open(HOST_KEY, encoding="ascii") as file:
            key = base64.b64decode(file.read().split()[1])
    except (OSError, IndexError, ValueError):
        return None
    return "SHA256:" + base64.b64encode(hashlib.sha256(key).digest()).decode().rstrip("=")


def encryption_key_digest(clone):
    """SHA-256 of HELPER_ENCRYPTION_KEY, hexadecimal: 32 random characters, which a hash does not give away."""
    try:
        with open(f"{clone}/self-hosting/.env", encoding="utf-8") as file:
            found = re.search(r'^HELPER_ENCRYPTION_KEY="?([^"\n]*)', file.read(), re.MULTILINE)
    except OSError:
        return None
    return hashlib.sha256(found[1].encode()).hexdigest() if found else None


def manifest(clone, frozen, waiting):
    """Writes hashes and manifest into the clone. waiting: messages that had still to leave; empty where the app did not tell."""
    digest, counts = hash_all(clone)
    counts["waiting"] = int(waiting) if waiting else None
    env = os.environ
    value = {
        "format": 1,
        "domain": env["DOMAIN"],
        "stack": env["STACK"],
        "generation": int(env["GENERATION"]),
        "time": stamp(now()),
        "frozenMilliseconds": int(frozen),
        "release": env["RELEASE"],
        "images": dict(one.split("=", 1) for one in env["IMAGES"].split()),
        "fingerprints": {
            "dkim": dkim_fingerprint(clone),
            "hostKey": host_key_fingerprint(),
            "encryptionKey": encryption_key_digest(clone),
        },
        "counts": counts,
        "hashesSha256": digest,
    }
    write_whole(os.path.join(clone, MANIFEST), value)
    print(f"{counts['files']} files, {mebibytes(counts['bytes'])}, {counts['mailboxes']} mailboxes, {known(counts['waiting'])} messages wait to leave")


def known(count):
    return "an unknown number of" if count is None else count


def mebibytes(size):
    return f"{size / (1 << 20):.1f} MiB"


# --- the state


def saved(log, frozen, milliseconds):
    """Takes restic's summary."""
    with open(log, encoding="utf-8") as file:
        found = [one for one in lines_of_json(file.read()) if one.get("message_type") == "summary"]
    if not found:
        sys.exit(1)
    summary = found[-1]
    last = {
        "at": stamp(now()),
        "snapshot": summary["snapshot_id"],
        "generation": int(os.environ["GENERATION"]),
        "files": summary["total_files_processed"],
        "bytes": summary["total_bytes_processed"],
        "addedBytes": summary["data_added"],
        "seconds": int(milliseconds) / 1000,
        "frozenMilliseconds": int(frozen),
    }
    change_state(lastSuccess=last)
    print(f"snapshot {last['snapshot'][:8]}: {mebibytes(last['addedBytes'])} new, after {last['seconds']:.1f} s")


def failed(verb, reason):
    change_state(lastFailure={"at": stamp(now()), "verb": verb, "reason": reason})


def checked():
    change_state(lastCheck={"at": stamp(now())})


def show():
    print(json.dumps(read_json(STATE)))


def had_success():
    sys.exit(0 if "lastSuccess" in read_json(STATE) else 1)


def last_success():
    print(read_json(STATE).get("lastSuccess", {}).get("at", "never"))


# --- what restic says of others


def snapshots():
    for value in lines_of_json(sys.stdin.read()):
        if isinstance(value, list):
            return sorted(value, key=lambda one: moment_of(one["time"]))
    return []


def planned():
    """Those that a `forget` tells of, whether it would keep them or not."""
    groups = [one for value in lines_of_json(sys.stdin.read()) if isinstance(value, list) for one in value]
    rows = [one for group in groups for kind in ("keep", "remove") for one in group.get(kind) or []]
    return sorted(rows, key=lambda one: moment_of(one["time"]))


def tag(snapshot, name):
    found = [one.split("=", 1)[1] for one in snapshot.get("tags") or [] if one.startswith(f"{name}=")]
    return found[0] if found else ""


def others():
    """Whether somebody else writes here: another stack, or a newer generation of this one."""
    env = os.environ
    for one in planned():
        stack, generation = tag(one, "stack"), tag(one, "generation")
        if stack not in ("", env["STACK"]):
            no(f"the repository has snapshots of the stack {stack}: set another mailstead:backups.prefix")
        if generation.isdigit() and int(generation) > int(env["GENERATION"]):
            no(
                f"generation {generation} of this server has written since {one['time'][:16]}, and this is generation "
                f"{env['GENERATION']}: an old server still runs; delete it at its vendor"
            )


def foreign_lock(ours):
    """Whether another machine holds this lock."""
    for lock in lines_of_json(sys.stdin.read().replace("\n", " ").strip()):
        age = now() - moment_of(lock["time"])
        if lock.get("hostname") != ours and age < STALE:
            no(f"{lock.get('hostname')} uses the repository since {lock['time'][:16]}; the next run tries again")


def list_json():
    rows = [
        {
            "snapshot": one["id"],
            "time": one["time"],
            "stack": tag(one, "stack"),
            "generation": int(tag(one, "generation") or 0),
        }
        for one in snapshots()
    ]
    print(json.dumps(rows))


def list_plain():
    rows = snapshots()
    for one in rows:
        print(f"{one['short_id']}  {one['time'][:19]}  generation {tag(one, 'generation')}")
    if not rows:
        print("no snapshot yet")


QUESTIONS = {
    "manifest": manifest,
    "saved": saved,
    "failed": failed,
    "checked": checked,
    "show": show,
    "had-success": had_success,
    "last-success": last_success,
    "others": others,
    "foreign-lock": foreign_lock,
    "list": list_plain,
    "list-json": list_json,
}

if __name__ == "__main__":
    QUESTIONS[sys.argv[1]](*sys.argv[2:])
