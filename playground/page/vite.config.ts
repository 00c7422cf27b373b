import { defineConfig } from "vite";

/** Everything the page needs is in its build: it works without a network. */
export default defineConfig({
  root: import.meta.dirname,
  base: "./",
  esbuild: { jsx: "automatic", jsxImportSource: "preact" },
  build: {
    target: "es2022",
    modulePreload: { polyfill: false },
    // It travels no further than this machine, and somebody waits for the build.
    minify: false,
    rollupOptions: { treeshake: false },
    reportCompressedSize: false,
  },
});
