// Sends a file with tus-js-client, as a page would: `node sender.mjs URL TOKEN FILE CHUNK`.
// Prints how far it is, and at last the address of the upload.
import { createReadStream, statSync } from "node:fs";
import { Upload } from "tus-js-client";

const [url, token, file, chunk] = process.argv.slice(2);
const endpoints = url.split(",");
const upload = new Upload(createReadStream(file), {
  endpoint: `${endpoints[0]}/v1/uploads`,
  headers: { Authorization: `Bearer ${token}` },
  chunkSize: Number(chunk),
  uploadSize: statSync(file).size,
  retryDelays: [0, 200, 500, 1000, 2000, 3000, 5000, 5000],
  metadata: { filename: "红包.mp4", filetype: "video/mp4" },
  onProgress: (sent) => console.log(`sent ${sent}`),
  onError: (error) => {
    console.log(`failed ${error}`);
    process.exit(1);
  },
  onSuccess: () => console.log(`done ${upload.url}`),
});
upload.start();
