// Drives the official Pipelines clients, unmodified, against a server of ours.
// The Go test that starts it (web/node_client_test.go) checks the database
// afterwards.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Analytics } from "@customerio/cdp-analytics-node";
import { CustomerIORequestError, PipelinesClient } from "customerio-node";

const { url, writeKey } = JSON.parse(readFileSync(0, "utf8"));
const strict = new PipelinesClient(writeKey, { url: url + "/v1", strictMode: true, retry: { maxRetries: 0 } });
const success = { success: true };

assert.deepEqual(await strict.identify({ userId: "grace", traits: { email: "grace@x.example.com", plan: "pro", createdAt: "2024-01-01T00:00:00.000Z" } }), success);
assert.deepEqual(await strict.track({ userId: "grace", event: "Signed Up", messageId: "m1", timestamp: "2026-01-02T03:04:05.678Z", properties: { from: "ad" } }), success);
assert.deepEqual(await strict.track({ userId: "grace", event: "Signed Up", messageId: "m1" }), success);
assert.deepEqual(await strict.page({ userId: "grace", properties: { url: "https://x.example.com/pricing" } }), success);
assert.deepEqual(await strict.screen({ userId: "grace", name: "Home" }), success);
assert.deepEqual(await strict.group({ userId: "grace", groupId: "acme", traits: { name: "Acme" } }), success);
await strict.identify({ userId: "old grace", traits: { city: "Delft" } });
assert.deepEqual(await strict.alias({ userId: "grace", previousId: "old grace" }), success);
assert.deepEqual(await strict.batch([
  { type: "identify", userId: "batched", traits: { n: 1 } },
  { type: "track", userId: "batched", event: "Batched" },
]), success);

await assert.rejects(strict.track({ userId: "grace", event: "x".repeat(101) }), (err) => {
  assert.ok(err instanceof CustomerIORequestError, String(err));
  assert.equal(err.statusCode, 400);
  assert.ok(err.message.includes("event name cannot be longer than 100 bytes"), err.message);
  return true;
});
const lenient = new PipelinesClient(writeKey, { url: url + "/v1", retry: { maxRetries: 0 } });
assert.deepEqual(await lenient.track({ userId: "grace", event: "x".repeat(101) }), success);
await assert.rejects(new PipelinesClient("wrong", { url: url + "/v1", retry: { maxRetries: 0 } }).identify({ userId: "x" }), (err) => err.statusCode === 401);

// The analytics library queues and sends batches.
const analytics = new Analytics({ writeKey, host: url, flushAt: 3, flushInterval: 50 });
const problems = [];
analytics.on("error", (err) => problems.push(err));
analytics.identify({ userId: "edsger", anonymousId: "anon-e", traits: { email: "edsger@x.example.com", first_name: "Edsger" } });
analytics.track({ userId: "edsger", event: "Walked", properties: { steps: 9 } });
analytics.page({ userId: "edsger", name: "Home" });
analytics.screen({ userId: "edsger", name: "Start" });
analytics.track({ userId: "edsger", event: "Device Created or Updated", context: { device: { token: "dev-e", type: "ios" } }, properties: { app_version: "2" } });
analytics.track({ anonymousId: "anon-later", event: "Visited" });
analytics.group({ userId: "edsger", groupId: "acme" });
await analytics.closeAndFlush();
assert.deepEqual(problems, []);
