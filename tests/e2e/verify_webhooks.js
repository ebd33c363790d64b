// Reads {secrets, public_key, messages} and tells how many of the messages each client takes: npm's
// standardwebhooks and svix under every one of the secrets, and node's crypto for `v1a`.
"use strict";
const crypto = require("node:crypto");
const { Webhook: StandardWebhook } = require("standardwebhooks");
const { Webhook: SvixWebhook } = require("svix");

function takes(client, secrets, message) {
    return secrets.every((secret) => {
        try {
            new client(secret).verify(message.body, message.headers);
            return true;
        } catch {
            return false;
        }
    });
}

function takesV1a(publicKey, message) {
    const raw = Buffer.from(publicKey.replace("whpk_", ""), "base64");
    const key = crypto.createPublicKey({
        key: { kty: "OKP", crv: "Ed25519", x: raw.toString("base64url") },
        format: "jwk",
    });
    const signed = `${message.headers["webhook-id"]}.${message.headers["webhook-timestamp"]}.` +
        message.body;
    const signatures = message.headers["webhook-signature"].split(" ");
    return signatures.some((signature) => signature.startsWith("v1a,") &&
        crypto.verify(null, Buffer.from(signed), key, Buffer.from(signature.slice(4), "base64")));
}

const asked = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
const count = (test) => asked.messages.filter(test).length;
console.log(JSON.stringify({
    standardwebhooks: count((m) => takes(StandardWebhook, asked.secrets, m)),
    svix: count((m) => takes(SvixWebhook, asked.secrets, m)),
    v1a: count((m) => takesV1a(asked.public_key, m)),
}));
