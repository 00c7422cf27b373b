console.log(`Certificates for ${process.argv[2]}`);
