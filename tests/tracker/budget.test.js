import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

const FOLDER = new URL("../../tracking/static/learningtime/page/", import.meta.url);

const modules = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".js"))
  .map((name) => ({ name, text: readFileSync(new URL(name, FOLDER), "utf8") }));

const CORE = ["activity.js", "capture.js", "delivery.js", "main.js"];

for (const [what, isIn] of /** @type {const} */ ([
  ["the core", true],
  ["everything else, which the core fetches once the page is tracked,", false],
]))
  test(`${what} is at most 4 KiB as it is served, each module compressed on its own`, () => {
    const part = modules.filter(({ name }) => CORE.includes(name) === isIn);
    const size = part.reduce((sum, { text }) => sum + gzipSync(text, { level: 9 }).length, 0);
    assert.ok(part.length && size <= 4096, `${size} bytes`);
  });

test("nothing forbids the back/forward cache, a strict content policy or privacy", () => {
  for (const { name, text } of modules) {
    assert.doesNotMatch(text, /unload|eval\(|new Function|innerHTML|\.style|cookie/, name);
    assert.doesNotMatch(text, /\.value\b|textContent|innerText|\.key\b|\.search\b|\.href|\.hash/, name);
  }
});

test("modules import only one another, so that the folder needs nothing else", () => {
  for (const { text } of modules)
    for (const [, from] of text.matchAll(/from "(.+)"/g)) assert.match(from ?? "", /^\.\/[a-z_]+\.js$/);
});
