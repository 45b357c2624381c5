// Starts Prism with Intercom's description and stops it again.

import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** A port nobody listens on at this moment. */
async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Starts Prism and waits until it answers: alone, or in front of `upstream`. */
export async function startPrism(upstream) {
  const port = await freePort();
  const prism = here("node_modules/@stoplight/prism-cli/dist/index.js");
  const flags = ["--host", "127.0.0.1", "--port", String(port), "--verboseLevel", "silent"];
  const description = here("description/intercom-contacts-2.14.yaml");
  const [mode, ...targets] = upstream ? ["proxy", description, upstream] : ["mock", description];
  const child = spawn(process.execPath, [prism, mode, ...flags, ...targets], { stdio: ["ignore", "ignore", "inherit"] });
  const url = `http://127.0.0.1:${port}`;
  for (let attempt = 0; attempt < 300; attempt += 1) {
    if (child.exitCode !== null) throw new Error(`Prism ended with ${child.exitCode}`);
    const up = await fetch(url).then(() => true, () => false);
    if (up) return { child, url };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  child.kill();
  throw new Error("Prism did not start within 30 seconds");
}
