"""Documents and strings that break careless servers: JSON at its edges, naughty texts."""

GOOD = b'{"amount":1}'


def json_documents():
    """(document, may be accepted as {"amount": …}): what may not must be answered 400."""
    numbers = """-0 -0.0 0 00 01 1.0 1. .1 1e2 1E2 1e+2 1e-2 1e309 -1e309 1e-400 9007199254740993
        9223372036854775807 9223372036854775808 18446744073709551615 18446744073709551616
        999999999999999999999999999999999999999 0.1234567 0.0000001 1.0000001 NaN Infinity
        -Infinity +1 0x10 0b1 1_000 1,5 - -- 1-1 1e 1e+ 1.e1 1.1.1 true false null nul tru
        TRUE undefined""".split()
    refused = ['{"amount":%s}' % n for n in numbers if n != "1.0"]
    refused += ['{"amount":%s}' % v for v in
                ("[]", "[1]", "{}", '""', '"a"', '"1e2"', '"NaN"', '"-1"', '"1 "', '"0x1"',
                '"1\\u0000"',
                 '"\uff11"', '"\\uD800"', "'1'", '"1', '"\\x31"', '"\\', '"\n1"', '"\t"')]
    refused += [
        "", " ", "\n", "null", "1", '"a"', "[]", "[1]", "true", "{", "}", "[", "{}", "{{}}", "[{}]",
        '{"amount"}', '{"amount":}', '{"amount":1,}', '{,"amount":1}', '{"amount":1 "b":2}',
        '{"amount" 1}', "{amount:1}", "{'amount':1}", '{"amount":1}}', '{"amount":1}{', "{1:1}",
        '{"amount":1}{"amount":1}', '{"amount":1} x', '{"amount":1}\0', '\0{"amount":1}',
        '{"amount":1,"amount":1}', '{"amount":1,"amount":1000000}', '{"amount":1,"\\u0061mount":2}',
        '{"amount":1,"Amount":2}', '{"amount":1,"x":1}', '{"amount":1,"":1}', '{"":1}',
        '{"amount":1,"__proto__":{}}', '{"amount":1/*c*/}', '{"amount":1}//c', '#c\n{"amount":1}',
        '{"amount":1;}', '{"amount"::1}', '{"amount":1,,"dry_run":true}',
        '{"amount":1,"dry_run":1}',
        '{"amount":1,"description":1}', '{"amount":1,"description":["a"]}',
        '{"amount":1,"metadata":"{}"}', '{"amount":1,"metadata":[]}',
        '{"amount":1,"metadata":{"a":1,"a":2}}',
        '{"amount":1,"metadata":{"a":{"b":{"c":{"d":[]}}}}}',
        '{"amount":1,"metadata":{"a":01}}', '{"amount":1,"metadata":{"a":NaN}}',
        '{"amount":1,"description":"\\u0000"}', '{"amount":1,"description":"\\uD800"}',
        '{"amount":1,"description":"\\uDC00\\uD800"}',
        '{"amount":1,"description":"\\ud83d\\u0041"}', '{"amount":1,"description":"\\u12"}',
        '{"amount":1,"description":"\\u000g"}', '{"amount":1,"description":"\\a"}',
        '{"amount":1,"description":"a\nb"}', '{"amount":1,"description":"a\x01b"}',
        '{"amount":1,"description":"%s"}' % ("d" * 1025), "\ufeff" + '{"amount":1}',
        "[" * 10000, "[" * 5000 + "]" * 5000, '{"a":' * 5000, '{"a":' * 17 + "1" + "}" * 17,
        '{"amount":1,"metadata":%s1%s}' % ('{"a":' * 16, "}" * 16),
        '{"amount":1,"metadata":%s%s}' % ("[" * 15, "]" * 15), "{" + '"a":1,' * 5000 + '"b":1}']
    raw = [b'{"amount":1,"description":"%s"}' % bad for bad in (
        b"\xff", b"\xfe\xff", b"\xc0\x80", b"\xc1\xbf", b"\xe0\x80\x80", b"\xed\xa0\x80",
        b"\xed\xb0\x80", b"\xf0\x80\x80\x80", b"\xf4\x90\x80\x80", b"\xf8\x88\x80\x80\x80", b"\x80",
        b"\xe2\x82", b"\xf0\x9f\x98", b"\xc3(")]
    raw += ['{"amount":1}'.encode("utf-16"), '{"amount":1}'.encode("utf-32"), b"\x1f\x8b\x08\x00",
            b'{"\xffamount":1}', bytes(range(256))]
    accepted = ['{"amount":1}', ' \t\r\n{ "amount" : 1 } \n', '{"amount":1.0}', '{"amount":"1.0"}',
                '{"\\u0061mount":1}', '{"amount":"\\u0031"}', '{"amount":1,"metadata":{}}',
                '{"amount":1,"metadata":{"a":[1e2,-0,1E400,9007199254740993]}}',
                '{"amount":1,"metadata":{"a":{"b":{"c":{"d":1}}}}}',
                '{"amount":1,"description":"\\ud83d\\ude00"}']
    return ([(text.encode(), False) for text in refused] + [(text, False) for text in raw] +
            [(text.encode(), True) for text in accepted])


NAUGHTY = [
    "", " ", "  a  ", "undefined", "null", "NULL", "None", "nil", "true", "0", "-1", "1/0", "NaN",
    "1e1000", "\t", "\n", "\r\n", "a\r\nX-Evil: 1", "\0", "a\0b", "\x7f", "\x1b[31m", "\b\f\v",
    "\u0085", "\u00a0", "\u200b", "\u200e\u202egnirts", "\u2028\u2029", "\ufeff", "\ufffe",
    "\uffff",
    "\ufffd", "\U0010ffff", "\U0001f4a9", "\U0001f468\u200d\U0001f469\u200d\U0001f467", "e\u0301",
    "\u00e9", "\u212b", "\ufb01", "Z\u0351\u036b\u0343a\u0300\u0301\u0302",
    "\u7530\u4e2d\u3055\u3093",
    "\u0627\u0644\u0633\u0644\u0627\u0645", "\u0e41", "\u0130\u0131", "\u00df", "'", '"', "''",
    '"a"',
    "`id`", "$(id)", "; ls", "| cat /etc/passwd", "../../etc/passwd", "..", ".", "/", "//", "a/b",
    "\\",
    "C:\\con", "%", "%00", "%2e%2e%2f", "%s%n%d", "{0}", "{{7*7}}", "${jndi:ldap://x}",
    "<script>alert(1)</script>", "<!--", "]]>", "&amp;", "' OR 1=1--", "=1+1", "@SUM(A1)", "-a",
    "+1",
    "a,b;c", "?a=b&c=d", "#x", "*", "~", "aux", "constructor", "__proto__", "x" * 129, "x" * 1024,
    "x" * 1025, "\u00e9" * 600, "txn_1", "txn_0", "txn_-1", "txn_01", "txn_99999999999999999999",
    "grt_1_1", "grt_1_99999", "hold_18446744073709551616", "hold_",
]
