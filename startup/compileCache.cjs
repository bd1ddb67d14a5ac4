/** CommonJS, as what Node loads first (preload.cjs) needs it too. */
"use strict";
const nodeModule = require("node:module");
const { join } = require("node:path");

/**
 * Lets Node keep what it makes of modules from here on: types stripped, code compiled. Where nothing can be written it goes
 * on without.
 *
 * @param {string} project folder of the checkout
 * @see https://nodejs.org/api/module.html#module-compile-cache
 */
exports.keepCompiled = function keepCompiled(project) {
  nodeModule.enableCompileCache?.(join(project, "node_modules/.cache/mailstead"));
};
