// What npm's `stripe` does, for tests. Standard input: {"do": "sign" | "verify" | "call", …};
// standard output: what came of it. `call` makes the calls of provider_calls.cpp with the same
// arguments; what an answer of the local server lacks does not matter, only what was sent does.
"use strict";
const Stripe = require("stripe");

function calls(stripe) {
  const goods = {
    creditd_account: "ada", creditd_order: "ord_1", creditd_package: "starter",
    creditd_credits: "500",
  };
  const plan = {
    creditd_account: "ada", creditd_order: "ord_2", creditd_plan: "pro",
    creditd_interval: "month",
  };
  const name = "500 credits, für Ada & Bob";
  const urls = {
    success_url: "https://shop.example/ok?session={CHECKOUT_SESSION_ID}",
    cancel_url: "https://shop.example/no",
  };
  const price = { currency: "usd", unit_amount: 1999, product_data: { name } };
  const key = (idempotencyKey) => ({ idempotencyKey });
  return {
    buy: () => stripe.checkout.sessions.create({
      mode: "payment", client_reference_id: "ada", ...urls, metadata: goods,
      line_items: [{ price_data: price, quantity: 1 }],
      payment_intent_data: { metadata: goods },
    }, key("buy-1")),
    subscribe: () => stripe.checkout.sessions.create({
      mode: "subscription", client_reference_id: "ada", customer: "cus_1", ...urls,
      expires_at: 1900000000, metadata: plan,
      line_items: [{ price_data: { ...price, recurring: { interval: "month" } }, quantity: 1 }],
      subscription_data: { metadata: plan, trial_period_days: 14 },
    }, key("subscribe-1")),
    session: () => stripe.checkout.sessions.retrieve("cs_1"),
    expire: () => stripe.checkout.sessions.expire("cs_1", {}, key("expire-1")),
    portal: () => stripe.billingPortal.sessions.create(
      { customer: "cus_1", return_url: "https://shop.example/" }, key("portal-1")),
    subscription: () => stripe.subscriptions.retrieve("sub_1"),
    cancel_later: () => stripe.subscriptions.update(
      "sub_1", { cancel_at_period_end: true }, key("cancel-1")),
    cancel_now: () => stripe.subscriptions.cancel("sub_1"),
    change: () => stripe.subscriptions.update("sub_1", {
      items: [{
        id: "si_1",
        price_data: {
          product: "prod_1", currency: "eur", unit_amount: 49900, recurring: { interval: "year" },
        },
      }],
      proration_behavior: "create_prorations",
      metadata: { creditd_plan: "team", creditd_interval: "year" },
    }, key("change-1")),
    payment_methods: () => stripe.customers.listPaymentMethods("cus_1", { limit: 100 }),
    invoices: () => stripe.invoices.list(
      { customer: "cus_1", limit: 100, starting_after: "in_1" }),
    events: () => stripe.events.list(
      { created: { gte: 1700000000 }, limit: 100, starting_after: "evt_1" }),
    invoice_of: () => stripe.invoicePayments.list(
      { payment: { type: "payment_intent", payment_intent: "pi_1" } }),
    refund: () => stripe.refunds.create(
      { payment_intent: "pi_1", amount: 500 }, key("refund-1")),
  };
}

async function call(asked) {
  const stripe = new Stripe(asked.key, {
    host: asked.host, port: asked.port, protocol: "http", maxNetworkRetries: 0,
    telemetry: false, apiVersion: asked.version,
  });
  const said = {};
  for (const [name, make] of Object.entries(calls(stripe))) {
    said[name] = await make().then(() => "good", (error) => error.message);
  }
  return said;
}

function sign(asked) {
  const stripe = new Stripe("sk_test_local");
  return stripe.webhooks.generateTestHeaderString(asked.options);
}

/// The id of the event, or why it was refused.
function verify(asked) {
  const stripe = new Stripe("sk_test_local");
  try {
    return stripe.webhooks.constructEvent(asked.payload, asked.header, asked.secret).id;
  } catch (error) {
    return error.message;
  }
}

const asked = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
Promise.resolve({ sign, verify, call }[asked.do](asked)).then(
  (said) => process.stdout.write(JSON.stringify(said)));
