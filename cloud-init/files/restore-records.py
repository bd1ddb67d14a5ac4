"""Part of restore.sh: which snapshot is restored, and whether it may be.

usage: restore-records.py QUESTION [ARGUMENT…]     (the questions are the functions at the end)
Settings come from the environment, as backup.conf has them. A question that is answered with no ends with 1 and says why.
"""

import base64
import hashlib
import json
import os
import sys
from importlib import import_module

# No folder of compiled modules beside the scripts.
sys.dont_write_bytecode = True
backup = import_module("backup-records")


def choose(wanted):
    """The id of the newest snapshot, or of the one that begins with the word given; nothing where there is none."""
    rows = backup.snapshots()
    if wanted == "newest":
        print(rows[-1]["id"] if rows else "")
        return
    found = [one["id"] for one in rows if one["id"].startswith(wanted)]
    if len(found) != 1:
        backup.no(f"there is no snapshot {wanted} of this domain: ./mailstead backup --list, then set mailstead:backups.restore")
    print(found[0])


def describe(wanted):
    for one in backup.snapshots():
        if one["id"] == wanted:
            print(f"{one['short_id']} of {one['time'][:16]} UTC, generation {backup.tag(one, 'generation') or '?'}")


def is_last(wanted):
    """Whether a server of this stack made it to go; its queue is the one that there is."""
    found = [one for one in backup.snapshots() if one["id"] == wanted]
    ours = [one for one in found if backup.tag(one, "stack") == os.environ["STACK"]]
    sys.exit(0 if any("last" in (one.get("tags") or []) for one in ours) else 1)


def read_manifest():
    try:
        return json.load(sys.stdin)
    except ValueError:
        backup.no("the snapshot has no manifest that can be read; name another one: mailstead:backups.restore")


def own_keys():
    """Fingerprints of this stack's keys, as a manifest has them."""
    env = os.environ
    dkim = hashlib.sha256(base64.b64decode(env["DKIM_PUBLIC_KEY"])).hexdigest()
    return {"encryptionKey": env["KEY_DIGEST"], "dkim": dkim}


def fits():
    """Whether this stack may start on the snapshot's data."""
    it, env = read_manifest(), os.environ
    if it.get("format") != 1:
        backup.no(f"the snapshot's format is {it.get('format')}, which this version does not know")
    if it.get("domain") != env["DOMAIN"]:
        backup.no(f"the snapshot is of {it.get('domain')}")
    names = {"encryptionKey": "HELPER_ENCRYPTION_KEY", "dkim": "DKIM key"}
    for key, ours in own_keys().items():
        theirs = it.get("fingerprints", {}).get(key)
        if theirs is not None and theirs != ours:
            backup.no(
                f"its {names[key]} is not this stack's, so what is encrypted with it could never be read: bring the "
                "stack's own state back first (./mailstead bundle restore, or a copy of the state)"
            )
    if it.get("release") != env["RELEASE"] and env["RESTORE_OTHER_RELEASE"] != "true":
        backup.no(
            f"it is of release {it.get('release')}, and the configuration has {env['RELEASE']}: set mailstead:mail.release "
            "to that of the snapshot, or mailstead:backups.restoreOtherRelease to true where the newer one may start on it"
        )


def room(free):
    it = read_manifest()
    counts = it["counts"]
    if counts["bytes"] * 1.05 > int(free):
        backup.no(
            f"it has {backup.mebibytes(counts['bytes'])}, and there is room for {backup.mebibytes(int(free))}: raise "
            "mailstead:data.sizeGb, or without a volume take a larger mailstead:server.type"
        )
    print(f"restoring {counts['files']} files, {backup.mebibytes(counts['bytes'])}, {counts['mailboxes']} mailboxes of {it['time']}")


def same(folder):
    """Whether what was restored is what the manifest lists; the files' own hashes are sha256sum's to look at."""
    it = backup.read_json(os.path.join(folder, backup.MANIFEST))
    hashes = os.path.join(folder, backup.HASHES)
    if not os.path.exists(hashes) or backup.hash_file(hashes) != it.get("hashesSha256"):
        backup.no("the list of its files is not the one of the manifest")
    files = len(list(backup.files_below(folder))) - 2
    if files != it["counts"]["files"]:
        backup.no(f"it has {files} files, and the manifest {it['counts']['files']}")


def moment(folder):
    """Until when what is queued is the snapshot's: now, or its own time where the clock that it had was ahead of ours."""
    taken = backup.read_json(os.path.join(folder, backup.MANIFEST)).get("time", "")
    print(max(taken, backup.stamp(backup.now())))


QUESTIONS = {"choose": choose, "describe": describe, "fits": fits, "is-last": is_last, "moment": moment, "room": room, "same": same}

if __name__ == "__main__":
    QUESTIONS[sys.argv[1]](*sys.argv[2:])
