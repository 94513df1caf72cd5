// Drives the official client, unmodified, against a server of ours. The Go
// test that starts it (web/node_client_test.go) checks the database afterwards.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { APIClient, CustomerIORequestError, IdentifierType, TrackClient } from "customerio-node";

const { url, siteID, key, appKey, workspaces } = JSON.parse(readFileSync(0, "utf8"));
const retry = { maxRetries: 0 };
const track = new TrackClient(siteID, key, { url: url + "/api/v1", retry });
const api = new APIClient(appKey, { url: url + "/v1", retry });

async function refused(call, status, words) {
  await assert.rejects(call, (err) => {
    assert.ok(err instanceof CustomerIORequestError, String(err));
    assert.equal(err.statusCode, status);
    assert.ok(err.message.includes(words), err.message);
    return true;
  });
}

// Identify: odd ids, odd values, nothing at all.
assert.deepEqual(await track.identify("ada", { email: "ada@x.example.com", plan: "pro", visits: 3, beta: true }), {});
assert.deepEqual(await track.identify("ada"), {});
for (const id of ["1/ %é", "a+b@x.example.com", "?#&", "名前", "tab%2F", "x".repeat(150)]) {
  assert.deepEqual(await track.identify(id, { odd: true }), {});
}
await track.identify("ada", { plan: null });
await track.identify(42, { number: true });

// Events.
assert.deepEqual(await track.track("ada", { name: "purchase", data: { price: 23.45 }, id: "01HB4HBDKTFWYZCK01DMRSWRFD", timestamp: 1700000000 }), {});
await track.track("ada", { name: "purchase", id: "01HB4HBDKTFWYZCK01DMRSWRFD" });
await track.track("new one", { name: "hello" });
await track.trackPageView("ada", "https://example.com/pricing?" + "x".repeat(120));
await track.trackAnonymous("anon-1", { name: "visit", data: { from: "ad" } });
await track.trackAnonymous("", { name: "invite", data: { recipient: "friend@x.example.com" } });

// Delete: somebody, nobody, somebody odd.
await track.identify("gone", { plan: "x" });
assert.deepEqual(await track.destroy("gone"), {});
assert.deepEqual(await track.destroy("gone"), {});
await track.destroy("?#&");

// Ask.
assert.deepEqual(await track.getAccountRegion(), { url, region: "us", environment_id: workspaces[0].id });
const { results } = await api.getCustomersByEmail("ADA@x.example.com");
assert.equal(results.length, 1);
assert.equal(results[0].id, "ada");
const cioID = results[0].cio_id;
for (const [id, type] of [["ada", IdentifierType.Id], ["ada@x.example.com", IdentifierType.Email], [cioID, IdentifierType.CioId]]) {
  const { customer } = await api.getAttributes(id, type);
  assert.equal(customer.identifiers.cio_id, cioID);
  assert.equal(customer.attributes.visits, "3");
  assert.equal(customer.attributes.beta, "true");
  assert.equal(customer.attributes.plan, undefined);
}
assert.equal((await api.getAttributes("1/ %é")).customer.id, "1/ %é");
assert.deepEqual((await api.listWorkspaces()).workspaces.map(({ id, name }) => ({ id, name })), workspaces);

// Change an identifier, by cio_id.
await track.identify("cio_" + cioID, { id: "ada2", email: "ada2@x.example.com" });
assert.equal((await api.getAttributes("ada2")).customer.identifiers.email, "ada2@x.example.com");

