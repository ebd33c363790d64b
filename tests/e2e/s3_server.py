"""A small server that speaks S3: objects in memory, conditional puts, lists in short pages. It
checks each signature by its own account of AWS Signature Version 4, and fails to order."""

import calendar
import hashlib
import hmac
import re
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PAGE = 3  # objects in a list


def digest(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def signature_of(secret, method, path, query, headers, names, region, payload_hash):
    """`query` as it was sent; `headers` by lower-case name."""
    pairs = sorted(tuple((pair + "=").split("=")[:2]) for pair in query.split("&") if pair)
    canonical = "\n".join([
        method, path, "&".join(f"{name}={value}" for name, value in pairs),
        *[f"{name}:{' '.join(headers[name].split())}" for name in names], "", ";".join(names),
        payload_hash])
    when = headers["x-amz-date"]
    scope = f"{when[:8]}/{region}/s3/aws4_request"
    text = "\n".join(["AWS4-HMAC-SHA256", when, scope,
                      hashlib.sha256(canonical.encode()).hexdigest()])
    key = ("AWS4" + secret).encode()
    for part in (when[:8], region, "s3", "aws4_request"):
        key = digest(key, part)
    return digest(key, text).hex()


class S3Server:
    """`fail` says for the n-th request what to do instead: a status, or "cut"."""

    def __init__(self, bucket, access, secret, region):
        self.bucket, self.access, self.secret, self.region = bucket, access, secret, region
        self.objects, self.types = {}, {}
        self.requests = []
        self.fail = {}
        self.lock = threading.Lock()
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self.endpoint = f"http://127.0.0.1:{self.http.server_port}"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def stop(self):
        self.http.shutdown()

    def etag(self, key):
        return '"' + hashlib.md5(self.objects[key]).hexdigest() + '"'

    def presigned_refusal(self, method, path, query, headers):
        """The same for an address that was given to somebody."""
        given = dict(urllib.parse.parse_qsl(query, keep_blank_values=True))
        signed = "&".join(pair for pair in query.split("&")
                          if not pair.startswith("X-Amz-Signature="))
        begins = calendar.timegm(time.strptime(given["X-Amz-Date"], "%Y%m%dT%H%M%SZ"))
        if not begins <= time.time() + 60 <= begins + int(given["X-Amz-Expires"]) + 60:
            return "AccessDenied"
        if given["X-Amz-Credential"] != (f"{self.access}/{given['X-Amz-Date'][:8]}/{self.region}"
                                         "/s3/aws4_request"):
            return "InvalidAccessKeyId"
        wanted = signature_of(self.secret, method, path, signed,
                              {**headers, "x-amz-date": given["X-Amz-Date"]}, ["host"],
                              self.region, "UNSIGNED-PAYLOAD")
        same = hmac.compare_digest(wanted, given["X-Amz-Signature"])
        return None if same else "SignatureDoesNotMatch"

    def refusal(self, method, path, query, headers, body):
        """Why the request is not from whoever has the secret, or nothing."""
        if "X-Amz-Signature=" in query:
            return self.presigned_refusal(method, path, query, headers)
        if headers.get("x-amz-content-sha256") != hashlib.sha256(body).hexdigest():
            return "XAmzContentSHA256Mismatch"
        found = re.fullmatch(r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/s3/aws4_request,"
                             r"\s*SignedHeaders=([^,]+),\s*Signature=([0-9a-f]{64})",
                             headers.get("authorization", ""))
        if not found:
            return "AuthorizationHeaderMalformed"
        access, day, region, names, signature = found.groups()
        names = names.split(";")
        must = {"host"} | {name for name in headers if name.startswith("x-amz-")}
        if access != self.access:
            return "InvalidAccessKeyId"
        if not must <= set(names) or names != sorted(names) or region != self.region:
            return "AuthorizationHeaderMalformed"
        now = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        if day != headers["x-amz-date"][:8] or abs(int(now[9:13]) - int(
                headers["x-amz-date"][9:13])) not in (0, 1, 41, 2359):
            return "RequestTimeTooSkewed"
        wanted = signature_of(self.secret, method, path, query, headers, names, region,
                              headers["x-amz-content-sha256"])
        return None if hmac.compare_digest(wanted, signature) else "SignatureDoesNotMatch"

    def answer(self, method, path, query, headers, body):
        """(status, headers, body)"""
        refused = self.refusal(method, path, query, headers, body)
        if refused:
            return problem(403, refused)
        parts = urllib.parse.unquote(path).split("/", 2)
        if parts[1] != self.bucket:
            return problem(404, "NoSuchBucket")
        key = parts[2] if len(parts) > 2 else ""
        if method == "GET" and not key:
            return self.list(dict(urllib.parse.parse_qsl(query)))
        if method == "GET":
            if key not in self.objects:
                return problem(404, "NoSuchKey")
            return 200, {"ETag": self.etag(key), **self.types.get(key, {})}, self.objects[key]
        if method != "PUT":
            return problem(405, "MethodNotAllowed")
        if headers.get("if-none-match") == "*" and key in self.objects:
            return problem(412, "PreconditionFailed")
        if "if-match" in headers and (key not in self.objects
                                      or headers["if-match"] != self.etag(key)):
            return problem(412, "PreconditionFailed")
        self.objects[key] = body
        self.types[key] = {"Content-Type": headers.get("content-type", "")}
        return 200, {"ETag": self.etag(key)}, b""

    def list(self, query):
        if query.get("list-type") != "2":
            return problem(400, "InvalidArgument")
        keys = sorted(key for key in self.objects if key.startswith(query["prefix"])
                      and key > query.get("continuation-token", ""))
        xml = "".join(f"<Contents><Key>{key}</Key><ETag>{self.etag(key)}</ETag>"
                      f"<Size>{len(self.objects[key])}</Size></Contents>" for key in keys[:PAGE])
        more = len(keys) > PAGE
        token = f"<NextContinuationToken>{keys[PAGE - 1]}</NextContinuationToken>" if more else ""
        return 200, {}, (f"<?xml version='1.0'?><ListBucketResult><IsTruncated>"
                         f"{str(more).lower()}</IsTruncated>{token}{xml}"
                         "</ListBucketResult>").encode()

    def handler(self):
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def take(self):
                size = int(self.headers.get("Content-Length", 0))
                body = self.rfile.read(size)
                path, _, query = self.path.partition("?")
                headers = {name.lower(): value for name, value in self.headers.items()}
                with server.lock:
                    server.requests.append((self.command, self.path))
                    fault = server.fail.pop(len(server.requests), None)
                    if fault == "late":  # it is done, and nobody hears of it
                        server.answer(self.command, path, query, headers, body)
                    if fault in ("cut", "late"):
                        self.close_connection = True
                        return
                    status, more, answer = problem(fault, "SlowDown") if fault else server.answer(
                        self.command, path, query, headers, body)
                self.send_response(status)
                for name, value in more.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            do_GET = do_PUT = do_DELETE = do_POST = do_HEAD = take

            def log_message(self, *words):
                pass

        return Handler


def problem(status, code):
    text = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>told so</Message></Error>"
    return status, {"Content-Type": "application/xml"}, text.encode()
