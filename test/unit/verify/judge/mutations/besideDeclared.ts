/** Records of others that come into a zone: beside declared ones, above them, or where nothing is declared. */
import { setOf, all, pick, added, foreign, type Kind } from "./goodZone.ts";
import { otherPriority, otherValue, VALUES, isKey, markOf, SPF_MARK } from "./values.ts";

const unmanagedName: Kind = (good, choose) => {
  const type = choose("A", "AAAA", "CNAME", "TXT", "NS");
  const record = foreign(
    `${choose("shop", "a.shop", "_x.shop")}.${good.zone}`,
    type,
    VALUES[type] ?? "",
    choose,
  );
  return added(record, "unmanaged", good);
};

/** A text of no kind in a set of ours. */
const unmanagedText: Kind = (good, choose) =>
  added(foreign(good.domain, "TXT", choose("MS=ms1", "t=1", 'a "b"'), choose), "unmanaged", good);

/** One of a kind of which a name has one at most. */
const second: Kind = (good, choose) => {
  const old = pick(
    good.declared.filter((record) => isKey(record) || markOf(record) !== undefined),
    choose,
  );
  if (old === undefined) return undefined;
  const value = isKey(old)
    ? choose("v=DKIM1; k=rsa; p=AAAA", "p=", "note")
    : `${markOf(old) ?? ""}${choose("x", "include:example.net ~all", "p=none")}`;
  return added(foreign(old.name, "TXT", value, choose), "conflict", good);
};

const openAliases: Kind = (good, choose) =>
  added(foreign(good.domain, "TXT", "forward-email=a:b@example.net", choose), "conflict", good);

/** One more value in a set that others choose from, or beside it. */
const besideIt: Kind = (good, choose) => {
  const old = choose(...good.declared.filter(({ type }) => type !== "TXT" && type !== "CAA"));
  const value = otherValue(old, choose);
  const taken = all(good).some((one) => setOf(one) === setOf(old) && one.value === value);
  return taken ? undefined : added(foreign(old.name, old.type, value, choose), "conflict", good);
};

/** The host that is declared, once more at another place of the order: who comes finds it all the same. */
const priorityBeside: Kind = (good, choose) => {
  const old = pick(
    good.declared.filter(({ type, value }) => (type === "MX" || type === "SRV") && !value.endsWith(" .")),
    choose,
  );
  return old && added(foreign(old.name, old.type, otherPriority(old, choose), choose), "unmanaged", good);
};

/** SPF's version in another case is one all the same (RFC 5234 2.3), and any other none. */
const textCaseBeside: Kind = (good, choose) => {
  const old = pick(
    good.declared.filter((record) => markOf(record) !== undefined),
    choose,
  );
  if (old === undefined) return undefined;
  const isSpf = markOf(old) === SPF_MARK;
  return added(
    foreign(old.name, "TXT", old.value.toUpperCase(), choose),
    isSpf ? "conflict" : "unmanaged",
    good,
  );
};

const nullMxBeside: Kind = (good, choose) =>
  added(foreign(good.domain, "MX", choose("0 .", "0 mail.example.net"), choose), "conflict", good);

const alias: Kind = (good, choose) => {
  const { name } = choose(...good.declared.filter(({ type }) => type !== "CNAME"));
  return added(foreign(name, "CNAME", "other.example.net", choose), "conflict", good);
};

const besideAlias: Kind = (good, choose) => {
  const old = pick(
    good.declared.filter(({ type }) => type === "CNAME"),
    choose,
  );
  const type = choose("A", "AAAA", "TXT");
  return old && added(foreign(old.name, type, VALUES[type] ?? "", choose), "conflict", good);
};

const otherFamily: Kind = (good, choose) => {
  const hosts = good.declared.filter(({ type }) => type === "A" || type === "AAAA");
  const { name, type } = choose(...hosts);
  const family = type === "A" ? "AAAA" : "A";
  return added(foreign(name, family, VALUES[family] ?? "", choose), "conflict", good);
};

/** RFC 1034 4.2.1, RFC 6672: a cut or a DNAME takes names away. */
const givenAway: Kind = (good, choose) => {
  const { name } = choose(
    ...good.declared.filter((record) => record.name !== good.zone && record.type !== "NS"),
  );
  const above = choose(name, name.slice(name.indexOf(".") + 1));
  if (above === good.zone) return undefined;
  return added(foreign(above, "NS", "ns9.example.net", choose), "conflict", good);
};

const movedAway: Kind = (good, choose) =>
  added(foreign(good.domain, "DNAME", "other.example.net", choose), "conflict", good);

const wildcard: Kind = (good, choose) => {
  const name = `*.${choose(good.domain, `imap.${good.domain}`)}`;
  if (good.foreign.some((record) => record.name === name)) return undefined;
  const [type, value, verdict] = choose<readonly [string, string, string]>(
    ["A", "192.0.2.3", "unmanaged"],
    ["MX", "5 mx.example.net", "unmanaged"],
    ["TXT", "note", "unmanaged"],
    ["TXT", "v=DMARC1; p=none", "conflict"],
    ["TXT", "v=DKIM1; p=", "conflict"],
  );
  return added(foreign(name, type, value, choose), verdict, good);
};

const challenge: Kind = (good, choose) => {
  const name = choose(`_acme-challenge.${good.domain}`, `_acme-challenge.shop.${good.zone}`);
  const declared = good.declared.some((record) => record.name === name);
  return added(foreign(name, "TXT", "A".repeat(43), choose), declared ? "unmanaged" : "ignored", good);
};

export const BESIDE_DECLARED = {
  unmanagedName,
  unmanagedText,
  second,
  openAliases,
  besideIt,
  priorityBeside,
  textCaseBeside,
  nullMxBeside,
  alias,
  besideAlias,
  otherFamily,
  givenAway,
  movedAway,
  wildcard,
  challenge,
};
