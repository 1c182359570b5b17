import { defineConfig } from "vitest/config";

/** The development server's view of the house; `./carnival up` listens here by default. */
const backend = "http://127.0.0.1:8000";

export default defineConfig({
  base: "/console/",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  resolve: {
    alias: { "@play": new URL("../play/src", import.meta.url).pathname },
    // what is borrowed from the mobile client uses this page's packages
    dedupe: ["preact", "@preact/signals", "hls.js"],
  },
  build: {
    target: ["es2022", "chrome107", "safari16", "firefox115"],
    cssTarget: ["chrome107", "safari16", "firefox115"],
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 640,
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: {
      "/v1": { target: backend, ws: true },
      "/media": backend,
      "/m": backend,
      "/icons": backend,
      "/theme.js": backend,
    },
  },
});
