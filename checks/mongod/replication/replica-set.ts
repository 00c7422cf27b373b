import { Long, ObjectId } from "bson";
import { isDocument, type Document } from "../bson/values.ts";
import type { EngineOptions } from "../engine.ts";
import { CommandError } from "../errors.ts";
import type { Oplog } from "./oplog.ts";

/** A replica set of one member, which is always its primary. */
export class ReplicaSet {
  readonly config: Document;
  /** The member's own address, as the configuration gives it. */
  readonly me: string;
  readonly electionId = new ObjectId("7fffffff0000000000000001");

  /**
   * @param config what `replSetInitiate` was given; an empty one makes a set of this server
   * @throws CommandError 76 without `--replSet`, 93 (InvalidReplicaSetConfig) for another name
   *   or for more than one member
   */
  constructor(config: unknown, { replicaSet, host, port }: EngineOptions) {
    if (replicaSet === undefined)
      throw new CommandError(
        "NoReplicationEnabled",
        "This node was not started with replication enabled.",
      );
    const given =
      isDocument(config) && Object.keys(config).length > 0 ? config : undefined;
    const {
      _id = replicaSet,
      members = [{ _id: 0, host: `${host}:${port}` }],
    } = given ?? {};
    if (_id !== replicaSet)
      throw invalidConfig(
        `Rejecting initiate with a set name that differs from command line set name, initiate set ` +
          `name: ${String(_id)}, command line set name: ${replicaSet}`,
      );
    const [member, ...others] = Array.isArray(members)
      ? (members as unknown[])
      : [];
    if (others.length > 0)
      throw invalidConfig(
        "The built-in engine is a replica set of one member. Use a real mongod for more.",
      );
    if (!isDocument(member) || typeof member.host !== "string")
      throw invalidConfig("A replica set needs a member with a host");
    this.me = member.host;
    this.config = { version: 1, term: Long.ONE, ...given, _id, members };
  }

  /** What `hello` says about the set. */
  helloFields(log: Oplog): Document {
    const opTime = { ts: log.now(), t: Long.ONE };
    const now = new Date();
    return {
      setName: this.config._id,
      setVersion: this.config.version,
      secondary: false,
      hosts: [this.me],
      primary: this.me,
      me: this.me,
      electionId: this.electionId,
      lastWrite: {
        opTime,
        lastWriteDate: now,
        majorityOpTime: opTime,
        majorityWriteDate: now,
      },
    };
  }

  /** What `replSetGetStatus` says. */
  status(uptimeSeconds: number): Document {
    return {
      set: this.config._id,
      date: new Date(),
      myState: 1,
      term: Long.ONE,
      members: [
        {
          _id: 0,
          name: this.me,
          health: 1,
          state: 1,
          stateStr: "PRIMARY",
          uptime: uptimeSeconds,
          self: true,
        },
      ],
    };
  }
}

function invalidConfig(message: string) {
  return new CommandError("InvalidReplicaSetConfig", message);
}
