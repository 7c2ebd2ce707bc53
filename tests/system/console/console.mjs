// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What a person does in the console, in a real browser. console.sh starts what it needs.
import assert from "node:assert/strict";
import {execFileSync} from "node:child_process";
import {readFileSync, writeFileSync} from "node:fs";
import {createRequire} from "node:module";
import {dirname, join} from "node:path";
import {fileURLToPath} from "node:url";
import {chromium} from "playwright-core";

const here = dirname(fileURLToPath(import.meta.url));
const {CONSOLE_URL: site, CONSOLE_TOKEN_FILE: tokenFile, CONSOLE_CONFIG: config, CHROMIUM: executablePath} = process.env;
const accounts = Number(process.env.CONSOLE_ACCOUNTS);
const token = readFileSync(tokenFile, "utf8");
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const mostBytes = 100_000;

const pages = [
  ["accounts", "/"],
  ["account-held", "/accounts/held"],
  ["account-widened", "/accounts/widened"],
  ["account-waiting", "/accounts/waiting"],
  ["account-conflicting", "/accounts/conflicting"],
  ["account-stalled", "/accounts/broken-key"],
  ["account-ready", "/accounts/team-001"],
  ["runs", "/runs"],
  ["runs-of-account", "/runs?account=team-001"],
  ["history", "/history"],
  ["history-of-account", "/history?account=widened&changes=all"],
  ["reach", "/reach"],
  ["reach-of-account", "/reach?account=team-003"],
  ["not-there", "/accounts/nobody"],
];

