// What the server can be asked, from its own description.

import { html, render, useState } from "../vendor/htm-preact.js";

const ORDER = ["site", "identities", "corrections", "pictures", "operations"];

function Reference({ spec }) {
  const all = Object.entries(spec.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, told]) => ({ path, method, ...told })),
  );
  const tags = [...new Set([...ORDER, ...all.map(tagOf)])].filter((tag) => all.some((each) => tagOf(each) === tag));
  return tags.map(
    (tag) => html`<section key=${tag} aria-label=${tag}>
      <h2>${tag}</h2>
      ${all.filter((each) => tagOf(each) === tag).map((each) => html`<${Operation} key=${each.method + each.path} spec=${spec} ...${each} />`)}
    </section>`,
  );
}

const tagOf = ({ tags }) => tags?.[0] ?? "other";

function Operation({ spec, path, method, summary, description, parameters = [], requestBody, responses }) {
  const answer = Object.entries(responses).find(([status]) => status.startsWith("2"));
  const schema = answer?.[1].content?.["application/json"]?.schema;
  const body = Object.entries(requestBody?.content ?? {})[0];
  return html`<details>
    <summary><span class="method" data-method=${method}>${method.toUpperCase()}</span><code>${path}</code><span class="faint">${firstOf(description) || summary}</span></summary>
    <div class="about">
      ${description && html`<p>${description}</p>`}
      ${parameters.length > 0 && html`<h3>Parameters</h3><dl>${parameters.map((each) => html`<div key=${each.name}><dt>${each.name}</dt><dd>${each.in}${each.required ? ", needed" : ""}: ${shape(spec, each.schema)} ${each.description ?? each.schema?.description ?? ""}</dd></div>`)}</dl>`}
      ${body && html`<h3>Sent: ${body[0]}</h3><pre tabindex="0">${shape(spec, body[1].schema)}</pre>`}
      ${schema && html`<h3>Answer</h3><pre tabindex="0">${shape(spec, schema)}</pre>`}
      ${method === "get" && !parameters.some((each) => each.in === "path") && !path.includes("events") && html`<${Try} path=${path} />`}
    </div>
  </details>`;
}

const firstOf = (text) => (text ?? "").split("\n")[0];

/** A schema as an example of its shape. */
function shape(spec, schema, depth = 0) {
  if (!schema || depth > 6) return "…";
  if (schema.$ref) return shape(spec, spec.components.schemas[schema.$ref.split("/").at(-1)], depth);
  if (schema.anyOf) return schema.anyOf.map((each) => shape(spec, each, depth)).join(" or ");
  if (schema.enum) return schema.enum.map((each) => JSON.stringify(each)).join(" | ");
  if (schema.prefixItems) return `[${schema.prefixItems.map((each) => shape(spec, each, depth)).join(", ")}]`;
  if (schema.type === "array") return `[${shape(spec, schema.items, depth)}, …]`;
  if (!schema.properties) return schema.type ?? "anything";
  const pad = "  ".repeat(depth + 1);
  const lines = Object.entries(schema.properties).map(([name, each]) => `${pad}${name}: ${shape(spec, each, depth + 1)}`);
  return `{\n${lines.join("\n")}\n${"  ".repeat(depth)}}`;
}

function Try({ path }) {
  const [answer, setAnswer] = useState("");
  const ask = async () => {
    const got = await fetch(path);
    const text = await got.text();
    setAnswer(`${got.status}\n${got.headers.get("content-type")?.includes("json") ? JSON.stringify(JSON.parse(text), null, 2) : text}`);
  };
  return html`<p><button onClick=${ask} aria-label=${`Try ${path}`}>Try it</button></p>${answer && html`<pre tabindex="0" aria-label="Answer">${answer}</pre>`}`;
}

const main = document.getElementById("paths");
const answer = await fetch("/openapi.json");
main.replaceChildren();
render(html`<${Reference} spec=${await answer.json()} />`, main);
