"""The OpenAPI document as the tests need it: references, the operation behind a call, and a check
of a value against a schema. Only the keywords that the document uses are known; any other one
fails, so that nothing in the document goes unchecked."""

import re

import yaml

METHODS = {"get", "put", "post", "patch", "delete"}
NOTES = {"description", "examples", "default"}
DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)")


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


TYPES = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "number": is_number,
    "integer": lambda value: is_number(value) and value == int(value),
}


class Document:
    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            self.tree = yaml.safe_load(file)
        self.seen = set()

    def resolve(self, node):
        """Follows `$ref` until there is none; KeyError names one that leads nowhere."""
        while isinstance(node, dict) and "$ref" in node:
            reference = node["$ref"]
            if not reference.startswith("#/"):
                raise KeyError(reference)
            node = self.tree
            for step in reference[2:].split("/"):
                if step not in node:
                    raise KeyError(reference)
                node = node[step]
        return node

    def references(self, node=None):
        node = self.tree if node is None else node
        if isinstance(node, dict):
            if isinstance(node.get("$ref"), str):
                yield node["$ref"]
            for child in node.values():
                yield from self.references(child)
        elif isinstance(node, list):
            for child in node:
                yield from self.references(child)

    def operations(self):
        """Yields (method, path, operation)."""
        for path, item in self.tree["paths"].items():
            for method, operation in item.items():
                if method in METHODS:
                    yield method, path, operation

    def operation_of(self, method, url):
        """The (path, operation) that a call meets; a path without a parameter wins. The index of a
        tile may have slashes, which OpenAPI has no way to say."""
        path = url.split("?")[0]
        found = []
        for candidate, template, operation in self.operations():
            pattern = re.sub(r"\{[^}]+\}", "[^/]+", template.replace("{index}", ".+"))
            if candidate == method.lower() and re.fullmatch(pattern, path):
                found.append((template, operation))
        return min(found, key=lambda pair: pair[0].count("{")) if found else (None, None)

    def parameters_of(self, operation):
        return [self.resolve(parameter) for parameter in operation.get("parameters", [])]

    def unseen(self):
        """The fields of closed schemas that no value had so far."""
        return [f"{title}.{name}" for title, schema in self.tree["components"]["schemas"].items()
                if schema.get("additionalProperties") is False
                for name in schema["properties"] if (id(schema), name) not in self.seen]

    def faults(self, schema, value, where="#"):
        """Every way in which the value is not what the schema says, as lines of text."""
        schema = self.resolve(schema)
        found = []
        for keyword, argument in schema.items():
            if keyword in NOTES or keyword in ("properties", "additionalProperties"):
                continue
            rule = RULES.get(keyword)
            if rule is None:
                raise AssertionError(f"the test knows no keyword {keyword} (at {where})")
            found += rule(self, argument, value, where)
        if isinstance(value, dict):
            found += self.field_faults(schema, value, where)
        return found

    def field_faults(self, schema, value, where):
        found = []
        properties = schema.get("properties", {})
        others = schema.get("additionalProperties", True)
        for name, field in value.items():
            if name in properties:
                self.seen.add((id(schema), name))
                found += self.faults(properties[name], field, f"{where}/{name}")
            elif others is False:
                found.append(f"{where}: the schema has no field {name!r}")
            elif isinstance(others, dict):
                found += self.faults(others, field, f"{where}/{name}")
        return found


def type_faults(_, argument, value, where):
    names = argument if isinstance(argument, list) else [argument]
    if any(TYPES[name](value) for name in names):
        return []
    return [f"{where}: {value!r} is not of type {argument}"]


def required_faults(_, names, value, where):
    if not isinstance(value, dict):
        return []
    return [f"{where}: no field {name!r}" for name in names if name not in value]


def item_faults(document, schema, value, where):
    if not isinstance(value, list):
        return []
    return [fault for index, item in enumerate(value)
            for fault in document.faults(schema, item, f"{where}/{index}")]


def one_of_faults(document, schemas, value, where):
    tried = []
    for schema in schemas:
        seen = set(document.seen)
        tried.append(document.faults(schema, value, where))
        if tried[-1]:
            document.seen = seen
    fitting = sum(not faults for faults in tried)
    if fitting == 1:
        return []
    if fitting > 1:
        return [f"{where}: {value!r} fits {fitting} of the choices, not one"]
    return min(tried, key=len)


def limit_rule(applies, holds, words):
    """A rule of one comparison: `holds(value, argument)` wherever `applies(value)`."""
    def rule(_, argument, value, where):
        if not applies(value) or holds(value, argument):
            return []
        return [f"{where}: {value!r} is not {words} {argument!r}"]
    return rule


RULES = {
    "type": type_faults,
    "required": required_faults,
    "items": item_faults,
    "oneOf": one_of_faults,
    "enum": limit_rule(lambda _: True, lambda value, allowed: value in allowed, "one of"),
    "const": limit_rule(lambda _: True, lambda value, only: value == only, "equal to"),
    "pattern": limit_rule(TYPES["string"], lambda text, form: re.search(form, text), "of the form"),
    "format": limit_rule(TYPES["string"], lambda text, _: DATE_TIME.fullmatch(text), "a"),
    "minLength": limit_rule(TYPES["string"], lambda text, least: len(text) >= least, "as long as"),
    "maxLength": limit_rule(TYPES["string"], lambda text, most: len(text) <= most, "as short as"),
    "minItems": limit_rule(TYPES["array"], lambda items, least: len(items) >= least, "as long as"),
    "maxItems": limit_rule(TYPES["array"], lambda items, most: len(items) <= most, "as short as"),
    "maxProperties": limit_rule(TYPES["object"], lambda fields, most: len(fields) <= most,
                                "as small as"),
    "minimum": limit_rule(is_number, lambda number, least: number >= least, "at least"),
    "maximum": limit_rule(is_number, lambda number, most: number <= most, "at most"),
    "exclusiveMinimum": limit_rule(is_number, lambda number, least: number > least, "above"),
}
