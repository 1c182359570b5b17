// Collects the page and Swagger UI's bundle into dist/; nothing is fetched at run time.
import { copyFileSync, mkdirSync, rmSync } from "node:fs";

rmSync("dist", { recursive: true, force: true });
mkdirSync("dist");
for (const file of ["index.html", "docs.js", "docs.css", "favicon.svg"]) {
  copyFileSync(file, `dist/${file}`);
}
const reference = "node_modules/swagger-ui-dist";
copyFileSync(`${reference}/swagger-ui-bundle.js`, "dist/reference.js");
copyFileSync(`${reference}/swagger-ui.css`, "dist/reference.css");
