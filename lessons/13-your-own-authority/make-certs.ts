// npx tsx make-certs.ts DIR
//
// Writes into DIR what a server needs to speak https, and what its clients need to trust it.

// What @peculiar/x509 is built on looks for this when it is loaded, so it comes first.
import "reflect-metadata";

const folder = process.argv[2] ?? "certs";

// TODO(13): make a certificate authority: a pair of keys, and a certificate that says that it
// may sign others. The authority signs it itself.

// TODO(13): make a certificate for a server, about a pair of keys of its own, signed by the
// authority. It is no authority itself. It is for a server, on localhost, 127.0.0.1 and ::1,
// and it lives for at most 90 days.

// TODO(13): write ca.crt, server.crt and server.key into the folder, as PEM. The folder may
// not be there yet, or hold files of an earlier run.

// TODO(13): see that nobody else can read a private key.

console.log(`Nothing is in ${folder} yet.`);
