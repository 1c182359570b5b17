import { defineConfig } from "vitest/config";

/** The development server's view of the house; `./carnival up` listens here by default. */
const backend = "http://127.0.0.1:8000";

export default defineConfig({
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    target: ["es2022", "chrome107", "safari16", "firefox115"],
    cssTarget: ["chrome107", "safari16", "firefox115"],
    // A data: stylesheet or script would be refused by the content security policy.
    assetsInlineLimit: 0,
    // hls.js, which is fetched with the first film
    chunkSizeWarningLimit: 640,
    modulePreload: { polyfill: false },
  },
  // The contrast of the tokens is tested on the file itself.
  test: { css: { include: [/tokens/] } },
  server: {
    proxy: {
      "/v1": { target: backend, ws: true },
      "/media": backend,
      "/m": backend,
    },
  },
});
