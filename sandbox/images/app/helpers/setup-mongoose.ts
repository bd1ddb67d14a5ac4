/** Opens the connection of the models. */
import mongoose from "mongoose";
import { variables } from "../config/env.ts";
import { connectionOfModels } from "../config/connection.ts";

interface Logger {
  debug(...words: unknown[]): void;
  error(...words: unknown[]): void;
}

/** Waits up to a minute for the database. Whoever calls it ends by `process.exit`: the connection holds the process. */
async function setupMongoose(logger: Logger): Promise<typeof mongoose> {
  const connection = connectionOfModels();
  connection.on("error", (error: unknown) => {
    logger.error(error);
  });
  await connection.openUri(variables["MONGO_URI"] ?? "", {
    serverSelectionTimeoutMS: 60_000,
    maxPoolSize: 4,
    autoIndex: false,
    autoCreate: false,
  });
  logger.debug("mongoose connected");
  return mongoose;
}

export { setupMongoose as "module.exports", setupMongoose as default };
