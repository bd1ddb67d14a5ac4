"""What readers of others say of policies: pyspf, dkimpy and OpenDMARC, each asked for all of its cases in one run.

Reads one JSON object: {"spf": [{"domain", "dns"}], "dkim": [text], "dmarc": [text]}; writes one of the same shape.
Nothing here asks the DNS: what a case does not hold does not exist.
"""

import ctypes
import json
import sys
import warnings

import dkim
import spf

# One that matches no network of the cases, with a name of its own for `ptr` and %{p}.
PEER = "198.51.100.77"


def look_up_in(table):
    """The look-up that pyspf makes, in a table of `name TYPE` to values."""

    def look_up(name, qtype, strict=True, timeout=20):
        name = name.lower().rstrip(".")
        if qtype == "PTR":
            return [((name, "PTR"), "peer.invalid")]
        if name == "peer.invalid":
            return [((name, "A"), PEER)] if qtype == "A" else []
        found = table.get("%s %s" % (name, qtype), [])
        if qtype == "TXT":
            return [((name, qtype), [text.encode()]) for text in found]
        if qtype == "MX":
            return [((name, qtype), (int(value.split()[0]), value.split()[1])) for value in found]
        return [((name, qtype), value) for value in found]

    return look_up


def ask_spf(case):
    spf.DNSLookup = look_up_in(case["dns"])
    query = spf.query(PEER, "someone@" + case["domain"], "peer.invalid")
    try:
        result, _, words = query.check()
    except Exception as error:  # pyspf itself fails on some texts
        return ["crash", "%s: %s" % (type(error).__name__, error), None]
    return [result, words, query.mechanism]


def ask_dkim(text):
    try:
        _, bits, _, _ = dkim.evaluate_pk("selector", text)
    except Exception as error:  # dkimpy lets errors of its libraries through
        return {"bits": None, "words": "%s: %s" % (type(error).__name__, error)}
    return {"bits": bits, "words": ""}


def dmarc_reader():
    """OpenDMARC's parser; its answers are one letter for policies and alignments, and lists of places."""
    library = ctypes.CDLL("libopendmarc.so.2")
    library.opendmarc_policy_connect_init.restype = ctypes.c_void_p
    library.opendmarc_policy_connect_init.argtypes = [ctypes.c_char_p, ctypes.c_int]
    library.opendmarc_policy_connect_shutdown.argtypes = [ctypes.c_void_p]
    library.opendmarc_policy_store_dmarc.argtypes = [ctypes.c_void_p] + [ctypes.c_char_p] * 3
    library.opendmarc_policy_fetch_rua.restype = ctypes.POINTER(ctypes.c_char_p)
    library.opendmarc_policy_fetch_rua.argtypes = [
        ctypes.c_void_p,
        ctypes.c_char_p,
        ctypes.c_size_t,
        ctypes.c_int,
    ]

    def letter(context, name):
        value = ctypes.c_int(0)
        fetch = getattr(library, "opendmarc_policy_fetch_" + name)
        fetch.argtypes = [ctypes.c_void_p, ctypes.POINTER(ctypes.c_int)]
        fetch(context, ctypes.byref(value))
        return chr(value.value) if value.value else ""

    def ask(text):
        context = library.opendmarc_policy_connect_init(b"192.0.2.1", 0)
        try:
            code = library.opendmarc_policy_store_dmarc(context, text.encode(), b"d.test", b"d.test")
            if code != 0:
                return {"code": code}
            places, rua = library.opendmarc_policy_fetch_rua(context, None, 0, 1), []
            while places and places[len(rua)]:
                rua.append(places[len(rua)].decode())
            found = {name: letter(context, name) for name in ("p", "sp", "adkim", "aspf")}
            return {"code": 0, "rua": rua, **found}
        finally:
            library.opendmarc_policy_connect_shutdown(context)

    return ask


def main():
    warnings.simplefilter("ignore")
    cases = json.load(sys.stdin)
    answers = {
        "spf": [ask_spf(case) for case in cases["spf"]],
        "dkim": [ask_dkim(text) for text in cases["dkim"]],
        "dmarc": [ask(text) for ask in [dmarc_reader()] for text in cases["dmarc"]],
    }
    json.dump(answers, sys.stdout)


main()
