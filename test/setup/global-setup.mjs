// Jest runs global setup outside of its module mapping: tsx resolves `.js` imports to the TypeScript files.
import { tsImport } from "tsx/esm/api";

export default async function globalSetup() {
  const { setup } = await tsImport("./global-setup.ts", import.meta.url);
  globalThis.outboundTestTeardown = await setup();
}
