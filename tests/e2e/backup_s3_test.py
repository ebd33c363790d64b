"""Backups in a bucket: signed requests that a server of another make believes, what fails for a
moment is tried again, nothing is overwritten, two at once do not mix, damage is refused."""

import os
import random
import shutil
import time
import urllib.error
import urllib.request

from backup_kit import Load, Tool
from harness import Daemon, check, main
from s3_server import S3Server, signature_of

ACCESS, SECRET, REGION = "AKIDEXAMPLE", "a secret/with+signs", "eu-central-9"


def the_server_knows_the_rule():
    """The examples that Amazon prints, so that the server's word counts."""
    secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    headers = {"host": "examplebucket.s3.amazonaws.com", "x-amz-content-sha256": empty,
               "x-amz-date": "20130524T000000Z"}
    for path, query, more, wanted in (
            ("/test.txt", "", {"range": "bytes=0-9"},
             "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"),
            ("/", "lifecycle=", {},
             "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
            ("/", "prefix=J&max-keys=2", {},
             "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")):
        all_headers = dict(headers, **more)
        got = signature_of(secret, "GET", path, query, all_headers, sorted(all_headers),
                           "us-east-1", empty)
        check(got == wanted, f"{path}?{query}: {got}")


class Bucket:
    """A server, and this process's environment pointing to it."""

    def __init__(self):
        self.server = S3Server("credits", ACCESS, SECRET, REGION)
        self.target = "s3://credits/creditd/backup"
        self.set(AWS_ACCESS_KEY_ID=ACCESS, AWS_SECRET_ACCESS_KEY=SECRET, AWS_REGION=REGION,
                 AWS_ENDPOINT_URL=self.server.endpoint)

    @staticmethod
    def set(**values):
        for name, value in values.items():
            os.environ[name] = value


def under_load(options, bucket, source, load):
    tool = Tool(options)
    for number in range(20 if options.full else 4):
        kept = dict(bucket.server.objects)
        made = tool.backup(source.data, bucket.target, "--live")
        for name, content in kept.items():
            same = bucket.server.objects[name] == content
            check(same != name.endswith("backup.manifest"), f"{name} was written again")
        restored = os.path.join(source.folder, f"restored-{number}")
        got = tool.restore(bucket.target, restored)
        check(got["seq"] == made["seq"], f"{made} {got}")
        check(got["state_hash"] == tool.state_hash(source.data, made["seq"], "--live"), f"{got}")
        shutil.rmtree(restored)
    check(not load.failures, "the load")
    segments = [name for name in bucket.server.objects if "/segments/" in name]
    check(len(segments) > 6, f"several pages of a list: {segments}")


def what_fails_for_a_moment(options, bucket, source):
    """Requests of a backup, in turn: refused for now, cut, or done without an answer."""
    tool = Tool(options)
    server = bucket.server
    for fault in (503, 500, "cut", "late"):
        target = f"s3://credits/faults-{fault}"
        at = len(server.requests)
        tool.backup(source.data, target, "--live")
        needed = len(server.requests) - at
        # Of the first kind every one; the next backups have some requests more.
        for n in range(1, needed + 3) if options.full or fault == "late" else (1, needed // 2):
            server.fail = {len(server.requests) + n: fault}
            tool.backup(source.data, target, "--live")
            check(not server.fail, f"request {n} of {needed} was never made")
        tool.ask("verify", target)
    server.fail = {len(server.requests) + n: 503 for n in range(1, 30)}
    code, out, err = tool.run("backup", source.data, "--to", bucket.target, "--live")
    check(code == 3 and "503" in err and "SlowDown" in err, f"always 503: {code} {out} {err}")
    server.fail = {}
    tool.ask("verify", bucket.target)


def who_may_not(options, bucket, source):
    tool = Tool(options)
    before = dict(bucket.server.objects)
    for name, wrong, said in (("AWS_SECRET_ACCESS_KEY", "another", "SignatureDoesNotMatch"),
                              ("AWS_ACCESS_KEY_ID", "nobody", "InvalidAccessKeyId"),
                              ("AWS_REGION", "elsewhere", "Malformed")):
        right = os.environ[name]
        os.environ[name] = wrong
        code, out, err = tool.run("backup", source.data, "--to", bucket.target, "--live")
        check(code == 3 and said in err, f"{name}: {code} {out} {err}")
        check(wrong == "elsewhere" or SECRET not in out + err, "the secret is told")
        os.environ[name] = right
    for words, said in ((("s3://",), "BUCKET"), (("s3://a b",), "BUCKET"),
                        (("s3://other/x",), "NoSuchBucket")):
        code, out, err = tool.run("backup", source.data, "--to", *words, "--live")
        check(code in (2, 3) and said in err, f"{words}: {code} {out} {err}")
    for name in ("AWS_SECRET_ACCESS_KEY", "AWS_ENDPOINT_URL"):
        right = os.environ[name]
        os.environ[name] = "" if "KEY" in name else "ftp://x"
        code, out, err = tool.run("verify", bucket.target)
        check(code == 2 and "AWS_" in err, f"without {name}: {code} {out} {err}")
        os.environ[name] = right
    check(bucket.server.objects == before, "something was written")
    code, out, err = tool.run("restore", "s3://credits/none", "--to-dir", source.folder + "/none")
    check(code == 3 and "missing" in err, f"{code} {out} {err}")


def fetched(address):
    """(status, type, body), as somebody without any secret gets it."""
    try:
        with urllib.request.urlopen(address, timeout=30) as answer:
            return answer.status, answer.headers["Content-Type"], answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, None, ""


def a_statement_is_shared(options, bucket, source):
    """Put into the bucket, and readable by the address alone, for a while, and nothing else is."""
    tool = Tool(options)
    client = source.client()
    client.call("PUT", "/v1/accounts/shown", {})
    client.call("POST", "/v1/accounts/shown/grants", {"amount": 3}, "shown-grant")
    words = ("statement", source.data, "shown", "--live", "--format")
    code, plain, err = tool.run(*words, "csv")
    check(code == 0 and "credits_granted" in plain, f"{code} {plain} {err}")
    name = "s3://credits/statements/2026/shown.csv"
    code, out, err = tool.run(*words, "csv", "-o", name, "--share", "1h")
    check(code == 0, f"{code} {out} {err}")
    address = out.strip()
    check(SECRET not in address and bucket.server.endpoint in address, address)
    got = fetched(address)
    check(got[:2] == (200, "text/csv; charset=utf-8"), f"{got}")
    check(got[2].splitlines() == plain.splitlines(), f"{got} is not {plain!r}")
    for old, new in (("shown.csv", "other.csv"), ("Expires=3600", "Expires=86400"),
                     ("Signature=", "Signature=0")):
        check(fetched(address.replace(old, new))[0] == 403, f"{new} was let pass")
    check(fetched(address.split("?")[0])[0] == 403, "it is open to all")
    code, out, err = tool.run(*words, "csv", "-o", name)
    check(code == 0, f"the same once more: {code} {out} {err}")
    code, out, err = tool.run(*words, "json", "-o", name)
    check(code == 1 and "already" in err, f"another one over it: {code} {out} {err}")
    code, out, err = tool.run(*words, "json", "-o", name + ".json", "--share", "1s")
    time.sleep(2.1)
    check(code == 0 and fetched(out.strip())[0] == 403, f"held too long: {code} {out} {err}")
    for place, length in (("s3://credits/x", "8d"), ("s3://credits/x", "0s"),
                          ("s3://credits/", "1d"), ("s3://", "1d"), ("s3://credits", "1d")):
        code, out, err = tool.run(*words, "csv", "-o", place, "--share", length)
        check(code == 2 and not out, f"{place} {length}: {code} {out} {err}")


def two_at_once(options, bucket, source):
    """Somebody else's manifest comes in between: the second backup says so and changes nothing."""
    tool = Tool(options)
    objects, key = bucket.server.objects, "creditd/backup/backup.manifest"
    answer = bucket.server.answer

    def meanwhile(method, path, *rest):
        if method == "PUT" and path.endswith("backup.manifest"):
            objects[key] += b" "
        return answer(method, path, *rest)

    kept = objects[key]
    bucket.server.answer = meanwhile
    code, out, err = tool.run("backup", source.data, "--to", bucket.target, "--live")
    bucket.server.answer = answer
    check(code == 2 and "meanwhile" in err and "--live" not in err, f"{code} {out} {err}")
    check(objects[key] == kept + b" ", "the other's manifest was overwritten")
    objects[key] = kept


def damage(options, bucket, source):
    """Each object in turn; of a backup of its own, so that nothing is there that is not used."""
    tool = Tool(options)
    draw = random.Random(3)
    target = "s3://credits/damage"
    tool.backup(source.data, target, "--live")
    objects = bucket.server.objects
    out_dir = os.path.join(source.folder, "damaged")
    names = sorted(name for name in objects if name.startswith("damage/"))
    check(len(names) == 3, f"blocks, personal parts, a manifest: {names}")
    for name in names:
        right = objects[name]
        wrongs = [right[:-1], right + b"x", b"", None]
        for _ in range(20 if options.full else 3):
            wrong = bytearray(right)
            wrong[draw.randrange(len(wrong))] ^= 1 << draw.randrange(8)
            wrongs.append(bytes(wrong))
        for wrong in wrongs:
            objects.pop(name) if wrong is None else objects.update({name: wrong})
            code, out, err = tool.run("restore", target, "--to-dir", out_dir)
            check(code == 3 and name in err, f"{name}: {code} {out} {err}")
            check(not os.path.exists(out_dir), "something was left")
            objects[name] = right


def run(options):
    the_server_knows_the_rule()
    bucket = Bucket()
    source = Daemon(options.bin).start()
    load = Load(source, threads=2)
    try:
        load.start()
        try:
            under_load(options, bucket, source, load)
            two_at_once(options, bucket, source)
            what_fails_for_a_moment(options, bucket, source)
            who_may_not(options, bucket, source)
            a_statement_is_shared(options, bucket, source)
        finally:
            load.stop()
        damage(options, bucket, source)
    finally:
        source.remove()
        bucket.server.stop()


if __name__ == "__main__":
    main(run)
