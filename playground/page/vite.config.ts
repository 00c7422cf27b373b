import { defineConfig } from "vite";

/** Everything the page needs is in its build: it works without a network. */
export default defineConfig({
  root: import.meta.dirname,
  base: "./",
  esbuild: { jsx: "automatic", jsxImportSource: "preact" },
  build: {
    target: "es2022",
    modulePreload: { polyfill: false },
    // It travels no further than this machine.
    minify: false,
    reportCompressedSize: false,
  },
});
