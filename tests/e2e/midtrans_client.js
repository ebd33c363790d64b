// What npm's `midtrans-client` does, for tests. Standard input: {"do": "call" | "status" |
// "notification", …}; standard output: what came of it. `call` makes the calls of
// provider_calls.cpp with the same arguments.
"use strict";
const config = require("midtrans-client/lib/apiConfig");
const { CoreApi } = require("midtrans-client");

async function call(asked, core) {
  const calls = {
    charge: () => core.charge({
      payment_type: "qris",
      transaction_details: { order_id: "ord_1", gross_amount: 275000 },
      item_details: [{ id: "ord_1", price: 275000, quantity: 1, name: "500 credits" }],
      qris: { acquirer: "gopay" },
      custom_expiry: { expiry_duration: 15, unit: "minute" },
    }),
    status: () => core.transaction.status("ord_1"),
    expire: () => core.transaction.expire("ord_1"),
    cancel: () => core.transaction.cancel("ord_1"),
  };
  const said = {};
  for (const [name, make] of Object.entries(calls)) {
    said[name] = await make().then(() => "good", (error) => error.message);
  }
  return said;
}

const asked = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
config.CORE_SANDBOX_BASE_URL = asked.base_url;
const core = new CoreApi({ isProduction: false, serverKey: asked.key, clientKey: "unused" });
const does = {
  call: () => call(asked, core),
  status: () => core.transaction.status(asked.order),
  notification: () => core.transaction.notification(asked.notification),
};
does[asked.do]().then((said) => process.stdout.write(JSON.stringify(said)), (error) => {
  process.stderr.write(error.message);
  process.exitCode = 1;
});