const browser = await chromium.launch({executablePath, args: ["--headless", "--no-sandbox", "--disable-gpu",
  "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]});

/// A window of its own. Anything that the browser complains of is a fault.
async function open(options = {}) {
  const context = await browser.newContext({baseURL: site, viewport: {width: 1280, height: 900}, ...options});
  const page = await context.newPage();
  page.faults = [];
  page.on("pageerror", (error) => page.faults.push(`${page.url()}: ${error}`));
  page.on("console", (message) => {
    const isStatus = message.text().includes("Failed to load resource"); // 401 and 404 are meant
    if (message.type() === "error" && !isStatus) page.faults.push(`${page.url()}: ${message.text()}`);
  });
  return page;
}

async function close(page) {
  assert.deepEqual(page.faults, []);
  await page.context().close();
}

async function signIn(page, with_token = token) {
  await page.getByLabel("Token").fill(with_token);
  await page.getByRole("button", {name: "Sign in"}).click();
}

async function signedIn(options = {}) {
  const page = await open(options);
  await page.goto("/");
  await signIn(page);
  await page.getByRole("heading", {level: 1, name: "Accounts"}).waitFor();
  return page;
}

/// The findings of axe; `what` is where.
async function audit(page, what) {
  await page.evaluate(axe); // not by a tag: the policy of the pages forbids that
  const {violations} = await page.evaluate(() => window.axe.run(document, {resultTypes: ["violations"]}));
  const found = violations.map(({id, help, nodes}) => `${id}: ${help}: ${nodes.slice(0, 3).map((node) => node.html.slice(0, 200)).join(" | ")}`);
  assert.deepEqual(found, [], what);
}

const picture = (page, name, options = {}) =>
  page.screenshot({path: join(here, `${name}.png`), fullPage: true, animations: "disabled", ...options});

const steps = {
  async "asks for the token, and takes no wrong one"() {
    const page = await open();
    const reply = await page.goto("/accounts/held");
    assert.equal(reply.status(), 401);
    await audit(page, "sign-in");
    await picture(page, "sign-in");
    await signIn(page, "a-wrong-token-of-some-length");
    await page.getByRole("alert").getByText("not the token").waitFor();
    await audit(page, "sign-in with a wrong token");
    await picture(page, "sign-in-wrong");
    await signIn(page);
    await page.getByRole("heading", {level: 1, name: "held"}).waitFor(); // where it was to go
    const [cookie] = await page.context().cookies();
    assert.ok(cookie.httpOnly && cookie.sameSite === "Strict" && cookie.path === "/" && cookie.expires === -1);
    assert.equal(await page.evaluate(() => document.cookie), "");
    await close(page);
  },

  async "shows each page well in light, dark and on a phone"() {
    const page = await signedIn();
    const storageState = await page.context().storageState();
    const run = await page.goto("/runs").then(() => page.locator("tbody th a").first().getAttribute("href"));
    const policies = [];
    for (const [name, source] of [["policy-hostile", "schematics"], ["policy-foreign", "logs"], ["policy-ours", "server-protect"]]) {
      await page.goto(`/reach?account=widened&service=${source}`);
      policies.push([name, await page.locator("td a[href^='/policies/']").first().getAttribute("href")]);
    }
    const windows = {light: {colorScheme: "light"}, dark: {colorScheme: "dark"},
      phone: {viewport: {width: 375, height: 800}, isMobile: true, hasTouch: true, deviceScaleFactor: 2}};
    for (const [look, options] of Object.entries(windows)) {
      const view = await open({storageState, ...options});
      for (const [name, path] of [...pages, ["run", run], ...policies]) {
        const reply = await view.goto(path);
        assert.equal(reply.status(), name === "not-there" ? 404 : 200, path);
        const bytes = (await reply.body()).length;
        assert.ok(bytes < mostBytes, `${path} has ${bytes} bytes`);
        assert.equal(await view.locator("h1").count(), 1, path);
        assert.equal(await view.locator("main img, main iframe, main script").count(), 0, path);
        assert.doesNotMatch(await view.title(), /owned/);
        const [width, room] = await view.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
        assert.ok(width <= room, `${path} is ${width} wide in a window of ${room} (${look})`);
        await picture(view, `${name}-${look}`);
        if (look !== "phone") await audit(view, `${path} (${look})`); // it is the same page
      }
      await close(view);
    }
    await page.goto("/accounts/held");
    await page.emulateMedia({media: "print"});
    await picture(page, "account-held-print");
    await close(page);
  },

  async "keeps the session of who follows a link on another site"() {
    const page = await signedIn();
    const elsewhere = new URL(site.replace("127.0.0.1", "localhost")); // another site by its name
    await page.route(`${elsewhere.origin}/link`, (route) => route.fulfill({contentType: "text/html",
      body: `<a href="${site}/accounts/held">the account</a>`}));
    await page.goto(`${elsewhere.origin}/link`);
    const form = page.waitForResponse((reply) => reply.url() === `${site}/accounts/held`);
    await page.getByRole("link").click();
    assert.equal((await form).status(), 401, "the browser keeps the cookie back");
    await page.getByRole("heading", {level: 1, name: "held"}).waitFor();
    await close(page);
  },

  async "puts the most urgent account first, and filters and sorts"() {
    const page = await signedIn();
    const names = () => page.locator("tbody th a").allTextContents();
    const urgent = ["broken-key", "widened", "held", "conflicting", "waiting", "observed", "suspended"];
    await page.locator("tbody tr", {hasText: "waiting"}).getByText("Waiting", {exact: true}).waitFor();
    assert.deepEqual((await names()).filter((name) => urgent.includes(name)), urgent);
    assert.equal((await names()).length, Math.min(accounts, 50));
    await page.getByText(`${accounts} accounts`).first().waitFor();

    await page.evaluate(() => { window.sameWindow = true; });
    await page.getByLabel("Find").fill("team-00");
    await page.waitForFunction(() => [...document.querySelectorAll("tbody th a")].every((each) => each.textContent.startsWith("team-00")));
    assert.ok(await page.evaluate(() => window.sameWindow && document.activeElement.name === "q"), "typing goes on");
    assert.match(page.url(), /q=team-00/);
    await page.getByLabel("State").selectOption("Held");
    await page.getByText("No account is like that.").waitFor();
    await page.goto("/?sort=name");
    const sorted = await names();
    assert.deepEqual(sorted, [...sorted].sort());
    await close(page);
  },

  async "refreshes in place"() {
    const page = await signedIn();
    await page.goto("/accounts/held");
    await page.evaluate(() => { window.sameWindow = true; scrollTo(0, 300); document.querySelector("#account a").focus({preventScroll: true}); });
    const before = await page.evaluate(() => ({at: document.querySelector("#as-of time").textContent,
      scroll: scrollY, focus: document.activeElement.getAttribute("href"), heading: document.querySelector("h1").textContent}));
    // What the timer and a return to the window do, until the page was made in another second.
    await page.waitForFunction((at) => {
      document.dispatchEvent(new Event("visibilitychange"));
      return document.querySelector("#as-of time").textContent !== at;
    }, before.at, {polling: 200});
    const after = await page.evaluate(() => ({same: window.sameWindow, scroll: scrollY, focus: document.activeElement.getAttribute("href")}));
    assert.deepEqual(after, {same: true, scroll: before.scroll, focus: before.focus});
    await page.getByRole("button", {name: "Refresh: on"}).click();
    await page.getByRole("button", {name: "Refresh: off"}).waitFor();
    await close(page);
  },

  async "is used by keyboard"() {
    const page = await signedIn();
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
    await picture(page, "keyboard", {fullPage: false});
    await page.keyboard.press("Enter");
    assert.equal(await page.evaluate(() => document.activeElement.id), "main");
    await close(page);
  },

  async "leads from the picture to the policies"() {
    const page = await signedIn();
    await page.goto("/reach?account=team-003");
    await page.locator("svg.reach a.node", {hasText: "secrets-manager"}).first().click();
    await page.waitForURL(/service=secrets-manager.*#policies/);
    const rows = page.getByRole("region", {name: "Policies"}).locator("tbody tr");
    assert.ok((await rows.count()) > 0);
    for (const row of await rows.allTextContents()) assert.match(row, /secrets-manager/);
    await page.locator("svg.reach a[href^='#edge-']").first().focus();
    await page.keyboard.press("Enter");
    assert.equal(await page.locator("tr:target").count(), 1);
    await close(page);
  },

  async "tells who widened a policy, and how"() {
    const page = await signedIn();
    await page.goto("/accounts/widened");
    const widened = page.locator("h2", {hasText: "Widened by others"}).locator("+ ul");
    await widened.getByText("IBMid-270000ABCD").waitFor();
    await widened.getByText("Reader, Writer → Reader").waitFor();
    await close(page);
  },

  async "tells the story of a policy"() {
    const page = await signedIn();
    await page.goto("/accounts/widened");
    await page.locator("a[href^='/policies/']").first().click();
    await page.getByRole("heading", {level: 1, name: /^Policy /}).waitFor();
    await page.getByText("its marker names this installation: platform/").waitFor();
    await page.locator("dd", {hasText: /\.yaml:\d+/}).first().waitFor();
    await page.getByText("IBMid-270000ABCD").first().waitFor(); // who changed it last
    const change = page.locator("h2", {hasText: "What authzd did to it"}).locator("+ ul li").first();
    await change.locator("a[href^='/runs/']").click();
    await page.getByRole("heading", {level: 1, name: /^Run /}).waitFor();
    assert.equal((await page.goto("/policies/nobody?account=widened")).status(), 404);
    await close(page);
  },

  async "tells what others changed"() {
    const page = await signedIn();
    await page.goto("/history?account=widened&changes=all");
    assert.ok((await page.locator("#history li").count()) > 0);
    await page.getByRole("link", {name: "Set back what others changed"}).click();
    await page.waitForURL(/history\?account=widened$/);
    await page.getByRole("link", {name: "History", exact: true}).click();
    const entry = page.locator("#history li", {hasText: "Reader, Writer → Reader"}).first();
    await entry.getByText("IBMid-270000ABCD").waitFor();
    await entry.getByRole("link", {name: "team-002"}).waitFor();
    await entry.getByText("approved by").waitFor();
    await close(page);
  },

  async "shows commands that work when they are copied"() {
    const page = await signedIn();
    await page.goto("/accounts/held");
    const command = await page.locator(".command code", {hasText: "authzd approve"}).first().textContent();
    assert.match(command, new RegExp(`^authzd approve [0-9a-f]{64} --config ${config}$`));
    execFileSync("sh", ["-c", `${command} --yes`], {stdio: "pipe"});
    execFileSync("authzd", ["sync", "held", "--wait", "--config", config], {stdio: "pipe"});
    await page.reload();
    assert.equal(await page.locator(".command code", {hasText: command}).count(), 0);
    await page.goto("/runs?account=held");
    await page.locator("tbody th a").first().click();
    assert.equal(await page.locator(".actions .sign.delete").count(), 6);
    const undo = await page.locator(".command code", {hasText: "authzd undo"}).textContent();
    execFileSync("sh", ["-c", `${undo} --yes`], {stdio: "pipe"});
    await close(page);
  },

  async "works without a script"() {
    const page = await open({javaScriptEnabled: false});
    await page.goto("/reach");
    await signIn(page);
    await page.getByLabel("Service").fill("secrets-manager");
    await page.getByRole("button", {name: "Filter"}).click();
    await page.waitForURL(/service=secrets-manager/);
    await page.getByRole("link", {name: "Accounts"}).first().click();
    await page.getByLabel("Find").fill("team-002");
    await page.getByRole("button", {name: "Filter"}).click();
    await page.waitForURL(/q=team-002/);
    assert.equal(await page.locator("tbody tr").count(), 1);
    await page.getByRole("button", {name: "Sign out"}).click();
    await page.getByLabel("Token").waitFor();
    assert.equal((await page.goto("/")).status(), 401);
    await close(page);
  },

  async "ends the session with the token"() {
    const page = await signedIn();
    writeFileSync(tokenFile, "another-token-of-the-console");
    // The refresh finds out, and shows the form.
    await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
    await page.getByLabel("Token").waitFor();
    await signIn(page, "another-token-of-the-console");
    await page.getByRole("button", {name: "Sign out"}).click();
    await page.getByLabel("Token").waitFor();
    await close(page);
  },
};

let failed = 0;
for (const [name, step] of Object.entries(steps)) {
  try {
    await step();
    console.log(`ok ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED ${name}\n${error.stack}`);
  }
}
await browser.close();
process.exit(failed === 0 ? 0 : 1);
