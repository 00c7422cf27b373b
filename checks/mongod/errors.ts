/**
 * MongoDB's error codes that this engine gives, by name.
 * Codes without a name of their own are called `Location` and their number, as mongod does.
 *
 * @see https://www.mongodb.com/docs/manual/reference/error-codes/
 */
const codes = {
  InternalError: 1,
  BadValue: 2,
  HostUnreachable: 6,
  HostNotFound: 7,
  UnknownError: 8,
  FailedToParse: 9,
  Unauthorized: 13,
  TypeMismatch: 14,
  Overflow: 15,
  InvalidLength: 16,
  AuthenticationFailed: 18,
  IllegalOperation: 20,
  AlreadyInitialized: 23,
  LockTimeout: 24,
  NamespaceNotFound: 26,
  IndexNotFound: 27,
  PathNotViable: 28,
  ConflictingUpdateOperators: 40,
  CursorNotFound: 43,
  NoMatchingDocument: 47,
  NamespaceExists: 48,
  MaxTimeMSExpired: 50,
  DollarPrefixedFieldName: 52,
  InvalidIdField: 53,
  NotSingleValueField: 54,
  EmptyFieldName: 56,
  CommandNotFound: 59,
  StaleShardVersion: 63,
  WriteConcernTimeout: 64,
  ImmutableField: 66,
  CannotCreateIndex: 67,
  InvalidOptions: 72,
  InvalidNamespace: 73,
  NoReplicationEnabled: 76,
  UnknownReplWriteConcern: 79,
  IndexOptionsConflict: 85,
  IndexKeySpecsConflict: 86,
  NetworkTimeout: 89,
  ShutdownInProgress: 91,
  InvalidReplicaSetConfig: 93,
  NotYetInitialized: 94,
  CommandNotSupported: 115,
  UnsatisfiableWriteConcern: 100,
  WriteConflict: 112,
  DocumentValidationFailure: 121,
  FailedToSatisfyReadPreference: 133,
  ReadConcernMajorityNotAvailableYet: 134,
  StaleEpoch: 150,
  CommandNotSupportedOnView: 166,
  InvalidPipelineOperator: 168,
  PrimarySteppedDown: 189,
  TransactionTooOld: 225,
  RetryChangeStream: 234,
  CursorKilled: 237,
  ConversionFailure: 241,
  NoSuchTransaction: 251,
  TransactionCommitted: 256,
  ExceededTimeLimit: 262,
  OperationNotSupportedInTransaction: 263,
  ChangeStreamFatalError: 280,
  ChangeStreamHistoryLost: 286,
  CannotConvertIndexToUnique: 359,
  ReauthenticationRequired: 391,
  SocketException: 9001,
  NotWritablePrimary: 10107,
  BSONObjectTooLarge: 10334,
  DuplicateKey: 11000,
  InterruptedAtShutdown: 11600,
  Interrupted: 11601,
  InterruptedDueToReplStateChange: 11602,
  StaleConfig: 13388,
  NotPrimaryNoSecondaryOk: 13435,
  NotPrimaryOrSecondary: 13436,
  MergeStageNoMatchingDocument: 13113,
  IDLFailedToParse: 40414,
  IDLUnknownField: 40415,
} as const;

export type CodeName = keyof typeof codes;

const names = new Map<number, string>(
  Object.entries(codes).map(([name, code]) => [code, name]),
);

/** The name that mongod gives a code. */
export function codeNameOf(code: number): string {
  return names.get(code) ?? `Location${code}`;
}

/** A command, or one statement of a batch, that was refused: what the reply says about it. */
export class CommandError extends Error {
  override name = "CommandError";
  readonly code: number;
  readonly codeName: string;
  /** Further fields of the error, such as `keyValue` of a duplicate key or `errInfo`. */
  readonly details: Record<string, unknown>;
  /** Error labels; undefined lets the engine decide from the code. */
  labels: string[] | undefined;

  constructor(
    code: CodeName | number,
    message: string,
    details: Record<string, unknown> = {},
  ) {
    super(message);
    this.code = typeof code === "number" ? code : codes[code];
    this.codeName = codeNameOf(this.code);
    this.details = details;
  }
}

/** Any thrown value as a CommandError; what is not one of ours is a fault of the engine. */
export function asCommandError(error: unknown): CommandError {
  if (error instanceof CommandError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new CommandError(
    "InternalError",
    `the built-in engine failed: ${message}`,
  );
}

/** Codes after which a driver may send a retryable write again. */
const retryable = new Set<number>([
  codes.HostUnreachable,
  codes.HostNotFound,
  codes.NetworkTimeout,
  codes.ShutdownInProgress,
  codes.ReadConcernMajorityNotAvailableYet,
  codes.PrimarySteppedDown,
  codes.ExceededTimeLimit,
  codes.SocketException,
  codes.NotWritablePrimary,
  codes.InterruptedAtShutdown,
  codes.InterruptedDueToReplStateChange,
  codes.NotPrimaryNoSecondaryOk,
  codes.NotPrimaryOrSecondary,
]);

/** Codes after which a driver resumes a change stream. */
const resumable = new Set<number>([
  codes.HostUnreachable,
  codes.HostNotFound,
  codes.StaleShardVersion,
  codes.NetworkTimeout,
  codes.ShutdownInProgress,
  codes.FailedToSatisfyReadPreference,
  codes.StaleEpoch,
  codes.PrimarySteppedDown,
  codes.RetryChangeStream,
  codes.ExceededTimeLimit,
  codes.SocketException,
  codes.NotWritablePrimary,
  codes.InterruptedAtShutdown,
  codes.InterruptedDueToReplStateChange,
  codes.StaleConfig,
  codes.NotPrimaryNoSecondaryOk,
  codes.NotPrimaryOrSecondary,
]);

export const isRetryable = (code: number) => retryable.has(code);
export const isResumable = (code: number) => resumable.has(code);