// Errors arrive as words.
await refused(track.identify("x".repeat(151)), 400, "An id has at most 150 bytes");
await refused(track.identify("ada2", { token: "x".repeat(1001) }), 400, "value for attribute 'token' cannot be longer than 1000 bytes");
await refused(track.track("ada2", { name: "x".repeat(101) }), 400, "event name cannot be longer than 100 bytes");
await refused(track.identify("ada2", Object.fromEntries(Array.from({ length: 60 }, (_, i) => ["a" + i, "x".repeat(900)]))), 413, "too large");
await refused(new TrackClient(siteID, "wrong", { url: url + "/api/v1", retry }).identify("x"), 401, "Unauthorized request");
await refused(new APIClient(key, { url: url + "/v1", retry }).listWorkspaces(), 401, "Unauthorized request");
await refused(track.identify(".."), 404, ""); // in a URL, this is the folder above
await refused(api.getAttributes("nobody"), 404, "");
await refused(track.request.put(track.trackRoot + "/nothing", {}), 404, "There is nothing at this address.");

// Devices, suppression, merging, forms, reports.
await track.identify("grace", { plan: "pro" });
assert.deepEqual(await track.addDevice("grace", "tok/1", "ios", { last_used: 1700000000, app_version: "1.2" }), {});
await track.addDevice("grace", "tok2", "android");
assert.deepEqual(await track.deleteDevice("grace", "tok/1"), {});
assert.deepEqual((await api.getAttributes("grace")).customer.devices.map(({ id }) => id), ["tok2"]);
assert.deepEqual(await track.suppress("barred"), {});
await track.identify("barred", { plan: "x" });
await refused(api.getAttributes("barred"), 404, "");
assert.deepEqual(await track.unsuppress("barred"), {});
await track.identify("double@x.example.com", { city: "Delft" });
assert.deepEqual(await track.mergeCustomers(IdentifierType.Id, "grace", IdentifierType.Email, "double@x.example.com"), {});
assert.equal((await api.getAttributes("grace")).customer.attributes.city, "Delft");
await track.submitForm("newsletter", { id: "grace", color: "blue" });
assert.deepEqual(await track.reportMetric({ delivery_id: "unknown", metric: "delivered", timestamp: 1700000000 }), {});
assert.deepEqual(await track.trackPush({ delivery_id: "unknown", event: "opened", device_id: "tok2", timestamp: 1700000000 }), {});
await refused(track.unsubscribe("unknown"), 400, "There is no such delivery id.");

// Track v2.
assert.deepEqual(await track.entity({ type: "person", action: "identify", identifiers: { id: "grace" }, attributes: { score: 7 } }), {});
await refused(track.entity({ type: "person", action: "identify", identifiers: { phone: "+31612345678" } }), 400, "");
assert.deepEqual(await track.batch([
  { type: "person", action: "event", identifiers: { id: "grace" }, name: "purchase", attributes: { price: 1 } },
  { type: "object", action: "identify", identifiers: { object_type_id: "1", object_id: "acme" }, attributes: {} },
]), {});
const partly = await track.batch([{ type: "person", action: "identify", identifiers: { id: "grace" } }, { type: "nothing" }]);
assert.deepEqual(partly.errors.map(({ batch_index, field }) => [batch_index, field]), [[1, "type"]]);

// Segments, search, activities.
const { segment } = await api.createSegment({ name: "Beta", description: "Who tries it" });
assert.equal(segment.type, "manual");
assert.deepEqual(await track.addCustomersToSegment(segment.id, ["grace", "nobody"]), {});
assert.equal((await api.getSegmentCustomerCount(segment.id)).count, 1);
assert.deepEqual((await api.getSegmentMembership(segment.id)).ids, ["grace"]);
assert.deepEqual((await api.getCustomerSegments("grace")).segments.map(({ name }) => name), ["Beta"]);
assert.deepEqual((await api.getSegmentUsedBy(segment.id)).used_by.campaigns, []);
const search = { and: [{ segment: { id: segment.id } }, { attribute: { field: "plan", operator: "eq", value: "pro" } }] };
assert.deepEqual((await api.searchCustomers(search)).identifiers.map(({ id }) => id), ["grace"]);
assert.equal((await api.getCustomersAttributes(["grace"])).customers[0].attributes.score, "7");
assert.deepEqual((await api.getCustomerActivities("grace", { type: "event" })).activities.map(({ name }) => name), ["purchase"]);
assert.equal((await api.listActivities({ type: "event", limit: 1 })).activities.length, 1);
assert.deepEqual((await api.getCustomerMessages("grace")).messages, []);
assert.deepEqual(await track.removeCustomersFromSegment(segment.id, ["grace"], IdentifierType.Id), {});
assert.equal((await api.getSegment(segment.id)).segment.name, "Beta");
await api.deleteSegment(segment.id);
assert.deepEqual((await api.listSegments()).segments, []);

