// The path goes into the address. A background task looks every second, and remembers what it saw.
import "../../../../solutions/14-mongodb-over-tls/server.ts";
