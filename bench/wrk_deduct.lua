-- Cross-check of creditd_load: wrk with a new Idempotency-Key for each request.
--   wrk -t1 -c64 -d5 -s wrk_deduct.lua http://127.0.0.1:8080 -- API_KEY ACCOUNTS
local head, tail, accounts, prefix
local count = 0
local threads = 0

function setup(thread)
    threads = threads + 1
    thread:set("number", threads)
end

function init(args)
    accounts = tonumber(args[2])
    math.randomseed(os.time() + number)
    prefix = string.format("wrk-%d-%d-%d-", os.time(), number, math.random(1e9))
    head = "POST /v1/accounts/acct-"
    tail = "Host: 127.0.0.1\r\nAuthorization: Bearer " .. args[1] .. "\r\n" ..
        "Content-Type: application/json\r\nContent-Length: 12\r\n\r\n{\"amount\":1}"
end

function request()
    count = count + 1
    return head .. string.format("%08d", math.random(0, accounts - 1)) ..
        "/deductions HTTP/1.1\r\nIdempotency-Key: " .. prefix .. count .. "\r\n" .. tail
end
