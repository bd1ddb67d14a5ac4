/** Which passwords are refused. Upstream asks zxcvbn; here a few rules do, which weak and strong ones tell apart. */

const COMMON = [
  "password",
  "passwort",
  "123456",
  "qwerty",
  "letmein",
  "welcome",
  "admin",
  "iloveyou",
  "secret",
];
const LEAST = 9;

/** True where little of a password is left without what anybody would try: common words, own names, repetitions. */
export function isWeak(password: string, inputs: readonly string[] = []): boolean {
  const words = [...COMMON, ...inputs.flatMap((input) => [input, ...input.split(/[@.]/)])];
  let left = password.toLowerCase();
  for (const word of words) if (word.length > 2) left = left.replaceAll(word.toLowerCase(), "");
  left = left.replace(/(.+?)\1+/g, "$1");
  return left.length < LEAST || new Set(left).size < 5;
}
