/** The one connection that the models are bound to. */
import mongoose, { type Connection } from "mongoose";

/** Where a connection has its name. */
export const NAME = Symbol.for("connection.name");

type Named = Connection & { [NAME]?: string };

function made(): Named | undefined {
  return mongoose.connections.find((one) => (one as Named)[NAME] === "MONGO_URI");
}

/** Makes the connection without opening it, where there is none. */
export function makeConnection(): void {
  if (made() === undefined) (mongoose.createConnection() as Named)[NAME] = "MONGO_URI";
}

/** The connection of the models. Throws where `config/mongoose.ts` was not loaded before, as upstream's models do. */
export function connectionOfModels(): Connection {
  const found = made();
  if (found === undefined) throw new Error("Mongoose connection does not exist");
  return found;
}