// Campaigns, their actions, messages and figures. Two people went through.
const { campaigns } = await api.listCampaigns();
assert.deepEqual(campaigns.map(({ name, type }) => [name, type]), [["Welcome", "event"]]);
const id = campaigns[0].id;
assert.equal((await api.getCampaign(id)).campaign.event_name, "signed_up");
const { actions } = await api.getCampaignActions(id);
assert.deepEqual(actions.map(({ key, type }) => [key, type]), [["hello", "email"], ["wait", "delay"], ["hook", "webhook"]]);
assert.ok(actions.every(({ id }) => Number.isInteger(id) && id > 0));
const hello = actions[0].id;
assert.equal((await api.getCampaignActions(id, { start: "1" })).actions[0].key, "wait");
assert.equal((await api.getCampaignAction(id, hello)).action.id, hello);
assert.equal((await api.getCampaignAction(id, "hello")).action.subject, "Hello {{customer.id}}");
assert.equal((await api.getCampaignActionLanguage(id, "hello", "nl")).action.subject, "Hallo");
const sum = (list) => list.reduce((a, b) => a + b, 0);
assert.equal(sum((await api.getCampaignMetrics(id, { period: "days", steps: 2 })).metric.series.sent), 2);
assert.equal(sum((await api.getCampaignMetrics(id, { period: "days", steps: 2, type: "email" })).metric.series.sent), 2);
assert.equal(sum((await api.getCampaignMetrics(id, { period: "days", steps: 2, type: "push" })).metric.series.sent), 0);
assert.equal(sum((await api.getCampaignActionMetrics(id, hello, { period: "days", steps: 2 })).metric.series.created), 2);
const now = Math.floor(Date.now() / 1000);
assert.equal(sum((await api.getCampaignJourneyMetrics(id, { start: now - 7200, end: now, res: "days" })).journey_metric.series.started), 2);
const sent = await api.getCampaignMessages(id, { limit: 1, metric: "sent" });
assert.equal(sent.messages.length, 1);
const message = (await api.getMessage(sent.messages[0].id)).message;
assert.equal(message.subject, sent.messages[0].subject);
assert.deepEqual([message.campaign_id, message.action_id, message.newsletter_id], [id, hello, null]);
assert.equal((await api.getMessages({ action_id: hello })).messages.length, 2);
assert.ok((await api.getArchivedMessage(message.id)).archived_message.body.includes("Welcome"));

// Two clicks on a link, in one message.
for (const timestamp of [now, now + 1]) {
  await track.reportMetric({ delivery_id: message.id, metric: "clicked", href: "https://x.example.com/" + timestamp, timestamp });
  await track.reportMetric({ delivery_id: message.id, metric: "clicked", href: "https://x.example.com/same", timestamp });
}
const { links } = await api.getCampaignMetricsLinks(id, { period: "days", steps: 2 });
assert.ok(links.length >= 2 && links.every(({ link }) => Number.isInteger(link.id) && link.href.startsWith("https://x.example.com/")));
const { links: unique } = await api.getCampaignActionMetricsLinks(id, hello, { period: "days", steps: 2, unique: true });
assert.ok(unique.every(({ metric }) => sum(metric.series.clicked) === 1));
assert.equal((await api.getMessages({ metric: "clicked" })).messages[0].id, message.id);
assert.equal((await api.getMessages({ start: sent.next, limit: 5 })).messages.length, 1);
assert.equal((await api.updateCampaignAction(id, hello, { subject: "Good morning" })).action.subject, "Good morning");
assert.equal((await api.getCampaignAction(id, hello)).action.subject, "Good morning");
await refused(api.getCampaign(id + 1000), 404, "");

