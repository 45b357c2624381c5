// Creates leads with npm's intercom-client, LANES requests side by side. Prints what arrived as JSON.
//
//   node client.mjs URL ACTIONS LANES
import { createRequire } from "node:module";

const require = createRequire(process.env.CLIENT_FROM ?? import.meta.url);
const { IntercomClient } = require("intercom-client");
const [url, actions, lanes] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const client = new IntercomClient({ token: "bench", environment: url, baseUrl: url });
const began = Date.now();
let next = 0;
let answered = 0;
const errors = {};

async function lane() {
    while (next < actions) {
        const number = next++;
        try {
            await client.contacts.create({ role: "lead", email: `p${number}@pace.example`, name: `Person ${number}` });
            answered += 1;
        } catch (error) {
            const kind = String(error.statusCode ?? error.name);
            errors[kind] = (errors[kind] ?? 0) + 1;
        }
    }
}

await Promise.all(Array.from({ length: lanes }, lane));
console.log(JSON.stringify({ answered, errors, seconds: (Date.now() - began) / 1000 }));
