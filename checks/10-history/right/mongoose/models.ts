import mongoose, { Schema, type InferSchemaType, type Types } from "mongoose";

const messageSchema = new Schema(
  {
    room: { type: String, required: true },
    seq: { type: Number, required: true },
    user: { type: String, required: true },
    text: { type: String, required: true, trim: true, maxlength: 500 },
  },
  { timestamps: { createdAt: true, updatedAt: false }, versionKey: false },
);
messageSchema.index({ room: 1, seq: 1 }, { unique: true });

export const Message = mongoose.model("Message", messageSchema);
export type Stored = InferSchemaType<typeof messageSchema> & {
  _id: Types.ObjectId;
};

const roomSchema = new Schema(
  { _id: String, seq: Number },
  {
    versionKey: false,
    statics: {
      async nextSeq(name: string): Promise<number> {
        const next = () =>
          this.findByIdAndUpdate(
            name,
            { $inc: { seq: 1 } },
            { upsert: true, returnDocument: "after" },
          ).lean();
        const room = await next().catch((error: { code?: number }) => {
          if (error.code !== 11000) throw error;
          return next();
        });
        return room?.seq ?? 1;
      },
    },
  },
);

export const Room = mongoose.model("Room", roomSchema);

export async function connect(): Promise<void> {
  await mongoose.connect(process.env.MONGODB_URI ?? "mongodb://localhost", {
    dbName: process.env.MONGODB_DB ?? "chat",
    bufferCommands: false,
    serverSelectionTimeoutMS: 1_800,
    connectTimeoutMS: 1_800,
    socketTimeoutMS: 1_800,
    retryReads: false,
    retryWrites: false,
  });
  await Promise.all([Message.init(), Room.init()]);
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