// Senders, and exports of deliveries.
assert.deepEqual((await api.listTransactionalMessages()).messages, []);
const { sender_identities: senders } = await api.getSenderIdentities({ limit: 5, sort: "desc" });
assert.equal(senders.length, 1);
assert.equal((await api.getSenderIdentity(senders[0].id)).sender_identity.email, senders[0].email);
assert.ok((await api.getSenderIdentityUsedBy(senders[0].id)).campaigns.includes(id));
const begun = (await api.createDeliveriesExport(id, { start: 1, end: now + 3600, attributes: ["subject"], metric: "sent", drafts: true })).export;
assert.deepEqual([begun.type, begun.status], ["deliveries", "pending"]);
assert.equal((await api.getExport(begun.id)).export.id, begun.id);
await refused(api.createDeliveriesExport(id + 1000), 404, "");

// Topics, snippets, newsletters.
const { topics } = await api.listSubscriptionTopics();
assert.deepEqual(topics.map(({ identifier, name, subscribed_by_default: by }) => [identifier, name, by]), [["topic_1", "News", true]]);
await track.identify("grace", { "cio_subscription_preferences.topics.topic_1": false });
assert.deepEqual((await api.getCustomerSubscriptionPreferences("grace")).customer.topics.map(({ subscribed }) => subscribed), [false]);
assert.equal((await api.createSnippet({ name: "foot", value: "Acme" })).snippet.value, "Acme");
await refused(api.createSnippet({ name: "Foot", value: "x" }), 422, "");
assert.equal((await api.updateSnippet({ name: "foot", value: "Acme, Lund" })).snippet.value, "Acme, Lund");
assert.equal((await api.getSnippets()).snippets.length, 1);
const june = (await api.createNewsletter({ name: "June", from: "a@x.example.com", subject: "June", body: "<p>{{ snippets.foot }} {% unsubscribe %}</p>",
  recipients: { attribute: { field: "plan", operator: "eq", value: "pro" } }, subscription_topic_id: 1 })).newsletter;
assert.equal((await api.getNewsletter(june.id)).newsletter.name, "June");
assert.equal((await api.listNewsletters({ limit: 5 })).newsletters[0].id, june.id);
const content = (await api.getNewsletterContents(june.id)).contents[0];
assert.deepEqual([content.id, content.newsletter_id], [june.content_ids[0], june.id]);
assert.equal((await api.getNewsletterContent(june.id, content.id)).content.subject, "June");
assert.equal((await api.updateNewsletterContent(june.id, content.id, { subject: "June news" })).content.subject, "June news");
await api.createNewsletterLanguage(june.id, { language: "nl", subject: "Juni", body: "<p>{% unsubscribe %}</p>" });
assert.equal((await api.updateNewsletterLanguage(june.id, "nl", { subject: "Nieuws" })).action.subject, "June news");
assert.equal((await api.getNewsletterLanguage(june.id, "nl")).action.subject, "Nieuws");
await api.deleteNewsletterLanguage(june.id, "nl");
await refused(api.getNewsletterLanguage(june.id, "nl"), 404, "");
assert.deepEqual((await api.getNewsletterTestGroups(june.id)).test_groups, []);
const groups = (await api.createNewsletterTestGroup(june.id)).newsletter.test_groups;
assert.deepEqual(groups.map(({ name }) => name), ["A", "B"]);
await api.createNewsletterTestGroupLanguage(june.id, groups[1].id, { language: "de", subject: "Juni", body: "<p>{% unsubscribe %}</p>" });
await api.updateNewsletterTestGroupLanguage(june.id, groups[1].id, "de", { subject: "Neues" });
assert.equal((await api.getNewsletterTestGroupLanguage(june.id, groups[1].id, "de")).action.subject, "Neues");
await api.deleteNewsletterTestGroupLanguage(june.id, groups[1].id, "de");
await api.scheduleNewsletter(june.id, { send_at: now + 7200 });
assert.equal((await api.sendNewsletter(june.id, { rate_limit_email_rate: 100, rate_limit_time_period: "minute" })).newsletter.state, "running");
assert.ok("sent" in (await api.getNewsletterMetrics(june.id, { period: "days", steps: 2 })).metric.series);
assert.deepEqual((await api.getNewsletterMetricsLinks(june.id, { period: "days", steps: 2 })).links, []);
assert.ok("sent" in (await api.getNewsletterContentMetrics(june.id, content.id, { period: "days", steps: 2 })).metric.series);
assert.deepEqual((await api.getNewsletterContentMetricsLinks(june.id, content.id)).links, []);
assert.deepEqual((await api.getNewsletterMessages(june.id)).messages, []);
const spare = (await api.createNewsletter({ name: "Spare" })).newsletter;
await api.deleteNewsletter(spare.id);
await refused(api.getNewsletter(spare.id), 404, "");
await refused(api.deleteSnippet("foot"), 422, "");

