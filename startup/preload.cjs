/**
 * Loaded before the SDK (`nodeargs` in Pulumi.yaml): what of it this program never uses is loaded when it is used, and the
 * compiled code of the rest is kept.
 *
 * The SDK brings npm's package manager, which tells what a function in the state needs, exporters for traces of the engine,
 * and source maps: two thirds of the time that it takes to load. Each is in Node's cache of modules as a stand-in, whose
 * functions and classes load the real one.
 *
 * @see https://nodejs.org/api/modules.html#requirecache
 */
"use strict";
const { Module, createRequire } = require("node:module");
const { dirname } = require("node:path");
const process = require("node:process");
const { keepCompiled } = require("./compileCache.cjs");

/** From the launcher that the engine starts: its own modules, and packages. */
const LATE = [
  "../../runtime/closure/codePaths.js",
  "../../runtime/closure/serializeClosure.js",
  "@opentelemetry/exporter-trace-otlp-grpc",
  "@opentelemetry/exporter-zipkin",
  "@opentelemetry/instrumentation",
  "@opentelemetry/instrumentation-grpc",
  "@opentelemetry/resources",
  "@opentelemetry/sdk-trace-base",
  "@opentelemetry/sdk-trace-node",
  // It looks up each place in a trace in source maps, with those of the SDK read for it. Our sources run as they are.
  "source-map-support/register",
];

/** The real modules, from the first use of one on: they use each other. */
let isReal = false;
/** @type {string[]} */
const standIns = [];

/** @param {string} file */
function loadReal(file) {
  if (!isReal) for (const path of standIns) Reflect.deleteProperty(require.cache, path);
  isReal = true;
  return require(file);
}

/**
 * In place of a function or a class of a module.
 *
 * @param {string} file
 * @param {string | symbol} name
 */
function lateValue(file, name) {
  return function (/** @type {unknown[]} */ ...args) {
    const value = loadReal(file)[name];
    return new.target ? Reflect.construct(value, args) : Reflect.apply(value, this, args);
  };
}

/** @param {string} file */
function makeStandIn(file) {
  const module = new Module(file);
  module.filename = file;
  module.loaded = true;
  module.exports = new Proxy({}, { get: (_, name) => lateValue(file, name) });
  return module;
}

if (!process.env["MAILSTEAD_PLAIN"]) {
  keepCompiled(dirname(__dirname));
  const launcher = createRequire(require.resolve("@pulumi/pulumi/cmd/run/index.js"));
  for (const name of LATE) {
    const file = launcher.resolve(name);
    standIns.push(file);
    require.cache[file] = makeStandIn(file);
  }
}
