/** Upstream's logger, as far as other helpers use it. */
const quiet = (): void => undefined;

const logger = {
  debug: quiet,
  info: (...words: unknown[]) => {
    console.info(...words);
  },
  warn: (...words: unknown[]) => {
    console.warn(...words);
  },
  error: (...words: unknown[]) => {
    console.error(...words);
  },
  fatal: (...words: unknown[]) => {
    console.error(...words);
  },
};

export { logger as "module.exports", logger as default };
