"""What a drill's server holds, as one line of JSON: run by `mailstead drill` as `python3 -`, with SETTINGS defined before it.

SETTINGS: mailboxes, a list of [address, password]; port, that of IMAP, or of any other program with TLS where there are none. Logins are made on this host's own loopback.
"""

import glob
import imaplib
import json
import re
import socket
import ssl
import subprocess

VOLUME = "/mnt/mailstead"
READ_SECONDS = 60


def text_of(path):
    try:
        with open(path, encoding="utf-8") as file:
            return file.read().strip()
    except OSError:
        return ""


def mailbox_files():
    """As a manifest counts them."""
    found = glob.glob(f"{VOLUME}/self-hosting/sqlite-data/**/*.sqlite", recursive=True, include_hidden=True)
    return len([one for one in found if not one.endswith("-tmp.sqlite")])


def unverified():
    """The host is known by its pinned key, and we are on it; its certificate is told, not trusted."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def connect(port):
    return imaplib.IMAP4_SSL("127.0.0.1", port, ssl_context=unverified(), timeout=READ_SECONDS)


def folders(imap):
    """Names as the server quotes them, of folders that can be opened."""
    for line in imap.list()[1]:
        if isinstance(line, tuple):
            yield '"' + line[1].decode("utf-8", "replace").replace("\\", "\\\\").replace('"', '\\"') + '"'
            continue
        found = re.match(rb'\(([^)]*)\) (?:"(?:[^"\\]|\\.)*"|NIL) (.+)$', line or b"")
        if found and b"\\noselect" not in found[1].lower():
            yield found[2].decode("utf-8", "replace")


def read_mailbox(port, address, password):
    """Number of messages, and bytes of one that was read whole."""
    with connect(port) as imap:
        imap.login(address, password)
        messages = read = 0
        for folder in folders(imap):
            state, data = imap.select(folder, readonly=True)
            count = int(data[0]) if state == "OK" and data[0] else 0
            messages += count
            if count and not read:
                parts = imap.fetch(str(count), "(BODY.PEEK[])")[1]
                read = sum(len(part[1]) for part in parts if isinstance(part, tuple))
        return {"address": address, "messages": messages, "read": read}


def look_at(port, address, password):
    try:
        return read_mailbox(port, address, password)
    except (OSError, imaplib.IMAP4.error, ValueError) as error:
        return {"address": address, "failed": re.sub(r"\s+", " ", str(error)).replace(password, "…")[:200]}


def certificate(port):
    try:
        with socket.create_connection(("127.0.0.1", port), READ_SECONDS) as plain:
            with unverified().wrap_socket(plain) as secured:
                shown = secured.getpeercert(binary_form=True)
    except OSError:
        return ""
    command = ["openssl", "x509", "-inform", "DER", "-noout", "-subject", "-issuer", "-enddate", "-dateopt", "iso_8601"]
    return subprocess.run(command, input=shown, capture_output=True, check=False).stdout.decode("utf-8", "replace")


def waiting_mail():
    """Messages that have still to leave, held ones too; None where the app does not tell."""
    command = ". /etc/mailstead/backup.conf && timeout 60 docker exec -i \"$SENDER\" node - </usr/local/lib/mailstead/waiting-mail.cjs"
    ended = subprocess.run(["bash", "-c", command], capture_output=True, check=False)
    found = re.search(rb"^queue (\d+) \d+ (\d+)$", ended.stdout, re.MULTILINE)
    return int(found[1]) + int(found[2]) if found else None


def main(settings):
    port = settings["port"]
    told = {
        "manifest": json.loads(text_of(f"{VOLUME}/restored.json") or "null"),
        "snapshot": text_of(f"{VOLUME}/restored-snapshot"),
        "mailboxFiles": mailbox_files(),
        "waiting": waiting_mail(),
        "dkimKey": text_of("/var/lib/mailstead/restored-dkim.pub"),
        "logins": [look_at(port, *mailbox) for mailbox in settings["mailboxes"]],
        "certificate": certificate(port),
    }
    print(json.dumps(told))


main(SETTINGS)
