import mongoose, { Schema } from "mongoose";

const messageSchema = new Schema(
  {
    room: { type: String, required: true },
    user: { type: String, required: true },
    text: { type: String, required: true, trim: true, maxlength: 500 },
  },
  { timestamps: { createdAt: true, updatedAt: false }, versionKey: false },
);

export const Message = mongoose.model("Message", messageSchema);

export async function connect(): Promise<void> {
  await mongoose.connect(process.env.MONGODB_URI ?? "mongodb://localhost", {
    dbName: process.env.MONGODB_DB ?? "chat",
    bufferCommands: false,
    serverSelectionTimeoutMS: 1_800,
    connectTimeoutMS: 1_800,
    socketTimeoutMS: 1_800,
    retryWrites: false,
  });
  await Message.init();
}

export async function isConnected(): Promise<boolean> {
  const ping = mongoose.connection.db?.admin().ping();
  return ping === undefined
    ? false
    : ping.then(
        () => true,
        () => false,
      );
}

export const disconnect = () => mongoose.disconnect();
