"""Part of upgrades.sh: what it writes down, and what the registry says of releases.

usage: upgrades-records.py QUESTION [ARGUMENT…]     (the questions are the functions at the end)
Settings come from the environment, as upgrades.env has them. A question that is answered with no ends with 1.
"""

import json
import os
import re
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from datetime import datetime, timezone

STATE = "/var/lib/mailstead/upgrades.json"
# A registry answers a hundred tags or more at a time.
MOST_PAGES = 50
SECONDS = 30


def stamp():
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def read_state():
    try:
        with open(STATE, encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError):
        return {}


def change_state(**changes):
    with open(f"{STATE}.new", "w", encoding="utf-8") as file:
        json.dump({**read_state(), **changes}, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(f"{STATE}.new", STATE)


# --- the distribution


def count_waiting():
    """Packages for which there is a newer version, of whatever origin."""
    ended = subprocess.run(["apt-get", "-s", "-q", "upgrade"], capture_output=True, text=True, check=False)
    return len(re.findall(r"^Inst ", ended.stdout, re.MULTILINE)) if ended.returncode == 0 else None


def system(code, log):
    with open(log, encoding="utf-8", errors="replace") as file:
        text = file.read()
    faults = re.findall(r"^(?:E:|.*\bERROR\b).*$", text, re.MULTILINE)
    installed = re.findall(r"^(?:.*INFO )?Packages that will be upgraded: *(.*)$", text, re.MULTILINE)
    value = {
        "at": stamp(),
        "installed": sorted({name for line in installed for name in line.split()}),
        "waiting": count_waiting(),
        "failed": None if code == "0" else (faults[-1].strip() if faults else f"it ended with {code}")[:300],
    }
    change_state(system=value)
    print("mailstead: " + (value["failed"] or f"{len(value['installed'])} packages updated"))


def restarted():
    change_state(restarted=stamp())


# --- the registry


def ask(url, token=None):
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"} if token else {})
    with urllib.request.urlopen(request, timeout=SECONDS) as answer:
        return json.load(answer), answer.headers.get("Link") or ""


def anonymous_token(challenge):
    """The token that a registry gives to anybody (distribution's token specification)."""
    fields = dict(re.findall(r'(\w+)="([^"]*)"', challenge))
    query = urllib.parse.urlencode({name: fields[name] for name in ("service", "scope") if name in fields})
    answer, _ = ask(f"{fields['realm']}?{query}")
    return answer.get("token") or answer.get("access_token")


def tags(image):
    host, _, name = image.partition("/")
    if "." not in host and ":" not in host:
        # Docker's short names.
        host, name = "registry-1.docker.io", image if name else f"library/{image}"
    url, token = f"https://{host}/v2/{name}/tags/list?n=1000", None
    for _ in range(MOST_PAGES):
        try:
            answer, link = ask(url, token)
        except urllib.error.HTTPError as error:
            if error.code != 401 or token:
                raise
            token = anonymous_token(error.headers.get("WWW-Authenticate") or "")
            continue
        yield from answer.get("tags") or []
        following = re.search(r'<([^>]+)>; *rel="?next"?', link)
        if not following:
            return
        url = urllib.parse.urljoin(url, following[1])


def version(tag):
    """Numbers of a published release; none of a tag that is something else, such as a trial."""
    return tuple(map(int, tag[1:].split("."))) if re.fullmatch(r"v\d+\.\d+\.\d+", tag) else None


def newer():
    """The newest release, where it is newer than the one that runs; nothing where the one that runs is no release."""
    runs = version(os.environ["RELEASE"])
    try:
        found = [tag for tag in tags(os.environ["IMAGE"]) if version(tag)]
    except (OSError, ValueError, KeyError) as error:
        change_state(releases={"at": stamp(), "newest": None, "failed": str(error)[:300]})
        print(str(error)[:300])
        sys.exit(1)
    newest = max(found, key=version, default=None)
    change_state(releases={"at": stamp(), "newest": newest, "failed": None})
    if runs and newest and version(newest) > runs:
        print(newest)


def is_proposed(tag):
    sys.exit(0 if read_state().get("proposed") == tag else 1)


def proposed(tag):
    change_state(proposed=tag)


QUESTIONS = {
    "system": system,
    "restarted": restarted,
    "newer": newer,
    "is-proposed": is_proposed,
    "proposed": proposed,
}

if __name__ == "__main__":
    QUESTIONS[sys.argv[1]](*sys.argv[2:])
