/** Loaded before the models, for what it does: it makes their connection. */
import mongoose from "mongoose";
import { makeConnection } from "./connection.ts";

makeConnection();

export { mongoose as "module.exports", mongoose as default };