// A broadcast.
const { broadcasts } = await api.listBroadcasts();
assert.deepEqual(broadcasts.map(({ name }) => name), ["Sale"]);
const sale = broadcasts[0].id;
assert.equal((await api.getBroadcast(sale)).broadcast.type, "triggered_broadcast");
const mail = (await api.getBroadcastActions(sale)).actions[0];
assert.equal((await api.getBroadcastAction(sale, mail.id)).action.key, "mail");
assert.equal((await api.updateBroadcastAction(sale, mail.id, { name: "The offer" })).action.name, "The offer");
const run = await api.triggerBroadcast(sale, { headline: "Now" }, { ids: ["grace", "nobody"], id_ignore_missing: true });
assert.ok(Number.isInteger(run.id));
assert.equal((await api.getBroadcastTriggerStatus(sale, run.id)).id, run.id);
assert.ok(Array.isArray((await api.getBroadcastTriggerErrors(sale, run.id)).errors));
assert.equal((await api.getBroadcastTriggers(sale)).triggers[0].id, run.id);
assert.ok("sent" in (await api.getBroadcastMetrics(sale, { period: "days", steps: 2 })).metric.series);
assert.ok("sent" in (await api.getBroadcastActionMetrics(sale, mail.id, { period: "days", steps: 2 })).metric.series);
assert.deepEqual((await api.getBroadcastMetricsLinks(sale)).links, []);
assert.deepEqual((await api.getBroadcastActionMetricsLinks(sale, mail.id)).links, []);
assert.deepEqual((await api.getBroadcastMessages(sale)).messages, []);
await refused(api.triggerBroadcast(sale, {}, { ids: ["grace"] }), 429, "");

// What is left of exports, and a file that may not be fetched.
const people = (await api.createCustomersExport({ attribute: { field: "plan", operator: "eq", value: "pro" } })).export;
assert.ok((await api.listExports()).exports.some(({ id }) => id === people.id));
await refused(api.downloadExport(people.id), 404, "");
await refused(api.createImport({ name: "x", data_file_url: "http://127.0.0.1:1/x.csv", type: "people", identifier: "id", data_to_process: "all" }), 400, "");
assert.deepEqual((await api.getIpAddresses()).ip_addresses, []);

// What Postroom does not have says so.
for (const call of ["listCollections", "listObjectTypes", "listReportingWebhooks", "listSubscriptionChannels"]) {
  await refused(api[call](), 404, "");
}
await refused(api.getTransactionalMessage(1), 404, "");
