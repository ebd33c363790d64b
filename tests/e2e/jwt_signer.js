// Makes keys and signs JWTs as an application's backend would, with npm's `jose`.
// Standard input: {"keys": {kid: alg}, "tokens": {name: {kid, claims}}}; answers {jwks, tokens}.
"use strict";
const { SignJWT, exportJWK, generateKeyPair } = require("jose");

async function main(asked) {
  const pairs = {}, keys = [];
  for (const [kid, alg] of Object.entries(asked.keys)) {
    pairs[kid] = { alg, ...(await generateKeyPair(alg, { extractable: true })) };
    keys.push({ ...(await exportJWK(pairs[kid].publicKey)), kid, alg, use: "sig" });
  }
  const tokens = {};
  for (const [name, { kid, claims }] of Object.entries(asked.tokens)) {
    const { alg, privateKey } = pairs[kid];
    tokens[name] = await new SignJWT(claims).setProtectedHeader({ alg, kid, typ: "JWT" })
      .sign(privateKey);
  }
  return { jwks: { keys }, tokens };
}

let text = "";
process.stdin.on("data", (part) => { text += part; });
process.stdin.on("end", () => {
  main(JSON.parse(text)).then((made) => process.stdout.write(JSON.stringify(made)));
});
